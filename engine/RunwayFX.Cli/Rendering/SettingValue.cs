using System.Collections.Immutable;
using System.Globalization;
using OpenFX.Hosting;

namespace RunwayFX.Cli.Rendering;

/// <summary>A value that fits a parameter of an effect.</summary>
/// <param name="Name">The parameter's own spelling of its name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Numbers">One per dimension; empty for texts.</param>
/// <param name="Text">The text; empty for numbers.</param>
internal sealed record SettingValue(string Name, HostedParameterKind Kind, ImmutableArray<double> Numbers, string Text)
{
    /// <summary>Compares assignments with what an effect has.</summary>
    /// <returns>One value per parameter, the last assignment of a name wins; in the order of first mention.</returns>
    /// <exception cref="CliException">An unknown name, or a value that does not fit; the message lists what exists.</exception>
    public static ImmutableArray<SettingValue> Resolve(ImmutableArray<ParameterDescription> parameters, IEnumerable<ParameterAssignment> assignments)
    {
        var values = new List<SettingValue>();
        foreach (ParameterAssignment assignment in assignments)
        {
            ParameterDescription parameter = Find(parameters, assignment.Name);
            SettingValue value = Read(parameter, assignment.Value);
            int earlier = values.FindIndex(other => other.Name == value.Name);
            if (earlier < 0) values.Add(value);
            else values[earlier] = value;
        }

        return [.. values];
    }

    /// <summary>The value as one line of text, the same for equal values: part of what names a render.</summary>
    public string ToCanonicalText() =>
        Numbers.IsEmpty ? $"{Name}={Text}"
            : $"{Name}={string.Join(',', Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)))}";

    private static bool HasValue(HostedParameterKind kind) =>
        kind is not (HostedParameterKind.Group or HostedParameterKind.Page or HostedParameterKind.PushButton
            or HostedParameterKind.Parametric or HostedParameterKind.Bytes);

    private static ParameterDescription Find(ImmutableArray<ParameterDescription> parameters, string name)
    {
        ParameterDescription? found = parameters.FirstOrDefault(parameter => parameter.Name == name)
            ?? parameters.FirstOrDefault(parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase));
        if (found is null)
        {
            string known = string.Join(", ", parameters.Where(parameter => HasValue(parameter.Kind)).Select(parameter => parameter.Name));
            throw CliException.Usage($"there is no parameter '{name}'; the effect has: {(known.Length == 0 ? "none" : known)}");
        }

        return HasValue(found.Kind) ? found : throw CliException.Usage($"parameter '{found.Name}' is a {found.Kind} and takes no value");
    }

    private static SettingValue Read(ParameterDescription parameter, string text)
    {
        return parameter.Kind switch
        {
            HostedParameterKind.String or HostedParameterKind.Custom => new(parameter.Name, parameter.Kind, [], text),
            HostedParameterKind.StrChoice => new(parameter.Name, parameter.Kind, [], ReadStringChoice(parameter, text)),
            HostedParameterKind.Choice => new(parameter.Name, parameter.Kind, [ReadChoice(parameter, text)], ""),
            HostedParameterKind.Boolean => new(parameter.Name, parameter.Kind, [ReadBoolean(parameter, text)], ""),
            _ => new(parameter.Name, parameter.Kind, ReadNumbers(parameter, text), ""),
        };
    }

    private static int ReadChoice(ParameterDescription parameter, string text)
    {
        string wanted = text.Trim();
        int index = IndexOf(parameter.Options, wanted);
        if (index >= 0) return index;
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < parameter.Options.Length) return index;
        throw CliException.Usage($"{parameter.Name} has no option '{text}'; it has: {ListOptions(parameter.Options)}");
    }

    private static string ReadStringChoice(ParameterDescription parameter, string text)
    {
        string wanted = text.Trim();
        int index = IndexOf(parameter.OptionNames, wanted);
        if (index < 0) index = IndexOf(parameter.Options, wanted);
        if (index >= 0 && index < parameter.OptionNames.Length) return parameter.OptionNames[index];
        throw CliException.Usage($"{parameter.Name} has no option '{text}'; it has: {ListOptions(parameter.OptionNames)}");
    }

    private static int IndexOf(ImmutableArray<string> options, string wanted)
    {
        int exact = options.IndexOf(wanted);
        if (exact >= 0) return exact;
        for (int index = 0; index < options.Length; index++)
        {
            if (string.Equals(options[index], wanted, StringComparison.OrdinalIgnoreCase)) return index;
        }

        return -1;
    }

    private static string ListOptions(ImmutableArray<string> options) => string.Join(", ", options.Select((option, index) => $"{option} ({index})"));

    private static int ReadBoolean(ParameterDescription parameter, string text) => text.Trim().ToUpperInvariant() switch
    {
        "1" or "TRUE" or "YES" or "ON" => 1,
        "0" or "FALSE" or "NO" or "OFF" => 0,
        _ => throw CliException.Usage($"{parameter.Name} is on or off; '{text}' is neither (write true or false)"),
    };

    private static ImmutableArray<double> ReadNumbers(ParameterDescription parameter, string text)
    {
        int dimensions = Math.Max(1, parameter.Default.Length);
        string[] parts = text.Split([',', ' ', 'x'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != dimensions)
            throw CliException.Usage(
                $"{parameter.Name} takes {dimensions} number{(dimensions == 1 ? "" : "s separated by commas")}; '{text}' has {parts.Length}");
        bool isWhole = parameter.Kind is HostedParameterKind.Integer or HostedParameterKind.Integer2D or HostedParameterKind.Integer3D;
        var numbers = ImmutableArray.CreateBuilder<double>(dimensions);
        for (int index = 0; index < dimensions; index++)
        {
            if (!double.TryParse(parts[index], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
                throw CliException.Usage($"{parameter.Name} is a number; '{parts[index]}' is none");
            if (isWhole && number != Math.Floor(number)) throw CliException.Usage(
                $"{parameter.Name} is a whole number; '{parts[index]}' has a fraction");
            CheckRange(parameter, index, number);
            numbers.Add(number);
        }

        return numbers.MoveToImmutable();
    }

    private static void CheckRange(ParameterDescription parameter, int index, double number)
    {
        if (index >= parameter.Minimum.Length || index >= parameter.Maximum.Length) return;
        double minimum = parameter.Minimum[index], maximum = parameter.Maximum[index];
        if (number >= minimum && number <= maximum) return;
        throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"{parameter.Name} is {number}, outside {minimum} to {maximum}"));
    }
}
