using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class PieceRegionsTests
{
    private const int Width = 64, Height = 48;

    [Test]
    public void HolePixels_LieInOneCellEach()
    {
        (CompletionLevel level, PieceRegions regions) = Create();

        int[] pixels = [.. regions.All.SelectMany(cell => regions.Pixels(cell).ToArray()).Order()];

        Assert.That(pixels, Is.EqualTo(Enumerable.Range(0, level.Holes.Length).Where(p => level.Holes[p])));
    }

    [Test]
    public void RegionsThatTouch_NeverShareABatch_AndKeepTheirOrder()
    {
        (CompletionLevel level, PieceRegions regions) = Create();
        int[][] grown = [.. regions.All.Select(cell => regions.Grow([cell]))];

        List<List<int>> batches = regions.Batches(grown);

        Assert.That(batches.SelectMany(batch => batch).Order(), Is.EqualTo(Enumerable.Range(0, grown.Length)));
        for (int one = 0; one < grown.Length; one++)
        {
            for (int two = one + 1; two < grown.Length; two++)
            {
                if (!Touch(level, regions, grown[one], grown[two])) continue;
                Assert.That(batches.FindIndex(batch => batch.Contains(one)), Is.LessThan(batches.FindIndex(batch => batch.Contains(two))), $"{one} and {two}");
            }
        }
    }

    private static bool Touch(CompletionLevel level, PieceRegions regions, int[] one, int[] two)
    {
        HashSet<int> pixels = [.. one.SelectMany(cell => regions.Pixels(cell).ToArray())];
        return two.SelectMany(cell => regions.Pixels(cell).ToArray())
            .Any(p => pixels.Contains(p) || pixels.Contains(p - 1) || pixels.Contains(p + 1) || pixels.Contains(p - level.Width) || pixels.Contains(p + level.Width));
    }

    private static (CompletionLevel Level, PieceRegions Regions) Create()
    {
        bool[] holes = new bool[Width * Height];
        for (int p = 0; p < holes.Length; p++) holes[p] = p % Width is >= 9 and < 50 && p / Width is >= 7 and < 37 && (p % Width + p / Width) % 5 != 0;
        CompletionLevel level = CompletionLevel.Create(TestPictures.Noise(Width, Height, 1), new HoleMask(Width, Height, holes), CompletionOptions.ForObjects,
            CancellationToken.None);
        return (level, new(level));
    }
}
