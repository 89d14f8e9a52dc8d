using System.Globalization;

namespace RunwayFX.Cli.Rendering;

/// <summary>Frames to render, by number, both ends included: sequences count by the number in the file name, movies from 0.</summary>
/// <param name="First">First frame.</param>
/// <param name="Last">Last frame.</param>
internal readonly record struct FrameRange(long First, long Last)
{
    /// <summary>Largest frame number accepted.</summary>
    public const long NumberMax = int.MaxValue;

    /// <summary>How many frames.</summary>
    public long Count => Last - First + 1;

    /// <summary>Reads <c>7</c> or <c>10-19</c>.</summary>
    /// <exception cref="CliException">Not a range, negative, backwards, or over <see cref="NumberMax"/>.</exception>
    public static FrameRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (trimmed.StartsWith('-')) throw CliException.Usage($"--frames {text}: frame numbers are not negative; write FIRST-LAST, for example 0-19");
        int dash = trimmed.IndexOf('-', StringComparison.Ordinal);
        long first = Number(dash < 0 ? trimmed : trimmed[..dash], text);
        long last = dash < 0 ? first : Number(trimmed[(dash + 1)..], text);
        return last >= first ? new FrameRange(first, last) : throw CliException.Usage(
            $"--frames {text}: the last frame {last} lies before the first {first}");
    }

    /// <summary>The part of a clip that is meant, as 0-based indices.</summary>
    /// <param name="firstNumber">Number of the clip's first frame.</param>
    /// <param name="frameCount">Frames in the clip.</param>
    /// <exception cref="CliException">Some of the frames are outside of the clip.</exception>
    public FrameRange ToIndices(long firstNumber, long frameCount)
    {
        long lastNumber = firstNumber + frameCount - 1;
        if (First < firstNumber || Last > lastNumber) throw CliException.Usage(
            $"--frames {this}: the clip has the frames {firstNumber}-{lastNumber}");
        return new FrameRange(First - firstNumber, Last - firstNumber);
    }

    /// <inheritdoc/>
    public override string ToString() => First == Last ? Invariant(First) : $"{Invariant(First)}-{Invariant(Last)}";

    private static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string digits, string whole)
    {
        if (!long.TryParse(digits.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            throw CliException.Usage($"--frames {whole}: '{digits}' is not a frame number; write FIRST-LAST, for example 0-19");
        return number <= NumberMax ? number : throw CliException.Usage($"--frames {whole}: {number} is over {NumberMax}");
    }
}
