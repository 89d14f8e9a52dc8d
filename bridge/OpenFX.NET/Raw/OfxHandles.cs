namespace OpenFX.Raw;

// Opaque handles. Each is one pointer wide and passed in a register exactly as the C pointer would be; the types only keep them apart.

/// <summary><c>OfxPropertySetHandle</c> (ofxCore.h).</summary>
public readonly record struct OfxPropertySetHandle(nint Value)
{
    /// <summary>Whether the handle is null.</summary>
    public bool IsNull => Value == 0;
}

/// <summary><c>OfxImageEffectHandle</c> (ofxImageEffect.h): a descriptor or an instance, which also travels as the <c>void*</c> handle
/// of an action.</summary>
public readonly record struct OfxImageEffectHandle(nint Value)
{
    /// <summary>Whether the handle is null.</summary>
    public bool IsNull => Value == 0;
}

/// <summary><c>OfxImageClipHandle</c> (ofxImageEffect.h).</summary>
public readonly record struct OfxImageClipHandle(nint Value)
{
    /// <summary>Whether the handle is null.</summary>
    public bool IsNull => Value == 0;
}

/// <summary><c>OfxImageMemoryHandle</c> (ofxImageEffect.h).</summary>
public readonly record struct OfxImageMemoryHandle(nint Value)
{
    /// <summary>Whether the handle is null.</summary>
    public bool IsNull => Value == 0;
}

/// <summary><c>OfxParamHandle</c> (ofxParam.h).</summary>
public readonly record struct OfxParamHandle(nint Value)
{
    /// <summary>Whether the handle is null.</summary>
    public bool IsNull => Value == 0;
}

/// <summary><c>OfxParamSetHandle</c> (ofxParam.h).</summary>
public readonly record struct OfxParamSetHandle(nint Value)
{
    /// <summary>Whether the handle is null.</summary>
    public bool IsNull => Value == 0;
}

/// <summary><c>OfxMutexHandle</c> (ofxMultiThread.h).</summary>
public readonly record struct OfxMutexHandle(nint Value);

/// <summary><c>OfxInteractHandle</c> (ofxInteract.h).</summary>
public readonly record struct OfxInteractHandle(nint Value);

/// <summary><c>OfxDrawContextHandle</c> (ofxDrawSuite.h).</summary>
public readonly record struct OfxDrawContextHandle(nint Value);
