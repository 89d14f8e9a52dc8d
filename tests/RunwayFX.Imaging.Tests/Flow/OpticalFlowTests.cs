using System.Diagnostics;
using System.Runtime.InteropServices;
using RunwayFX.Imaging.Flow;
using RunwayFX.Testing;

namespace RunwayFX.Imaging.Tests.Flow;

public sealed class OpticalFlowTests
{
    private static IEnumerable<FlowQuality> Qualities => Enum.GetValues<FlowQuality>();

    [TestCase(FlowQuality.Draft, 3, -2, 0.25)]
    [TestCase(FlowQuality.Standard, 3.3, -2.6, 0.1)]
    [TestCase(FlowQuality.High, 3.3, -2.6, 0.1)]
    [TestCase(FlowQuality.Standard, -31.5, 22.25, 0.15)]
    public void Pan_IsFound(FlowQuality quality, double moveX, double moveY, double errorMax)
    {
        FlowPicture before = FlowScene.Picture(320, 200, (x, y) => (x, y)), after = FlowScene.Picture(320, 200, (x, y) => (x - moveX, y - moveY));

        FlowField motion = OpticalFlow.Estimate(before, after, new FlowOptions { Quality = quality });

        Assert.That(MeanError(motion, (_, _) => (moveX, moveY)), Is.LessThan(errorMax));
    }

    [Test]
    public void ZoomAndTurn_AreFound()
    {
        const double Scale = 1.04, Turn = 0.03;
        FlowPicture before = FlowScene.Picture(320, 240, (x, y) => (x, y));
        // The inverse of p → centre + Scale·R(Turn)(p − centre), to first order exact enough at these angles: R is taken whole below.
        double cosine = 1 - Turn * Turn / 2, sine = Turn, norm = cosine * cosine + sine * sine;
        FlowPicture after = FlowScene.Picture(320, 240, (x, y) =>
        {
            double dx = (x - 160) / Scale / norm, dy = (y - 120) / Scale / norm;
            return (160 + cosine * dx + sine * dy, 120 - sine * dx + cosine * dy);
        });

        FlowField motion = OpticalFlow.Estimate(before, after);

        Assert.That(MeanError(motion, (x, y) =>
        {
            double dx = x - 160, dy = y - 120;
            return (Scale * (cosine * dx - sine * dy) - dx, Scale * (sine * dx + cosine * dy) - dy);
        }), Is.LessThan(0.15));
    }

    [Test]
    public void MovingSquare_LeavesTheRestStill_AndHiddenPixelsAreDisbelieved()
    {
        (FlowPicture before, FlowPicture after) = FlowScene.MovingSquare(240, 180, 80, 60, 60, 12, 0);

        FlowPair pair = OpticalFlow.EstimateBoth(before, after, new FlowOptions { Quality = FlowQuality.High });

        Assert.That(pair.Forward.X[90 * 240 + 110], Is.EqualTo(12).Within(0.3), "inside the square");
        Assert.That(pair.Forward.X[30 * 240 + 30], Is.EqualTo(0).Within(0.1), "far from it");
        Assert.That(pair.ForwardConsistent[90 * 240 + 110], Is.EqualTo(1));
        Assert.That(pair.ForwardConsistent[90 * 240 + 30], Is.EqualTo(1));
        int hidden = Enumerable.Range(65, 50).Count(y => pair.ForwardConsistent[y * 240 + 146] == 0);
        Assert.That(hidden, Is.GreaterThan(30), "the background that the square comes to cover");
    }

    [Test]
    public void ChangeOfBrightness_IsNotMotion()
    {
        float[] values = FlowScene.Lightness(200, 160, (x, y) => (x, y));
        FlowPicture before = FlowPicture.FromLightness(200, 160, values);
        FlowPicture after = FlowPicture.FromLightness(200, 160, [.. values.Select(value => value + 0.04f)]);

        Assert.That(MeanError(OpticalFlow.Estimate(before, after), (_, _) => (0, 0)), Is.LessThan(0.15));
    }

    [TestCaseSource(nameof(Qualities))]
    public void EqualPictures_DoNotMove(FlowQuality quality)
    {
        FlowPicture picture = FlowScene.Picture(150, 90, (x, y) => (x, y));

        FlowField motion = OpticalFlow.Estimate(picture, picture, new FlowOptions { Quality = quality });

        Assert.That(motion.X.Concat(motion.Y).Max(Math.Abs), Is.LessThan(1e-4));
    }

    [Test]
    public void RubberWhale_IsFollowed()
    {
        Frame first = TestPictures.OpenCv("rubberwhale1.png"), second = TestPictures.OpenCv("rubberwhale2.png");

        FlowField motion = OpticalFlow.Estimate(FlowPicture.FromDisplay(first), FlowPicture.FromDisplay(second));

        Assert.That(MeanDifference(motion.Warp(second), first), Is.LessThan(0.45 * MeanDifference(second, first)));
    }

    [Test]
    public void AnyNumberOfThreads_GivesTheSameBits()
    {
        string one = FlowScene.Fingerprint(1);

        Assert.That(new[] { 2, 3, 7 }.Select(FlowScene.Fingerprint), Is.All.EqualTo(one));
    }

    [TestCase("DOTNET_EnableAVX512", "DOTNET_EnableAVX512F")]
    [TestCase("DOTNET_EnableAVX2", "DOTNET_EnableAVX")]
    [TestCase("DOTNET_EnableHWIntrinsic")]
    public void WithoutInstructions_TheSameBits(params string[] switchedOff)
    {
        Assert.That(FingerprintWithout(switchedOff), Is.EqualTo(FlowScene.Fingerprint(2)));
    }

    [TestCase(1, 1)]
    [TestCase(1, 300)]
    [TestCase(Frame.SideMax, 1)]
    [TestCase(2, 2)]
    [TestCase(7, 9)]
    [TestCase(8, 8)]
    [TestCase(25, 24)]
    public void AnySize_GivesFiniteVectors(int width, int height)
    {
        FlowPicture before = FlowPicture.FromDisplay(TestPictures.Noise(width, height, 1)), after = FlowPicture.FromDisplay(TestPictures.Noise(width, height, 2));
        foreach (FlowQuality quality in Qualities)
        {
            FlowPair pair = OpticalFlow.EstimateBoth(before, after, new FlowOptions { Quality = quality });

            Assert.That((pair.Forward.Width, pair.Forward.Height), Is.EqualTo((width, height)));
            Assert.That(pair.Forward.X.Concat(pair.Forward.Y).All(float.IsFinite), $"{quality}");
        }
    }

    [Test]
    public void InfinitiesAndNaN_GiveFiniteVectors()
    {
        Frame odd = TestPictures.Noise(90, 70, 3);
        float[] bad = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue];
        for (int i = 0; i < odd.Pixels.Length; i += 37) odd.Pixels[i] = bad[i % 4];

        FlowField motion = OpticalFlow.Estimate(FlowPicture.FromDisplay(odd), FlowPicture.FromDisplay(TestPictures.Noise(90, 70, 4)));

        Assert.That(motion.X.Concat(motion.Y).All(float.IsFinite));
    }

    [Test]
    public void DifferentSizes_AreRefused()
    {
        FlowPicture small = FlowScene.Picture(20, 20, (x, y) => (x, y)), large = FlowScene.Picture(21, 20, (x, y) => (x, y));

        Assert.That(() => OpticalFlow.Estimate(small, large), Throws.ArgumentException.With.Message.Contains("20×20").And.Message.Contains("21×20"));
    }

    [TestCase(0)]
    [TestCase(FlowOptions.ThreadsMax + 1)]
    public void ThreadsOutOfRange_AreRefused(int threads) =>
        Assert.That(() => new FlowOptions { Threads = threads }, Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void SideOverTheLimit_IsRefused() =>
        Assert.That(() => FlowPicture.FromLightness(Frame.SideMax + 1, 1, new float[Frame.SideMax + 1]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Cancelled_EndsWithinATenthOfASecond()
    {
        FlowPicture before = FlowScene.Picture(1280, 720, (x, y) => (x, y)), after = FlowScene.Picture(1280, 720, (x, y) => (x + 5, y));
        using CancellationTokenSource stop = new();
        long asked = 0;
        Progress progress = new(_ =>
        {
            asked = Stopwatch.GetTimestamp();
            stop.Cancel();
        });

        Assert.That(() => OpticalFlow.Estimate(before, after, new FlowOptions { Quality = FlowQuality.High }, progress, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Stopwatch.GetElapsedTime(asked).TotalMilliseconds, Is.LessThan(100));
    }

    [Test]
    public void Progress_GrowsToOne()
    {
        FlowPicture before = FlowScene.Picture(200, 150, (x, y) => (x, y));
        List<double> told = [];

        OpticalFlow.EstimateBoth(before, before, null, new Progress(told.Add));

        Assert.That(told, Is.Ordered.And.All.InRange(0, 1));
        Assert.That(told[^1], Is.EqualTo(1));
    }

    private static double MeanError(FlowField motion, Func<int, int, (double X, double Y)> truth)
    {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < motion.Height; y++)
        {
            for (int x = 0; x < motion.Width; x++)
            {
                (double trueX, double trueY) = truth(x, y);
                // What leaves the picture cannot be seen.
                if (x + trueX < 0 || y + trueY < 0 || x + trueX > motion.Width - 1 || y + trueY > motion.Height - 1) continue;
                double offX = motion.X[y * motion.Width + x] - trueX, offY = motion.Y[y * motion.Width + x] - trueY;
                sum += Math.Sqrt(offX * offX + offY * offY);
                count++;
            }
        }

        return sum / count;
    }

    private static double MeanDifference(Frame a, Frame b) => a.Pixels.Zip(b.Pixels, (x, y) => Math.Abs((double)x - y)).Average();

    private static string FingerprintWithout(IEnumerable<string> switchedOff)
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host, ["exec", typeof(OpticalFlowTests).Assembly.Location, FlowScene.FingerprintCommand]) { RedirectStandardOutput = true };
        foreach (string name in switchedOff) start.Environment[name] = "0";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        Assert.That(process.WaitForExit(60_000), "the process ends");
        Assert.That(process.ExitCode, Is.Zero);
        return output;
    }

    private sealed class Progress(Action<double> told) : IProgress<double>
    {
        public void Report(double value) => told(value);
    }
}
