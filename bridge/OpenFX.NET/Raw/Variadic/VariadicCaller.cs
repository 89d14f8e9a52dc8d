using unsafe AppleMessage = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, nint, nint, nint, nint, byte*, OpenFX.Raw.OfxStatus>;
using unsafe AppleWithoutTime =
    delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe AppleWithTime =
    delegate* unmanaged[Cdecl]<nint, double, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe AppleWithTimes =
    delegate* unmanaged[Cdecl]<nint, double, double, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe PlainMessage = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, byte*, OpenFX.Raw.OfxStatus>;
using unsafe ShimMessage = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, byte*, nint, void*, OpenFX.Raw.OfxStatus>;
using unsafe ShimParam =
    delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint, double, double, double, double, double, double, void*, OpenFX.Raw.OfxStatus>;
using unsafe SystemVPointers = delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, double, double, OpenFX.Raw.OfxStatus>;
using unsafe WindowsWithoutTime = delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe WindowsWithTime = delegate* unmanaged[Cdecl]<nint, double, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;
using unsafe WindowsWithTimes = delegate* unmanaged[Cdecl]<nint, double, double, nint, nint, nint, nint, OpenFX.Raw.OfxStatus>;

namespace OpenFX.Raw;

/// <summary>Calls the variadic functions of the parameter and message suites.</summary>
/// <remarks>A null function answers <see cref="OfxStatus.kOfxStatErrMissingHostFeature"/>, an unknown convention or a refused shim
/// <see cref="OfxStatus.kOfxStatErrUnsupported"/>. Arguments beyond those that a function reads are zero, which C callees never notice.</remarks>
public static unsafe class VariadicCaller
{
    /// <summary>A message of this many bytes, percent signs doubled, needs no memory of its own.</summary>
    private const int FormatBytesOnStack = 4096;

    /// <summary><c>paramGetValue(param, ...)</c>: up to four places for the result.</summary>
    public static OfxStatus GetValue(void* function, OfxParamHandle param, void* v0, void* v1 = null, void* v2 = null, void* v3 = null) =>
        Call(function, param.Value, 0, 0, 0, Pointers(v0, v1, v2, v3, stackalloc VariadicValue[4]));

    /// <summary><c>paramGetValueAtTime(param, time, ...)</c> and, of the same shape, <c>paramGetDerivative</c>.</summary>
    public static OfxStatus GetValueAtTime(
        void* function, OfxParamHandle param, double time, void* v0, void* v1 = null, void* v2 = null, void* v3 = null) =>
        Call(function, param.Value, 1, time, 0, Pointers(v0, v1, v2, v3, stackalloc VariadicValue[4]));

    /// <summary><c>paramGetIntegral(param, time1, time2, ...)</c>.</summary>
    public static OfxStatus GetIntegral(
        void* function, OfxParamHandle param, double time1, double time2, void* v0, void* v1 = null, void* v2 = null, void* v3 = null) =>
        Call(function, param.Value, 2, time1, time2, Pointers(v0, v1, v2, v3, stackalloc VariadicValue[4]));

    /// <summary><c>paramSetValue(param, ...)</c> with one to four values.</summary>
    public static OfxStatus SetValue(void* function, OfxParamHandle param, ReadOnlySpan<VariadicValue> values) =>
        Call(function, param.Value, 0, 0, 0, values);

    /// <summary><c>paramSetValueAtTime(param, time, ...)</c> with one to four values.</summary>
    public static OfxStatus SetValueAtTime(void* function, OfxParamHandle param, double time, ReadOnlySpan<VariadicValue> values) =>
        Call(function, param.Value, 1, time, 0, values);

    /// <summary><c>message(handle, type, id, format, ...)</c> and <c>setPersistentMessage</c>.</summary>
    /// <remarks>The text is the format, each percent sign doubled, and no argument follows: Natron 2.5 hands its list of arguments on as if it
    /// were the first of them, so that the text of a <c>%s</c> never arrives there.</remarks>
    public static OfxStatus Message(void* function, void* handle, byte* messageType, byte* messageId, byte* text)
    {
        if (function == null) return OfxStatus.kOfxStatErrMissingHostFeature;
        ReadOnlySpan<byte> plain = text == null ? default : NativeText.Bytes(text);
        int most = checked(plain.Length + plain.Count((byte)'%') + 1);
        Span<byte> room = most <= FormatBytesOnStack ? stackalloc byte[FormatBytesOnStack] : new byte[most];
        int written = 0;
        foreach (byte each in plain)
        {
            if (each == '%') room[written++] = each;
            room[written++] = each;
        }

        room[written] = 0;
        fixed (byte* format = room)
        {
            return Message(function, handle, messageType, messageId, format, Variadics.Current);
        }
    }

    private static OfxStatus Message(
        void* function, void* handle, byte* messageType, byte* messageId, byte* format, VariadicConvention convention)
    {
        switch (convention)
        {
            case VariadicConvention.SystemVX64:
                void* shim = SystemVShim.Address;
                if (shim == null) return ((PlainMessage)function)(handle, messageType, messageId, format, null);
                return ((ShimMessage)shim)(handle, messageType, messageId, format, null, 0, function);
            case VariadicConvention.WindowsX64:
                return ((PlainMessage)function)(handle, messageType, messageId, format, null);
            case VariadicConvention.AppleArm64:
                return ((AppleMessage)function)(handle, messageType, messageId, format, 0, 0, 0, 0, null);
            default:
                return OfxStatus.kOfxStatErrUnsupported;
        }
    }

    private static Span<VariadicValue> Pointers(void* v0, void* v1, void* v2, void* v3, Span<VariadicValue> room)
    {
        room[0] = VariadicValue.From(v0);
        room[1] = VariadicValue.From(v1);
        room[2] = VariadicValue.From(v2);
        room[3] = VariadicValue.From(v3);
        return room;
    }

    private static OfxStatus Call(void* function, nint param, int timeCount, double time1, double time2, ReadOnlySpan<VariadicValue> values)
    {
        if (function == null) return OfxStatus.kOfxStatErrMissingHostFeature;
        if (values.Length is 0 or > Variadics.ValuesMax) return OfxStatus.kOfxStatErrValue;
        return Variadics.Current switch
        {
            VariadicConvention.SystemVX64 => CallSystemV(function, param, timeCount, time1, time2, values),
            VariadicConvention.WindowsX64 => CallWindows(function, param, timeCount, time1, time2, values),
            VariadicConvention.AppleArm64 => CallApple(function, param, timeCount, time1, time2, values),
            _ => OfxStatus.kOfxStatErrUnsupported,
        };
    }

    // Integer and vector registers fill independently: param and integers there, times and doubles here. All fit the registers.
    private static OfxStatus CallSystemV(void* function, nint param, int timeCount, double time1, double time2, ReadOnlySpan<VariadicValue> values)
    {
        Span<nint> i = stackalloc nint[Variadics.ValuesMax];
        Span<double> d = stackalloc double[2 + Variadics.ValuesMax];
        i.Clear();
        d.Clear();
        d[0] = time1;
        d[1] = time2;
        int integers = 0, doubles = timeCount;
        foreach (VariadicValue value in values)
        {
            if (value.IsDouble) d[doubles++] = value.Number;
            else i[integers++] = value.Bits;
        }

        void* shim = SystemVShim.Address;
        if (shim != null)
        {
            return ((ShimParam)shim)(
                param, i[0], i[1], i[2], i[3], 0, d[0], d[1], d[2], d[3], d[4], d[5], function);
        }

        // Without the shim AL is chance; only variadic doubles depend on it.
        if (doubles > timeCount) return OfxStatus.kOfxStatErrUnsupported;
        return ((SystemVPointers)function)(param, i[0], i[1], i[2], i[3], d[0], d[1]);
    }

    // Named doubles lie in the vector register of their position, variadic ones as bits in the integer register or stack slot.
    private static OfxStatus CallWindows(void* function, nint param, int timeCount, double time1, double time2, ReadOnlySpan<VariadicValue> values)
    {
        Span<nint> v = stackalloc nint[Variadics.ValuesMax];
        CopyBits(values, v);
        return timeCount switch
        {
            0 => ((WindowsWithoutTime)function)(param, v[0], v[1], v[2], v[3]),
            1 => ((WindowsWithTime)function)(param, time1, v[0], v[1], v[2], v[3]),
            _ => ((WindowsWithTimes)function)(param, time1, time2, v[0], v[1], v[2], v[3]),
        };
    }

    // Seven zeros fill the integer registers behind the parameter, so that the values start on the stack, where va_arg looks.
    private static OfxStatus CallApple(void* function, nint param, int timeCount, double time1, double time2, ReadOnlySpan<VariadicValue> values)
    {
        Span<nint> v = stackalloc nint[Variadics.ValuesMax];
        CopyBits(values, v);
        return timeCount switch
        {
            0 => ((AppleWithoutTime)function)(
                param, 0, 0, 0, 0, 0, 0, 0, v[0], v[1], v[2], v[3]),
            1 => ((AppleWithTime)function)(
                param, time1, 0, 0, 0, 0, 0, 0, 0, v[0], v[1], v[2], v[3]),
            _ => ((AppleWithTimes)function)(
                param, time1, time2, 0, 0, 0, 0, 0, 0, 0, v[0], v[1], v[2], v[3]),
        };
    }

    private static void CopyBits(ReadOnlySpan<VariadicValue> values, Span<nint> bits)
    {
        bits.Clear();
        for (int index = 0; index < values.Length; index++) bits[index] = values[index].Bits;
    }
}
