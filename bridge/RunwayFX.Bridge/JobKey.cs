using System.Globalization;
using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Names everything that the user set for a clip's results: <see cref="JobKeyHash"/> makes it. Results that a render computes or finds are listed
/// under its key, so that they can be counted and forgotten together.</summary>
/// <param name="High">Upper half.</param>
/// <param name="Low">Lower half.</param>
public readonly record struct JobKey(long High, long Low)
{
    /// <summary>Length of the text.</summary>
    public const int TextLength = 32;

    /// <summary>No key: results are kept all the same, but under no name.</summary>
    public static JobKey None => default;

    /// <summary>Whether it is <see cref="None"/>.</summary>
    public bool IsNone => this == default;

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    /// <summary>Reads what <see cref="ToString"/> writes; anything else, and <see cref="None"/>, is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out JobKey key)
    {
        key = default;
        if (text.Length != TextLength
            || !long.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long high)
            || !long.TryParse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long low))
        {
            return false;
        }

        key = new JobKey(high, low);
        return !key.IsNone;
    }

    /// <summary>Reads the two fields, which stand among those of a larger record.</summary>
    internal static JobKey Read(ref BodyReader reader) => new(reader.Int64(), reader.Int64());

    internal void Write(ref MessagePackWriter writer)
    {
        writer.Write(High);
        writer.Write(Low);
    }
}

/// <summary>What a project remembers of a generated clip, as one printable line: <c>rfx1:0123…cdef:0:47</c>.</summary>
/// <param name="Key">The settings.</param>
/// <param name="First">First frame that was generated.</param>
/// <param name="Last">Last one; not below the first.</param>
public readonly record struct ClipKey(JobKey Key, double First, double Last)
{
    /// <summary>Longest text, in characters.</summary>
    public const int TextMax = 128;

    private const string Prefix = "rfx1:";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Key}:{First:R}:{Last:R}");

    /// <summary>Reads what <see cref="ToString"/> writes; a text that a project holds may be anything.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ClipKey key)
    {
        key = default;
        if (text.Length > TextMax || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        text = text[Prefix.Length..];
        if (text.Length <= JobKey.TextLength || text[JobKey.TextLength] != ':' || !JobKey.TryParse(text[..JobKey.TextLength], out JobKey job)) return false;
        text = text[(JobKey.TextLength + 1)..];
        int colon = text.IndexOf(':');
        if (colon < 0 || !TryTime(text[..colon], out double first) || !TryTime(text[(colon + 1)..], out double last) || last < first) return false;
        key = new ClipKey(job, first, last);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out double time) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out time)
        && Math.Abs(time) <= RenderRequest.TimeMax;
}
