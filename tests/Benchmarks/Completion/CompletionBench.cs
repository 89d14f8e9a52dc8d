using System.Diagnostics;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Remove;

namespace RunwayFX.Benchmarks;

/// <summary>Does what fills a hole belong to the picture, does it hold still over time, and what does it cost? Stills of 1280×720 beside G'MIC's
/// inpaint_matchpatch on the same input, and clips of 960×540 whose truth is known because the mask is laid over good footage. Budget: not above G'MIC in
/// coherence and boundary coherence (the median of its runs), texture 0.6 to 1.6 of what surrounds the hole, 4 s a still; warp error in the hole at most twice the truth's, 3 s a
/// frame. An absent peer or picture is not met.</summary>
internal sealed class CompletionBench : IBench
{
    /// <summary>Folder for the pictures as PNG, sheet.png among them with those of holes side by side; unset writes none.</summary>
    public const string FolderVariable = "RUNWAYFX_BENCH_OUTPUT";

    /// <summary>Beginning of the names of the inputs to measure; unset measures all.</summary>
    public const string OnlyVariable = "RUNWAYFX_BENCH_ONLY";

    public const double TextureMin = 0.6, TextureMax = 1.6;

    private const double SecondsMax = 4;

    private const int TileWidth = 480;

    /// <summary>G'MIC's threads race: its fills differ from run to run, by half in coherence. The median of so many is the limit.</summary>
    private const int PeerRuns = 5;

    private readonly List<BenchRow> _rows = [];
    private readonly List<IReadOnlyList<Frame?>> _sheet = [];

    /// <inheritdoc/>
    public string Name => "completion";

    /// <inheritdoc/>
    public string Question => "how well filled holes belong to stills and clips, beside G'MIC, and what they cost";

    private static string? Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null;

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        double yardstick = Yardstick.Seconds();
        _rows.Add(new("completion.yardstick", yardstick * 1000, "ms"));
        string scratch = Directory.CreateTempSubdirectory("rfx-completion-").FullName;
        try
        {
            foreach (string name in StillHoles.Names.Where(IsWanted))
            {
                if (StillHoles.Create(name) is { } still) MeasureStill(still, scratch, yardstick);
                else _rows.Add(new BenchRow($"completion.{name}.coherence", double.NaN, "mse", 0));
            }

            foreach (string name in ClipHoles.Names.Where(IsWanted))
            {
                if (ClipHoles.Create(name, scratch) is { } clip) _rows.AddRange(ClipCompletion.Measure(clip, yardstick, Folder, _sheet));
                else _rows.Add(new BenchRow($"completion.{name}.warp", double.NaN, "steps", 0));
            }

            if (Folder is { } folder) ContactSheet.Write(Path.Combine(folder, "sheet.png"), _sheet, TileWidth);
            return _rows;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static bool IsWanted(string name) => Environment.GetEnvironmentVariable(OnlyVariable) is not { Length: > 0 } only || name.StartsWith(only, StringComparison.Ordinal);

    private void MeasureStill(StillHole still, string scratch, double yardstick)
    {
        string name = $"completion.{still.Name}";
        (Frame first, double firstSeconds) = Fill(still);
        (Frame filled, double seconds) = Fill(still);
        if (!first.Pixels.AsSpan().SequenceEqual(filled.Pixels)) throw new InvalidOperationException($"{name}: two runs differ");
        List<(Frame Filled, double Seconds)> peers = [];
        while (peers.Count < PeerRuns && Gmic(still, scratch) is ({ } one, var oneSeconds)) peers.Add((one, oneSeconds));
        Frame? peer = peers.Count > 0 ? peers[0].Filled : null;
        if (Folder is { } folder)
        {
            Save(Path.Combine(folder, $"{still.Name}-source.png"), Marked(still));
            Save(Path.Combine(folder, $"{still.Name}-ours.png"), filled);
            if (peer is not null) Save(Path.Combine(folder, $"{still.Name}-gmic.png"), peer);
            if (!still.IsCanvas) _sheet.Add([Marked(still), peer, filled]);
        }

        FillMeasures ours = Measure(filled, still);
        FillMeasures[] theirs = [.. peers.Select(one => Measure(one.Filled, still))], untouched = [.. peers.Select(one => Measure(WithKnown(one.Filled, still), still))];
        double peerCoherence = Median(theirs.Select(one => one.Coherence)), peerBoundary = Median(theirs.Select(one => one.BoundaryCoherence));
        double peerSeconds = Median(peers.Select(one => one.Seconds));
        _rows.Add(new BenchRow($"{name}.hole", 100.0 * still.Hole.Count(hole => hole) / still.Hole.Length, "%"));
        AddPeer($"{name}.coherence-gmic", theirs, static one => one.Coherence);
        AddPeer($"{name}.boundary-gmic", theirs, static one => one.BoundaryCoherence);
        _rows.Add(new BenchRow($"{name}.coherence-gmic-inside", Median(untouched.Select(one => one.Coherence)), "mse"));
        _rows.Add(new BenchRow($"{name}.boundary-gmic-inside", Median(untouched.Select(one => one.BoundaryCoherence)), "mse"));
        _rows.Add(new BenchRow($"{name}.texture-gmic", Median(theirs.Select(one => one.Texture)), "x"));
        _rows.Add(new BenchRow($"{name}.seconds-gmic", peerSeconds, "s"));
        _rows.Add(new BenchRow($"{name}.coherence", ours.Coherence, "mse", peerCoherence));
        _rows.Add(new BenchRow($"{name}.boundary", ours.BoundaryCoherence, "mse", peerBoundary));
        _rows.Add(new BenchRow($"{name}.texture", ours.Texture, "x", TextureMax));
        _rows.Add(new BenchRow($"{name}.texture-least", ours.Texture, "x", TextureMin) { IsFloor = true });
        _rows.Add(new BenchRow($"{name}.seconds", seconds, "s", SecondsMax));
        _rows.Add(new BenchRow($"{name}.seconds-first", firstSeconds, "s"));
        _rows.Add(new BenchRow($"{name}.ratio", seconds / yardstick, "x"));
        _rows.Add(new BenchRow($"{name}.of-gmic", seconds / peerSeconds, "x"));
    }

    private void AddPeer(string name, FillMeasures[] runs, Func<FillMeasures, double> measure)
    {
        _rows.Add(new BenchRow(name, Median(runs.Select(measure)), "mse"));
        _rows.Add(new BenchRow($"{name}-least", runs.Select(measure).DefaultIfEmpty(double.NaN).Min(), "mse"));
        _rows.Add(new BenchRow($"{name}-most", runs.Select(measure).DefaultIfEmpty(double.NaN).Max(), "mse"));
    }

    /// <summary>NaN of nothing, which meets no limit.</summary>
    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : double.NaN;

    private static FillMeasures Measure(Frame frame, StillHole still) => new(MovingPictures.Rgb(frame), still.Hole, StillHoles.Width);

    /// <summary>The effect that a user would take, at its defaults, with empty caches.</summary>
    private static (Frame Filled, double Seconds) Fill(StillHole still)
    {
        if (!still.IsCanvas)
        {
            RemovalHost host = new([still.Picture], [StillHoles.Mask(still.Hole, StillHoles.Width)]);
            return Timed(() => host.Remove(new RemovePipeline(), 0));
        }

        const int Left = (StillHoles.Width - StillHoles.NarrowWidth) / 2;
        Frame narrow = new(StillHoles.NarrowWidth, StillHoles.Height);
        for (int y = 0; y < narrow.Height; y++) still.Picture.Row(y).Slice(4 * Left, 4 * narrow.Width).CopyTo(narrow.Row(y));
        RemovalHost canvas = new([narrow], []);
        return Timed(() => canvas.Extend(new ExtendPipeline(), new PixelWindow(-Left, 0, narrow.Width + Left, narrow.Height)));
    }

    private static (Frame Filled, double Seconds) Timed(Func<Frame> render)
    {
        long start = Stopwatch.GetTimestamp();
        Frame filled = render();
        return (filled, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static (Frame? Filled, double Seconds) Gmic(StillHole still, string scratch)
    {
        string input = Path.Combine(scratch, "in.png"), mask = Path.Combine(scratch, "mask.png"), output = Path.Combine(scratch, "out.png");
        Frame marked = still.Picture.Clone();
        for (int p = 0; p < still.Hole.Length; p++)
        {
            if (still.Hole[p]) marked.Pixels.AsSpan(4 * p, 3).Clear();
        }

        Save(input, marked);
        Save(mask, StillHoles.Mask(still.Hole, StillHoles.Width));
        File.Delete(output);
        long start = Stopwatch.GetTimestamp();
        string? said = ToolRun.Output("gmic", input, mask, "inpaint_matchpatch[0]", "[1],0,9,10,5,1,0", "rm[1]", "o", output);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return said is null || !File.Exists(output) ? (null, double.NaN) : (StillReader.Read(output), seconds);
    }

    /// <summary>A peer's fill in the untouched picture. G'MIC blends over the border into the known picture and writes all of it a step darker; the step is
    /// taken back in the fill.</summary>
    private static Frame WithKnown(Frame peer, StillHole still)
    {
        Frame result = still.Picture.Clone();
        Span<float> steps = stackalloc float[3];
        for (int c = 0; c < 3; c++)
        {
            float[] differences = [.. Enumerable.Range(0, still.Hole.Length).Where(p => !still.Hole[p])
                .Select(p => still.Picture.Pixels[4 * p + c] - peer.Pixels[4 * p + c]).Order()];
            steps[c] = differences[differences.Length / 2];
        }

        for (int p = 0; p < still.Hole.Length; p++)
        {
            for (int c = 0; c < 3 && still.Hole[p]; c++) result.Pixels[4 * p + c] = peer.Pixels[4 * p + c] + steps[c];
        }

        return result;
    }

    private static Frame Marked(StillHole still)
    {
        Frame marked = still.Picture.Clone();
        for (int p = 0; p < still.Hole.Length; p++)
        {
            if (still.Hole[p]) (marked.Pixels[4 * p], marked.Pixels[4 * p + 1]) = (0.5f + 0.5f * marked.Pixels[4 * p], 0.5f * marked.Pixels[4 * p + 1]);
        }

        return marked;
    }

    private static void Save(string path, Frame frame) => StillWriter.Write(path, frame, StillFormat.Png8, hasAlpha: false);
}
