using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class PieceCostsTests
{
    private const int Width = 200, Height = 136;

    [Test]
    public void UnusualTexture_CostsOnlyWhereTheBorderHasNoneOfIt()
    {
        // Gravel at the right, of the ground's mean, and a hole on each.
        Frame picture = TestPictures.Draw(Width, Height, (x, y) => IsGravel(x, y) ? Gravel(x, y) : (0.5f, 0.5f, 0.5f));
        bool[] holes = [.. Enumerable.Range(0, Width * Height).Select(p => IsHole(p % Width, p / Width, 50) || IsHole(p % Width, p / Width, 150))];
        CompletionLevel level = CompletionLevel.Create(picture, new HoleMask(Width, Height, holes), CompletionOptions.ForObjects, CancellationToken.None);
        Salience salience = Salience.Measure(level, new());
        PieceCosts costs = new(level, PieceRules.Hole with { GoesOnFromBorder = true }, salience);

        int onGround = Cost(costs, 50, 150, 92) - Cost(costs, 50, 20, 20), onGravel = Cost(costs, 150, 150, 92) - Cost(costs, 150, 20, 20);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(salience.At(150, 92), Is.GreaterThan(20), "gravel is unusual");
            Assert.That(onGround, Is.GreaterThan(1000), "gravel in the ground costs more than ground");
            Assert.That(onGravel, Is.LessThanOrEqualTo(0), "gravel in gravel costs no more than ground");
        }
    }

    /// <summary>Cost of showing a place in the middle of the hole at a column.</summary>
    private static int Cost(PieceCosts costs, int column, int sourceX, int sourceY) =>
        costs.Pixel(68 * Width + column, new(sourceX - column, sourceY - 68));

    private static bool IsHole(int x, int y, int column) => Math.Abs(x - column) <= 10 && Math.Abs(y - 68) <= 10;

    private static bool IsGravel(int x, int y) => Math.Abs(x - 150) <= 32 && Math.Abs(y - 68) <= 32;

    private static (float, float, float) Gravel(int x, int y)
    {
        float value = 0.5f + 0.4f * (DeterministicRandom.At(7, x, y).NextSingle() - 0.5f);
        return (value, value, value);
    }
}
