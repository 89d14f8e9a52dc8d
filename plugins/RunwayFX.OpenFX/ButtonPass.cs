using OpenFX.Plugins;
using RunwayFX.Bridge;

namespace RunwayFX.OpenFX;

/// <summary>One pass through a clip while a button is pressed: frames from the host, progress and Cancel to it; pictures stay in the engine.</summary>
/// <remarks>Hosts give up a bar of progress by its answer to an update, so every question whether to stop is one. An answer is taken for
/// <see cref="AskMs"/>: a host that redraws at each must not slow frames that are only looked up.</remarks>
/// <param name="frames">What the frames are.</param>
/// <param name="progress">The host's bar.</param>
/// <param name="timeMs">How long the pass may take.</param>
internal sealed unsafe class ButtonPass(ClipFrames frames, ProgressReport progress, long timeMs) : IClipHost, IDisposable
{
    /// <summary>How long the host's last answer holds, in milliseconds.</summary>
    private const long AskMs = 20;

    private readonly Image _input = new();
    private readonly long _begin = Environment.TickCount64;
    private JobKey _key;
    private double _fraction;
    private double _lastTime = double.NaN;
    private long _asked = long.MinValue;
    private bool _isAborted;

    /// <summary>Frames that are finished in full quality.</summary>
    public int Finished { get; private set; }

    /// <summary>Makes the frames, or finds them.</summary>
    /// <exception cref="BridgeException">One failed; those before it are kept.</exception>
    public ClipOutcome Run(EngineClient engine, in ClipRange range, JobKey key, bool mayDraft)
    {
        _key = key;
        ClipOutcome outcome = engine.RenderClip(range, mayDraft && range.Count > 1 && frames.HasDrafts(range.First), this);
        Finished = outcome.Computed + outcome.Kept;
        return outcome;
    }

    /// <inheritdoc/>
    public RenderCall Describe(double time, ClipPass pass)
    {
        if (pass == ClipPass.Draft) return frames.DescribeDraft(time);
        // The frame before it is finished, or nobody would ask for this one.
        if (!double.IsNaN(_lastTime)) Finished++;
        _lastTime = time;
        return frames.Describe(time) with { Key = _key };
    }

    /// <inheritdoc/>
    public bool IsAborted()
    {
        long now = Environment.TickCount64;
        if (_isAborted || (_asked != long.MinValue && now - _asked < AskMs)) return _isAborted;
        _isAborted = !progress.Update(_fraction) || now - _begin > timeMs;
        _asked = Environment.TickCount64;
        return _isAborted;
    }

    /// <inheritdoc/>
    public void ClipProgress(in ClipProgress progress) => _fraction = progress.Fraction;

    /// <summary>Of the frame; the clip's counts.</summary>
    public void Progress(double fraction)
    {
    }

    /// <inheritdoc/>
    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        if (frames.Clips.Find(clip) is not { } source || !source.TryGetImage(time, _input)) return false;
        using (_input)
        {
            SlotView view = sink.Begin(HostPictures.Describe(_input, source));
            view.CopyFromHost((void*)_input.Data, _input.RowBytes);
        }

        return true;
    }

    /// <summary>The engine keeps it.</summary>
    public void ReceiveResult(SlotView pixels)
    {
    }

    /// <inheritdoc/>
    public void Log(BridgeLogLevel level, string message) => ShimLog.Write($"engine {level}: {message}");

    /// <summary>Gives back a picture that is still held.</summary>
    public void Dispose() => _input.Dispose();
}
