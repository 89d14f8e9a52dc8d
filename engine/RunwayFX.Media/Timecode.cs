using System.Globalization;

namespace RunwayFX.Media;

/// <summary>A SMPTE 12M time code: hours, minutes, seconds, frames, and whether numbers are dropped (29.97 and 59.94 only).</summary>
/// <remarks>Written <c>01:00:00:00</c>, or <c>01:00:00;00</c> with drop-frame.</remarks>
public readonly record struct Timecode(int Hours, int Minutes, int Seconds, int Frames, bool IsDropFrame)
{
    /// <summary>Reads <c>hh:mm:ss:ff</c>; a <c>;</c>, <c>.</c> or <c>,</c> before the frames means drop-frame.</summary>
    public static bool TryParse(string? text, out Timecode value)
    {
        value = default;
        if (text is null || text.Length is < 11 or > 12) return false;
        Span<int> fields = stackalloc int[4];
        int start = 0;
        for (int i = 0; i < 4; i++)
        {
            int length = i == 3 ? text.Length - start : 2;
            if (!int.TryParse(text.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out fields[i])) return false;
            start += 3;
        }

        if (text[2] != ':' || text[5] is not (':' or ';') || text[8] is not (':' or ';' or '.' or ',')) return false;
        if (fields[0] > 99 || fields[1] > 59 || fields[2] > 59) return false;
        value = new Timecode(fields[0], fields[1], fields[2], fields[3], text[8] != ':');
        return true;
    }

    /// <summary>The time code <paramref name="count"/> frames later, wrapping at 24 hours.</summary>
    /// <param name="count">Frames, may be negative.</param>
    /// <param name="rate">The clip's frame rate; its nearest whole number is the counting base.</param>
    public Timecode Add(long count, Rational rate)
    {
        int fps = CountingBase(rate);
        long day = Total(new Timecode(24, 0, 0, 0, IsDropFrame), fps);
        long total = (Total(this, fps) + count) % day;
        if (total < 0) total += day;
        return FromTotal(total, fps, IsDropFrame);
    }

    /// <summary>Frames since 00:00:00:00 at this rate.</summary>
    public long ToFrameNumber(Rational rate) => Total(this, CountingBase(rate));

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Hours:00}:{Minutes:00}:{Seconds:00}{(IsDropFrame ? ';' : ':')}{Frames:00}");

    private static int CountingBase(Rational rate)
    {
        if (!rate.IsPositive) throw new ArgumentOutOfRangeException(nameof(rate), rate, $"frame rate {rate} is not positive");
        return Math.Max(1, (int)Math.Round(rate.Value));
    }

    private static long Total(Timecode code, int fps)
    {
        long minutes = (code.Hours * 60L) + code.Minutes;
        long total = (((minutes * 60) + code.Seconds) * fps) + code.Frames;
        return code.IsDropFrame ? total - (DroppedPerMinute(fps) * (minutes - (minutes / 10))) : total;
    }

    private static Timecode FromTotal(long total, int fps, bool drop)
    {
        if (drop)
        {
            long dropped = DroppedPerMinute(fps);
            long perMinute = (60L * fps) - dropped;
            long perTenMinutes = (600L * fps) - (9 * dropped);
            (long tens, long rest) = Math.DivRem(total, perTenMinutes);
            total += 9 * dropped * tens;
            if (rest >= 60L * fps) total += dropped * (((rest - (60L * fps)) / perMinute) + 1);
        }

        (long seconds, long frames) = Math.DivRem(total, fps);
        return new Timecode((int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60), (int)frames, drop);
    }

    private static long DroppedPerMinute(int fps) => fps / 15;
}
