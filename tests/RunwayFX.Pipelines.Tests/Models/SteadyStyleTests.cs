using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;
using RunwayFX.Pipelines.Style;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.TestModels;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Style's method Model over a clip that moves to the right by two pixels a frame, one sample of the latents, with a model whose picture is a share of the
/// source and a share of the noise: what stays on the screen instead of on the picture is seen at once.</summary>
public sealed class SteadyStyleTests
{
    private const int Width = 96, Height = 64, Step = 2, Distance = 4;

    private static readonly ModelRig s_rig = new();
    private static readonly FakeClip s_clip = new(time => time is >= 0 and < 40 ? FakeClip.At(Picture(time)) : null);

    private readonly StylePipeline _pipeline = new(models: s_rig.Maker);

    [OneTimeSetUp]
    public void Write() => GaussianDenoiser.Write(Path.Combine(s_rig.Folder, "gaussian"), 0.5f);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [Test]
    public void NoiseMovesWithThePicture_SoThatTheResultDoes()
    {
        double source = Change(Enumerable.Range(0, 4).Select(time => Picture(time)));
        double screen = Change(Frames(_pipeline, [0, 1, 2, 3], ("temporalStability", 0))), moved = Change(Frames(_pipeline, [0, 1, 2, 3], ("anchorFrames", 1)));
        TestContext.Out.WriteLine($"change along the motion: source {source:F4}, noise on the screen {screen:F4}, noise that moves {moved:F4}");
        Assert.That(source, Is.Zero);
        Assert.That(screen, Is.GreaterThan(0.05), "the noise is seen");
        Assert.That(moved, Is.LessThan(source + screen / 4));
    }

    [Test]
    public void FramesBetweenAnchors_FollowThem_AndAnchorsAreTheModelsOwn()
    {
        int[] times = [0, 1, 2, 3, 4, 5, 6, 7, 8];
        Frame[] frames = [.. Frames(_pipeline, times, ("anchorFrames", Distance))];
        double screen = Change(Frames(_pipeline, [0, 1, 2, 3], ("temporalStability", 0))), steady = Change(frames);
        TestContext.Out.WriteLine($"change along the motion: each frame alone {screen:F4}, between anchors {steady:F4}");
        Assert.That(steady, Is.LessThan(screen / 2));
        // The first of a chain has the seed's own noise, as a frame on its own; later anchors have noise that moved.
        Assert.That(FrameComparison.AreBitEqual(frames[0], Frames(_pipeline, [0], ("temporalStability", 0)).Single()));
        Assert.That(FrameComparison.AreBitEqual(frames[4], Frames(_pipeline, [4], ("temporalStability", 0)).Single()), Is.False, "the noise of later anchors moved");
        double own = Change([frames[0], frames[4]], Distance * Step), between = Change([frames[0], frames[3]], (Distance - 1) * Step);
        Assert.That(own, Is.LessThan(screen / 2), "from anchor to anchor");
        Assert.That(between, Is.LessThan(screen / 2), "from an anchor to a frame that follows it");
    }

    [Test]
    public void FramesThatTheUserPainted_CountAsAnchors()
    {
        Frame red = TestPictures.Draw(Width, Height, (x, y) => (0.9f, x / 200f, y / 200f));
        OnePicture painted = new(red);
        Frame at = Render(2), beside = Render(3), alone = Frames(_pipeline, [3], ("anchorFrames", Distance)).Single();
        Assert.That(ModelRig.Worst(at, red), Is.LessThan(0.02), "the painting itself, its rim two pixels in");
        Assert.That(ModelRig.Worst(beside, alone), Is.GreaterThan(0.2), "its neighbour follows it");

        Frame Render(double time) => _pipeline.Render(Job(time, ("anchorFrames", Distance), (EffectCatalog.KeyframesName, "2=/red.png")), s_clip, painted, new ExtendPipelineTests.NoProgress(), default);
    }

    [Test]
    public void OrderOfRequests_ChangesNothing_AndTheSameBitsComeTwice()
    {
        Frame[] forwards = [.. Frames(new StylePipeline(models: Fresh()), [5, 6, 9], ("anchorFrames", Distance))];
        Frame[] backwards = [.. Frames(new StylePipeline(models: Fresh()), [9, 6, 5], ("anchorFrames", Distance))];
        for (int index = 0; index < forwards.Length; index++) Assert.That(FrameComparison.AreBitEqual(forwards[index], backwards[^(index + 1)]), $"frame {index}");
    }

    [Test]
    public void ClipThatBeginsAndEndsBetweenAnchors_IsWhole()
    {
        FakeClip cut = new(time => time is >= 6 and <= 9 ? FakeClip.At(Picture(time)) : null);
        foreach (int time in new[] { 6, 7, 9 })
        {
            Frame made = _pipeline.Render(Job(time, ("anchorFrames", Distance)), cut, null!, new ExtendPipelineTests.NoProgress(), default);
            Assert.That(ModelRig.Worst(made, Picture(time)), Is.InRange(0.01, 0.9), $"frame {time}");
        }
    }

    [Test]
    public void HostWithoutOtherFrames_GetsEachFrameOnItsOwn()
    {
        FakeClip still = new(_ => FakeClip.At(Picture(7)), hasTemporalAccess: false);
        Frame made = _pipeline.Render(Job(7), still, null!, new ExtendPipelineTests.NoProgress(), default);
        Assert.That(FrameComparison.AreBitEqual(made, Frames(_pipeline, [7], ("temporalStability", 0)).Single()));
        Assert.That(still.Fetched, Is.All.EqualTo(7));
    }

    [Test]
    public void MovedNoise_IsEachNumberOnce_AndItsOwnWhereSomethingCameIntoView()
    {
        float[] noise = [.. Enumerable.Range(0, 12).Select(i => (float)i)], own = [.. Enumerable.Range(0, 12).Select(i => 100f + i)];
        Imaging.Flow.FlowField flow = new(4, 3);
        Array.Fill(flow.X, -1);
        byte[] believed = [.. Enumerable.Repeat((byte)1, 12)];
        believed[6] = 0;
        float[] moved = WarpedNoise.Moved(noise, own, (1, 3, 4), new WarpedNoise.BackMotion(flow, believed));
        Assert.That(moved, Is.EqualTo(new float[] { 100, 0, 1, 2, 104, 4, 106, 6, 108, 8, 9, 10 }));
        // A zoom in asks for the same number twice: the second place gets its own.
        float[] spread = [0, -1, -1, -2, 0, -1, -1, -2, 0, -1, -1, -2];
        spread.CopyTo(flow.X, 0);
        moved = WarpedNoise.Moved(noise, own, (1, 3, 4), new WarpedNoise.BackMotion(flow, [.. Enumerable.Repeat((byte)1, 12)]));
        Assert.That(moved[..4], Is.EqualTo(new float[] { 0, 101, 1, 103 }));
    }

    private static IEnumerable<Frame> Frames(StylePipeline pipeline, int[] times, params (string, object)[] settings) =>
        times.Select(time => pipeline.Render(Job(time, settings), s_clip, null!, new ExtendPipelineTests.NoProgress(), default));

    /// <summary>Half the noise that there can be; few steps.</summary>
    private static RenderJob Job(double time, params (string, object)[] settings) =>
        ModelRig.Job(EffectCatalog.Style, new(0, 0, Width, Height), time, [("strength", 0.5), ("guidance", 1), ("steps", 4), .. settings]);

    /// <summary>A maker that has nothing in memory.</summary>
    private static ModelMaker Fresh() => new(() => new Inference.Packages.PackageStore(s_rig.Folder), () => s_rig.Pool, () => new Inference.Sessions.SessionSettings { Threads = 1 });

    /// <summary>Mean difference of each frame to the one before, moved along; away from the borders, where something comes into view.</summary>
    private static double Change(IEnumerable<Frame> frames, int step = Step)
    {
        const int Border = 16;
        Frame? before = null;
        double sum = 0;
        long count = 0;
        foreach (Frame frame in frames)
        {
            for (int y = Border; before is not null && y < Height - Border; y++)
            {
                for (int x = Border; x < Width - Border; x++)
                {
                    for (int c = 0; c < 3; c++) sum += Math.Abs(frame.Row(y)[4 * x + c] - before.Row(y)[4 * (x - step) + c]);
                    count += 3;
                }
            }

            before = frame;
        }

        return sum / count;
    }

    /// <summary>Smooth shapes of many sizes, grey enough that noise clips nowhere.</summary>
    private static Frame Picture(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double u = x - Step * time;
        float one = (float)(0.5 + 0.12 * Math.Sin(0.31 * u + 0.11 * y) + 0.12 * Math.Sin(0.13 * u - 0.37 * y + 1));
        float two = (float)(0.5 + 0.12 * Math.Cos(0.23 * u + 0.29 * y) + 0.1 * Math.Sin(0.07 * u * Math.Sin(0.05 * y)));
        return (one, two, (one + two) / 2);
    });

    private sealed class OnePicture(Frame picture) : IPictureReader
    {
        public Frame Read(string path) => picture;
    }
}
