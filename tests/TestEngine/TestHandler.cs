using System.Diagnostics;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.TestEngine;

/// <summary>A small engine for tests of the bridge; see <see cref="TestEffects"/>.</summary>
public sealed partial class TestHandler : IEngineHandler
{
    private const int SignalStop = 19;

    /// <summary>However a message was falsified, a job ends: at most this long, or this many frames.</summary>
    private const int ScribbleMsMax = 5_000, FramesMax = 4096;

    /// <summary>Set while a job of <see cref="TestEffects.Wait"/> waits.</summary>
    public ManualResetEventSlim IsWaiting { get; } = new();

    /// <summary>Set when such a job was cancelled.</summary>
    public ManualResetEventSlim WasCancelled { get; } = new();

    /// <summary>Runs in a cancelled job before it ends.</summary>
    public Action? BeforeCancelledReturns { get; set; }

    /// <summary>Told of every frame that the engine has read: clip and time.</summary>
    public Action<int, double>? OnFrame { get; set; }

    /// <summary>Runs in a job that passes a frame through.</summary>
    public Action? OnPass { get; set; }

    /// <inheritdoc/>
    public void CheckSession(RenderSession session)
    {
        if (session.EffectWireId >= TestEffects.Unknown)
        {
            throw new BridgeException(BridgeError.EffectUnknown, $"there is no effect {session.EffectWireId}");
        }
    }

    /// <inheritdoc/>
    public EngineStatus DescribeStatus(EngineStatus status) => status with { Version = "test", CacheHits = 3, Devices = ["CPU"] };

    /// <inheritdoc/>
    public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
    {
        (int effect, double number) = TestOrder.Of(session, request);
        switch (effect)
        {
            case TestEffects.Xor:
                Combine(frames, [request.Time], (byte)number);
                break;
            case TestEffects.Neighbours:
                Combine(frames, [request.Time - 1, request.Time, request.Time + 1], null);
                break;
            case TestEffects.Many:
                Count(frames, session.Texts[0] == "from 0" ? 0 : request.Time, (int)number);
                break;
            case TestEffects.Pass:
                Pass(frames, request.Time);
                break;
            case TestEffects.PassNext:
                Pass(frames, request.Time + 1);
                break;
            case TestEffects.GiveUp:
                frames.Result.Clear();
                Add(frames, 0, request.Time, null, givesUp: true);
                Add(frames, 0, request.Time + 1, null);
                Add(frames, 0, request.Time, null);
                break;
            case TestEffects.Clips:
                frames.Result.Clear();
                for (int clip = 0; clip < (int)number; clip++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Add(frames, clip, request.Time, null);
                }

                break;
            case TestEffects.Wait:
                IsWaiting.Set();
                cancellation.WaitHandle.WaitOne();
                WasCancelled.Set();
                BeforeCancelledReturns?.Invoke();
                throw new OperationCanceledException(cancellation);
            case TestEffects.Fault:
                throw new InvalidOperationException("a fault on purpose");
            case TestEffects.Die:
                Process.GetCurrentProcess().Kill();
                break;
            case TestEffects.DieInCopy:
                Combine(frames, [request.Time], (byte)number, static () => Process.GetCurrentProcess().Kill());
                break;
            case TestEffects.FreezeInCopy:
                Combine(frames, [request.Time], (byte)number, static () => _ = kill(Environment.ProcessId, SignalStop));
                break;
            case TestEffects.LateWrite:
                cancellation.WaitHandle.WaitOne();
                Scribble(frames.Result, (int)number);
                throw new OperationCanceledException(cancellation);
            case TestEffects.Refuse:
                throw new BridgeException(BridgeError.RenderRefused, "no style picture", 7);
            case TestEffects.Freeze:
                _ = kill(Environment.ProcessId, SignalStop);
                cancellation.WaitHandle.WaitOne(); // The signal may stop this thread a little later than it was sent; woken, it ends as its host wants.
                throw new OperationCanceledException(cancellation);
            case TestEffects.Slow:
                frames.ReportProgress(0.25);
                frames.Log(BridgeLogLevel.Information, "half way");
                cancellation.WaitHandle.WaitOne((int)number);
                cancellation.ThrowIfCancellationRequested();
                Combine(frames, [request.Time], 0);
                break;
            default:
                for (int y = 0; y < frames.Result.Height; y++) frames.Result.Row(y).Fill((byte)session.Texts[0][0]);
                break;
        }
    }

    private static void Scribble(SlotView pixels, int milliseconds)
    {
        long end = Environment.TickCount64 + Math.Min(milliseconds, ScribbleMsMax);
        for (byte value = 0x5A; Environment.TickCount64 < end; value++)
        {
            for (int y = 0; y < pixels.Height; y++) pixels.Row(y).Fill(value);
        }
    }

    private void Pass(IFrameConversation frames, double time)
    {
        using SuppliedFrame frame = frames.Fetch(0, time) ?? throw new BridgeException(BridgeError.RenderRefused, "no source");
        frames.PassThrough(frame);
        OnPass?.Invoke();
    }

    private void Combine(IFrameConversation frames, double[] times, byte? mask, Action? halfWay = null)
    {
        frames.Result.Clear();
        foreach (double at in times) Add(frames, 0, at, mask, halfWay);
    }

    /// <summary>Adds a frame to the result, or stores it masked.</summary>
    private void Add(IFrameConversation frames, int clip, double time, byte? mask, Action? halfWay = null, bool givesUp = false)
    {
        SlotView result = frames.Result;
        using SuppliedFrame? frame = frames.Fetch(clip, time);
        OnFrame?.Invoke(clip, time);
        if (frame is null) return;
        if (givesUp) frame.GiveUp();
        for (int y = 0; y < result.Height; y++)
        {
            if (y == result.Height / 2) halfWay?.Invoke();
            Span<byte> to = result.Row(y);
            Span<byte> from = frame.Pixels.Row(y);
            for (int x = 0; x < to.Length; x++) to[x] = mask is byte bits ? (byte)(from[x] ^ bits) : (byte)(to[x] + from[x]);
        }
    }

    private void Count(IFrameConversation frames, double time, int count)
    {
        double[] times = [.. Enumerable.Range(0, Math.Clamp(count, 0, FramesMax)).Select(index => time + index)];
        int sum = 0;
        int due = 0;
        frames.FetchMany(0, times, (index, frame) =>
        {
            if (index != due++) throw new InvalidOperationException($"frame {index} came out of order");
            OnFrame?.Invoke(0, times[index]);
            sum += frame?.Pixels.Row(0)[0] ?? 0;
        });
        for (int y = 0; y < frames.Result.Height; y++) frames.Result.Row(y).Fill((byte)sum);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
