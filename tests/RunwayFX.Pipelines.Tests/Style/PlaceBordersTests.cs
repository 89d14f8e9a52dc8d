using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

/// <summary>Where a picture goes over from one painting into the other.</summary>
public sealed class PlaceBordersTests
{
    private const int Width = 83, Height = 61;

    [Test]
    public void Border_LiesWherePaintingsAgree()
    {
        const int Alike = 46;
        (Frame one, Frame other) = Paintings((x, _) => Math.Abs(x - Alike) < 2 ? 0 : 0.4f);
        float[] choice = Plane((x, _) => (40 - x) * 0.01f);

        PlaceBorders.Settle(choice, one, other, 2, CancellationToken.None);

        for (int y = 0; y < Height; y++)
            Assert.That(Enumerable.Range(0, Width).Count(x => choice[y * Width + x] > 0), Is.InRange(Alike - 2, Alike + 2), $"row {y}");
    }

    [TestCase(0.4f, 0.05f, false)]
    [TestCase(0.4f, 0.8f, true)]
    [TestCase(0, 0.05f, true)]
    public void Island_StaysWhereItIsWantedMoreThanItsBorderShows(float difference, float wanted, bool stays)
    {
        (Frame one, Frame other) = Paintings((_, _) => difference);
        float[] choice = Plane((x, y) => (x - 40) * (x - 40) + (y - 30) * (y - 30) < 36 ? -wanted : 0.1f);

        PlaceBorders.Settle(choice, one, other, 2, CancellationToken.None);

        Assert.That(choice[30 * Width + 40] < 0, Is.EqualTo(stays));
        Assert.That(choice[5 * Width + 5], Is.GreaterThan(0));
    }

    [Test]
    public void OneSide_StaysWithinWhatItWas()
    {
        Frame noise = TestPictures.Noise(Width, Height, 3), other = TestPictures.Noise(Width, Height, 4);
        float[] choice = Plane((x, y) => 0.1f + (x * 7 + y * 5) % 11 * 0.02f);

        PlaceBorders.Settle(choice, noise, other, 2, CancellationToken.None);

        Assert.That(choice, Is.All.InRange(0.099f, 0.301f));
    }

    [TestCase(1, 1)]
    [TestCase(1, 40)]
    [TestCase(70, 2)]
    [TestCase(Width, Height)]
    public void Threads_DoNotChangeABit(int width, int height)
    {
        Frame one = TestPictures.Noise(width, height, 3), other = TestPictures.Noise(width, height, 4);
        float[] alone = Choice(), many = Choice();
        PlaceBorders.Settle(alone, one, other, 1, CancellationToken.None);
        PlaceBorders.Settle(many, one, other, 7, CancellationToken.None);
        Assert.That(many, Is.EqualTo(alone));

        float[] Choice() => [.. Enumerable.Range(0, width * height).Select(at => (at * 7 % 13 - 6) * 0.05f)];
    }

    [Test]
    public void ColumnsBeyondWholeVectors_HaveTheSameBits()
    {
        (Frame one, Frame other) = Paintings((_, y) => y * 7 % 10 * 0.05f);
        float[] choice = Plane((_, y) => (y * 5 % 17 - 8) * 0.03f);

        PlaceBorders.Settle(choice, one, other, 2, CancellationToken.None);

        for (int y = 0; y < Height; y++) Assert.That(choice[(y * Width)..((y + 1) * Width)], Is.All.EqualTo(choice[y * Width]), $"row {y}");
    }

    [Test]
    public void Cancellation_Ends()
    {
        (Frame one, Frame other) = Paintings((_, _) => 0.1f);
        Assert.Throws<OperationCanceledException>(() => PlaceBorders.Settle(new float[Width * Height], one, other, 2, new CancellationToken(true)));
    }

    private static (Frame One, Frame Other) Paintings(Func<int, int, float> difference) =>
        (TestPictures.Draw(Width, Height, (_, _) => (0.3f, 0.3f, 0.3f)), TestPictures.Draw(Width, Height, (x, y) =>
        {
            float value = 0.3f + difference(x, y);
            return (value, value, value);
        }));

    private static float[] Plane(Func<int, int, float> value) => [.. Enumerable.Range(0, Width * Height).Select(at => value(at % Width, at / Width))];
}
