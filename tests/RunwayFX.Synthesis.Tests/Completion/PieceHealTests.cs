using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class PieceHealTests
{
    private const int Width = 160, Height = 64, Known = 100, Shift = 60;

    /// <summary>Beyond this many pixels from the border nothing may change.</summary>
    private const int Reach = 16;

    [Test]
    public void PieceBesideTheKnownPicture_MeetsItBetterAndKeepsItsInside()
    {
        // A road that runs aslant: the shifted copy misses it by 15 rows.
        Frame picture = TestPictures.Draw(Width, Height, (x, y) =>
            Math.Abs(y - 12 - x / 4) < 8 ? (0.6f + Grain(x, y), 0.6f + Grain(x, y), 0.62f) : (0.2f + Grain(x, y), 0.45f + Grain(x, y), 0.15f));
        HoleMask mask = HoleMask.Around(Width, Height, 0, 0, Known, Height);
        CompletionOptions options = new() { IsPieced = true, MirrorCost = -1 };
        CompletionLevel level = CompletionLevel.Create(picture, mask, options, CancellationToken.None);
        int[] sources = [.. Enumerable.Range(0, Width * Height).Select(p => mask.Holes[p] ? p - Shift : -1)];
        double before = BorderStep(picture, [.. Enumerable.Range(0, Width * Height).Select(p => mask.Holes[p] ? p - Shift : p)]);

        CompletionField field = PieceHeal.Apply(mask, level, sources, options, CancellationToken.None);

        Assert.That(field.Sources.Where((source, p) => mask.Holes[p] && p % Width >= Known + Reach && source != p - Shift), Is.Empty, "changed inside the piece");
        Assert.That(field.Sources.Where(source => mask.Holes[source]), Is.Empty, "sources that are not known");
        Assert.That(BorderStep(picture, field.Sources), Is.LessThan(before), "mean step of red at the border");
    }

    private static float Grain(int x, int y) => 0.1f * DeterministicRandom.At(7, x, y).NextSingle();

    private static double BorderStep(Frame picture, int[] sources) => Enumerable.Range(0, Height).Average(y =>
        Math.Abs(picture.Pixels[Frame.Channels * sources[y * Width + Known]] - picture.Pixels[Frame.Channels * (y * Width + Known - 1)]));
}
