using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class BorderRefitTests
{
    private const int Width = 96, Height = 72, Left = 40, Top = 24, Side = 28, Shift = -30;

    /// <summary>Patches whose centre is deeper in the hole than this hold no pixel that may change.</summary>
    private const int Reach = BorderRefit.Reach + PatchGuide.Radius;

    [Test]
    public void PieceThatMissesItsBorder_FitsThereAndKeepsItsInside()
    {
        (CompletionLevel level, PatchSearch search) = Piece();
        int[] before = [.. search.Matches];
        long missed = AcrossBorder(level, search);

        BorderRefit.Apply(level, search, 5, CompletionOptions.ForObjects, CancellationToken.None);

        Assert.That(AcrossBorder(level, search), Is.LessThan(missed / 2), "distance of the patches across the border");
        Assert.That(level.Targets.Where(target => Depth(level, target) > Reach && search.Matches[target] != before[target]), Is.Empty, "changed inside");
        Assert.That(level.Targets.Where(target => !level.IsSource[search.Matches[target]]), Is.Empty, "sources that are not known");
        Assert.That(level.Targets.Where(target => Depth(level, target) <= PatchGuide.Radius).Min(target => search.Votes![target]),
            Is.GreaterThan(level.Targets.Where(target => Depth(level, target) > PatchGuide.Radius).Max(target => search.Votes![target])));
    }

    [Test]
    public void NumberOfThreads_DoesNotMatter()
    {
        int[][] matches = [.. new[] { 1, 4 }.Select(threads =>
        {
            (CompletionLevel level, PatchSearch search) = Piece();
            BorderRefit.Apply(level, search, 5, CompletionOptions.ForObjects with { ThreadsMax = threads }, CancellationToken.None);
            return search.Matches;
        })];

        Assert.That(matches[1], Is.EqualTo(matches[0]));
    }

    /// <summary>Slanting stripes with a hole that shows what stands to its left, half a stripe off.</summary>
    private static (CompletionLevel Level, PatchSearch Search) Piece()
    {
        Frame picture = TestPictures.Draw(Width, Height, (x, y) => (x + 2 * y) % 20 < 10 ? (0.7f + Grain(x, y), 0.6f, 0.5f) : (0.2f + Grain(x, y), 0.3f, 0.5f));
        HoleMask mask = new(Width, Height, [.. Enumerable.Range(0, Width * Height)
            .Select(p => p % Width is >= Left and < Left + Side && p / Width is >= Top and < Top + Side)]);
        CompletionLevel level = CompletionLevel.Create(picture, mask, CompletionOptions.ForObjects, CancellationToken.None);
        for (int p = 0; p < level.Holes.Length; p++)
        {
            if (level.Holes[p]) level.Guide.Values.AsSpan(PatchGuide.Channels * (p + Shift), PatchGuide.Channels).CopyTo(level.Guide.Values.AsSpan(PatchGuide.Channels * p));
        }

        PatchSearch search = new(level, CompletionOptions.ForObjects);
        foreach (int target in level.Targets) search.Matches[target] = level.IsSource[target + Shift] ? target + Shift : level.Sources[0];
        return (level, search);
    }

    private static float Grain(int x, int y) => 0.05f * DeterministicRandom.At(7, x, y).NextSingle();

    private static long AcrossBorder(CompletionLevel level, PatchSearch search) => level.Targets.Where(target => Depth(level, target) <= PatchGuide.Radius)
        .Sum(target => (long)level.Guide.Distance(target, search.Matches[target], int.MaxValue));

    private static int Depth(CompletionLevel level, int p) => Math.Max(Math.Abs((int)level.NearestX[p]), Math.Abs((int)level.NearestY[p]));
}
