using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Remove;

public sealed class RemoveOverTimeTests
{
    private const int Width = 120, Height = 80, Last = 60;

    private static readonly (string, double)[] Settings = [("quality", (double)QualityLevel.Draft)];

    [Test]
    public void StillCamera_ObjectThatWanders_UncoversTheTruth()
    {
        Frame result = Wandering(_ => Ground(0)).Render(12, Settings);

        FrameComparison.AssertClose(result, Ground(0), worstLimit: 0.02, meanLimit: 0.001);
    }

    [Test]
    public void MovingCamera_HoleThatStaysInThePicture_ShowsTheTruth()
    {
        RemoveScene scene = new(time => Covered(Ground(3 * time), 50, 20, 74, 56), _ => Box(50, 20, 74, 56), hasTemporalAccess: true);

        Frame result = scene.Render(12, [.. Settings, ("camera", (double)CameraMotion.Moving)]);

        FrameComparison.AssertClose(result, Ground(36), worstLimit: 0.35, meanLimit: 0.01);
    }

    [Test]
    public void MovingCamera_EveryFrameHeldTwice_ShowsTheTruth()
    {
        RemoveScene scene = new(time => Covered(Ground(6 * (int)Math.Floor(time / 2)), 50, 20, 74, 56), _ => Box(50, 20, 74, 56), hasTemporalAccess: true);

        Frame result = scene.Render(12, [.. Settings, ("camera", (double)CameraMotion.Moving)]);

        FrameComparison.AssertClose(result, Ground(36), worstLimit: 0.35, meanLimit: 0.01);
    }

    [Test]
    public void Frames_InAnyOrder_AreTheSameBits()
    {
        double[] times = [3, 23, 24, 26, 40];
        RemovePipeline forwards = new(), backwards = new();
        RemoveScene scene = Wandering(_ => Ground(0));
        Dictionary<double, Frame> expected = times.ToDictionary(time => time, time => scene.Render(forwards, time, Settings));

        foreach (double time in times.Reverse())
            Assert.That(FrameComparison.AreBitEqual(scene.Render(backwards, time, Settings), expected[time]), Is.True, $"frame {time}");
    }

    [Test]
    public void HoleThatIsNeverUncovered_HoldsStillAcrossBlocks()
    {
        RemoveScene scene = new(_ => Covered(Ground(0), 50, 20, 74, 56), _ => Box(50, 20, 74, 56), hasTemporalAccess: true);
        RemovePipeline pipeline = new();

        Frame first = scene.Render(pipeline, 10, Settings), second = scene.Render(pipeline, 40, Settings);

        FrameComparison.AssertClose(second, first, worstLimit: 1e-3, meanLimit: 1e-4);
    }

    [Test]
    public void HoleThatIsNeverUncovered_SomebodyPassesAtItsEdge_LeavesNoTraceInTheFill()
    {
        // In frame 13, the middle of the block, he stands right above the hole.
        Frame Passed(double time) => time is >= 10 and <= 16 ? Dark(Ground(0), 54 + 2 * (int)(time - 13)) : Ground(0);
        RemoveScene empty = new(_ => Covered(Ground(0), 50, 20, 74, 56), _ => Box(50, 20, 74, 56), hasTemporalAccess: true);
        RemoveScene passed = new(time => Covered(Passed(time), 50, 20, 74, 56), _ => Box(50, 20, 74, 56), hasTemporalAccess: true);

        Frame expected = empty.Render(2, Settings), result = passed.Render(2, Settings);

        FrameComparison.AssertClose(result, expected, worstLimit: 0.02, meanLimit: 0.001);
    }

    [Test]
    public void WhoPassesBesideTheHoleInOneFrame_LeavesNoTraceInItsFill()
    {
        // Frame 12 is none of those that show the background.
        Frame free = Covered(Ground(0), 50, 20, 74, 56), passed = Lit(free, 74, 30, 78, 35, 0.15f);
        RemoveScene empty = new(_ => free, _ => Box(50, 20, 74, 56), hasTemporalAccess: true);
        RemoveScene busy = new(time => time == 12 ? passed : free, _ => Box(50, 20, 74, 56), hasTemporalAccess: true);

        Frame expected = empty.Render(12, Settings), result = busy.Render(12, Settings);

        for (int y = 20; y < 56; y++)
        {
            for (int i = 200; i < 296; i++) Assert.That(result.Row(y)[i], Is.EqualTo(expected.Row(y)[i]).Within(1e-4f), $"{i / 4}, {y}");
        }
    }

    [Test]
    public void ChangeOfLight_ReachesTheFillBesideTheBorder()
    {
        Frame free = Covered(Ground(0), 50, 20, 74, 56);
        RemoveScene even = new(_ => free, _ => Box(50, 20, 74, 56), hasTemporalAccess: true);
        RemoveScene changing = new(time => time == 12 ? Lit(free, 0, 0, Width, Height, 0.04f) : free, _ => Box(50, 20, 74, 56), hasTemporalAccess: true);

        Frame before = even.Render(12, Settings), after = changing.Render(12, Settings);

        Assert.That(after.Row(38)[4 * 51] - before.Row(38)[4 * 51], Is.EqualTo(0.04f).Within(0.015f));
    }

    [Test]
    public void OutsideOfTheMask_TheFramesOwnBitsStay()
    {
        Frame odd = Covered(Ground(0), 50, 20, 74, 56);
        odd.Pixels[7] = float.NaN;
        RemoveScene scene = new(time => time == 9 ? odd : Covered(Ground(0), 50, 20, 74, 56), _ => Box(50, 20, 74, 56), hasTemporalAccess: true);

        Frame result = scene.Render(9, Settings);

        for (int y = 0; y < Height; y++)
        {
            for (int i = 0; i < 4 * Width; i++)
            {
                if (i >= 200 && i < 296 && y >= 20 && y < 56) continue;
                Assert.That(BitConverter.SingleToInt32Bits(result.Row(y)[i]), Is.EqualTo(BitConverter.SingleToInt32Bits(odd.Row(y)[i])), $"{i / 4}, {y}");
            }
        }
    }

    [Test]
    public void OtherShots_GiveNothing()
    {
        RemoveScene scene = Wandering(time => time < 12 ? Ground(0) : TestPictures.Noise(Width, Height, 5));

        Frame result = scene.Render(11, Settings);

        FrameComparison.AssertClose(result, Ground(0), worstLimit: 0.6, meanLimit: 0.03);
    }

    [Test]
    public void NeighboursWithoutAMask_AreLeftOut()
    {
        RemoveScene scene = new(time => Object(Ground(0), time), time => time is > 5 and < 20 ? ObjectMask(time) : null, hasTemporalAccess: true);

        Assert.That(() => scene.Render(12, Settings), Throws.Nothing);
        Assert.That(() => scene.Render(30, Settings), Throws.InstanceOf<PipelineException>());
    }

    [Test]
    public void Mask_ThatChanged_IsSeenAtOnce()
    {
        Frame[] mask = [Box(50, 20, 60, 30)];
        RemoveScene scene = new(_ => Covered(Ground(0), 50, 20, 74, 56), _ => mask[0], hasTemporalAccess: true);
        RemovePipeline pipeline = new();
        _ = scene.Render(pipeline, 10, Settings);
        mask[0] = Box(50, 20, 74, 56);

        Assert.That(FrameComparison.AreBitEqual(scene.Render(pipeline, 10, Settings), scene.Render(new RemovePipeline(), 10, Settings)));
    }

    [Test]
    public void Radius0_LooksAtNoOtherFrame()
    {
        RemoveScene scene = Wandering(_ => Ground(0));

        _ = scene.Render(12, [.. Settings, (EffectCatalog.TemporalRadiusName, 0)]);

        Assert.That(scene.Fetched.Select(fetched => fetched.Time), Has.All.EqualTo(12));
    }

    [Test]
    public void Frames_AskedFor_AreThoseOfTheBlocks()
    {
        RemoveScene scene = Wandering(_ => Ground(0));

        _ = scene.Render(30, Settings);

        (double first, double last) = TemporalBlocks.Around(30, 12);
        Assert.That(scene.Fetched.Select(fetched => fetched.Time), Has.All.InRange(first, last));
    }

    private static RemoveScene Wandering(Func<double, Frame> ground) =>
        new(time => time is >= 0 and <= Last ? Object(ground(time), time) : null, ObjectMask, hasTemporalAccess: true);

    private static Frame Object(Frame ground, double time) => Covered(ground, Left(time), 30, Left(time) + 16, 50);

    private static Frame ObjectMask(double time) => Box(Left(time), 30, Left(time) + 16, 50);

    private static int Left(double time) => Math.Clamp((int)(10 + 2 * time), 0, Width - 16);

    /// <summary>Speckled ground seen from a place; smooth enough for motion to be found.</summary>
    private static Frame Ground(double shift) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double u = x + shift;
        float value = (float)(0.5 + 0.13 * Math.Sin(0.31 * u + 0.11 * y) + 0.12 * Math.Sin(0.17 * u - 0.42 * y) + 0.1 * Math.Sin(0.053 * u * (1 + 0.004 * u) + 0.23 * y));
        return (value, 0.9f * value, 0.5f * value + 0.1f);
    });

    private static Frame Box(int left, int top, int right, int bottom) => TestPictures.Draw(Width, Height, (x, y) =>
        x >= left && x < right && y >= top && y < bottom ? (1, 1, 1) : (0, 0, 0));

    private static Frame Lit(Frame picture, int left, int top, int right, int bottom, float added)
    {
        Frame result = picture.Clone();
        for (int y = top; y < bottom; y++)
        {
            for (int i = 4 * left; i < 4 * right; i++) result.Row(y)[i] += i % 4 < 3 ? added : 0;
        }

        return result;
    }

    private static Frame Dark(Frame picture, int left)
    {
        Frame result = picture.Clone();
        for (int y = 2; y < 20; y++)
        {
            for (int x = left; x < left + 14; x++) result.Row(y).Slice(4 * x, 3).Fill(0.02f);
        }

        return result;
    }

    private static Frame Covered(Frame picture, int left, int top, int right, int bottom)
    {
        Frame result = picture.Clone();
        for (int y = top; y < bottom; y++) result.Row(y)[(4 * left)..(4 * right)].Fill(1);
        return result;
    }
}
