using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Extend;

namespace RunwayFX.Benchmarks;

/// <summary>Do frames beyond the end of a clip look as if the clip went on? 2 s and 10 s are added to pedestrians before a still camera and to a pan that is made
/// here; what the join and the added frames do is compared with what the clip itself does. Writes the movies' frames and a sheet.</summary>
internal sealed class TimeExtensionBench : IBench
{
    private const double DirectionLeast = 0.3;
    private const double EnergyLeast = 0.5;

    /// <inheritdoc/>
    public string Name => "time-extension";

    /// <inheritdoc/>
    public string Question => "whether a clip that was made longer goes on as it did";

    /// <summary>Folder of the pictures.</summary>
    public static string Folder => Path.GetFullPath(Path.Combine("artifacts", "bench", "time-extension"));

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        List<BenchRow> rows = [];
        if (TimeExtensionClip.Pedestrians() is { } pedestrians) Measure(pedestrians, rows);
        if (TimeExtensionClip.Pan() is { } pan) Measure(pan, rows);
        if (rows.Count > 0) Console.WriteLine($"time-extension: pictures in {Folder}");
        else Console.Error.WriteLine($"time-extension: {TimeExtensionClip.Folder} is absent; install opencv-doc");
        return rows;
    }

    private static void Measure(TimeExtensionClip clip, List<BenchRow> rows)
    {
        TimeExtensionMeasures own = TimeExtensionMeasures.Of(clip.Frames);
        foreach (int seconds in (int[])[2, 10])
        {
            int added = (int)Math.Round(seconds * clip.FrameRate);
            DateTime start = DateTime.UtcNow;
            List<Frame> frames = Extend(clip, added);
            double cost = (DateTime.UtcNow - start).TotalSeconds;
            string name = $"time-extension.{clip.Name}-{seconds}s";
            TimeExtensionSheet.Write(Path.Combine(Folder, $"{clip.Name}-{seconds}s"), clip, frames);
            // The last good frame stands first: the step into the first made-up frame is measured as those within the clip are.
            TimeExtensionMeasures made = TimeExtensionMeasures.Of([clip.Frames[^1], .. frames]);
            rows.Add(new($"{name}.join-difference", made.Differences[0], "/255", TimeExtensionMeasures.Percentile(own.Differences, 0.95)));
            rows.Add(new($"{name}.join-warp-error", made.WarpErrors[0], "/255", TimeExtensionMeasures.Percentile(own.WarpErrors, 0.95)));
            rows.Add(new($"{name}.worst-difference", made.Differences.Max(), "/255"));
            rows.Add(new($"{name}.motion-energy", made.Energy.Average() / own.Energy.Average(), "x", EnergyLeast) { IsFloor = true });
            rows.Add(new($"{name}.direction", made.DirectionAgreement(own, (int)Math.Round(clip.FrameRate)), "cos", DirectionLeast) { IsFloor = true });
            rows.Add(new($"{name}.seconds-per-frame", cost / added, "s"));
        }
    }

    private static List<Frame> Extend(TimeExtensionClip clip, int added)
    {
        EffectDefinition effect = EffectCatalog.Extend;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        void Set(string name, double value) => numbers[effect.IndexOf(name)] = value;
        Set(EffectCatalog.TimeModeName, (int)TimeMode.Continue);
        Set("targetAspect", 0);
        Set("firstGoodFrame", 0);
        Set("lastGoodFrame", clip.Frames.Count - 1);
        Set("framesAfter", added);
        Set("colourSpace", (int)ColourSpaceOption.Srgb);
        ExtendPipeline pipeline = new();
        List<Frame> frames = [];
        for (int step = 1; step <= added; step++)
        {
            RenderJob job = new()
            {
                Effect = effect, Numbers = numbers, Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)],
                Time = clip.Frames.Count - 1 + step, FrameRate = clip.FrameRate,
                OutputWindow = new PixelWindow(0, 0, clip.Frames[0].Width, clip.Frames[0].Height),
            };
            frames.Add(pipeline.Render(job, clip, NoPictures.Instance, NoProgress.Instance, CancellationToken.None));
        }

        return frames;
    }

    private sealed class NoPictures : IPictureReader
    {
        public static NoPictures Instance { get; } = new();

        public Frame Read(string path) => throw new PipelineException(PipelineError.PictureUnreadable, $"no picture is asked for, '{path}' was");
    }

    private sealed class NoProgress : IProgress<double>
    {
        public static NoProgress Instance { get; } = new();

        public void Report(double value)
        {
        }
    }
}
