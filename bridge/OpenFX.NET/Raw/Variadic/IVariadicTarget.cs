namespace OpenFX.Raw;

/// <summary>A host's implementation of the variadic suite functions, behind the exports of <see cref="VariadicCallee"/>.</summary>
/// <remarks>Called on whatever thread the plug-in uses. An exception becomes <see cref="OfxStatus.kOfxStatFailed"/> after
/// <see cref="OnEscaped"/>.</remarks>
public interface IVariadicTarget
{
    /// <summary><c>paramGetValue</c>; read one pointer per value.</summary>
    OfxStatus ParamGetValue(OfxParamHandle param, ref VariadicArguments arguments);

    /// <summary><c>paramGetValueAtTime</c>; read one pointer per value.</summary>
    OfxStatus ParamGetValueAtTime(OfxParamHandle param, double time, ref VariadicArguments arguments);

    /// <summary><c>paramGetDerivative</c>; read one pointer per value.</summary>
    OfxStatus ParamGetDerivative(OfxParamHandle param, double time, ref VariadicArguments arguments);

    /// <summary><c>paramGetIntegral</c>; read one pointer per value.</summary>
    OfxStatus ParamGetIntegral(OfxParamHandle param, double time1, double time2, ref VariadicArguments arguments);

    /// <summary><c>paramSetValue</c>; read ints, doubles or pointers according to the parameter's type.</summary>
    OfxStatus ParamSetValue(OfxParamHandle param, ref VariadicArguments arguments);

    /// <summary><c>paramSetValueAtTime</c>; read ints, doubles or pointers according to the parameter's type.</summary>
    OfxStatus ParamSetValueAtTime(OfxParamHandle param, double time, ref VariadicArguments arguments);

    /// <summary><c>message</c> with its text already formatted (see <see cref="VariadicText"/>).</summary>
    OfxStatus Message(nint handle, string messageType, string messageId, string text);

    /// <summary><c>setPersistentMessage</c> with its text already formatted.</summary>
    OfxStatus SetPersistentMessage(nint handle, string messageType, string messageId, string text);

    /// <summary>Hears of an exception that one of the above let escape. Must not throw.</summary>
    void OnEscaped(Exception exception);
}
