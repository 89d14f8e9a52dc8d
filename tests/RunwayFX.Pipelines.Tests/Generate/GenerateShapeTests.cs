using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Output;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Generate;

/// <summary>Results of another size, another length, or without a source.</summary>
public sealed class GenerateShapeTests
{
    private const int Width = 40, Height = 24;

    [TestCase(60, 24)]
    [TestCase(0, 36)]
    [TestCase(24, 16)]
    [TestCase(400, 300)]
    public void OtherSize_IsFilledWithTheReferencesPixels(int width, int height)
    {
        Frame result = Render(new Clip(Walk), 5, null, ("targetWidth", width), ("targetHeight", height));

        Assert.That((result.Width, result.Height), Is.EqualTo((width == 0 ? Width : width, height)));
        AssertMadeOf(result, Enumerable.Range(-4, 26).Select(time => Walk(time)));
        Assert.That(Enumerable.Range(0, result.Height).Any(y => result.Row(y).IndexOf(result.Row((y + 1) % result.Height)) == 0), Is.False, "no row is repeated as a whole");
    }

    [Test]
    public void OtherSize_AtAProxyScale_IsAsMuchSmaller()
    {
        Clip clip = new(Walk);
        RenderJob job = clip.Job(0, ("targetWidth", 120), ("targetHeight", 48)) with { RenderScaleX = 0.5, RenderScaleY = 0.5, OutputWindow = new(0, 0, 60, 24) };

        Frame result = new GeneratePipeline().Render(job, clip, clip, new Progress<double>(), CancellationToken.None);

        Assert.That((result.Width, result.Height), Is.EqualTo((60, 24)));
        AssertMadeOf(result, Enumerable.Range(-4, 26).Select(time => Walk(time)));
    }

    [Test]
    public void LongerResult_GoesOnPastTheClip_AndFetchesOnlyItsFrames()
    {
        Clip clip = new(time => time is >= 10 and < 20 ? Walk(time) : null);
        (string, double)[] settings = [("frames", 40), ("referenceRange", 1), ("firstReferenceFrame", 10), ("lastReferenceFrame", 19)];
        GeneratePipeline pipeline = new();

        foreach (double time in new double[] { 10, 27, 49 })
        {
            Frame result = pipeline.Render(clip.Job(time, settings), clip, clip, new Progress<double>(), CancellationToken.None);
            AssertMadeOf(result, Enumerable.Range(10, 10).Select(each => Walk(each)));
        }

        Assert.That(clip.Fetched, Has.All.InRange(10.0, 19.0));
    }

    [Test]
    public void OtherLength_InAnyOrder_IsTheSameBits()
    {
        (string, double)[] settings = [("frames", 50), ("referenceRange", 1), ("lastReferenceFrame", 19)];
        double[] times = [14, 15, 16, 33];
        GeneratePipeline forward = new(), backward = new();
        Clip clip = new(Walk);
        Frame[] expected = [.. times.Select(time => forward.Render(clip.Job(time, settings), clip, clip, new Progress<double>(), CancellationToken.None))];

        for (int i = times.Length - 1; i >= 0; i--)
        {
            Frame again = backward.Render(clip.Job(times[i], settings), clip, clip, new Progress<double>(), CancellationToken.None);
            Assert.That(FrameComparison.AreBitEqual(again, expected[i]), Is.True, $"time {times[i]}");
        }
    }

    [Test]
    public void PictureInPlaceOfASource_MakesAStillOfTheOutputsSize()
    {
        Frame picture = TestPictures.Draw(50, 30, (x, y) => ((x * 7 + y * 3) % 40 / 40f, (x / 5 + y / 5) % 2 * 0.8f, y / 30f));
        Clip clip = new(_ => null) { Picture = picture };

        Frame first = Render(clip, 0, "reference.png", ("mix", 0)), later = Render(clip, 31, "reference.png");

        Assert.That((first.Width, first.Height), Is.EqualTo((Width, Height)), "the output window's");
        AssertMadeOf(first, [picture]);
        Assert.That(FrameComparison.AreBitEqual(first, later), "a still stands still, and without a source there is nothing to mix with");
    }

    [Test]
    public void PictureOverASource_TakesItsPlace()
    {
        Frame picture = TestPictures.Draw(50, 30, (x, y) => ((x * 7 + y * 3) % 40 / 40f, (x / 5 + y / 5) % 2 * 0.8f, y / 30f));
        Clip clip = new(Walk) { Picture = picture };

        Frame result = Render(clip, 3, "reference.png");

        Assert.That((result.Width, result.Height), Is.EqualTo((Width, Height)), "the source's");
        AssertMadeOf(result, [picture]);
    }

    [Test]
    public void StructureWithoutASource_IsFollowed()
    {
        Clip clip = new(_ => null)
        {
            Picture = TestPictures.Draw(60, 40, (x, y) => ((x + y) % 20 / 20f, (x + y) % 20 / 20f, (x * y) % 9 / 9f)),
            Structure = _ => TestPictures.Draw(Width, Height, (x, _) => x < Width / 2 ? (0, 0, 0) : (1, 1, 1)),
        };

        Frame result = Render(clip, 4, "reference.png", ("structureFromClip", 1));

        double left = 0, right = 0;
        for (int i = 0; i < result.Pixels.Length; i += 4)
        {
            if (i / 4 % Width < Width / 2) left += result.Pixels[i + 1];
            else right += result.Pixels[i + 1];
        }

        Assert.That(right, Is.GreaterThan(1.2 * left));
    }

    [Test]
    public void NeitherSourceNorPicture_IsAnErrorThatNamesBoth() =>
        Assert.That(() => Render(new Clip(_ => null), 0, null),
            Throws.TypeOf<PipelineException>().With.Message.Contains("Source").And.Message.Contains("referencePath").And.Property("Code").EqualTo(PipelineError.SourceMissing));

    [TestCase(1, 1, 5, 3)]
    [TestCase(40, 24, 1, 1)]
    [TestCase(3, 200, 200, 3)]
    public void TinySizes_AreDefined(int width, int height, int targetWidth, int targetHeight)
    {
        Frame source = TestPictures.Draw(width, height, (x, y) => (x % 7 / 7f, y % 5 / 5f, 0.5f));

        Frame result = Render(new Clip(_ => source), 0, null, ("targetWidth", targetWidth), ("targetHeight", targetHeight));

        Assert.That((result.Width, result.Height), Is.EqualTo((targetWidth, targetHeight)));
        AssertMadeOf(result, [source]);
    }

    [Test]
    public void HalfMix_ShowsTheSourceAtItsPlace()
    {
        Clip clip = new(Walk);
        Frame full = Render(clip, 2, null, ("targetWidth", 60)), half = Render(clip, 2, null, ("targetWidth", 60), ("mix", 0.5)), source = Walk(2);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < 60; x++)
            {
                // Beyond the source there is nothing to mix with but transparency.
                float under = x < Width ? source.Row(y)[4 * x] : full.Row(y)[4 * x];
                Assert.That(half.Row(y)[4 * x], Is.EqualTo((full.Row(y)[4 * x] + under) / 2).Within(1e-6), $"({x}, {y})");
                Assert.That(half.Row(y)[4 * x + 3], Is.EqualTo(x < Width ? 1 : 0.5f), $"({x}, {y})");
            }
        }
    }

    private static void AssertMadeOf(Frame result, IEnumerable<Frame> references)
    {
        HashSet<(float, float, float)> known = [];
        foreach (Frame frame in references)
        {
            for (int i = 0; i < frame.Pixels.Length; i += 4) known.Add((frame.Pixels[i], frame.Pixels[i + 1], frame.Pixels[i + 2]));
        }

        int strange = Enumerable.Range(0, result.Pixels.Length / 4).Count(i => !known.Contains((result.Pixels[4 * i], result.Pixels[4 * i + 1], result.Pixels[4 * i + 2])));
        Assert.That(strange, Is.Zero, "pixels that are in no reference frame");
    }

    private static Frame Render(Clip clip, double time, string? reference, params (string Name, double Value)[] settings)
    {
        RenderJob job = clip.Job(time, settings);
        if (reference is not null) job = job with { Texts = [.. job.Effect.Parameters.Select(each => each.Name == EffectCatalog.ReferencePathName ? reference : "")] };
        return new OutputPipeline(new GeneratePipeline()).Render(job, clip, clip, new Progress<double>(), CancellationToken.None);
    }

    /// <summary>A disc that crosses a ground with a little grain.</summary>
    private static Frame Walk(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double dx = x - (2 * time % Width + Width) % Width, dy = y - 12;
        float grain = (x * 37 + y * 101) % 23 / 200f;
        return dx * dx + dy * dy < 20 ? (1.6f + grain, 0.9f, 0.2f) : (0.9f + grain + x / 100f, 0.4f + grain + y / 60f, -0.02f + grain);
    });

    private sealed class Clip(Func<double, Frame?> source) : IHostFrames, IPictureReader
    {
        public bool HasTemporalAccess => true;

        public Func<double, Frame?> Structure { get; init; } = _ => null;

        public Frame? Picture { get; init; }

        public List<double> Fetched { get; } = [];

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            if (clip == 0) Fetched.Add(time);
            Frame? picture = clip == 0 ? source(time) : Structure(time);
            frame = picture is null ? null : new HostFrame(picture, new(0, 0, picture.Width, picture.Height), Premultiplied: false);
            return frame is not null;
        }

        public Frame Read(string path) => Picture ?? throw new PipelineException(PipelineError.PictureUnreadable, path);

        public RenderJob Job(double time, params (string Name, double Value)[] settings)
        {
            EffectDefinition effect = EffectCatalog.Generate;
            double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
            numbers[effect.IndexOf("quality")] = (double)QualityLevel.Draft;
            foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
            Frame size = source(time) ?? new Frame(Width, Height);
            int Side(string name, int own) => settings.FirstOrDefault(each => each.Name == name).Value is > 0 and double wanted ? (int)wanted : own;
            PixelWindow window = new(0, 0, Side("targetWidth", size.Width), Side("targetHeight", size.Height));
            return new() { Effect = effect, Numbers = numbers, Texts = [.. effect.Parameters.Select(_ => "")], Time = time, OutputWindow = window };
        }
    }
}
