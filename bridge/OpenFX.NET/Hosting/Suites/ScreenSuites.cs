using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the interact suite: this host has no viewer, so there is no interact whose handle could be valid.</summary>
internal static unsafe class InteractSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("interactSwapBuffers", (delegate* unmanaged[Cdecl]<OfxInteractHandle, OfxStatus>)&Refuse);
        table.Add("interactRedraw", (delegate* unmanaged[Cdecl]<OfxInteractHandle, OfxStatus>)&Refuse);
        table.Add("interactGetPropertySet", (delegate* unmanaged[Cdecl]<OfxInteractHandle, OfxPropertySetHandle*, OfxStatus>)&GetPropertySet);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Refuse(OfxInteractHandle handle) => OfxStatus.kOfxStatErrBadHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetPropertySet(OfxInteractHandle handle, OfxPropertySetHandle* properties)
    {
        if (properties is not null) *properties = default;
        return OfxStatus.kOfxStatErrBadHandle;
    }
}

/// <summary>The host's side of the OpenGL suite: nothing renders on a GPU here, and every render says so.</summary>
internal static unsafe class OpenGLRenderSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("clipLoadTexture", (delegate* unmanaged[Cdecl]<OfxImageClipHandle, double, byte*, OfxRectD*, OfxPropertySetHandle*,
            OfxStatus>)&LoadTexture);
        table.Add("clipFreeTexture", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, OfxStatus>)&FreeTexture);
        table.Add("flushResources", (delegate* unmanaged[Cdecl]<OfxStatus>)&FlushResources);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus LoadTexture(OfxImageClipHandle clip, double time, byte* format, OfxRectD* region, OfxPropertySetHandle* texture)
    {
        if (texture is not null) *texture = default;
        return OfxStatus.kOfxStatErrUnsupported;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus FreeTexture(OfxPropertySetHandle texture) => OfxStatus.kOfxStatErrBadHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus FlushResources() => OfxStatus.kOfxStatOK;
}

/// <summary>The host's side of the dialog suite: a program without windows cannot make room for a dialog.</summary>
internal static unsafe class DialogSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("RequestDialog", (delegate* unmanaged[Cdecl]<void*, OfxStatus>)&RequestDialog);
        table.Add("NotifyRedrawPending", (delegate* unmanaged[Cdecl]<OfxStatus>)&NotifyRedrawPending);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus RequestDialog(void* userData) => OfxStatus.kOfxStatErrUnsupported;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus NotifyRedrawPending() => OfxStatus.kOfxStatOK;
}

/// <summary>The host's side of the draw suite: colours can be asked for, drawing needs a viewer that is not here.</summary>
internal static unsafe class DrawSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("getColour", (delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxStandardColour, OfxRGBAColourF*, OfxStatus>)&GetColour);
        table.Add("setColour", (delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxRGBAColourF*, OfxStatus>)&SetColour);
        table.Add("setLineWidth", (delegate* unmanaged[Cdecl]<OfxDrawContextHandle, float, OfxStatus>)&SetLineWidth);
        table.Add("setLineStipple", (delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxDrawLineStipplePattern, OfxStatus>)&SetLineStipple);
        table.Add("draw", (delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxDrawPrimitive, OfxPointD*, int, OfxStatus>)&Draw);
        table.Add("drawText", (delegate* unmanaged[Cdecl]<OfxDrawContextHandle, byte*, OfxPointD*, int, OfxStatus>)&DrawText);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetColour(OfxDrawContextHandle context, OfxStandardColour standard, OfxRGBAColourF* colour)
    {
        if (colour is null) return OfxStatus.kOfxStatErrValue;
        *colour = standard switch
        {
            OfxStandardColour.kOfxStandardColourOverlayBackground => new(0, 0, 0, 1),
            OfxStandardColour.kOfxStandardColourOverlayActive => new(1, 0.8f, 0, 1),
            OfxStandardColour.kOfxStandardColourOverlayDeselected => new(0.6f, 0.6f, 0.6f, 1),
            _ => new(1, 1, 1, 1),
        };
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetColour(OfxDrawContextHandle context, OfxRGBAColourF* colour) => OfxStatus.kOfxStatErrBadHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetLineWidth(OfxDrawContextHandle context, float width) => OfxStatus.kOfxStatErrBadHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetLineStipple(OfxDrawContextHandle context, OfxDrawLineStipplePattern pattern) => OfxStatus.kOfxStatErrBadHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Draw(OfxDrawContextHandle context, OfxDrawPrimitive primitive, OfxPointD* points, int count) =>
        OfxStatus.kOfxStatErrBadHandle;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus DrawText(OfxDrawContextHandle context, byte* text, OfxPointD* position, int alignment) => OfxStatus.kOfxStatErrBadHandle;
}
