using System.Globalization;
using System.Text;

namespace RunwayFX.Media;

/// <summary>When each frame of a movie is shown, and from where ffmpeg can start decoding it.</summary>
/// <remarks>MOV, MP4 and Matroska (and intra-only MXF) list exact times with their packets, which are read without decoding. Other containers are
/// decoded once, and later always from the start, because their seeking is not exact.</remarks>
internal sealed class FrameIndex
{
    /// <summary>Most frames of a movie.</summary>
    public const int FramesMax = 4_000_000;

    private const long ListBytesMax = 256L << 20;

    private readonly List<long> _keyTimes = [];

    private FrameIndex(Rational timeBase) => TimeBase = timeBase;

    /// <summary>Seconds per unit of <see cref="Times"/>.</summary>
    public Rational TimeBase { get; }

    /// <summary>Presentation times in ascending order, one per coded frame.</summary>
    public long[] Times { get; private set; } = [];

    /// <summary>Whether decoding may start at a key frame; otherwise always at the start.</summary>
    public bool CanSeek { get; private init; }

    /// <summary>Whether every frame is a key frame.</summary>
    public bool IsIntraOnly { get; private set; }

    /// <summary>Scans a movie.</summary>
    /// <exception cref="MediaException">No frames, too many, or ffprobe failed.</exception>
    public static FrameIndex Build(MediaInfo info, CancellationToken cancellation)
    {
        bool hasList = info.Container.Contains("mov", StringComparison.Ordinal) || info.Container.Contains("matroska", StringComparison.Ordinal)
            || info.Container.StartsWith("mxf", StringComparison.Ordinal);
        FrameIndex? index = hasList ? FromPackets(info, cancellation) : null;
        if (index is not null && info.Container.StartsWith("mxf", StringComparison.Ordinal) && !index.IsIntraOnly) index = null;
        index ??= FromFrames(info, cancellation);
        if (index.Times.Length == 0) throw new MediaException(MediaError.Malformed, $"'{info.Path}' has no frames");
        return index;
    }

    /// <summary>Time in seconds half-way before a frame: everything from there on is the frame and its followers.</summary>
    public double CutBefore(int frame)
    {
        double before = frame > 0 ? (Times[frame - 1] + Times[frame]) / 2.0 : Times[0] - 1;
        return before * TimeBase.Value;
    }

    /// <summary>Where to seek so that the frame decodes right: the key frame at or before it, one earlier still where frames lean on others, because
    /// leading pictures of an open group lean on the group before.</summary>
    public double SeekSeconds(int frame)
    {
        int at = _keyTimes.BinarySearch(Times[frame]);
        if (at < 0) at = ~at - 1;
        if (!IsIntraOnly) at--;
        return at <= 0 ? double.NegativeInfinity : _keyTimes[at] * TimeBase.Value;
    }

    /// <summary>Finds the constant rate that the times follow; null where none fits.</summary>
    public Rational? ConstantRate(MediaInfo info)
    {
        int count = Times.Length;
        if (count == 1) return info.AverageRate.IsPositive ? info.AverageRate : info.FrameRate;
        double seconds = (Times[^1] - Times[0]) * TimeBase.Value;
        List<Rational> candidates = [info.FrameRate, info.AverageRate];
        if (seconds > 0 && (count - 1) / seconds < Rational.TermMax / 1001) candidates.Add(Rational.FromDouble((count - 1) / seconds));
        foreach (Rational rate in candidates)
        {
            if (!rate.IsPositive) continue;
            // Matroska rounds a frame's length to nanoseconds: 60000/1001 comes back as 19001/317.
            Rational usual = rate.Value < Rational.TermMax / 1001 ? Rational.FromDouble(rate.Value) : rate;
            if (Math.Abs(usual.Value - rate.Value) < rate.Value * 1e-6 && Follows(usual)) return usual;
            if (Follows(rate)) return rate;
        }

        return null;
    }

    /// <summary>Whether every frame lies where a constant rate puts it, within rounding.</summary>
    public bool Follows(Rational rate)
    {
        double step = 1 / (rate.Value * TimeBase.Value);
        double slack = Math.Max(1.01, step * 0.1);
        for (int i = 0; i < Times.Length; i++)
        {
            if (Math.Abs(Times[i] - Times[0] - (i * step)) > slack) return false;
        }

        return true;
    }

    private static FrameIndex? FromPackets(MediaInfo info, CancellationToken cancellation)
    {
        List<Dictionary<string, string>> rows = List(info, "packet=pts,flags", cancellation, out Rational timeBase);
        var index = new FrameIndex(timeBase) { CanSeek = true };
        var times = new List<long>(rows.Count);
        foreach (Dictionary<string, string> row in rows)
        {
            string flags = row.GetValueOrDefault("flags", "");
            if (flags.Contains('D', StringComparison.Ordinal)) continue;
            if (!long.TryParse(row.GetValueOrDefault("pts"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time)) return null;
            bool isKey = flags.Contains('K', StringComparison.Ordinal);
            if (times.Count == 0 && !isKey) return null;
            if (times.Count > 0 && time < times[0]) return null; // Leading pictures before the first key frame may not decode.
            times.Add(time);
            if (isKey) index._keyTimes.Add(time);
        }

        index.IsIntraOnly = index._keyTimes.Count == times.Count;
        times.Sort();
        index._keyTimes.Sort();
        for (int i = 1; i < times.Count; i++)
        {
            if (times[i] == times[i - 1]) return null; // Two packets of one picture: fields.
        }

        index.Times = [.. times];
        return index;
    }

    private static FrameIndex FromFrames(MediaInfo info, CancellationToken cancellation)
    {
        List<Dictionary<string, string>> rows = List(info, "frame=best_effort_timestamp", cancellation, out Rational timeBase);
        long[] times = new long[rows.Count];
        bool valid = true;
        for (int i = 0; i < times.Length && valid; i++)
        {
            valid = long.TryParse(rows[i].GetValueOrDefault("best_effort_timestamp"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out times[i])
                && (i == 0 || times[i] > times[i - 1]);
        }

        if (valid) return new FrameIndex(timeBase) { Times = times };
        for (int i = 0; i < times.Length; i++) times[i] = i; // No usable times (raw streams): evenly at the stated rate.
        return new FrameIndex(new Rational(info.FrameRate.Denominator, info.FrameRate.Numerator)) { Times = times };
    }

    private static List<Dictionary<string, string>> List(MediaInfo info, string entries, CancellationToken cancellation, out Rational timeBase)
    {
        FFmpegTools tools = FFmpegTools.Get();
        string full = MediaPaths.ExistingFile(info.Path);
        string section = entries[..entries.IndexOf('=', StringComparison.Ordinal)];
        List<string> arguments =
        [
            "-v", "error", .. MediaPaths.InputGuards, "-select_streams", info.VideoStreamIndex.ToString(CultureInfo.InvariantCulture),
            "-show_entries", $"stream=time_base:{entries}", "-print_format", "compact=p=1:nk=0", "-i", MediaPaths.Argument(full),
        ];
        byte[] answer = ToolProcess.Capture(tools.FFprobePath, arguments, default, ListBytesMax, info.Path, cancellation);
        var rows = new List<Dictionary<string, string>>();
        timeBase = Rational.Unknown;
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(answer).AsSpan().EnumerateLines())
        {
            string[] parts = line.ToString().Split('|');
            if (parts[0] != section && parts[0] != "stream") continue;
            var row = new Dictionary<string, string>(parts.Length);
            foreach (string part in parts.AsSpan(1))
            {
                int equals = part.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0) row[part[..equals]] = part[(equals + 1)..];
            }

            if (parts[0] == section) rows.Add(row);
            else if (Rational.TryParse(row.GetValueOrDefault("time_base"), out Rational parsed)) timeBase = parsed;
            if (rows.Count > FramesMax) throw new MediaException(MediaError.TooLarge, $"'{info.Path}' has more than the limit of {FramesMax} frames");
        }

        if (!timeBase.IsPositive) throw new MediaException(MediaError.Malformed, $"'{info.Path}': the video stream has no time base");
        return rows;
    }
}
