using System.Globalization;
using RunwayFX.Bridge;

namespace RunwayFX.ManyHosts;

/// <summary>What a trial showed, and what of it must not be.</summary>
internal sealed class SoakReport
{
    /// <summary>Private memory of the engine, at most: the runtime and the code, the frames of the running jobs, what the collector has not yet given back.</summary>
    private const long EngineBytesMax = 1536L << 20;

    /// <summary>Memory of a host beyond its slots, at most.</summary>
    private const long HostBytesMax = 256L << 20;

    /// <summary>Longest waits in the queue. With two places, renders below a second and 24 final jobs, the rule promises finals 2 s + 2 × 25 × the longest
    /// render; this is that for renders of half a second, and says at the same time that nobody starves.</summary>
    private static readonly TimeSpan FinalWaitMax = TimeSpan.FromSeconds(30), InteractiveWaitMax = TimeSpan.FromSeconds(10);

    private readonly List<long> _anonymous = [];

    public TimeSpan Time { get; init; }

    /// <summary>Slot memory of one host, at most: a source and a result of each kind of picture, for each thread's connection and for one that still drains
    /// after the thread gave a render up.</summary>
    public long SlotsPerHostMax { get; init; }

    public List<HostTally> Hosts { get; } = [];

    public List<string> Errors { get; } = [];

    public long EnginePeakResident { get; set; }

    public int SegmentsMax { get; private set; }

    public long SegmentBytesMax { get; private set; }

    public int SegmentsLeft { get; set; }

    public EngineStatus? Status { get; set; }

    private HostTally All => Hosts.Aggregate((a, b) => a.With(b));

    /// <summary>Takes a sample of the engine.</summary>
    public void Take(long anonymous, (int Segments, long Bytes) mapped)
    {
        _anonymous.Add(anonymous);
        SegmentsMax = Math.Max(SegmentsMax, mapped.Segments);
        SegmentBytesMax = Math.Max(SegmentBytesMax, mapped.Bytes);
    }

    /// <summary>What went wrong; empty where nothing did.</summary>
    public IReadOnlyList<string> Complaints()
    {
        HostTally all = All;
        List<string> complaints = [];
        void Check(bool isGood, string complaint)
        {
            if (!isGood) complaints.Add(complaint);
        }

        Check(all.Wrong == 0, $"{all.Wrong} wrong results");
        Check(all.Failed == 0, $"{all.Failed} failed renders: {string.Join("; ", Errors.Take(5))}");
        Check(Hosts.Count == Soak.Hosts && Hosts.All(host => host.Interactive > 0 && host.Final > 0), "a host was not served in one of its classes");
        Check(all.WaitFinalMax < FinalWaitMax.TotalMicroseconds, $"a final waited {all.WaitFinalMax} µs, the limit is {FinalWaitMax.TotalMicroseconds}");
        Check(all.WaitInteractiveMax < InteractiveWaitMax.TotalMicroseconds, $"an interactive job waited {all.WaitInteractiveMax} µs");
        Check(_anonymous.Max() < EngineBytesMax, $"the engine took {_anonymous.Max()} bytes of its own, the limit is {EngineBytesMax}");
        Check(Growth() < 1.3, $"the engine's memory grew by the factor {Growth():0.00} from the first third to the last");
        Check(all.SlotBytesMax <= SlotsPerHostMax, $"a host held {all.SlotBytesMax} bytes of slots, the limit is {SlotsPerHostMax}");
        Check(all.ResidentMax < SlotsPerHostMax + HostBytesMax, $"a host took {all.ResidentMax} bytes");
        Check(SegmentBytesMax <= Soak.Hosts * SlotsPerHostMax, $"the engine mapped {SegmentBytesMax} bytes of slots");
        Check(SegmentsLeft == 0, $"{SegmentsLeft} segments are left when the hosts have gone");
        long served = Hosts.Max(host => host.Final), least = Hosts.Min(host => host.Final);
        // In a short trial a few long renders weigh too much.
        Check(all.Final < 400 || least > served / 2, $"finals by host {string.Join(' ', Hosts.Select(host => host.Final))}");
        return complaints;
    }

    public string ToText()
    {
        HostTally all = All;
        return string.Create(CultureInfo.InvariantCulture, $"""
            {Soak.Hosts} hosts × {Soak.Threads} threads for {Time.TotalSeconds:0} s on {Environment.ProcessorCount} cores
            renders: {all.Interactive + all.Final} ({all.Interactive} interactive, {all.Final} final; finals by host {string.Join(' ', Hosts.Select(host => host.Final))})
            wrong {all.Wrong}, failed {all.Failed}, given up by the host {all.Aborted}
            longest wait: interactive {all.WaitInteractiveMax / 1e6:0.00} s, final {all.WaitFinalMax / 1e6:0.00} s; longest render {all.RenderMax / 1e6:0.00} s
            engine: private memory at most {_anonymous.Max() >> 20} MB (growth {Growth():0.00}), peak resident with slots {EnginePeakResident >> 20} MB
            slots: at most {SegmentsMax} segments, {SegmentBytesMax >> 20} MB; after the hosts {SegmentsLeft} segments
            hosts: peak resident {all.ResidentMax >> 20} MB, slots {all.SlotBytesMax >> 20} MB
            {(Complaints().Count == 0 ? "all well" : string.Join(Environment.NewLine, Complaints()))}
            """);
    }

    /// <summary>The engine's memory in the last third over that in the first, medians; 1 in trials too short to say.</summary>
    private double Growth()
    {
        int third = _anonymous.Count / 3;
        if (Time < TimeSpan.FromMinutes(1) || third < 10) return 1;
        static double Median(IEnumerable<long> values) => values.Order().ElementAt(values.Count() / 2);
        return Median(_anonymous.TakeLast(third)) / Median(_anonymous.Take(third));
    }
}
