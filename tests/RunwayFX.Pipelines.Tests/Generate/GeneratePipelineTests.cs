using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Output;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Generate;

public sealed class GeneratePipelineTests
{
    private const int Width = 40, Height = 24;

    [TestCase("mix", 0)]
    [TestCase("variation", 0)]
    public void NeutralSetting_GivesTheSourcesBits(string parameter, double value)
    {
        Clip clip = new(Scrambled);

        Frame result = Render(new(), clip, 3, (parameter, value));

        Assert.That(FrameComparison.AreBitEqual(result, Scrambled(3)));
        Assert.That(clip.Fetched, Is.EqualTo(new[] { 3.0 }));
    }

    [Test]
    public void EveryPixel_IsOneOfTheReference_BitForBit()
    {
        HashSet<(float, float, float, float)> known = [];
        for (int time = -4; time <= 20; time++)
        {
            float[] pixels = Walk(time).Pixels;
            for (int i = 0; i < pixels.Length; i += 4) known.Add((pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]));
        }

        float[] result = Render(new(), new(Walk), 5).Pixels;

        Assert.That(Enumerable.Range(0, result.Length / 4).Count(i => !known.Contains((result[4 * i], result[4 * i + 1], result[4 * i + 2], result[4 * i + 3]))), Is.Zero);
        Assert.That(FrameComparison.AreBitEqual(Walk(5), Render(new(), new(Walk), 5)), Is.False);
        Assert.That(result.Max(), Is.GreaterThan(1), "values above 1 live on");
        Assert.That(result.Min(), Is.LessThan(0), "values below 0 live on");
    }

    [Test]
    public void Frames_AskedForInAnyOrder_AreTheSameBits()
    {
        double[] times = [14, 15, 16, 17, -1];
        GeneratePipeline forward = new(), backward = new();
        Frame[] expected = [.. times.Select(time => Render(forward, new(Walk), time))];

        for (int i = times.Length - 1; i >= 0; i--)
            Assert.That(FrameComparison.AreBitEqual(Render(backward, new(Walk), times[i]), expected[i]), Is.True, $"time {times[i]}");
    }

    [Test]
    public void Fetches_StayWithinTheReferenceThatThePlugInsAnnounce()
    {
        Clip clip = new(Walk);
        (double first, double last) = GenerateBlocks.Reference(21);

        _ = Render(new(), clip, 21);

        Assert.That(clip.Fetched, Has.All.InRange(first, last));
    }

    [Test]
    public void NextFrame_OfAKnownBlock_CostsOneFetch()
    {
        GeneratePipeline pipeline = new();
        Clip clip = new(Walk);
        _ = Render(pipeline, clip, 2);
        clip.Fetched.Clear();

        _ = Render(pipeline, clip, 3);

        Assert.That(clip.Fetched, Is.EqualTo(new[] { 3.0 }));
    }

    [Test]
    public void ChangedSource_IsNoticed()
    {
        GeneratePipeline pipeline = new();
        _ = Render(pipeline, new(Walk), 2);

        Frame after = Render(pipeline, new(time => Walk(time + 40)), 3);

        Assert.That(FrameComparison.AreBitEqual(after, Render(new(), new(time => Walk(time + 40)), 3)));
    }

    [TestCase(1, 1)]
    [TestCase(3, 2)]
    [TestCase(200, 1)]
    public void TinyFrames_GiveADefinedResult(int width, int height)
    {
        Frame result = Render(new(), new(_ => TestPictures.Draw(width, height, (x, y) => (x % 7 / 7f, y, 0.5f))), 0);

        Assert.That((result.Width, result.Height), Is.EqualTo((width, height)));
    }

    [Test]
    public void NotANumber_AndInfinity_DoNotStopIt()
    {
        Frame result = Render(new(), new(Scrambled), 0);

        Assert.That((result.Width, result.Height), Is.EqualTo((Width, Height)));
    }

    [Test]
    public void SingleFrame_AndHostWithoutOtherTimes_GiveTheSameStill()
    {
        Frame single = Render(new(), new(time => time == 7 ? Walk(7) : null), 7);
        Frame alone = Render(new(), new(Walk) { HasTemporalAccess = false }, 7);

        Assert.That(FrameComparison.AreBitEqual(single, alone));
        Assert.That(FrameComparison.AreBitEqual(single, Walk(7)), Is.False);
    }

    [Test]
    public void LargeFrame_IsLiftedFromASmallArrangement()
    {
        Frame source = TestPictures.Draw(400, 300, (x, y) => ((x * 7 + y * 3) % 50 / 50f, (x / 20 + y / 20) % 2 * 0.8f, (y % 40) / 40f));
        HashSet<(float, float, float)> known = [];
        for (int i = 0; i < source.Pixels.Length; i += 4) known.Add((source.Pixels[i], source.Pixels[i + 1], source.Pixels[i + 2]));

        float[] result = Render(new(), new(_ => source) { HasTemporalAccess = false }, 0).Pixels;

        Assert.That(Enumerable.Range(0, result.Length / 4).All(i => known.Contains((result[4 * i], result[4 * i + 1], result[4 * i + 2]))));
    }

    [Test]
    public void StructureThatIsNotThere_IsAnErrorThatNamesIt()
    {
        Assert.That(() => Render(new(), new(Walk), 0, ("structureFromClip", 1)),
            Throws.TypeOf<PipelineException>().With.Message.Contains("Structure").And.Property("Code").EqualTo(PipelineError.ReferenceMissing));
        Assert.That(() => Render(new(), new(_ => null), 0), Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(PipelineError.SourceMissing));
    }

    [Test]
    public void StructureClip_IsFollowed()
    {
        Clip clip = new(Walk) { Structure = _ => TestPictures.Draw(Width, Height, (x, _) => x < Width / 2 ? (0, 0, 0) : (1, 1, 1)) };

        Frame result = Render(new(), clip, 4, ("structureFromClip", 1));

        double left = 0, right = 0;
        for (int i = 0; i < result.Pixels.Length; i += 4)
        {
            if (i / 4 % Width < Width / 2) left += result.Pixels[i + 1];
            else right += result.Pixels[i + 1];
        }

        Assert.That(right, Is.GreaterThan(1.2 * left));
    }

    [Test]
    public void CancelledWhileFetching_Throws()
    {
        using CancellationTokenSource source = new();
        Clip clip = new(time =>
        {
            if (time == 4) source.Cancel();
            return Walk(time);
        });

        Assert.That(() => new GeneratePipeline().Render(clip.Job(0), clip, null!, new Progress<double>(), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static Frame Render(GeneratePipeline pipeline, Clip clip, double time, params (string Name, double Value)[] settings) =>
        new OutputPipeline(pipeline).Render(clip.Job(time, settings), clip, null!, new Progress<double>(), CancellationToken.None);

    /// <summary>A disc that crosses a ground with a little grain; values below 0 and above 1.</summary>
    private static Frame Walk(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double dx = x - (2 * time % Width + Width) % Width, dy = y - 12;
        float grain = (x * 37 + y * 101) % 23 / 200f;
        return dx * dx + dy * dy < 20 ? (1.6f + grain, 0.9f, 0.2f) : (0.9f + grain + x / 100f, 0.4f + grain + y / 60f, -0.02f + grain);
    });

    private static Frame Scrambled(double time)
    {
        Frame frame = Walk(time);
        frame.Pixels[4] = float.NaN;
        frame.Pixels[9] = float.PositiveInfinity;
        frame.Pixels[14] = -0f;
        return frame;
    }

    private sealed class Clip(Func<double, Frame?> source) : IHostFrames
    {
        public bool HasTemporalAccess { get; init; } = true;

        public Func<double, Frame?> Structure { get; init; } = _ => null;

        public List<double> Fetched { get; } = [];

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            if (clip == 0) Fetched.Add(time);
            Frame? picture = clip == 0 ? source(time) : Structure(time);
            frame = picture is null ? null : new HostFrame(picture, new(0, 0, picture.Width, picture.Height), Premultiplied: false);
            return frame is not null;
        }

        public RenderJob Job(double time, params (string Name, double Value)[] settings)
        {
            EffectDefinition effect = EffectCatalog.Generate;
            double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
            numbers[effect.IndexOf("quality")] = (double)QualityLevel.Draft;
            foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
            Frame size = source(time) ?? new Frame(Width, Height);
            return new()
            {
                Effect = effect, Numbers = numbers, Texts = [.. effect.Parameters.Select(_ => "")], Time = time, OutputWindow = new(0, 0, size.Width, size.Height),
            };
        }
    }
}
