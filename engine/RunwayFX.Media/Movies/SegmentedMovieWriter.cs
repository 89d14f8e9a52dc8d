using System.Globalization;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Writes a movie in segments of fixed length, each encoded by its own ffmpeg with fixed settings, and joins them without
/// re-encoding.</summary>
/// <remarks>A broken run finds its finished segments verified in the work folder, drops the one that was under way, and goes on; because an unbroken
/// run is made of the same segments, the files are equal byte for byte.</remarks>
internal sealed class SegmentedMovieWriter : FrameWriter
{
    private const string UnfinishedEnding = ".tmp";

    private readonly EncoderPlan _plan;
    private readonly RunJournal _journal;
    private readonly FrameConverter _converter;
    private readonly ColorTags _tags;
    private readonly byte[] _raw;
    private readonly List<string> _warnings;
    private readonly long[] _pending;
    private readonly string _fullPath;
    private int _position;
    private ToolProcess? _encoder;

    private SegmentedMovieWriter(
        OutputSettings settings, EncoderPlan plan, RunJournal journal, FrameConverter converter, ColorTags tags, List<string> warnings,
            string fullPath)
        : base(settings)
    {
        _plan = plan;
        _journal = journal;
        _converter = converter;
        _tags = tags;
        _raw = new byte[converter.FrameBytes];
        _warnings = warnings;
        _fullPath = fullPath;
        RemoveUnfinished(journal.Folder);
        long kept = 0;
        while (kept < SegmentCount && journal.IsIntact(kept, SegmentPath(kept))) kept++;
        long firstFrame = Math.Min(kept * settings.SegmentFrames, settings.FrameCount);
        _pending = new long[settings.FrameCount - firstFrame];
        for (int i = 0; i < _pending.Length; i++) _pending[i] = firstFrame + i;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> Pending => _pending;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => _warnings;

    private long SegmentCount => (Settings.FrameCount + Settings.SegmentFrames - 1) / Settings.SegmentFrames;

    /// <summary>Checks the plan and opens the work folder.</summary>
    public static SegmentedMovieWriter OpenMovie(OutputSettings settings, CancellationToken cancellation)
    {
        EncoderPlan plan = EncoderPlan.For(settings);
        AudioPlan.Check(settings, plan.Muxer);
        string full = MediaPaths.Full(settings.Path);
        (ColorTags tags, ColorTags conversion) = OutputColor.For(settings, plan.Layout, plan.HoldsFullRange);
        var converter = new FrameConverter(
            plan.Layout, YuvRules.From(conversion, plan.Layout, settings.FieldOrder, settings.Height, settings.Path), settings.Width,
                settings.Height);
        cancellation.ThrowIfCancellationRequested();
        string folder = full + ".rfxwork";
        string fingerprint = RunJournal.Fingerprint(
        [
            "movie 1", FFmpegTools.Get().Version, settings.Recipe, settings.Format.ToString(), plan.Layout.Name, plan.SegmentMuxer,
            string.Create(CultureInfo.InvariantCulture,
                $"{settings.Width} {settings.Height} {settings.FrameCount} {settings.FrameRate} {settings.SegmentFrames}"),
            tags.ToString(), conversion.ToString(), settings.SampleAspect.ToString(), settings.FieldOrder.ToString(),
                $"{settings.TopFieldFirst} {settings.IsPremultiplied}",
            .. plan.Codec,
        ]);
        RunJournal journal = RunJournal.Open(settings.Path, folder, fingerprint, settings.Resume);
        List<string> warnings = [.. plan.Warnings, .. AudioPlan.Warnings(settings, plan.Muxer)];
        if (journal.StartedOver is not null) warnings.Add($"'{settings.Path}': {journal.StartedOver}");
        return new SegmentedMovieWriter(settings, plan, journal, converter, tags, warnings, full);
    }

    /// <inheritdoc/>
    public override void Write(long index, Frame frame, ExrExtras? exr = null, CancellationToken cancellation = default)
    {
        if (_position >= _pending.Length || _pending[_position] != index)
        {
            string wanted = _position < _pending.Length ? _pending[_position].ToString(CultureInfo.InvariantCulture) : "none";
            throw new MediaException(MediaError.FrameOutOfRange, $"'{Settings.Path}': frame {index} came where {wanted} was due");
        }

        CheckFrameSize(frame);
        RefuseLayers(exr);
        cancellation.ThrowIfCancellationRequested();
        bool convert = Settings.IsPremultiplied && Settings.HasAlpha;
        _converter.Encode(convert ? AlphaState.Unpremultiplied(frame) : frame, _raw);
        _encoder ??= StartSegment(index / Settings.SegmentFrames);
        using (cancellation.Register(static state => ((ToolProcess)state!).Kill(), _encoder))
        {
            try
            {
                _encoder.Input.Write(_raw);
            }
            catch (IOException)
            {
                Exception failure = _encoder.Failure(Settings.Path, cancellation);
                StopEncoder();
                throw failure;
            }
        }

        _position++;
        bool ends = (index + 1) % Settings.SegmentFrames == 0 || index + 1 == Settings.FrameCount;
        if (ends) EndSegment(index / Settings.SegmentFrames, cancellation);
    }

    /// <inheritdoc/>
    public override void Finish(CancellationToken cancellation = default)
    {
        if (_position != _pending.Length)
        {
            throw new MediaException(MediaError.FrameOutOfRange, $"'{Settings.Path}': {_pending.Length - _position} frames were not written");
        }

        string temporary = Unfinished(Path.Combine(_journal.Folder, "joined"));
        try
        {
            File.WriteAllLines(
                Path.Combine(_journal.Folder, "list.txt"),
                    ["ffconcat version 1.0", .. Enumerable.Range(0, (int)SegmentCount).Select(i => $"file {SegmentName(i)}")]);
            Rational segmentBase = FrameIndex.Build(MovieProbe.Probe(SegmentPath(0), cancellation), cancellation).TimeBase;
            using (ToolProcess join = ToolProcess.Start(FFmpegTools.Get().FFmpegPath, JoinArguments(temporary, segmentBase), writesInput: false, _journal.Folder))
            using (cancellation.Register(join.Kill))
            {
                join.Finish(Settings.Path, cancellation);
            }

            Verify(temporary, cancellation);
            File.Move(temporary, _fullPath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaError.WriteFailed, $"'{Settings.Path}' cannot be written: {e.Message}", e);
        }

        _journal.Remove();
    }

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing)
    {
        StopEncoder();
        _journal.Dispose();
    }

    private static string SegmentName(long segment) => string.Create(CultureInfo.InvariantCulture, $"segment-{segment:000000}");

    private string SegmentPath(long segment) => Path.Combine(_journal.Folder, SegmentName(segment));

    /// <summary>Name under which a file is made. It holds this process's number: a run that was killed may leave its ffmpeg writing for a while
    /// more, and two must never write one file.</summary>
    private static string Unfinished(string path) => string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}{UnfinishedEnding}");

    /// <summary>Removes what runs that were killed left half-made; without it each of them would keep its disk space until the end.</summary>
    private static void RemoveUnfinished(string folder)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*.*" + UnfinishedEnding)) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only takes space, and goes with the folder.
        }
    }

    private ToolProcess StartSegment(long segment)
    {
        List<string> arguments =
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", "-xerror", "-y", "-f", "rawvideo", "-pixel_format", _plan.Layout.Name,
            "-video_size", string.Create(CultureInfo.InvariantCulture, $"{Settings.Width}x{Settings.Height}"), "-framerate",
                Settings.FrameRate.ToString(),
            "-i", "pipe:0", "-map", "0:v:0", "-fps_mode", "passthrough", .. _plan.TagArguments(Settings, _tags), .. _plan.Codec,
            "-pix_fmt", _plan.Layout.Name, "-fflags", "+bitexact", "-map_metadata", "-1", .. MuxerArguments(_plan.SegmentMuxer), "-f",
                _plan.SegmentMuxer,
            MediaPaths.Argument(Unfinished(SegmentPath(segment))),
        ];
        return ToolProcess.Start(FFmpegTools.Get().FFmpegPath, arguments, writesInput: true);
    }

    private void EndSegment(long segment, CancellationToken cancellation)
    {
        try
        {
            using (cancellation.Register(static state => ((ToolProcess)state!).Kill(), _encoder!))
            {
                _encoder!.Input.Close();
                _encoder.Finish(Settings.Path, cancellation);
            }

            File.Move(Unfinished(SegmentPath(segment)), SegmentPath(segment), overwrite: true);
            _journal.Add(segment, SegmentPath(segment));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaError.WriteFailed, $"'{Settings.Path}' cannot be written: {e.Message}", e);
        }
        finally
        {
            StopEncoder();
        }
    }

    private List<string> JoinArguments(string temporary, Rational segmentBase)
    {
        Rational rate = Settings.FrameRate;
        string step = string.Create(
            CultureInfo.InvariantCulture, $"{(long)rate.Denominator * segmentBase.Denominator}/{(long)rate.Numerator * segmentBase.Numerator}");
        List<string> arguments =
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-protocol_whitelist", "file,pipe", "-f", "concat", "-safe", "1", "-i",
                "list.txt",
            .. AudioPlan.InputArguments(Settings), "-map", "0:v:0", .. AudioPlan.MapArguments(Settings, _plan.Muxer), "-c:v", "copy",
            // Times anew from the frame count, in units of the segments' time base: joined segments then have no rounding in them.
            "-bsf:v", $"setts=ts=round(N*{step}):duration=round({step})",
            "-r", rate.ToString(), "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1", "-map_chapters",
                "-1",
        ];
        string? fields = Settings.FieldOrder switch
        {
            FieldOrder.Progressive => "progressive",
            FieldOrder.TopFirst => "tt",
            FieldOrder.BottomFirst => "bb",
            FieldOrder.TopStoredBottomFirst => "tb",
            FieldOrder.BottomStoredTopFirst => "bt",
            _ => null,
        };
        if (fields is not null) arguments.AddRange(["-field_order:v", fields]); // Encoders write their own idea; the copy puts the source's tag back.
        if (Settings.StartTimecode is Timecode start) arguments.AddRange(["-timecode", start.ToString()]);
        arguments.AddRange([.. MuxerArguments(_plan.Muxer), "-f", _plan.Muxer, MediaPaths.Argument(temporary)]);
        return arguments;
    }

    private static string[] MuxerArguments(string muxer) => muxer is "mov" or "mp4" ? ["-movflags", "+write_colr+faststart"] : [];

    /// <summary>Reads the joined file back: the frame count must be exact; tags that the container dropped are told.</summary>
    private void Verify(string joined, CancellationToken cancellation)
    {
        MediaInfo info = MovieProbe.Probe(joined, cancellation);
        FrameIndex index = FrameIndex.Build(info, cancellation);
        int frames = index.Times.Length;
        if (frames != Settings.FrameCount)
        {
            throw new MediaException(MediaError.ToolFailed,
                $"'{Settings.Path}': the joined movie has {frames} frames instead of {Settings.FrameCount}");
        }

        if (!index.Follows(Settings.FrameRate))
        {
            throw new MediaException(MediaError.ToolFailed, $"'{Settings.Path}': the joined movie does not run at {Settings.FrameRate}");
        }

        Tell("pixel aspect", Settings.SampleAspect.Reduced.ToString(), info.SampleAspect.Reduced.ToString());
        if (Settings.StartTimecode is Timecode start) Tell("start time code", start.ToString(), info.StartTimecode?.ToString());
        if (_tags.Range != "tv") Tell("colour range", _tags.Range, info.Color.Range); // Limited range is what silence means.
        Tell("colour matrix", _tags.Matrix, info.Color.Matrix);
        Tell("colour primaries", _tags.Primaries, info.Color.Primaries);
        Tell("transfer characteristic", _tags.Transfer, info.Color.Transfer);
        bool fieldsMatter = Settings.FieldOrder > FieldOrder.Progressive || info.FieldOrder > FieldOrder.Progressive;
        if (fieldsMatter && Settings.FieldOrder != FieldOrder.Unknown)
        {
            Tell("field order", Settings.FieldOrder.ToString(), info.FieldOrder.ToString());
        }

        void Tell(string what, string? wanted, string? found)
        {
            if (wanted is not null && wanted != found)
            {
                _warnings.Add($"'{Settings.Path}': the {what} {wanted} became {found ?? "nothing"} in this container");
            }
        }
    }

    private void StopEncoder()
    {
        _encoder?.Dispose();
        _encoder = null;
    }
}
