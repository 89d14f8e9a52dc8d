namespace RunwayFX.Bridge;

/// <summary>Which time through a clip.</summary>
public enum ClipPass
{
    /// <summary>Quick results first, so that there is something to look at if the user stops.</summary>
    Draft = 0,

    /// <summary>The results.</summary>
    Full = 1,
}

/// <summary>The frames of a clip that are generated together.</summary>
/// <param name="First">First frame.</param>
/// <param name="Last">Last frame; not below the first.</param>
public readonly record struct ClipRange(double First, double Last)
{
    /// <summary>Most frames of a clip.</summary>
    public const int FramesMax = 1_000_000;

    /// <summary>Number of frames, one for every whole step from the first.</summary>
    /// <exception cref="BridgeException">The range is upside down, endless, or has more than <see cref="FramesMax"/> frames.</exception>
    public int Count
    {
        get
        {
            Check.Range(First, -RenderRequest.TimeMax, RenderRequest.TimeMax, "ClipRange.First");
            Check.Range(Last, First, RenderRequest.TimeMax, "ClipRange.Last");
            double frames = Math.Floor(Last - First) + 1;
            Check.Range(frames, 1, FramesMax, "frames of a clip");
            return (int)frames;
        }
    }

    /// <summary>Time of a frame by its number within the clip, from 0.</summary>
    public double TimeOf(int index) => First + index;
}

/// <summary>How far a clip is.</summary>
/// <param name="Pass">Which time through.</param>
/// <param name="Time">The frame that is worked on.</param>
/// <param name="Fraction">Of the whole clip and all passes, 0 to 1; never falls.</param>
public readonly record struct ClipProgress(ClipPass Pass, double Time, double Fraction);

/// <summary>What generating a clip needs from the host. Every method is called on the thread that called <see cref="EngineClient.RenderClip"/>;
/// <see cref="IRenderHost.ReceiveResult"/> may do nothing.</summary>
public interface IClipHost : IRenderHost
{
    /// <summary>The call with which a frame is rendered; in <see cref="ClipPass.Draft"/> with the effect's draft quality. The mode becomes
    /// <see cref="RenderMode.Final"/>, whatever it is.</summary>
    RenderCall Describe(double time, ClipPass pass);

    /// <summary>How far it is; the host may redraw, and says by <see cref="IRenderHost.IsAborted"/> whether to stop.</summary>
    void ClipProgress(in ClipProgress progress);
}

/// <summary>What became of a clip.</summary>
/// <param name="IsAborted">Whether the host wanted to stop; what was computed until then is kept.</param>
/// <param name="Computed">Full frames that were computed.</param>
/// <param name="Kept">Full frames that were kept from an earlier time.</param>
public readonly record struct ClipOutcome(bool IsAborted, int Computed, int Kept);

/// <summary>Renders the frames of a clip one after another and tells how far all of them are.</summary>
internal sealed class ClipRender(EngineClient client, IClipHost host) : IRenderHost
{
    /// <summary>What a draft frame counts beside a full one.</summary>
    private const double DraftWeight = 0.2;

    private ClipProgress _progress;
    private double _done;
    private double _weight;
    private double _total;

    /// <summary>Goes through the clip, once for each pass.</summary>
    /// <exception cref="BridgeException">A frame failed.</exception>
    public ClipOutcome Run(in ClipRange range, bool draftsFirst)
    {
        int count = range.Count, computed = 0, kept = 0;
        _total = count * (draftsFirst ? 1 + DraftWeight : 1);
        for (ClipPass pass = draftsFirst ? ClipPass.Draft : ClipPass.Full; pass <= ClipPass.Full; pass++)
        {
            _weight = pass == ClipPass.Draft ? DraftWeight : 1;
            for (int index = 0; index < count; index++)
            {
                _progress = _progress with { Pass = pass, Time = range.TimeOf(index) };
                Progress(0);
                if (host.IsAborted()) return new ClipOutcome(IsAborted: true, computed, kept);
                RenderOutcome outcome = client.Render(host.Describe(_progress.Time, pass) with { Mode = RenderMode.Final }, this);
                if (outcome.IsAborted) return new ClipOutcome(IsAborted: true, computed, kept);
                if (pass == ClipPass.Full && outcome.Origin == ResultOrigin.Kept) kept++;
                else if (pass == ClipPass.Full) computed++;
                _done += _weight;
            }
        }

        _weight = 0;
        Progress(0);
        return new ClipOutcome(IsAborted: false, computed, kept);
    }

    /// <inheritdoc/>
    public bool IsAborted() => host.IsAborted();

    /// <inheritdoc/>
    public void Progress(double fraction)
    {
        double whole = Math.Clamp((_done + _weight * Math.Clamp(fraction, 0, 1)) / _total, _progress.Fraction, 1);
        _progress = _progress with { Fraction = whole };
        host.ClipProgress(_progress);
    }

    /// <inheritdoc/>
    public bool FetchFrame(int clip, double time, IFrameSink sink) => host.FetchFrame(clip, time, sink);

    /// <inheritdoc/>
    public void ReceiveResult(SlotView pixels) => host.ReceiveResult(pixels);

    /// <inheritdoc/>
    public void Log(BridgeLogLevel level, string message) => host.Log(level, message);
}
