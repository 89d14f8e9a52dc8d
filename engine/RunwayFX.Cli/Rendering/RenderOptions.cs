using System.Collections.Immutable;
using System.Globalization;
using OpenFX.Hosting;
using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>What <c>rfx render</c> was asked to do, checked as far as that goes without opening anything.</summary>
internal sealed record RenderOptions
{
    /// <summary>Word that stands for "no input" where a plug-in makes pictures from nothing.</summary>
    public const string NoInput = "none";

    /// <summary>Most frames rendered at once.</summary>
    public const int ThreadsMax = 64;

    /// <summary>Movie, sequence or still to read; null for generators.</summary>
    public required string? Input { get; init; }

    /// <summary>Movie, sequence or still to write.</summary>
    public required string Output { get; init; }

    /// <summary>Bundle of the plug-in.</summary>
    public required EffectReference Effect { get; init; }

    /// <summary>Values by name.</summary>
    public ImmutableArray<ParameterAssignment> Values { get; init; } = [];

    /// <summary>Further input clips: name and path.</summary>
    public ImmutableArray<ParameterAssignment> Clips { get; init; } = [];

    /// <summary>Frames by number; null for all.</summary>
    public FrameRange? Frames { get; init; }

    /// <summary>Storage in which the plug-in gets its frames; null for the best it has.</summary>
    public PixelDepth? Depth { get; init; }

    /// <summary>What is written.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>Context; null takes the plug-in's first that fits.</summary>
    public EffectContext? Context { get; init; }

    /// <summary>Proxy scale.</summary>
    public RenderScale Scale { get; init; } = RenderScale.One;

    /// <summary>Whether an unfinished run is taken up.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Frames rendered at once; null lets the program choose.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether losing depth, alpha or layers is accepted.</summary>
    public bool AllowLoss { get; init; }

    /// <summary>Size of a picture made from nothing.</summary>
    public (int Width, int Height) Size { get; init; } = (1920, 1080);

    /// <summary>Rate of sequences and of pictures made from nothing.</summary>
    public Rational Rate { get; init; } = new(24, 1);

    /// <summary>Reads <c>1/2</c>, <c>0.5</c> or <c>1</c>.</summary>
    /// <exception cref="CliException">Not a number above 0 and at most 1.</exception>
    public static RenderScale ParseScale(string text)
    {
        double value = 0;
        int bar = text.IndexOf('/', StringComparison.Ordinal);
        bool read = bar < 0
            ? double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            : int.TryParse(text.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out int top)
                && int.TryParse(text.AsSpan(bar + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bottom)
                && bottom > 0 && (value = (double)top / bottom) > 0;
        return read && value is > 0 and <= 1
            ? new RenderScale(value, value)
            : throw CliException.Usage($"--scale {text}: write a fraction above 0 and at most 1, for example 1/2");
    }

    /// <summary>Reads <c>1920x1080</c>.</summary>
    /// <exception cref="CliException">Not two whole numbers from 1 to <see cref="Imaging.Frame.SideMax"/>.</exception>
    public static (int Width, int Height) ParseSize(string text)
    {
        string[] parts = text.Split('x', 'X');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is >= 1 and <= Imaging.Frame.SideMax && height is >= 1 and <= Imaging.Frame.SideMax)
        {
            return (width, height);
        }

        throw CliException.Usage($"--size {text}: write WIDTHxHEIGHT, each 1 to {Imaging.Frame.SideMax}");
    }

    /// <summary>Reads <c>25</c>, <c>23.976</c> or <c>30000/1001</c>.</summary>
    /// <exception cref="CliException">Not a positive number.</exception>
    public static Rational ParseRate(string text) =>
        Rational.TryParse(text, out Rational rate) && rate.IsPositive ? rate
            : throw CliException.Usage($"--rate {text}: write frames per second, for example 25 or 30000/1001");

    /// <summary>Reads <c>BUNDLE:ID</c> or <c>BUNDLE</c>; the bundle is a path.</summary>
    /// <exception cref="CliException">Empty.</exception>
    public static EffectReference ParsePlugin(string text)
    {
        int colon = BehindBundle(text);
        bool hasId = colon > 0;
        string bundle = hasId ? text[..colon] : text;
        return bundle.Length > 0
            ? new EffectReference(Path.GetFullPath(bundle), hasId ? text[(colon + 1)..] : "")
            : throw CliException.Usage($"--plugin {text}: write BUNDLE:ID, for example /usr/OFX/Plugins/Misc.ofx.bundle:net.sf.openfx.Invert");
    }

    /// <summary>Where the identifier begins: the colon behind <c>.ofx.bundle</c> or <c>.ofx</c>, for identifiers hold colons too; else the last
    /// one.</summary>
    private static int BehindBundle(string text)
    {
        foreach (string ending in new[] { ".ofx.bundle:", ".ofx.bundle/:", ".ofx:" })
        {
            int at = text.LastIndexOf(ending, StringComparison.OrdinalIgnoreCase);
            if (at >= 0) return at + ending.Length - 1;
        }

        int colon = text.LastIndexOf(':');
        return colon > 0 && text.AsSpan(colon + 1).IndexOfAny('/', '\\') < 0 ? colon : -1;
    }
}
