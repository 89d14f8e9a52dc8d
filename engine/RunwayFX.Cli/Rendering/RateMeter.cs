namespace RunwayFX.Cli.Rendering;

/// <summary>How fast frames come and how long the rest will take, from the most recent ones.</summary>
internal sealed class RateMeter(TimeProvider clock)
{
    /// <summary>Frames looked back at.</summary>
    public const int WindowFrames = 24;

    private readonly Queue<long> _stamps = new([clock.GetTimestamp()]);

    /// <summary>Notes a finished frame.</summary>
    public void Add()
    {
        _stamps.Enqueue(clock.GetTimestamp());
        while (_stamps.Count > WindowFrames + 1) _stamps.Dequeue();
    }

    /// <summary>Frames per second; 0 before the first frame.</summary>
    public double FramesPerSecond
    {
        get
        {
            double seconds = clock.GetElapsedTime(_stamps.Peek(), clock.GetTimestamp()).TotalSeconds;
            return _stamps.Count > 1 && seconds > 0 ? (_stamps.Count - 1) / seconds : 0;
        }
    }

    /// <summary>Time that so many frames will take; null before the first frame.</summary>
    public TimeSpan? TimeFor(long frames)
    {
        double rate = FramesPerSecond;
        return rate > 0 && frames / rate < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(frames / rate) : null;
    }
}
