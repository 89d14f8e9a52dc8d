using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class ShiftMapTests
{
    private const int Width = 160, Height = 64, Known = 100;

    [TestCase(false)]
    [TestCase(true)]
    public void ThingOnALawn_IsNotShownAgain(bool isPieced)
    {
        Frame picture = Lawn(withThing: true);
        HoleMask mask = HoleMask.Around(Width, Height, 0, 0, Known, Height);

        CompletionField field = PatchCompletion.Complete(picture, mask, new CompletionOptions { CoarseIterations = 4, IsPieced = isPieced }, null, CancellationToken.None);

        int again = 0;
        for (int p = 0; p < field.Sources.Length; p++) again += mask.Holes[p] && picture.Pixels[Frame.Channels * field.Sources[p]] > 0.8f ? 1 : 0;
        Assert.That(again, Is.Zero, "pixels of the red thing in the fill");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Fill_IsAsTexturedAsThePictureBesideIt(bool isPieced)
    {
        Frame picture = Lawn(withThing: false);
        HoleMask mask = HoleMask.Around(Width, Height, 0, 0, Known, Height);

        CompletionField field = PatchCompletion.Complete(picture, mask, new CompletionOptions { IsPieced = isPieced }, null, CancellationToken.None);
        Frame filled = SeamBlend.Apply(picture, field, 48, 2, CancellationToken.None);

        double ratio = LaplacianEnergy(filled, Known, Width) / LaplacianEnergy(filled, Known - (Width - Known), Known);
        Assert.That(ratio, Is.InRange(0.8, 1.25));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void RoadThatLeavesThePictureAslant_GoesOn(int seed)
    {
        Frame lawn = Lawn(withThing: false);
        Frame picture = TestPictures.Draw(Width, Height, (x, y) =>
        {
            float grain = lawn.Pixels[Frame.Channels * (y * Width + x) + 1] - 0.45f;
            return Math.Abs(y - 12 - x / 4) < 8 ? (0.6f + grain, 0.6f + grain, 0.62f + grain) : (0.2f + grain, 0.45f + grain, 0.15f + grain);
        });
        HoleMask mask = HoleMask.Around(Width, Height, 0, 0, Known, Height);

        CompletionField field = PatchCompletion.Complete(picture, mask, new CompletionOptions { Seed = seed, IsPieced = true }, null,
            CancellationToken.None);
        Frame filled = SeamBlend.Apply(picture, field, 48, 2, CancellationToken.None);

        double[] steps = [.. Enumerable.Range(1, Width - 1).Select(x => Enumerable.Range(0, Height)
            .Average(y => Math.Abs(filled.Pixels[Frame.Channels * (y * Width + x)] - filled.Pixels[Frame.Channels * (y * Width + x - 1)])))];
        Assert.That(steps[Known - 1], Is.LessThan(1.25 * steps[..(Known - 1)].Max()), "mean step of red at the border");
    }

    [TestCase(1)]
    [TestCase(4)]
    public void Pieces_AreTheSameForAnyNumberOfThreads(int threads)
    {
        Frame picture = Lawn(withThing: true);
        HoleMask mask = HoleMask.Around(Width, Height, 30, 0, Known, Height);
        CompletionOptions options = new() { IsPieced = true };

        int[] expected = PatchCompletion.Complete(picture, mask, options with { ThreadsMax = 2 }, null, CancellationToken.None).Sources;
        int[] actual = PatchCompletion.Complete(picture, mask, options with { ThreadsMax = threads }, null, CancellationToken.None).Sources;

        Assert.That(actual, Is.EqualTo(expected));
    }

    /// <summary>Mean squared Laplacian of green between two columns.</summary>
    private static double LaplacianEnergy(Frame frame, int left, int right)
    {
        double sum = 0;
        for (int y = 1; y < Height - 1; y++)
        {
            for (int x = left + 1; x < right - 1; x++)
            {
                double value = 4 * Green(x, y) - Green(x - 1, y) - Green(x + 1, y) - Green(x, y - 1) - Green(x, y + 1);
                sum += value * value;
            }
        }

        return sum / ((Height - 2) * (right - left - 2));

        double Green(int x, int y) => frame.Pixels[Frame.Channels * (y * frame.Width + x) + 1];
    }

    private static Frame Lawn(bool withThing)
    {
        Frame noise = TestPictures.Noise(Width, Height, 11);
        return TestPictures.Draw(Width, Height, (x, y) =>
        {
            float grain = 0.12f * (noise.Pixels[Frame.Channels * (y * Width + x)] - 0.5f);
            return withThing && x is >= 40 and < 54 && y is >= 24 and < 40 ? (0.9f, 0.1f, 0.1f) : (0.2f + grain, 0.45f + grain, 0.15f + grain);
        });
    }
}
