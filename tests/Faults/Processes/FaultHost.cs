using System.Diagnostics;
using RunwayFX.Bridge;

namespace RunwayFX.Faults.Processes;

/// <summary>Where a hook of <see cref="FaultHost"/> stands.</summary>
internal enum HookPlace
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>After half of a frame was copied into its slot.</summary>
    Copy,

    /// <summary>After half of the result was copied out.</summary>
    Result,
}

/// <summary>A host's side of one render: makes up its frames, checks the result byte by byte, and watches how often it is asked whether to stop.</summary>
internal sealed class FaultHost(FrameDescription picture, int abortAfterMs, HookPlace hook, Action hooked) : IRenderHost
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _lastAsked;
    private long _inHost;
    private bool _wasHooked;

    /// <summary>The result, row by row from the top; null where none came.</summary>
    public byte[][]? Result { get; private set; }

    /// <summary>Longest time between two questions whether to stop, without what the host itself took.</summary>
    public long LongestGapMs { get; private set; }

    /// <summary>Since when the host wants to stop; −1 while it does not.</summary>
    public long AbortedSinceMs { get; private set; } = -1;

    public static byte ByteAt(int clip, double time, int x, int y) => (byte)(x * 7 + y * 13 + clip * 101 + (int)(time * 16) * 29 + (x * y >> 5));

    public bool IsAborted()
    {
        Asked();
        if (abortAfterMs < 0 || _clock.ElapsedMilliseconds < abortAfterMs) return false;
        if (AbortedSinceMs < 0) AbortedSinceMs = Math.Max(abortAfterMs, 0);
        return true;
    }

    public void Progress(double fraction)
    {
        if (!(fraction is >= 0 and <= 1)) throw new InvalidOperationException($"progress of {fraction}");
    }

    public void Log(BridgeLogLevel level, string message)
    {
    }

    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        if (clip != 0) return false;
        SlotView view = sink.Begin(picture);
        long from = _clock.ElapsedMilliseconds;
        for (int y = 0; y < view.Height; y++)
        {
            if (y == view.Height / 2) Stop(HookPlace.Copy);
            Span<byte> row = view.Row(y);
            for (int x = 0; x < row.Length; x++) row[x] = ByteAt(clip, time, x, y);
        }

        _inHost += _clock.ElapsedMilliseconds - from;
        return true;
    }

    public void ReceiveResult(SlotView pixels)
    {
        byte[][] rows = new byte[pixels.Height][];
        for (int y = 0; y < rows.Length; y++)
        {
            if (y == rows.Length / 2) Stop(HookPlace.Result);
            rows[y] = pixels.Row(y).ToArray();
        }

        Result = rows;
    }

    /// <summary>Notes the end of the render.</summary>
    public long End()
    {
        Asked();
        return _clock.ElapsedMilliseconds;
    }

    private void Asked()
    {
        long now = _clock.ElapsedMilliseconds - _inHost;
        LongestGapMs = Math.Max(LongestGapMs, now - _lastAsked);
        _lastAsked = now;
    }

    private void Stop(HookPlace place)
    {
        if (hook != place || _wasHooked) return;
        _wasHooked = true;
        hooked();
    }
}
