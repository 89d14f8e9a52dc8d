using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Benchmarks;

/// <summary>Does guided synthesis reach EbSynth's energy on its own example, and what does that cost? Each size runs in a process of its own, so that
/// its peak memory is its own; cost rows are seconds per megapixel of the same example, made larger for 2160p. Budget: the energies that EbSynth reaches with its quickest settings, in a fifth of its time. Then everything else that
/// is synthesised from patches, by the benches of that name (<see cref="Parts"/>), beside G'MIC and OpenCV; an absent peer is not met. Writes pictures and
/// a sheet of them side by side into the folder that RUNWAYFX_BENCH_OUTPUT names, else one under the temporary folder.</summary>
/// <param name="dumpField">Where to write the match field of the 1280×720 example, with the picture beside it as PNG; that of 512×512 gets its size
/// in the name. Null = nowhere.</param>
/// <param name="part">Only the rows of this part: stylit, cost, style-video, completion or variation; null = all.</param>
internal sealed class SynthesisBench(string? dumpField, string? part = null) : IBench
{
    private const int TileWidth = 480;

    private static readonly Goal[] Goals =
    [
        new(512, 512, Energy: 7590, Coverage: 0, Seconds: 1.4, Megabytes: 150, Ratio: 40),
        new(1280, 720, Energy: 6830, Coverage: 0.88, Seconds: 5.5, Megabytes: null, Ratio: 140),
    ];

    /// <inheritdoc/>
    public string Name => "synthesis";

    /// <inheritdoc/>
    public string Question => "all that is synthesised from patches: energy, coherence, texture, steadiness, diversity, time, memory, beside peers";

    /// <summary>Benches whose rows are among this one's.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["style-video", "completion", "variation"];

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string folder = OutputFolder();
        double yardstick = Yardstick.Seconds();
        List<BenchRow> rows = [new("synthesis.yardstick", yardstick * 1000, "ms")];
        foreach (Goal goal in Has("stylit") ? Goals : [])
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

        if (Has("cost")) AddCost(rows);
        if (Has("style-video")) rows.AddRange(new StyleVideoBench().Run());
        if (Has("completion")) AddCompletion(rows, folder);
        if (Has("variation")) rows.AddRange(new VariationBench().Run());
        return rows;
    }

    private bool Has(string name) => part is null || part == name;

    private static void AddCost(List<BenchRow> rows)
    {
        double small = StylitExample.StartCost(1280, 720), large = StylitExample.StartCost(3840, 2160);
        rows.Add(new BenchRow("synthesis.cost-720p", small, "s/MP"));
        rows.Add(new BenchRow("synthesis.cost-2160p", large, "s/MP"));
        rows.Add(new BenchRow("synthesis.cost-2160p-to-720p", large / small, "x", 1.3));
    }

    private static void AddCompletion(List<BenchRow> rows, string folder)
    {
        rows.AddRange(new CompletionBench().Run());
        bool hasGmic = rows.Exists(row => row.Name.EndsWith("coherence-gmic", StringComparison.Ordinal) && !double.IsNaN(row.Value));
        rows.Add(new BenchRow("synthesis.peer-gmic", hasGmic ? 1 : 0, "", 1) { IsFloor = true });
        rows.AddRange(OpenCvFill.Rows(folder));
        WriteSheet(folder);
    }

    /// <summary>Stills, one a row: what is to go, ours, G'MIC's, OpenCV's.</summary>
    private static void WriteSheet(string folder)
    {
        string[] columns = ["source", "ours", "gmic", .. OpenCvFill.Methods.Select(method => $"opencv-{method}")];
        IReadOnlyList<Frame?>[] rows = [.. StillHoles.Names.Select(name => (IReadOnlyList<Frame?>)[.. columns.Select(column => Read($"{name}-{column}.png"))])];
        ContactSheet.Write(Path.Combine(folder, "synthesis-sheet.png"), rows, TileWidth);

        Frame? Read(string name)
        {
            string path = Path.Combine(folder, name);
            return File.Exists(path) ? StillReader.Read(path) : null;
        }
    }

    /// <summary>The folder for pictures, named to the parts too.</summary>
    private static string OutputFolder()
    {
        string? named = Environment.GetEnvironmentVariable(CompletionBench.FolderVariable);
        string folder = string.IsNullOrEmpty(named) ? Path.Combine(Path.GetTempPath(), "runwayfx-bench-synthesis") : named;
        Directory.CreateDirectory(folder);
        Environment.SetEnvironmentVariable(CompletionBench.FolderVariable, folder);
        Console.WriteLine($"pictures: {folder}");
        return folder;
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
