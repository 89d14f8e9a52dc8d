using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Writes frames to a movie or a sequence so that a broken run can go on, and the finished output has the same bytes as an unbroken
/// one.</summary>
/// <remarks>Usage: <c>foreach (long i in writer.Pending) writer.Write(i, render(i)); writer.Finish();</c>. Movies are encoded in segments of fixed
/// length in a work folder beside the output and joined by <see cref="Finish"/>; sequences are finished file by file. Nothing replaces an older
/// movie before
/// <see cref="Finish"/>. One thread at a time, except that sequences accept frames from many threads.</remarks>
public abstract class FrameWriter : IDisposable
{
    private protected FrameWriter(OutputSettings settings) => Settings = settings;

    /// <summary>What is being written.</summary>
    public OutputSettings Settings { get; }

    /// <summary>0-based indices that are still to be written, in the order a movie demands them. Fixed when the writer was opened.</summary>
    public abstract IReadOnlyList<long> Pending { get; }

    /// <summary>Frames kept from an earlier run.</summary>
    public long ResumedFrames => Settings.FrameCount - Pending.Count;

    /// <summary>What a user should know: why an earlier run was not taken up, what the format changes.</summary>
    public abstract IReadOnlyList<string> Warnings { get; }

    /// <summary>Opens an output: checks that format, size and folder can hold it, and looks for an earlier run.</summary>
    /// <exception cref="MediaException">The folder cannot be written; the format would lose depth, alpha or audio; ffmpeg or its encoder is
    /// absent.</exception>
    public static FrameWriter Open(OutputSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        MovieProbe.CheckSize(settings.Path, settings.Width, settings.Height);
        if (settings.FrameCount is < 1 or > FrameIndex.FramesMax)
        {
            throw new MediaException(MediaError.FrameOutOfRange,
                $"'{settings.Path}': {settings.FrameCount} frames are outside 1..{FrameIndex.FramesMax}");
        }

        if (!settings.FrameRate.IsPositive) throw new ArgumentException($"frame rate {settings.FrameRate} is not positive", nameof(settings));
        if (settings.SegmentFrames < 1) throw new ArgumentException($"{settings.SegmentFrames} frames per segment", nameof(settings));
        string folder = Path.GetDirectoryName(MediaPaths.Full(settings.Path)) ?? settings.Path;
        if (!Directory.Exists(folder)) throw new MediaException(MediaError.WriteFailed, $"'{settings.Path}': the folder '{folder}' does not exist");
        return settings.Format < OutputFormat.Png8 ? SegmentedMovieWriter.OpenMovie(settings, cancellation) : SequenceWriter.OpenSequence(settings);
    }

    /// <summary>Writes a frame of <see cref="Pending"/>.</summary>
    /// <param name="index">0-based index in the output.</param>
    /// <param name="frame">The pixels, of the output's size.</param>
    /// <param name="exr">EXR extras of the source frame, to be kept; null for none.</param>
    /// <param name="cancellation">Stops; finished segments and files stay for the next run.</param>
    /// <exception cref="MediaException">Wrong size or order, a full disk, or ffmpeg failed.</exception>
    public abstract void Write(long index, Frame frame, ExrExtras? exr = null, CancellationToken cancellation = default);

    /// <summary>Completes the output: joins the segments, adds audio, renames, and removes the work folder.</summary>
    /// <exception cref="MediaException">Frames are missing, or joining failed; the segments stay.</exception>
    public abstract void Finish(CancellationToken cancellation = default);

    /// <summary>Ends ffmpeg. Without <see cref="Finish"/> the work done so far stays for the next run.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what a kind of writer holds.</summary>
    private protected abstract void Dispose(bool disposing);

    /// <summary>Refuses a frame of another size.</summary>
    private protected void CheckFrameSize(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Width == Settings.Width && frame.Height == Settings.Height) return;
        throw new MediaException(
            MediaError.SizeChanged,
            $"'{Settings.Path}': a frame of {frame.Width}×{frame.Height} does not fit an output of {Settings.Width}×{Settings.Height}");
    }

    /// <summary>Refuses EXR layers or windows that the output has no place for.</summary>
    private protected void RefuseLayers(ExrExtras? exr)
    {
        if (exr is null || Settings.AllowLoss) return;
        if (exr.Channels.Count > 0)
        {
            string names = string.Join(", ", exr.Channels.Take(6).Select(channel => channel.Name));
            throw new MediaException(MediaError.WouldLose,
                $"'{Settings.Path}': the source has further EXR channels ({names}), which {Settings.Format} cannot hold");
        }

        if (exr.DataWindow != exr.DisplayWindow)
        {
            throw new MediaException(
                MediaError.WouldLose, $"'{Settings.Path}': the source's data window {exr.DataWindow} is not its display window {exr.DisplayWindow}, "
                + $"which {Settings.Format} cannot hold");
        }
    }
}
