using RunwayFX.Testing;

namespace RunwayFX.Imaging.Tests;

public sealed class ResamplingTests
{
    private static IEnumerable<ResamplingFilter> Filters => Enum.GetValues<ResamplingFilter>();

    [TestCaseSource(nameof(Filters))]
    public void ConstantPicture_StaysConstant(ResamplingFilter filter)
    {
        Frame source = TestPictures.Draw(17, 11, (_, _) => (0.25f, 0.5f, 4f));
        foreach ((int width, int height) in new[] { (5, 3), (17, 11), (40, 50), (1, 1) })
            FrameComparison.AssertClose(Resampling.Resize(source, width, height, filter),
                TestPictures.Draw(width, height, (_, _) => (0.25f, 0.5f, 4f)), 1e-5, 1e-6);
    }

    [TestCaseSource(nameof(Filters))]
    public void SameSize_GivesTheSamePicture(ResamplingFilter filter)
    {
        Frame source = TestPictures.Noise(13, 9, 5);

        FrameComparison.AssertClose(Resampling.Resize(source, 13, 9, filter), source, 1e-6, 1e-7);
    }

    [Test]
    public void AreaByTwo_IsTheMeanOfFourPixels()
    {
        Frame source = TestPictures.Noise(8, 6, 3);
        Frame half = Resampling.Resize(source, 4, 3, ResamplingFilter.Area);

        for (int y = 0; y < 3; y++)
        {
            for (int x = 0; x < 4; x++)
            {
                float mean = (source.Row(2 * y)[8 * x] + source.Row(2 * y)[8 * x + 4] + source.Row(2 * y + 1)[8 * x] + source.Row(2 * y + 1)[8 * x + 4]) / 4;
                Assert.That(half.Row(y)[4 * x], Is.EqualTo(mean).Within(1e-6));
            }
        }
    }

    [TestCase(ResamplingFilter.Bilinear)]
    [TestCase(ResamplingFilter.Bicubic)]
    [TestCase(ResamplingFilter.Lanczos3)]
    public void Ramp_Enlarged_StaysARamp(ResamplingFilter filter)
    {
        Frame source = TestPictures.Draw(32, 1, (x, _) => (x, 0, 0));
        Frame large = Resampling.Resize(source, 96, 1, filter);

        for (int x = 24; x < 72; x++) Assert.That(large.Pixels[4 * x], Is.EqualTo((x + 0.5) / 3 - 0.5).Within(0.03));
    }

    [Test]
    public void RowByRow_GivesTheBitsOfTheWhole([Values] ResamplingFilter filter, [Values(5, 31, 64)] int width, [Values(3, 40, 77)] int height)
    {
        Frame source = TestPictures.Noise(43, 40, 5);
        List<int> asked = [];

        Frame rows = Resampling.Resize(source.Width, source.Height, (y, row) =>
        {
            asked.Add(y);
            source.Row(y).CopyTo(row);
        }, width, height, filter);

        Assert.That(FrameComparison.AreBitEqual(rows, Resampling.Resize(source, width, height, filter)));
        Assert.That(asked, Is.EqualTo(Enumerable.Range(0, asked.Count)), "from the top, once each");
    }

    [Test]
    public void CancelledResize_Stops()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => Resampling.Resize(new Frame(4, 4), 2, 2, ResamplingFilter.Area, cancellation.Token));
    }

    [Test]
    public void Blur_KeepsTheSum_AndSpreadsAsAGaussian()
    {
        Frame source = new(65, 65);
        source.Row(32)[4 * 32] = 1;
        Frame blurred = GaussianBlur.Apply(source, 4);

        double sum = 0, variance = 0;
        for (int y = 0; y < 65; y++)
        {
            for (int x = 0; x < 65; x++)
            {
                sum += blurred.Row(y)[4 * x];
                variance += blurred.Row(y)[4 * x] * (x - 32) * (x - 32);
            }
        }

        Assert.That(sum, Is.EqualTo(1).Within(1e-5));
        Assert.That(Math.Sqrt(variance), Is.EqualTo(4).Within(0.1));
    }

    [TestCase(0)]
    [TestCase(GaussianBlur.SigmaMax)]
    public void Sigma_AtTheLimits_IsAccepted(double sigma) => Assert.DoesNotThrow(() => GaussianBlur.Apply(new Frame(2, 2), sigma));

    [TestCase(-0.1)]
    [TestCase(GaussianBlur.SigmaMax + 0.1)]
    [TestCase(double.NaN)]
    public void Sigma_PastTheLimits_IsRefused(double sigma) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianBlur.Apply(new Frame(2, 2), sigma));
}
