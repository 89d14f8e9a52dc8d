using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class BorderContentTests
{
    private const int Width = 160, Height = 96, Left = 60, Wall = 40;

    [Test]
    public void WallBesideTheHole_IsExpectedAtItsHeight_AndTheLawnBelow()
    {
        (CompletionLevel level, _) = Level(WallAndLawn(Width - Left));
        BorderContent content = BorderContent.Measure(level, Salience.Measure(level, new()), new());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(content.Compare(30, 15, Left + 50, 15).Off, Is.LessThan(8), "wall where the wall goes on");
            Assert.That(content.Compare(30, 15, Left + 50, 75).Off, Is.GreaterThan(25), "lawn where the wall goes on");
            Assert.That(content.Compare(30, 75, Left + 50, 75).Off, Is.LessThan(8), "lawn where the lawn goes on");
            Assert.That(content.Compare(30, 75, Left + 50, 15).Off, Is.GreaterThan(25), "wall where the lawn goes on");
        }
    }

    [Test]
    public void FinerLevel_SaysTheSame()
    {
        (CompletionLevel level, _) = Level(WallAndLawn(Width - Left));
        BorderContent content = BorderContent.Measure(level, Salience.Measure(level, new()), new());

        Assert.That(content.For(2).Compare(4 * 30 + 3, 4 * 15 + 1, 4 * (Left + 50) + 2, 4 * 75), Is.EqualTo(content.Compare(30, 15, Left + 50, 75)));
    }

    [Test]
    public void WallThatEndsWithinThePicture_GoesOnBeyondItsBorder()
    {
        (CompletionLevel level, Frame picture) = Level(WallAndLawn(30));
        HoleMask mask = new(Width, Height, [.. level.Holes.Index().Where(hole => hole.Index % level.Width < Width).Select(hole => hole.Item)]);

        CompletionField field = PatchCompletion.Complete(picture, mask, new CompletionOptions { IsPieced = true }, null, CancellationToken.None);

        int wall = 0, all = 0;
        for (int y = 4; y < Wall - 8; y++)
        {
            for (int x = Left / 2; x < Left; x++, all++) wall += picture.Pixels[Frame.Channels * field.Sources[y * Width + x]] > 0.5f ? 1 : 0;
        }

        Assert.That((double)wall / all, Is.GreaterThan(0.9), "share of the wall beside the border");
    }

    [TestCase(-0.3)]
    [TestCase(0)]
    [TestCase(0.3)]
    public void SlantedLine_IsFollowedIntoTheHole(double slope)
    {
        (CompletionLevel level, _) = Level((x, y) => Math.Abs(y - 48 - slope * (Left - x)) < 6 ? (0.8f, 0.8f, 0.8f) : (0.2f, 0.3f, 0.2f));

        BorderSlopes slopes = BorderSlopes.Measure(level, BorderContent.Means(level, new()), BorderLine.All(level).Single());

        Assert.That(slopes.At(48, 30), Is.EqualTo(48 + 30 * slope).Within(3));
    }

    [Test]
    public void LinesThatRunTogether_LeaveWhatStandsBetweenThem()
    {
        // A gable of 28 rows at the border: its edges would meet 28 columns further on.
        (CompletionLevel level, _) = Level((x, y) => Math.Abs(y - 48) < 14 + 0.5 * (x - Left) ? (0.8f, 0.8f, 0.8f) : (0.2f, 0.3f, 0.2f));

        BorderSlopes slopes = BorderSlopes.Measure(level, BorderContent.Means(level, new()), BorderLine.All(level).Single());

        Assert.That(slopes.At(62, Left) - slopes.At(34, Left), Is.InRange(0.75 * 28, 28));
    }

    [Test]
    public void TextureThatRunsAslant_TurnsNoHorizon()
    {
        (CompletionLevel level, _) = Level((x, y) =>
        {
            float blade = ((x + 1000) * 31 + y * 17) % 23 / 23f;
            return y < 32 ? (0.45f, 0.6f, 0.8f) : (0.2f + 0.1f * blade, 0.4f + 0.2f * blade, 0.15f);
        });

        BorderSlopes slopes = BorderSlopes.Measure(level, BorderContent.Means(level, new()), BorderLine.All(level).Single());

        Assert.That(slopes.At(32, 20), Is.EqualTo(32).Within(0.5));
    }

    [Test]
    public void Lines_NeverCross()
    {
        Frame noise = TestPictures.Noise(Width, Height, 5);
        (CompletionLevel level, _) = Level((x, y) => noise.Pixels[Frame.Channels * (y * Width + x)] is var grey && grey > 0.5f ? (grey, grey, grey) : (0f, grey, 0f));
        BorderSlopes slopes = BorderSlopes.Measure(level, BorderContent.Means(level, new()), BorderLine.All(level).Single());

        for (int depth = 1; depth <= slopes.Depth; depth++)
        {
            double[] places = [.. Enumerable.Range(0, Height).Select(index => slopes.At(index, depth))];
            Assert.That(places, Is.Ordered, $"{depth} pixels into the hole");
            Assert.That(places.Zip(places.Skip(1), (one, next) => next - one).Min(), Is.GreaterThan(0.79), $"nearest neighbours {depth} pixels into the hole");
        }
    }

    private static Func<int, int, (float, float, float)> WallAndLawn(int wallColumns)
    {
        Frame noise = TestPictures.Noise(Width, Height, 7);
        return (x, y) =>
        {
            float grain = 0.12f * (noise.Pixels[Frame.Channels * (y * Width + x)] - 0.5f);
            return y < Wall && x < Left + wallColumns ? (0.7f + grain, 0.5f + grain, 0.35f + grain) : (0.2f + grain, 0.45f + grain, 0.15f + grain);
        };
    }

    private static (CompletionLevel Level, Frame Picture) Level(Func<int, int, (float, float, float)> draw)
    {
        Frame picture = TestPictures.Draw(Width, Height, draw);
        return (CompletionLevel.Create(picture, HoleMask.Around(Width, Height, Left, 0, Width, Height), new CompletionOptions(), CancellationToken.None), picture);
    }
}
