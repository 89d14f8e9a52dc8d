using System.Globalization;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Frames of a movie through a pipe from ffmpeg, in the movie's own pixel format, converted here.</summary>
internal sealed class MovieFrames : IFrameSource
{
    /// <summary>So many frames are skipped by decoding on; beyond, ffmpeg is started anew near the target.</summary>
    private const int SkipMax = 48;

    private readonly FrameIndex _index;
    private readonly int[]? _shown;
    private readonly PixelLayout _layout;
    private readonly FrameConverter _converter;
    private readonly string _fullPath;
    private readonly int _keepMax;
    private readonly LinkedList<(int Frame, byte[] Raw)> _kept = [];
    private ToolProcess? _process;
    private int _next;

    private MovieFrames(MediaInfo info, FrameIndex index, int[]? shown, PixelLayout layout, FrameConverter converter, string fullPath, int keepMax)
    {
        Info = info;
        _index = index;
        _shown = shown;
        _layout = layout;
        _converter = converter;
        _fullPath = fullPath;
        _keepMax = keepMax;
    }

    /// <inheritdoc/>
    public MediaInfo Info { get; }

    /// <summary>Probes, scans and prepares a movie.</summary>
    public static MovieFrames Open(string path, FrameReaderOptions options, CancellationToken cancellation)
    {
        MediaInfo info = MovieProbe.Probe(path, cancellation);
        FrameIndex index = FrameIndex.Build(info, cancellation);
        List<string> warnings = [.. info.Warnings];
        int[]? shown = null;
        Rational rate = info.FrameRate;
        if (index.ConstantRate(info) is Rational constant)
        {
            rate = constant;
        }
        else
        {
            if (rate.Value > 120 && info.AverageRate.IsPositive) rate = Rational.FromDouble(info.AverageRate.Value);
            shown = Conform(index, rate);
            warnings.Add($"frames lie unevenly in time; they are given at a constant {rate}, repeated or left out where needed");
        }

        PixelLayout layout = PixelLayout.ForSource(info.PixelFormat, path);
        ColorTags effective = YuvRules.Resolve(info.Color, options.ColorOverride, layout, info.Height);
        if (layout.Model == PixelModel.Yuv && (info.Color.Matrix ?? options.ColorOverride?.Matrix) is null)
        {
            warnings.Add($"the file names no YUV matrix; {effective.Matrix} is assumed from its height of {info.Height}");
        }

        var converter = new FrameConverter(layout, YuvRules.From(effective, layout, info.FieldOrder, info.Height, path), info.Width, info.Height);
        long frameCount = shown?.Length ?? index.Times.Length;
        info = info with
        {
            FrameRate = rate,
            IsVariableFrameRate = shown is not null,
            FrameCount = frameCount,
            StartSeconds = index.Times[0] * index.TimeBase.Value,
            EffectiveColor = effective,
            Warnings = warnings,
        };
        int keep = (int)Math.Clamp(options.CacheBytesMax / converter.FrameBytes, 1, 1024);
        return new MovieFrames(info, index, shown, layout, converter, MediaPaths.ExistingFile(path), keep);
    }

    /// <inheritdoc/>
    public MediaFrame Read(long index, CancellationToken cancellation)
    {
        int coded = _shown is null ? (int)index : _shown[index];
        byte[] raw = Kept(coded) ?? Fetch(coded, cancellation);
        Frame frame = FramePool.Rent(Info.Width, Info.Height);
        _converter.Decode(raw, frame);
        return new MediaFrame(frame, null);
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    /// <summary>For each output frame of a constant rate, the coded frame on screen at that time.</summary>
    private static int[] Conform(FrameIndex index, Rational rate)
    {
        double first = index.Times[0] * index.TimeBase.Value;
        double last = index.Times[^1] * index.TimeBase.Value;
        double count = Math.Round((last - first) * rate.Value) + 1;
        if (count > FrameIndex.FramesMax)
        {
            throw new MediaException(MediaError.TooLarge, $"{count} frames at {rate} are over the limit of {FrameIndex.FramesMax}");
        }

        int[] shown = new int[(int)count];
        int coded = 0;
        for (int i = 0; i < shown.Length; i++)
        {
            double time = first + ((i + 0.5) / rate.Value);
            while (coded + 1 < index.Times.Length && index.Times[coded + 1] * index.TimeBase.Value <= time) coded++;
            shown[i] = coded;
        }

        return shown;
    }

    private byte[]? Kept(int coded)
    {
        foreach ((int frame, byte[] raw) in _kept)
        {
            if (frame == coded) return raw;
        }

        return null;
    }

    private byte[] Fetch(int coded, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_process is not null && (coded < _next || (_index.CanSeek && coded - _next > SkipMax))) Stop();
        if (_process is null) Start(coded);
        using CancellationTokenRegistration registration = cancellation.Register(static state => ((ToolProcess)state!).Kill(), _process!);
        try
        {
            while (true)
            {
                byte[] raw = TakeBuffer();
                if (!_process!.ReadExactly(raw, Info.Path, cancellation))
                {
                    throw new MediaException(
                        MediaError.Malformed, $"'{Info.Path}' ended at frame {_next}, but lists {_index.Times.Length}{Said(_process.ErrorTail)}");
                }

                _kept.AddLast((_next, raw));
                if (_next++ == coded) return raw;
            }
        }
        catch
        {
            Stop();
            throw;
        }
    }

    private static string Said(string tail) => tail.Length == 0 ? "" : ": " + tail;

    private byte[] TakeBuffer()
    {
        if (_kept.Count < _keepMax) return new byte[_converter.FrameBytes];
        byte[] raw = _kept.First!.Value.Raw;
        _kept.RemoveFirst();
        return raw;
    }

    private void Start(int coded)
    {
        List<string> arguments = ["-hide_banner", "-nostdin", "-loglevel", "error", .. MediaPaths.InputGuards, "-noautorotate"];
        List<string> filters = [];
        if (coded > 0 && _index.CanSeek)
        {
            double seek = _index.SeekSeconds(coded) - Info.ContainerStartSeconds;
            if (seek > 0) arguments.AddRange(["-noaccurate_seek", "-ss", Seconds(seek)]);
            filters.Add($"trim=start={Seconds(_index.CutBefore(coded))}");
        }
        else if (coded > 0)
        {
            filters.Add($"trim=start_frame={coded.ToString(CultureInfo.InvariantCulture)}");
        }

        arguments.AddRange(
        [
            "-copyts", "-i", MediaPaths.Argument(_fullPath), "-map", $"0:{Info.VideoStreamIndex.ToString(CultureInfo.InvariantCulture)}",
            "-fps_mode", "passthrough", "-pix_fmt", _layout.Name, "-sws_flags", "accurate_rnd+full_chroma_int",
        ]);
        if (filters.Count > 0) arguments.AddRange(["-vf", string.Join(',', filters)]);
        arguments.AddRange(["-f", "rawvideo", "pipe:1"]);
        _process = ToolProcess.Start(FFmpegTools.Get().FFmpegPath, arguments, writesInput: false);
        _next = coded;
    }

    private void Stop()
    {
        _process?.Dispose();
        _process = null;
    }

    private static string Seconds(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);
}
