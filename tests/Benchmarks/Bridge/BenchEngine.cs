using System.Globalization;
using System.Runtime.Intrinsics;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>The engine of the bridge's bench.</summary>
internal sealed unsafe class BenchEngine : IEngineHandler
{
    /// <summary>The result is the source's own slot.</summary>
    public const int Echo = 1;

    /// <summary>Every word of the source is read, changed and written into the result, on one thread.</summary>
    public const int Touch = 2;

    /// <summary>The result begins with <see cref="Counters"/>.</summary>
    public const int Count = 3;

    /// <summary>What <see cref="Touch"/> does to a word.</summary>
    public const uint TouchMask = 0x0001_0001;

    public void CheckSession(RenderSession session)
    {
    }

    public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
    {
        using SuppliedFrame source = frames.Fetch(0, request.Time) ?? throw new BridgeException(BridgeError.RenderRefused, "no source");
        if (session.EffectWireId == Echo) frames.PassThrough(source);
        else if (session.EffectWireId == Touch) Change(source.Pixels, frames.Result);
        else ReadCounters((Counters*)frames.Result.Pointer);
    }

    public EngineStatus DescribeStatus(EngineStatus status) => status;

    /// <summary>Pages this process touched for the first time; 0 where the system does not say.</summary>
    public static long Faults()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        string stat = File.ReadAllText("/proc/self/stat");
        const int MinorFaults = 7; // Counted from the state, which follows the name in parentheses.
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[MinorFaults], CultureInfo.InvariantCulture);
    }

    private static void ReadCounters(Counters* counters)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true), faults = Faults();
        *counters = new Counters(before, GC.GetTotalAllocatedBytes(precise: true), faults);
    }

    private static void Change(SlotView from, SlotView to)
    {
        byte* source = (byte*)from.Pointer, result = (byte*)to.Pointer, end = source + from.Height * from.RowBytes;
        Vector256<uint> mask = Vector256.Create(TouchMask);
        for (; end - source >= Vector256<byte>.Count; source += Vector256<byte>.Count, result += Vector256<byte>.Count)
        {
            (Vector256.Load((uint*)source) ^ mask).Store((uint*)result);
        }

        for (; source < end; source += sizeof(uint), result += sizeof(uint)) *(uint*)result = *(uint*)source ^ TouchMask;
    }

    /// <summary>What the engine counted since it began.</summary>
    /// <param name="AllocatedBefore">Managed bytes, all threads, before the counting itself.</param>
    /// <param name="AllocatedAfter">After it.</param>
    /// <param name="Faults">Pages touched for the first time.</param>
    public readonly record struct Counters(long AllocatedBefore, long AllocatedAfter, long Faults);
}
