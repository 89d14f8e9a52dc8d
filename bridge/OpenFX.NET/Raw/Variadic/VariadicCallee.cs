namespace OpenFX.Raw;

/// <summary>Which variadic function was called.</summary>
internal enum VariadicOperation
{
    ParamGetValue,
    ParamGetValueAtTime,
    ParamGetDerivative,
    ParamGetIntegral,
    ParamSetValue,
    ParamSetValueAtTime,
    Message,
    SetPersistentMessage,
}

/// <summary>Addresses to put into the variadic slots of <see cref="OfxParameterSuiteV1"/> and the message suites. A C caller finds functions with
/// <c>...</c> there; they end in <see cref="Target"/>.</summary>
/// <remarks>Addresses are null where the convention is <see cref="VariadicConvention.Unknown"/>.</remarks>
public static unsafe class VariadicCallee
{
    private static IVariadicTarget? _target;

    /// <summary>Who answers; one per process, because C functions carry no context of their own. Null answers
    /// <see cref="OfxStatus.kOfxStatErrMissingHostFeature"/>.</summary>
    public static IVariadicTarget? Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    /// <summary>For <see cref="OfxParameterSuiteV1.paramGetValue"/>.</summary>
    public static void* ParamGetValue => AddressOf(VariadicOperation.ParamGetValue);

    /// <summary>For <see cref="OfxParameterSuiteV1.paramGetValueAtTime"/>.</summary>
    public static void* ParamGetValueAtTime => AddressOf(VariadicOperation.ParamGetValueAtTime);

    /// <summary>For <see cref="OfxParameterSuiteV1.paramGetDerivative"/>.</summary>
    public static void* ParamGetDerivative => AddressOf(VariadicOperation.ParamGetDerivative);

    /// <summary>For <see cref="OfxParameterSuiteV1.paramGetIntegral"/>.</summary>
    public static void* ParamGetIntegral => AddressOf(VariadicOperation.ParamGetIntegral);

    /// <summary>For <see cref="OfxParameterSuiteV1.paramSetValue"/>.</summary>
    public static void* ParamSetValue => AddressOf(VariadicOperation.ParamSetValue);

    /// <summary>For <see cref="OfxParameterSuiteV1.paramSetValueAtTime"/>.</summary>
    public static void* ParamSetValueAtTime => AddressOf(VariadicOperation.ParamSetValueAtTime);

    /// <summary>For the <c>message</c> slot of both message suites.</summary>
    public static void* Message => AddressOf(VariadicOperation.Message);

    /// <summary>For <see cref="OfxMessageSuiteV2.setPersistentMessage"/>.</summary>
    public static void* SetPersistentMessage => AddressOf(VariadicOperation.SetPersistentMessage);

    internal static OfxStatus Invoke(VariadicOperation operation, OfxParamHandle param, double time1, double time2, ref VariadicArguments arguments)
    {
        IVariadicTarget? target = Target;
        if (target is null) return OfxStatus.kOfxStatErrMissingHostFeature;
        try
        {
            return operation switch
            {
                VariadicOperation.ParamGetValue => target.ParamGetValue(param, ref arguments),
                VariadicOperation.ParamGetValueAtTime => target.ParamGetValueAtTime(param, time1, ref arguments),
                VariadicOperation.ParamGetDerivative => target.ParamGetDerivative(param, time1, ref arguments),
                VariadicOperation.ParamGetIntegral => target.ParamGetIntegral(param, time1, time2, ref arguments),
                VariadicOperation.ParamSetValue => target.ParamSetValue(param, ref arguments),
                VariadicOperation.ParamSetValueAtTime => target.ParamSetValueAtTime(param, time1, ref arguments),
                _ => OfxStatus.kOfxStatErrUnsupported,
            };
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            target.OnEscaped(exception);
            return OfxStatus.kOfxStatFailed;
        }
    }

    internal static OfxStatus InvokeMessage(
        VariadicOperation operation, nint handle, byte* messageType, byte* messageId, byte* format, ref VariadicArguments arguments)
    {
        IVariadicTarget? target = Target;
        if (target is null) return OfxStatus.kOfxStatErrMissingHostFeature;
        try
        {
            string type = NativeText.Read(messageType) ?? "", id = NativeText.Read(messageId) ?? "";
            string text = VariadicText.Format(NativeText.Bytes(format), ref arguments);
            return operation == VariadicOperation.Message
                ? target.Message(handle, type, id, text)
                : target.SetPersistentMessage(handle, type, id, text);
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            target.OnEscaped(exception);
            return OfxStatus.kOfxStatFailed;
        }
    }

    private static void* AddressOf(VariadicOperation operation) => Variadics.Current switch
    {
        VariadicConvention.SystemVX64 => SystemVCallee.AddressOf(operation),
        VariadicConvention.WindowsX64 => WindowsCallee.AddressOf(operation),
        VariadicConvention.AppleArm64 => AppleCallee.AddressOf(operation),
        _ => null,
    };
}
