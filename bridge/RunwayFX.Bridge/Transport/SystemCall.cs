using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>Turns a failed system call into the bridge's exception.</summary>
internal static class SystemCall
{
    public static BridgeException Failed(string what, int error) =>
        new(BridgeError.SystemCall, $"{what} failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error})", error);

    public static BridgeException Failed(string what) => Failed(what, Marshal.GetLastPInvokeError());
}

/// <summary>A point in time up to which a wait may last, on the monotonic clock.</summary>
internal readonly struct Deadline
{
    private readonly long _at;

    private Deadline(long at) => _at = at;

    /// <summary>A deadline so many milliseconds from now.</summary>
    public static Deadline In(long milliseconds) => new(MonotonicClock.Milliseconds + milliseconds);

    /// <summary>Whether it has passed.</summary>
    public bool HasPassed => MonotonicClock.Milliseconds >= _at;

    /// <summary>Milliseconds left, 0 when passed, at most <paramref name="maximum"/>.</summary>
    public int Left(int maximum = int.MaxValue) => (int)Math.Clamp(_at - MonotonicClock.Milliseconds, 0, maximum);
}
