using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using unsafe WithoutTime = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxParamHandle, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint,
    nint, OpenFX.Raw.OfxStatus>;
using unsafe WithTime = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxParamHandle, double, nint, nint, nint, nint, nint, nint, nint, nint, nint,
    nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe WithTimes = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxParamHandle, double, double, nint, nint, nint, nint, nint, nint, nint,
    nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe WithFormat = delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint,
    nint, nint, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;

namespace OpenFX.Raw;

/// <summary>The variadic suite functions as Apple arm64 delivers them: what stands behind the <c>...</c> lies on the stack, so the unused integer
/// registers are named here only to be stepped over.</summary>
internal static unsafe class AppleCallee
{
    /// <summary>The address of an export of this class.</summary>
    public static void* AddressOf(VariadicOperation operation) => operation switch
    {
        VariadicOperation.ParamGetValue => (WithoutTime)(&ParamGetValue),
        VariadicOperation.ParamSetValue => (WithoutTime)(&ParamSetValue),
        VariadicOperation.ParamGetValueAtTime => (WithTime)(&ParamGetValueAtTime),
        VariadicOperation.ParamGetDerivative => (WithTime)(&ParamGetDerivative),
        VariadicOperation.ParamSetValueAtTime => (WithTime)(&ParamSetValueAtTime),
        VariadicOperation.ParamGetIntegral => (WithTimes)(&ParamGetIntegral),
        VariadicOperation.Message => (WithFormat)(&Message),
        VariadicOperation.SetPersistentMessage => (WithFormat)(&SetPersistentMessage),
        _ => null,
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetValue(OfxParamHandle param,
        nint x1, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint s0, nint s1, nint s2, nint s3)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3]);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetValue, param, 0, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamSetValue(OfxParamHandle param,
        nint x1, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint s0, nint s1, nint s2, nint s3)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3]);
        return VariadicCallee.Invoke(VariadicOperation.ParamSetValue, param, 0, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetValueAtTime(OfxParamHandle param, double time,
        nint x1, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint s0, nint s1, nint s2, nint s3)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3]);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetValueAtTime, param, time, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetDerivative(OfxParamHandle param, double time,
        nint x1, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint s0, nint s1, nint s2, nint s3)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3]);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetDerivative, param, time, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamSetValueAtTime(OfxParamHandle param, double time,
        nint x1, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint s0, nint s1, nint s2, nint s3)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3]);
        return VariadicCallee.Invoke(VariadicOperation.ParamSetValueAtTime, param, time, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetIntegral(OfxParamHandle param, double time1, double time2,
        nint x1, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint s0, nint s1, nint s2, nint s3)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3]);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetIntegral, param, time1, time2, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus Message(nint handle, byte* messageType, byte* messageId, byte* format, nint x4, nint x5, nint x6, nint x7,
        nint s0, nint s1, nint s2, nint s3, nint s4, nint s5, nint s6, nint s7, nint s8, nint s9, nint s10, nint s11)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11]);
        return VariadicCallee.InvokeMessage(VariadicOperation.Message, handle, messageType, messageId, format, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus SetPersistentMessage(nint handle, byte* messageType, byte* messageId, byte* format, nint x4, nint x5, nint x6, nint x7,
        nint s0, nint s1, nint s2, nint s3, nint s4, nint s5, nint s6, nint s7, nint s8, nint s9, nint s10, nint s11)
    {
        VariadicArguments arguments = new([s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11]);
        return VariadicCallee.InvokeMessage(VariadicOperation.SetPersistentMessage, handle, messageType, messageId, format, ref arguments);
    }
}
