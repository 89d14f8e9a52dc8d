using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>A parameter's value: numbers, a text or bytes, as its kind says. Immutable.</summary>
internal readonly struct ParameterValue
{
    private ParameterValue(double[] numbers, string text, byte[] bytes)
    {
        Numbers = numbers;
        Text = text;
        Bytes = bytes;
    }

    public double[] Numbers { get => field ?? []; }

    public string Text { get => field ?? ""; }

    public byte[] Bytes { get => field ?? []; }

    public static ParameterValue Of(ReadOnlySpan<double> numbers) => new(numbers.ToArray(), "", []);

    public static ParameterValue Of(string text) => new([], text, []);

    public static ParameterValue Of(ReadOnlySpan<byte> bytes) => new([], "", bytes.ToArray());
}

/// <summary>What follows from a parameter's kind: dimensions, ranges, defaults, rounding.</summary>
internal static class ParameterKinds
{
    /// <summary>Kinds by type name of the standard.</summary>
    private static readonly Dictionary<string, HostedParameterKind> ByName = new(Utf8NameComparer.Instance)
    {
        [OfxText.Of(OfxConstants.kOfxParamTypeInteger)] = HostedParameterKind.Integer,
        [OfxText.Of(OfxConstants.kOfxParamTypeDouble)] = HostedParameterKind.Double,
        [OfxText.Of(OfxConstants.kOfxParamTypeBoolean)] = HostedParameterKind.Boolean,
        [OfxText.Of(OfxConstants.kOfxParamTypeChoice)] = HostedParameterKind.Choice,
        [OfxText.Of(OfxConstants.kOfxParamTypeStrChoice)] = HostedParameterKind.StrChoice,
        [OfxText.Of(OfxConstants.kOfxParamTypeRGBA)] = HostedParameterKind.Rgba,
        [OfxText.Of(OfxConstants.kOfxParamTypeRGB)] = HostedParameterKind.Rgb,
        [OfxText.Of(OfxConstants.kOfxParamTypeDouble2D)] = HostedParameterKind.Double2D,
        [OfxText.Of(OfxConstants.kOfxParamTypeInteger2D)] = HostedParameterKind.Integer2D,
        [OfxText.Of(OfxConstants.kOfxParamTypeDouble3D)] = HostedParameterKind.Double3D,
        [OfxText.Of(OfxConstants.kOfxParamTypeInteger3D)] = HostedParameterKind.Integer3D,
        [OfxText.Of(OfxConstants.kOfxParamTypeString)] = HostedParameterKind.String,
        [OfxText.Of(OfxConstants.kOfxParamTypeCustom)] = HostedParameterKind.Custom,
        [OfxText.Of(OfxConstants.kOfxParamTypeBytes)] = HostedParameterKind.Bytes,
        [OfxText.Of(OfxConstants.kOfxParamTypeGroup)] = HostedParameterKind.Group,
        [OfxText.Of(OfxConstants.kOfxParamTypePage)] = HostedParameterKind.Page,
        [OfxText.Of(OfxConstants.kOfxParamTypePushButton)] = HostedParameterKind.PushButton,
        [OfxText.Of(OfxConstants.kOfxParamTypeParametric)] = HostedParameterKind.Parametric,
    };

    public static HostedParameterKind? Find(string typeName) => ByName.TryGetValue(typeName, out HostedParameterKind kind) ? kind : null;

    public static string TypeName(HostedParameterKind kind) => ByName.First(entry => entry.Value == kind).Key;

    public static int Dimension(HostedParameterKind kind) => kind switch
    {
        HostedParameterKind.Integer or HostedParameterKind.Double or HostedParameterKind.Boolean or HostedParameterKind.Choice => 1,
        HostedParameterKind.Double2D or HostedParameterKind.Integer2D => 2,
        HostedParameterKind.Rgb or HostedParameterKind.Double3D or HostedParameterKind.Integer3D => 3,
        HostedParameterKind.Rgba => 4,
        _ => 0,
    };

    public static bool IsInteger(HostedParameterKind kind) =>
        kind is HostedParameterKind.Integer or HostedParameterKind.Boolean or HostedParameterKind.Choice
            or HostedParameterKind.Integer2D or HostedParameterKind.Integer3D;

    public static bool IsText(HostedParameterKind kind) =>
        kind is HostedParameterKind.String or HostedParameterKind.Custom or HostedParameterKind.StrChoice;

    public static bool IsColour(HostedParameterKind kind) => kind is HostedParameterKind.Rgb or HostedParameterKind.Rgba;

    /// <summary>Whether values hold the earlier key instead of blending.</summary>
    public static bool Steps(HostedParameterKind kind) => kind is HostedParameterKind.Boolean or HostedParameterKind.Choice || Dimension(kind) == 0;

    public static bool HasRange(HostedParameterKind kind) =>
        Dimension(kind) > 0 && kind is not HostedParameterKind.Boolean and not HostedParameterKind.Choice;

    public static double Round(HostedParameterKind kind, double value) =>
        IsInteger(kind) ? Math.Clamp(Math.Round(value, MidpointRounding.ToEven), int.MinValue, int.MaxValue) : value;

    /// <summary>Smallest and largest value of one dimension.</summary>
    public static (double Low, double High) Range(HostedParameter parameter, int dimension)
    {
        PropertySet properties = parameter.Properties;
        if (parameter.Kind == HostedParameterKind.Boolean) return (0, 1);
        if (parameter.Kind == HostedParameterKind.Choice) return (0, Math.Max(0, properties.Count(OfxConstants.kOfxParamPropChoiceOption) - 1));
        bool declared = properties.IsSet(OfxConstants.kOfxParamPropMin) && properties.IsSet(OfxConstants.kOfxParamPropMax)
            && properties.IsSet(OfxConstants.kOfxParamPropDisplayMin) && properties.IsSet(OfxConstants.kOfxParamPropDisplayMax);
        if (parameter.Host.Profile.UndeclaredRangesClamp && !declared && !IsColour(parameter.Kind)) return IsInteger(parameter.Kind) ? (0, 0)
            : (-1, 1);
        double low = properties.Number(OfxConstants.kOfxParamPropMin, dimension, double.MinValue);
        double high = properties.Number(OfxConstants.kOfxParamPropMax, dimension, double.MaxValue);
        return low <= high ? (low, high) : (double.MinValue, double.MaxValue);
    }

    public static ParameterValue Clamp(HostedParameter parameter, ParameterValue value)
    {
        int dimension = Dimension(parameter.Kind);
        if (dimension == 0) return value;
        Span<double> numbers = stackalloc double[4];
        for (int i = 0; i < dimension; i++)
        {
            double number = i < value.Numbers.Length ? value.Numbers[i] : 0;
            (double low, double high) = Range(parameter, i);
            numbers[i] = double.IsNaN(number) ? Math.Clamp(0, low, high) : Math.Clamp(Round(parameter.Kind, number), low, high);
        }

        return ParameterValue.Of(numbers[..dimension]);
    }

    public static ParameterValue Default(HostedParameter parameter)
    {
        PropertySet properties = parameter.Properties;
        if (Dimension(parameter.Kind) == 0) return ParameterValue.Of(properties.Text(OfxConstants.kOfxParamPropDefault));
        double[] numbers = properties.Numbers(OfxConstants.kOfxParamPropDefault);
        if (parameter.Kind is HostedParameterKind.Double2D && properties.Text(OfxConstants.kOfxParamPropDefaultCoordinateSystem) == Normalised
            && parameter.Owner.Instance is { } instance)
        {
            ProjectSettings project = instance.Project;
            numbers = [numbers[0] * project.Width + project.OffsetX, numbers[1] * project.Height + project.OffsetY];
        }

        return ParameterValue.Of(numbers);
    }

    private static readonly string Normalised = OfxText.Of(OfxConstants.kOfxParamCoordinatesNormalised);
}

/// <summary>Values between keys.</summary>
internal static class KeyInterpolation
{
    /// <summary>The value at a time; before the first and behind the last key that key's.</summary>
    public static ParameterValue At(SortedList<double, ParameterValue> keys, double time, HostedParameter parameter)
    {
        int next = FirstAfter(keys, time);
        if (next == 0) return keys.Values[0];
        ParameterValue before = keys.Values[next - 1];
        if (next == keys.Count || keys.Keys[next - 1] == time) return before;
        double from = keys.Keys[next - 1], to = keys.Keys[next], amount = (time - from) / (to - from);
        if (parameter.Kind == HostedParameterKind.Custom) return CustomInterpolation
            .At(parameter, time, amount, (from, before), (to, keys.Values[next]));
        if (ParameterKinds.Steps(parameter.Kind)) return before;
        double[] numbers = new double[before.Numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = ParameterKinds.Round(parameter.Kind, before.Numbers[i] + (keys.Values[next].Numbers[i] - before.Numbers[i]) * amount);
        return ParameterValue.Of(numbers);
    }

    private static int FirstAfter(SortedList<double, ParameterValue> keys, double time)
    {
        int low = 0, high = keys.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (keys.Keys[middle] <= time) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
