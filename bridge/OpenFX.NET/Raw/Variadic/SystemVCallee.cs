using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using unsafe WithoutTime = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxParamHandle, nint, nint, nint, nint, double, double, double, double,
    OpenFX.Raw.OfxStatus>;
using unsafe WithTime = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxParamHandle, nint, nint, nint, nint, double, double, double, double,
    double, OpenFX.Raw.OfxStatus>;
using unsafe WithTimes = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxParamHandle, nint, nint, nint, nint, double, double, double, double,
    double, double, OpenFX.Raw.OfxStatus>;
using unsafe WithFormat = delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, nint, double, double, double, double, double, double,
    double, double, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;

namespace OpenFX.Raw;

/// <summary>The variadic suite functions as System V x86-64 delivers them: integers and doubles each in their own registers, the rest on the stack in
/// common.</summary>
internal static unsafe class SystemVCallee
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
    public static OfxStatus ParamGetValue(OfxParamHandle param, nint i1, nint i2, nint i3, nint i4,
        double d0, double d1, double d2, double d3)
    {
        VariadicArguments arguments = new([i1, i2, i3, i4], [d0, d1, d2, d3], []);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetValue, param, 0, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamSetValue(OfxParamHandle param, nint i1, nint i2, nint i3, nint i4,
        double d0, double d1, double d2, double d3)
    {
        VariadicArguments arguments = new([i1, i2, i3, i4], [d0, d1, d2, d3], []);
        return VariadicCallee.Invoke(VariadicOperation.ParamSetValue, param, 0, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetValueAtTime(OfxParamHandle param, nint i1, nint i2, nint i3, nint i4,
        double time, double d1, double d2, double d3, double d4)
    {
        VariadicArguments arguments = new([i1, i2, i3, i4], [d1, d2, d3, d4], []);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetValueAtTime, param, time, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetDerivative(OfxParamHandle param, nint i1, nint i2, nint i3, nint i4,
        double time, double d1, double d2, double d3, double d4)
    {
        VariadicArguments arguments = new([i1, i2, i3, i4], [d1, d2, d3, d4], []);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetDerivative, param, time, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamSetValueAtTime(OfxParamHandle param, nint i1, nint i2, nint i3, nint i4,
        double time, double d1, double d2, double d3, double d4)
    {
        VariadicArguments arguments = new([i1, i2, i3, i4], [d1, d2, d3, d4], []);
        return VariadicCallee.Invoke(VariadicOperation.ParamSetValueAtTime, param, time, 0, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus ParamGetIntegral(OfxParamHandle param, nint i1, nint i2, nint i3, nint i4,
        double time1, double time2, double d2, double d3, double d4, double d5)
    {
        VariadicArguments arguments = new([i1, i2, i3, i4], [d2, d3, d4, d5], []);
        return VariadicCallee.Invoke(VariadicOperation.ParamGetIntegral, param, time1, time2, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus Message(nint handle, byte* messageType, byte* messageId, byte* format, nint i4, nint i5,
        double d0, double d1, double d2, double d3, double d4, double d5, double d6, double d7,
        nint s0, nint s1, nint s2, nint s3, nint s4, nint s5, nint s6, nint s7, nint s8, nint s9, nint s10, nint s11)
    {
        VariadicArguments arguments = new([i4, i5], [d0, d1, d2, d3, d4, d5, d6, d7], [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11]);
        return VariadicCallee.InvokeMessage(VariadicOperation.Message, handle, messageType, messageId, format, ref arguments);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static OfxStatus SetPersistentMessage(nint handle, byte* messageType, byte* messageId, byte* format, nint i4, nint i5,
        double d0, double d1, double d2, double d3, double d4, double d5, double d6, double d7,
        nint s0, nint s1, nint s2, nint s3, nint s4, nint s5, nint s6, nint s7, nint s8, nint s9, nint s10, nint s11)
    {
        VariadicArguments arguments = new([i4, i5], [d0, d1, d2, d3, d4, d5, d6, d7], [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11]);
        return VariadicCallee.InvokeMessage(VariadicOperation.SetPersistentMessage, handle, messageType, messageId, format, ref arguments);
    }
}
