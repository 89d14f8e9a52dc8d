using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.TestModels;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Extend's method Model over a clip whose camera moves by two pixels a frame, with a model that paints noise: what stays on the screen instead of moving
/// with the picture is seen at once.</summary>
public sealed class MovingExtensionTests
{
    private const int Width = 96, Height = 48, Band = 24, Step = 2;

    private static readonly PixelWindow s_whole = new(0, -Band, Width, Height + Band);
    private static readonly ModelRig s_rig = new();
    private static readonly FakeClip s_clip = new(time => time is >= 0 and < 60 ? FakeClip.At(Picture(time)) : null);

    private readonly ExtendPipeline _pipeline = new(s_rig.Maker);

    [OneTimeSetUp]
    public void Write() => GaussianDenoiser.Write(Path.Combine(s_rig.Folder, "gaussian"), 0.5f);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [Test]
    public void PaintedArea_MovesWithThePicture_AcrossBlocksToo()
    {
        Frame[] alone = [.. new[] { 8, 9, 10 }.Select(time => Render(_pipeline, time, new FakeClip(_ => FakeClip.At(Picture(time)), hasTemporalAccess: false)))];
        Frame[] within = [.. new[] { 8, 9, 10 }.Select(time => Render(_pipeline, time, s_clip))], across = [.. Enumerable.Range(22, 7).Select(time => Render(_pipeline, time, s_clip))];
        (double screen, double moved, double handed) = (Change(alone), Change(within), Change(across));
        TestContext.Out.WriteLine($"change along the motion: each frame alone {screen:F4}, in a block {moved:F4}, from block to block {handed:F4}");
        Assert.That(screen, Is.GreaterThan(0.05), "the painting is seen");
        Assert.That(moved, Is.LessThan(screen / 4));
        Assert.That(handed, Is.LessThan(screen / 4));
        for (int index = 0; index < within.Length; index++)
        {
            Assert.That(within[index].Pixels.AsSpan(4 * Width * Band, 4 * Width * Height).SequenceEqual(Picture(8 + index).Pixels), "the source keeps its bits");
            Assert.That(Spread(within[index]), Is.GreaterThan(0.5 * Spread(alone[index])), "the painting is not blurred away");
        }
    }

    [Test]
    public void OrderOfRequests_ChangesNothing()
    {
        ExtendPipeline one = new(s_rig.Maker), other = new(s_rig.Maker);
        Frame[] forwards = [.. new[] { 23, 25, 30 }.Select(time => Render(one, time, s_clip))], backwards = [.. new[] { 30, 25, 23 }.Select(time => Render(other, time, s_clip))];
        for (int index = 0; index < forwards.Length; index++) Assert.That(FrameComparison.AreBitEqual(forwards[index], backwards[^(index + 1)]), $"frame {index}");
    }

    [Test]
    public void ChangedFrame_IsNotShownFromMemory()
    {
        float light = 1;
        FakeClip clip = new(time => time is >= 0 and < 60 ? FakeClip.At(Darker(Picture(time), light)) : null);
        // Little noise: the painting is about as light as the built-in fill of the picture, from which it starts.
        Frame before = Render(_pipeline, 9, clip, ("strength", 0.3), ("quality", 0));
        light = 0.5f;
        Frame after = Render(_pipeline, 9, clip, ("strength", 0.3), ("quality", 0));
        Assert.That(Mean(after), Is.LessThan(Mean(before) - 0.05));
    }

    private static Frame Render(ExtendPipeline pipeline, double time, FakeClip clip, params (string, object)[] settings) =>
        pipeline.Render(ModelRig.Job(EffectCatalog.Extend, s_whole, time, [("canvas", 1), ("targetAspect", 3), ("guidance", 1), ("steps", 4), ("blend", 0), .. settings]), clip, null!,
            new ExtendPipelineTests.NoProgress(), default);

    /// <summary>Mean difference of each frame's new area to the one before, moved along; away from the sides, where something comes into view.</summary>
    private static double Change(Frame[] frames)
    {
        double sum = 0;
        long count = 0;
        for (int index = 1; index < frames.Length; index++)
        {
            foreach (int y in Bands())
            {
                for (int x = 16; x < Width - 16; x++)
                {
                    for (int c = 0; c < 3; c++) sum += Math.Abs(frames[index].Row(y)[4 * x + c] - frames[index - 1].Row(y)[4 * (x - Step) + c]);
                    count += 3;
                }
            }
        }

        return sum / count;
    }

    private static double Mean(Frame frame) => Bands().Average(y => Enumerable.Range(0, Width).Average(x => frame.Row(y)[4 * x + 1]));

    /// <summary>Mean difference of neighbours.</summary>
    private static double Spread(Frame frame) => Bands().Average(y => Enumerable.Range(1, Width - 1).Average(x => Math.Abs(frame.Row(y)[4 * x] - frame.Row(y)[4 * x - 4])));

    private static IEnumerable<int> Bands() => Enumerable.Range(4, Band - 8).Concat(Enumerable.Range(Band + Height + 4, Band - 8));

    private static Frame Darker(Frame picture, float light)
    {
        for (int i = 0; i < picture.Pixels.Length; i++)
        {
            if (i % 4 < 3) picture.Pixels[i] *= light;
        }

        return picture;
    }

    private static Frame Picture(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double u = x - Step * time;
        float one = (float)(0.5 + 0.12 * Math.Sin(0.31 * u + 0.11 * y) + 0.12 * Math.Sin(0.13 * u - 0.37 * y + 1));
        float two = (float)(0.5 + 0.12 * Math.Cos(0.23 * u + 0.29 * y) + 0.1 * Math.Sin(0.07 * u * Math.Sin(0.05 * y)));
        return (one, two, (one + two) / 2);
    });
}
