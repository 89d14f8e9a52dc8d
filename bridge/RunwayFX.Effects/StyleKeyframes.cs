using System.Globalization;

namespace RunwayFX.Effects;

/// <summary>A frame of the clip that somebody painted.</summary>
/// <param name="Frame">Its number.</param>
/// <param name="Path">The painting's file.</param>
public readonly record struct StyleKeyframe(long Frame, string Path);

/// <summary>The text of Style's <c>keyframes</c> parameter: <c>12=/path/a.png;48=/path/b.png</c>. Plug-ins, engine and command line read it alike.</summary>
/// <remarks>A semicolon separates only where a frame number and an equals sign follow, so that paths may hold one. Blanks around numbers and paths do not
/// count.</remarks>
public static class StyleKeyframes
{
    /// <summary>Most keyframes of a clip.</summary>
    public const int CountMax = 64;

    /// <summary>Largest frame number either way.</summary>
    public const long FrameMax = 100_000_000;

    /// <summary>Frames before a frame whose choice between two paintings carries over to it.</summary>
    public const int ChoiceFrames = 2;

    /// <summary>Reads the text.</summary>
    /// <param name="text">The parameter; empty for no keyframes.</param>
    /// <param name="keyframes">In order of their frames.</param>
    /// <returns>What is wrong with the text; null where nothing is.</returns>
    public static string? Read(string text, out StyleKeyframe[] keyframes)
    {
        ArgumentNullException.ThrowIfNull(text);
        keyframes = [];
        List<StyleKeyframe> found = [];
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !(text[end] == ';' && (IsBlank(text.AsSpan(end + 1)) || NumberLength(text.AsSpan(end + 1)) > 0))) end++;
            ReadOnlySpan<char> entry = text.AsSpan(start, end - start);
            start = end + 1;
            if (IsBlank(entry)) continue;
            int number = NumberLength(entry);
            if (number == 0) return $"'{entry}' is not FRAME=FILE";
            if (!long.TryParse(entry[..number], NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out long frame) || Math.Abs(frame) > FrameMax)
            {
                return $"frame {entry[..number].Trim()} is outside ±{FrameMax}";
            }

            string path = entry[(number + 1)..].Trim().ToString();
            if (path.Length == 0) return $"frame {frame} has no file";
            if (found.Exists(other => other.Frame == frame)) return $"frame {frame} is painted twice";
            if (found.Count == CountMax) return $"more than {CountMax} frames are painted";
            found.Add(new StyleKeyframe(frame, path));
        }

        found.Sort((one, other) => one.Frame.CompareTo(other.Frame));
        keyframes = [.. found];
        return null;
    }

    /// <summary>The text for keyframes.</summary>
    public static string Write(IEnumerable<StyleKeyframe> keyframes) =>
        string.Join(';', keyframes.Select(keyframe => string.Create(CultureInfo.InvariantCulture, $"{keyframe.Frame}={keyframe.Path}")));

    /// <summary>The keyframes that a frame is painted from: the last at or before it, and the first behind it unless the frame is one itself.</summary>
    public static (StyleKeyframe? Before, StyleKeyframe? After) Around(ReadOnlySpan<StyleKeyframe> keyframes, double time)
    {
        StyleKeyframe? before = null;
        foreach (StyleKeyframe keyframe in keyframes)
        {
            if (keyframe.Frame > time) return before is { } last && last.Frame == time ? (before, null) : (before, keyframe);
            before = keyframe;
        }

        return (before, null);
    }

    /// <summary>First and last frame that the painting of a frame looks at, its keyframes apart.</summary>
    public static (double First, double Last) Reach(ReadOnlySpan<StyleKeyframe> keyframes, double time)
    {
        (StyleKeyframe? before, StyleKeyframe? after) = Around(keyframes, time);
        if (before is null && after is null) return (time, time);
        double first = time, last = time;
        // Where two paintings meet, the choice between them looks a few frames back.
        double from = before is not null && after is not null ? Math.Max(Math.Floor(time) - ChoiceFrames, before.Value.Frame) : time;
        if (before is { } start) first = Math.Max(TemporalBlocks.WalkStart(from), start.Frame);
        if (after is { } end)
        {
            last = Math.Min(-TemporalBlocks.WalkStart(-from), end.Frame);
            first = Math.Min(first, from);
        }

        return (first, Math.Max(last, time));
    }

    private static bool IsBlank(ReadOnlySpan<char> text) => text.IsWhiteSpace();

    /// <summary>Characters of a whole number before an equals sign, blanks included; 0 where the text does not begin with one.</summary>
    private static int NumberLength(ReadOnlySpan<char> text)
    {
        int equals = text.IndexOf('=');
        if (equals <= 0) return 0;
        ReadOnlySpan<char> number = text[..equals].Trim();
        if (number is ['-' or '+', ..]) number = number[1..];
        return number.Length > 0 && !number.ContainsAnyExceptInRange('0', '9') ? equals : 0;
    }
}
