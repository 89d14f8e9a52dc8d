using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the variadic functions: parameter values and messages.</summary>
internal sealed unsafe class VariadicSuites : IVariadicTarget
{
    /// <summary>Step for derivatives, in frames.</summary>
    private const double DerivativeStep = 1e-3;

    private static readonly VariadicSuites Instance = new();

    /// <summary>Makes this the process's target.</summary>
    public static void Install() => VariadicCallee.Target = Instance;

    public OfxStatus ParamGetValue(OfxParamHandle param, ref VariadicArguments arguments)
    {
        OfxStatus status = ParameterSuite.Enter("paramGetValue", param, out HostedParameter? parameter);
        // Without a time the value at the current time is meant; inside an action that is the action's.
        return status == OfxStatus.kOfxStatOK ? Give(parameter!, parameter!.ValueAt(TimeOfThread(parameter)), ref arguments) : status;
    }

    public OfxStatus ParamGetValueAtTime(OfxParamHandle param, double time, ref VariadicArguments arguments)
    {
        OfxStatus status = ParameterSuite.Enter("paramGetValueAtTime", param, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        return double.IsFinite(time) ? Give(parameter!, parameter!.ValueAt(time), ref arguments) : OfxStatus.kOfxStatErrValue;
    }

    public OfxStatus ParamGetDerivative(OfxParamHandle param, double time, ref VariadicArguments arguments)
    {
        OfxStatus status = ParameterSuite.Enter("paramGetDerivative", param, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        if (parameter!.Dimension == 0 || ParameterKinds.IsInteger(parameter.Kind) || !double.IsFinite(time)) return OfxStatus.kOfxStatErrUnsupported;
        double[] before = parameter.ValueAt(time - DerivativeStep).Numbers, after = parameter.ValueAt(time + DerivativeStep).Numbers;
        double[] slope = new double[before.Length];
        for (int i = 0; i < slope.Length; i++) slope[i] = (after[i] - before[i]) / (2 * DerivativeStep);
        return Give(parameter, ParameterValue.Of(slope), ref arguments);
    }

    public OfxStatus ParamGetIntegral(OfxParamHandle param, double time1, double time2, ref VariadicArguments arguments)
    {
        OfxStatus status = ParameterSuite.Enter("paramGetIntegral", param, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        if (parameter!.Dimension == 0 || ParameterKinds.IsInteger(parameter.Kind) || !double.IsFinite(time1) || !double.IsFinite(time2))
            return OfxStatus.kOfxStatErrUnsupported;
        return Give(parameter, ParameterValue.Of(Integral(parameter, time1, time2)), ref arguments);
    }

    public OfxStatus ParamSetValue(OfxParamHandle param, ref VariadicArguments arguments)
    {
        OfxStatus status = ParameterSuite.Enter("paramSetValue", param, out HostedParameter? parameter);
        return status == OfxStatus.kOfxStatOK ? Take(parameter!, null, ref arguments) : status;
    }

    public OfxStatus ParamSetValueAtTime(OfxParamHandle param, double time, ref VariadicArguments arguments)
    {
        OfxStatus status = ParameterSuite.Enter("paramSetValueAtTime", param, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        return double.IsFinite(time) ? Take(parameter!, time, ref arguments) : OfxStatus.kOfxStatErrValue;
    }

    public OfxStatus Message(nint handle, string messageType, string messageId, string text) =>
        Show("message", handle, messageType, messageId, text, isPersistent: false);

    public OfxStatus SetPersistentMessage(nint handle, string messageType, string messageId, string text) =>
        Show("setPersistentMessage", handle, messageType, messageId, text, isPersistent: true);

    public void OnEscaped(Exception exception) => ActionScope.Current?.Host.Escaped("variadic function", exception);

    private static double? TimeOfThread(HostedParameter parameter)
    {
        if (parameter.Owner.Instance is null) return null;
        for (ActionScope? scope = ActionScope.Current; scope is not null; scope = scope.Outer)
        {
            if (scope.Node == parameter.Owner) return scope.Time;
        }

        return parameter.Owner.LatestScope?.Time ?? parameter.Host.Time;
    }

    private static double[] Integral(HostedParameter parameter, double from, double to)
    {
        // The value is piecewise linear between keys, so the trapezium rule over the keys is exact.
        double low = Math.Min(from, to), high = Math.Max(from, to);
        double[] stops = [low, .. parameter.KeyTimes.Where(time => time > low && time < high), high];
        double[] sum = new double[parameter.Dimension];
        for (int stop = 1; stop < stops.Length; stop++)
        {
            double[] left = parameter.ValueAt(stops[stop - 1]).Numbers, right = parameter.ValueAt(stops[stop]).Numbers;
            for (int i = 0; i < sum.Length; i++) sum[i] += (left[i] + right[i]) / 2 * (stops[stop] - stops[stop - 1]);
        }

        for (int i = 0; i < sum.Length && from > to; i++) sum[i] = -sum[i];
        return sum;
    }

    private static OfxStatus Give(HostedParameter parameter, ParameterValue value, ref VariadicArguments arguments)
    {
        if (parameter.Owner.Instance is null) return OfxStatus.kOfxStatErrBadHandle;
        int dimension = parameter.Dimension;
        for (int i = 0; i < dimension; i++)
        {
            void* target = arguments.NextPointer();
            if (target is null) return OfxStatus.kOfxStatErrValue;
            if (ParameterKinds.IsInteger(parameter.Kind)) *(int*)target = (int)value.Numbers[i];
            else *(double*)target = value.Numbers[i];
        }

        if (dimension > 0) return OfxStatus.kOfxStatOK;
        if (ParameterKinds.IsText(parameter.Kind))
        {
            byte** target = (byte**)arguments.NextPointer();
            if (target is null) return OfxStatus.kOfxStatErrValue;
            *target = parameter.Texts.Lend(value.Text);
            return OfxStatus.kOfxStatOK;
        }

        return parameter.Kind == HostedParameterKind.Bytes ? parameter.LendBytes((OfxBytes*)arguments.NextPointer())
            : OfxStatus.kOfxStatErrUnsupported;
    }

    private static OfxStatus Take(HostedParameter parameter, double? time, ref VariadicArguments arguments)
    {
        if (parameter.Owner.Instance is not { } instance) return OfxStatus.kOfxStatErrBadHandle;
        if (ActionScope.Current is { Render: not null } scope)
            parameter.Host.Journal.Violate("param-set-in-render", $"'{parameter.Name}' was set in {scope.Action}");
        else if (ActionScope.Current is { } other && !MaySetValues(other.Action))
            parameter.Host.Journal.Violate("param-set-in-action", $"'{parameter.Name}' was set in {other.Action}");
        ParameterValue value;
        if (parameter.Dimension is var dimension and > 0)
        {
            Span<double> numbers = stackalloc double[dimension];
            bool integer = ParameterKinds.IsInteger(parameter.Kind);
            for (int i = 0; i < dimension; i++) numbers[i] = integer ? arguments.NextInt32() : arguments.NextDouble();
            value = ParameterValue.Of(numbers);
        }
        else if (ParameterKinds.IsText(parameter.Kind))
        {
            if (NativeText.Read((byte*)arguments.NextPointer()) is not { } text) return OfxStatus.kOfxStatErrValue;
            value = ParameterValue.Of(text);
        }
        else if (parameter.Kind == HostedParameterKind.Bytes)
        {
            var bytes = (OfxBytes*)arguments.NextPointer();
            if (bytes is null || bytes->length > int.MaxValue || (bytes->data is null && bytes->length > 0)) return OfxStatus.kOfxStatErrValue;
            value = ParameterValue.Of(new ReadOnlySpan<byte>(bytes->data, (int)bytes->length));
        }
        else
        {
            return OfxStatus.kOfxStatErrUnsupported;
        }

        OfxStatus status = parameter.Store(time, value);
        if (status == OfxStatus.kOfxStatOK) instance.AddToUndoStep(parameter.Name);
        if (status == OfxStatus.kOfxStatOK) instance.ParameterChanged(parameter, ChangeReason.PluginEdited, time);
        return status;
    }

    /// <summary>The actions in which the standard lets a plug-in set values (Setting Parameters).</summary>
    private static bool MaySetValues(string action) => action == OfxText.Of(OfxConstants.kOfxActionCreateInstance) || action == OfxText.Of(OfxConstants.kOfxActionBeginInstanceChanged)
        || action == OfxText.Of(OfxConstants.kOfxActionInstanceChanged) || action == OfxText.Of(OfxConstants.kOfxActionEndInstanceChanged)
        || action == OfxText.Of(OfxConstants.kOfxActionSyncPrivateData);

    private static OfxStatus Show(string function, nint handle, string type, string id, string text, bool isPersistent)
    {
        EffectNode? node = HandleTable.Get<EffectNode>(handle);
        if ((node?.Host ?? ActionScope.Current?.Host) is not { } host) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = host.Enter(function);
        if (status != OfxStatus.kOfxStatOK) return status;
        var message = new HostMessage(StandardNames.MessageKind(type), id, text, isPersistent);
        host.Journal.Add(message);
        if (isPersistent && node?.Instance is { } instance) instance.PersistentMessage = message;
        bool? reply = host.Events.Message?.Invoke(message);
        if (message.Kind != HostMessageKind.Question) return OfxStatus.kOfxStatOK;
        return reply switch
        {
            true => OfxStatus.kOfxStatReplyYes,
            false => OfxStatus.kOfxStatReplyNo,
            _ => OfxStatus.kOfxStatReplyDefault,
        };
    }
}
