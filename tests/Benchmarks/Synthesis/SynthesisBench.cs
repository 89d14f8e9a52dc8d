using System.Globalization;

namespace RunwayFX.Benchmarks;

/// <summary>Does guided synthesis reach EbSynth's energy on its own example, and what does that cost? Each size runs in a process of its own, so that
/// its peak memory is its own. Budget: the energies that EbSynth reaches with its quickest settings, in a fifth of its time.</summary>
/// <param name="dumpField">Where to write the match field of the 1280×720 example, with the picture beside it as PNG; that of 512×512 gets its size
/// in the name. Null = nowhere.</param>
internal sealed class SynthesisBench(string? dumpField) : IBench
{
    private static readonly Goal[] Goals =
    [
        new(512, 512, Energy: 7590, Coverage: 0, Seconds: 1.4, Megabytes: 150, Ratio: 40),
        new(1280, 720, Energy: 6830, Coverage: 0.88, Seconds: 5.5, Megabytes: null, Ratio: 140),
    ];

    /// <inheritdoc/>
    public string Name => "synthesis";

    /// <inheritdoc/>
    public string Question => "energy, coverage, time and memory of guided synthesis on EbSynth's example";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        double yardstick = Yardstick.Seconds();
        List<BenchRow> rows = [new("synthesis.yardstick", yardstick * 1000, "ms")];
        foreach (Goal goal in Goals)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"synthesis.stylit-{goal.Width}x{goal.Height}");
            StylitResult? result = StylitExample.Start(goal.Width, goal.Height, FieldPath(goal));
            if (result is null)
            {
                // Absent data is not met: NaN keeps no limit.
                rows.Add(new BenchRow($"{name}.energy", double.NaN, "", goal.Energy));
                continue;
            }

            rows.Add(new BenchRow($"{name}.energy", result.Style + result.Guide + result.Uniformity, "", goal.Energy));
            rows.Add(new BenchRow($"{name}.energy-style", result.Style, ""));
            rows.Add(new BenchRow($"{name}.energy-guide", result.Guide, ""));
            rows.Add(new BenchRow($"{name}.energy-uniformity", result.Uniformity, ""));
            rows.Add(new BenchRow($"{name}.coverage", result.Coverage, "", goal.Coverage > 0 ? goal.Coverage : null) { IsFloor = true });
            rows.Add(new BenchRow($"{name}.seconds", result.Seconds, "s", goal.Seconds));
            rows.Add(new BenchRow($"{name}.seconds-first", result.FirstSeconds, "s"));
            rows.Add(new BenchRow($"{name}.ratio", result.Seconds / yardstick, "x", goal.Ratio));
            rows.Add(new BenchRow($"{name}.peak-memory", result.PeakMegabytes, "MB", goal.Megabytes));
            rows.Add(new BenchRow($"{name}.allocated", result.AllocatedBytesPerPixel, "B/px", result.StatedBytesPerPixel));
            rows.Add(new BenchRow($"{name}.cancel", result.CancelMs, "ms", 100));
        }

        return rows;
    }

    private string? FieldPath(Goal goal)
    {
        if (dumpField is null || goal.Height == 720) return dumpField;
        string size = string.Create(CultureInfo.InvariantCulture, $"-{goal.Width}x{goal.Height}");
        return Path.Combine(Path.GetDirectoryName(dumpField) ?? "", Path.GetFileNameWithoutExtension(dumpField) + size + Path.GetExtension(dumpField));
    }

    /// <summary>What must be reached.</summary>
    private sealed record Goal(int Width, int Height, double Energy, double Coverage, double Seconds, double? Megabytes, double Ratio);
}
