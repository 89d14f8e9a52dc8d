using System.Globalization;

namespace RunwayFX.Pipelines;

/// <summary>A list of frame numbers as users write it: <c>12, 40-43</c>.</summary>
internal static class FrameList
{
    /// <summary>Reads a list. What is no number is passed over: a half-typed list must not fail a render.</summary>
    public static List<(long First, long Last)> Parse(string list)
    {
        List<(long, long)> ranges = [];
        foreach (string part in list.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            int dash = part.IndexOf('-', 1);
            string first = dash > 0 ? part[..dash] : part, last = dash > 0 ? part[(dash + 1)..] : part;
            if (long.TryParse(first, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long from)
                && long.TryParse(last, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long to))
            {
                ranges.Add((Math.Min(from, to), Math.Max(from, to)));
            }
        }

        return ranges;
    }

    /// <summary>Whether a time belongs to a frame of the list.</summary>
    public static bool Holds(List<(long First, long Last)> ranges, double time)
    {
        foreach ((long first, long last) in ranges)
        {
            if (time > first - 0.5 && time < last + 0.5) return true;
        }

        return false;
    }
}
