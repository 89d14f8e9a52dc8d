using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RunwayFX.Bridge;
using RunwayFX.Engine.Jobs;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Rendering;

/// <summary>A job's view of its host: fetches frames over the conversation, converts them once and keeps the last few.</summary>
/// <remarks>Belongs to the job's thread, as the conversation does. While the host fetches, the queue knows that this job waits. The source at the job's own time is kept
/// to the end, because pipelines work on it as long; its slot is the client's again at once.</remarks>
/// <param name="conversation">The job's line to the host.</param>
/// <param name="lease">Its place in the queue.</param>
/// <param name="time">The time that it renders.</param>
/// <param name="hasTemporalAccess">Whether the host gives other times.</param>
/// <param name="cancellation">The host gave it up.</param>
internal sealed class JobFrames(IFrameConversation conversation, JobLease lease, double time, bool hasTemporalAccess, CancellationToken cancellation)
    : IHostFrames, IProgress<double>
{
    private const int SourceClip = 0;

    /// <summary>Converted frames kept for the case that a pipeline asks again.</summary>
    public const int FramesKeptMax = 4;

    /// <summary>Bytes of kept frames, but that the job's own and the last one are kept whatever their size: a frame of 4K takes 133 MB.</summary>
    public const long KeptBytesMax = 160L << 20;

    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Most recently used last.</summary>
    private readonly List<(int Clip, double Time, HostFrame? Frame)> _kept = [];

    /// <inheritdoc/>
    public bool HasTemporalAccess => hasTemporalAccess;

    /// <summary>Time spent on turning slots into frames and back.</summary>
    public TimeSpan Transfer { get; private set; }

    /// <inheritdoc/>
    public bool TryFetch(int clip, double moment, [NotNullWhen(true)] out HostFrame? frame)
    {
        CheckThread();
        cancellation.ThrowIfCancellationRequested();
        int index = _kept.FindIndex(kept => kept.Clip == clip && kept.Time.Equals(moment));
        if (index >= 0)
        {
            (int, double, HostFrame?) entry = _kept[index];
            _kept.RemoveAt(index);
            _kept.Add(entry);
        }
        else
        {
            using SuppliedFrame? supplied = lease.WhileWaitingForHost(() => conversation.Fetch(clip, moment));
            MakeRoom(supplied is null ? 0 : BytesOf(supplied.Pixels.Width, supplied.Pixels.Height));
            _kept.Add((clip, moment, supplied is null ? null : Convert(supplied)));
            if (IsOwn(clip, moment)) supplied?.GiveUp();
        }

        frame = _kept[^1].Frame;
        return frame is not null;
    }

    /// <inheritdoc/>
    public void Release(HostFrame frame)
    {
        CheckThread();
        int index = _kept.FindIndex(kept => ReferenceEquals(kept.Frame, frame));
        if (index >= 0 && IsOwn(_kept[index].Clip, _kept[index].Time)) return;
        if (index >= 0) _kept.RemoveAt(index);
        FramePool.Return(frame.Picture);
    }

    /// <summary>Passes progress on; values from other threads than the job's are dropped, because the conversation has one thread.</summary>
    public void Report(double value)
    {
        if (Environment.CurrentManagedThreadId == _thread) conversation.ReportProgress(double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1));
    }

    /// <summary>Writes the result into its slot.</summary>
    public void Write(Frame result, SlotView slot)
    {
        long began = Stopwatch.GetTimestamp();
        SlotPixels.Write(result, slot);
        Transfer += Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Gives the kept frames back, when nobody looks at them any more.</summary>
    public void Return()
    {
        foreach ((_, _, HostFrame? frame) in _kept) FramePool.Return(frame?.Picture);
        _kept.Clear();
    }

    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread) throw new InvalidOperationException("Frames are fetched and released on the job's own thread.");
    }

    /// <summary>Drops the frames unused for longest until another fits.</summary>
    private void MakeRoom(long bytes)
    {
        long held = _kept.Sum(kept => kept.Frame is { } frame ? BytesOf(frame.Picture.Width, frame.Picture.Height) : 0);
        while (_kept.Count == FramesKeptMax || held + bytes > KeptBytesMax)
        {
            int index = _kept.FindIndex(kept => !IsOwn(kept.Clip, kept.Time));
            if (index < 0) return;
            if (_kept[index].Frame is { } oldest) held -= BytesOf(oldest.Picture.Width, oldest.Picture.Height);
            _kept.RemoveAt(index);
        }
    }

    private bool IsOwn(int clip, double moment) => clip == SourceClip && moment.Equals(time);

    private static long BytesOf(int width, int height) => (long)width * height * Frame.Channels * sizeof(float);

    private HostFrame Convert(SuppliedFrame supplied)
    {
        FrameDescription description = supplied.Description;
        long began = Stopwatch.GetTimestamp();
        Frame picture = SlotPixels.Read(supplied.Pixels);
        Transfer += Stopwatch.GetElapsedTime(began);
        PixelWindow window = new(description.X1, description.Y1, description.X1 + picture.Width, description.Y1 + picture.Height);
        return new HostFrame(picture, window, description.Premultiplication is Bridge.Premultiplication.Premultiplied)
        {
            IsOneField = description.Field is FieldKind.Lower or FieldKind.Upper,
        };
    }
}
