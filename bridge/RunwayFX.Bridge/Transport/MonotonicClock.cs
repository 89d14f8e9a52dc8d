namespace RunwayFX.Bridge;

/// <summary>The one clock of the bridge: counts milliseconds and knows no time of day, so that setting the machine's clock changes no wait.</summary>
internal static class MonotonicClock
{
    private static long _leapMs;

    /// <summary>Now.</summary>
    public static long Milliseconds => Environment.TickCount64 + Volatile.Read(ref _leapMs);

    /// <summary>Tests let the clock leap, as some systems do after sleep.</summary>
    internal static long LeapMs
    {
        get => Volatile.Read(ref _leapMs);
        set => Volatile.Write(ref _leapMs, value);
    }
}
