using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Retime;

public sealed class RetimePipelineTests
{
    private static readonly float[] Odd = [float.NaN, float.PositiveInfinity, -0.0f, -3, 7];

    [Test]
    public void FullSpeed_IsTheSourceBitForBit_AtAnyTime()
    {
        Frame odd = TestPictures.Noise(RetimeScene.Width, RetimeScene.Height, 1);
        for (int i = 0; i < odd.Pixels.Length; i++) if (i % 11 == 0) odd.Pixels[i] = Odd[i % 5];
        RetimeScene scene = new(_ => RetimeScene.At(odd));

        foreach (double time in new[] { 0, 5, -3, 4.37 })
            Assert.That(FrameComparison.AreBitEqual(scene.Render(new RetimePipeline(), time), odd), $"{time}");
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 0, 5, -3, 4.37 }));
    }

    [Test]
    public void MixOfZero_IsTheSourceBitForBit()
    {
        RetimeScene scene = RetimeScene.Disc();

        Assert.That(FrameComparison.AreBitEqual(scene.Render(new RetimePipeline(), 6, ("speed", 30), ("mix", 0)), RetimeScene.DiscAt(6)));
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 6.0 }));
    }

    [Test]
    public void MomentsThatAreFrames_AreThoseFramesBitForBit_AndFetchNoOthers()
    {
        RetimeScene scene = RetimeScene.Disc();
        RetimePipeline pipeline = new();

        Assert.That(FrameComparison.AreBitEqual(scene.Render(pipeline, 12, ("speed", 25)), RetimeScene.DiscAt(3)));
        Assert.That(FrameComparison.AreBitEqual(scene.Render(pipeline, 5, ("speed", 40)), RetimeScene.DiscAt(2)));
        Assert.That(FrameComparison.AreBitEqual(scene.Render(pipeline, 5, ("speed", 300)), RetimeScene.DiscAt(15)));
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 3.0, 2, 15 }));
    }

    [Test]
    public void MotionMethod_FetchesTheTwoFramesAroundTheMoment()
    {
        RetimeScene scene = RetimeScene.Disc();

        scene.Show(new RetimePipeline(), 3.25);

        Assert.That(scene.Fetched, Is.EqualTo(new[] { 3.0, 4 }));
    }

    [TestCase(0.25)]
    [TestCase(0.5)]
    [TestCase(0.75)]
    public void MotionMethod_ComesFarCloserToTheTruthThanBlending(double fraction)
    {
        RetimeScene scene = RetimeScene.Disc();
        Frame truth = RetimeScene.DiscAt(5 + fraction);

        double motion = Psnr(scene.Show(new RetimePipeline(), 5 + fraction, ("quality", (double)QualityLevel.High)), truth);
        double blend = Psnr(scene.Show(new RetimePipeline(), 5 + fraction, ("method", (double)RetimeMethod.Blend)), truth);

        Assert.That(motion, Is.GreaterThan(blend + 6));
    }

    [Test]
    public void BlendMethod_IsTheWeightedMean()
    {
        Frame result = RetimeScene.Disc().Show(new RetimePipeline(), 3.25, ("method", (double)RetimeMethod.Blend));

        Frame a = RetimeScene.DiscAt(3), b = RetimeScene.DiscAt(4);
        Assert.That(result.Pixels.Zip(a.Pixels.Zip(b.Pixels, (x, y) => 0.75f * x + 0.25f * y), (x, y) => Math.Abs(x - y)).Max(), Is.LessThan(1e-6));
    }

    [TestCase(3.49, 3)]
    [TestCase(3.5, 4)]
    public void NearestMethod_IsAFrameBitForBit(double moment, double frame)
    {
        RetimeScene scene = RetimeScene.Disc();

        Assert.That(FrameComparison.AreBitEqual(scene.Show(new RetimePipeline(), moment, ("method", (double)RetimeMethod.Nearest)), RetimeScene.DiscAt(frame)));
        Assert.That(scene.Fetched, Is.EqualTo(new[] { frame }));
    }

    [TestCase(RetimeMethod.Blend)]
    [TestCase(RetimeMethod.Motion)]
    public void Cut_IsNeverMixed(RetimeMethod method)
    {
        RetimeScene scene = new(time => RetimeScene.At(time < 4 ? RetimeScene.DiscAt(time) : RetimeScene.OtherShot(2)));
        RetimePipeline pipeline = new();

        Assert.That(FrameComparison.AreBitEqual(scene.Show(pipeline, 3.4, ("method", (double)method)), RetimeScene.DiscAt(3)));
        Assert.That(FrameComparison.AreBitEqual(scene.Show(pipeline, 3.6, ("method", (double)method)), RetimeScene.OtherShot(2)));
        Assert.That(FrameComparison.AreBitEqual(scene.Show(pipeline, 3.4, ("method", (double)method), ("cutThreshold", 1)), RetimeScene.DiscAt(3)), Is.False,
            "a threshold of 1 finds no cuts");
    }

    [Test]
    public void AnyNumberOfThreads_AndAnyOrder_GiveTheSameBits()
    {
        RetimeScene scene = RetimeScene.Disc();
        RetimePipeline one = new() { Threads = 1 }, many = new() { Threads = 5 }, cold = new(cacheBytesMax: 0);
        double[] moments = [4.25, 4.75, 9.1, 4.5];
        Frame[] forward = [.. moments.Select(moment => scene.Show(one, moment))];
        Frame[] backward = [.. moments.Reverse().Select(moment => scene.Show(many, moment)).Reverse()];

        for (int i = 0; i < moments.Length; i++)
        {
            Assert.That(FrameComparison.AreBitEqual(forward[i], backward[i]), $"{moments[i]}");
            Assert.That(FrameComparison.AreBitEqual(forward[i], scene.Show(cold, moments[i])), $"{moments[i]} without a cache");
        }
    }

    [Test]
    public void BeyondTheClip_TheLastFrameIsHeld()
    {
        RetimeScene scene = RetimeScene.Disc();

        Assert.That(FrameComparison.AreBitEqual(scene.Show(new RetimePipeline(), 20.5), RetimeScene.DiscAt(20)));
        Assert.That(() => scene.Show(new RetimePipeline(), 30.5), Throws.InstanceOf<PipelineException>().With.Message.Contains("30"));
    }

    [Test]
    public void WithoutTemporalAccess_TheFrameAtHandIsShown()
    {
        RetimeScene scene = new(time => RetimeScene.At(RetimeScene.DiscAt(time))) { HasTemporalAccess = false };

        Assert.That(FrameComparison.AreBitEqual(scene.Render(new RetimePipeline(), 6, ("speed", 25)), RetimeScene.DiscAt(6)));
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 6.0 }));
    }

    [Test]
    public void StraightAndPremultiplied_AgreeWhereThereIsSomething()
    {
        Frame Cutout(double time)
        {
            Frame picture = RetimeScene.DiscAt(time);
            for (int x = 0; x < picture.Width; x++)
            {
                for (int y = 0; y < picture.Height; y++)
                    picture.Row(y)[4 * x + 3] = Math.Clamp((float)(30 - Math.Abs(x - 20 - 4 * time)) / 8, 0, 1);
            }

            return picture;
        }

        RetimeScene straight = new(time => RetimeScene.At(Cutout(time)));
        RetimeScene multiplied = new(time => RetimeScene.At(Premultiplication.Premultiply(Cutout(time)), premultiplied: true));

        Frame a = Premultiplication.Premultiply(straight.Show(new RetimePipeline(), 5.5)), b = multiplied.Show(new RetimePipeline(), 5.5);

        Assert.That(a.Pixels.Zip(b.Pixels, (x, y) => Math.Abs(x - y)).Max(), Is.LessThan(1e-4));
    }

    [Test]
    public void ValuesBeyondWhite_Survive()
    {
        RetimeScene scene = new(time =>
        {
            Frame picture = RetimeScene.DiscAt(time);
            for (int i = 0; i < picture.Pixels.Length; i++) if (i % 4 != 3) picture.Pixels[i] *= 8;
            return RetimeScene.At(picture);
        });

        Frame result = scene.Show(new RetimePipeline(), 5.5, ("colourSpace", (double)ColourSpaceOption.LinearRec709));

        Assert.That(result.Pixels.Max(), Is.GreaterThan(4));
    }

    [Test]
    public void FramesThatDiffer_InSize_AreNotMixed()
    {
        RetimeScene scene = new(time => RetimeScene.At(time < 4 ? RetimeScene.DiscAt(time) : TestPictures.Noise(30, 20, 3)));

        Assert.That(FrameComparison.AreBitEqual(scene.Show(new RetimePipeline(), 3.25), RetimeScene.DiscAt(3)));
    }

    [TestCase(1, 1)]
    [TestCase(1, 40)]
    [TestCase(9, 3)]
    public void TinyPictures_Work(int width, int height)
    {
        RetimeScene scene = new(time => RetimeScene.At(TestPictures.Noise(width, height, (int)time)));
        RenderJob job = RetimeScene.Job(0, ("timing", 1), ("sourceFrame", 2.5)) with { OutputWindow = new PixelWindow(0, 0, width, height) };

        Frame result = new RetimePipeline().Render(job, scene, scene, scene, CancellationToken.None);

        Assert.That((result.Width, result.Height), Is.EqualTo((width, height)));
        Assert.That(result.Pixels.All(float.IsFinite));
    }

    [Test]
    public void OtherWindow_GetsItsPart_AndTransparentBlackOutside()
    {
        RetimeScene scene = new(time => RetimeScene.At(RetimeScene.DiscAt(time), left: 10, bottom: 20));
        RenderJob job = RetimeScene.Job(3) with { OutputWindow = new PixelWindow(5, 20, 25, 30) };

        Frame result = new RetimePipeline().Render(job, scene, scene, scene, CancellationToken.None);

        Frame source = RetimeScene.DiscAt(3);
        Assert.That(result.Row(9)[4 * 4], Is.Zero);
        Assert.That(result.Row(9)[4 * 5], Is.EqualTo(source.Row(RetimeScene.Height - 1)[0]));
    }

    [Test]
    public void Cancelled_Throws()
    {
        using CancellationTokenSource stop = new();
        RetimeScene scene = new(time =>
        {
            if (time == 4) stop.Cancel();
            return RetimeScene.At(RetimeScene.DiscAt(time));
        });

        Assert.That(() => new RetimePipeline().Render(RetimeScene.Job(0, ("timing", 1), ("sourceFrame", 3.5)), scene, scene, scene, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static double Psnr(Frame picture, Frame truth)
    {
        double sum = 0;
        for (int i = 0; i < picture.Pixels.Length; i++) sum += ((double)picture.Pixels[i] - truth.Pixels[i]) * ((double)picture.Pixels[i] - truth.Pixels[i]);
        return 10 * Math.Log10(picture.Pixels.Length / Math.Max(sum, 1e-9));
    }
}
