namespace RunwayFX.Cli.Rendering;

/// <summary>A <c>name=value</c> from the command line, before it is compared with what the effect has.</summary>
/// <param name="Name">Name of the parameter, or of an input clip.</param>
/// <param name="Value">The text behind the first equals sign.</param>
internal sealed record ParameterAssignment(string Name, string Value)
{
    /// <summary>Reads <c>name=value</c>; the value may hold further equals signs and may be empty.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="option">Name of the option, for the message.</param>
    /// <exception cref="CliException">No name or no equals sign.</exception>
    public static ParameterAssignment Parse(string text, string option)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? "" : text[..equals].Trim();
        return name.Length > 0 ? new ParameterAssignment(name, text[(equals + 1)..]) : throw CliException.Usage($"{option} {text}: write name=value");
    }
}
