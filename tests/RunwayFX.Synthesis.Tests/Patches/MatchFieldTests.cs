using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class MatchFieldTests
{
    [Test]
    public void Randomize_CoversAllValidCentresAndNothingElse()
    {
        MatchField field = new(200, 100);
        field.Randomize(12, 9, 2, 7);
        HashSet<(int, int)> seen = [.. field.Matches.Select(match => (MatchField.X(match), MatchField.Y(match)))];
        Assert.Multiple(() =>
        {
            Assert.That(seen, Has.Count.EqualTo(8 * 5));
            Assert.That(field.Matches.Select(MatchField.X), Is.All.InRange(2, 9));
            Assert.That(field.Matches.Select(MatchField.Y), Is.All.InRange(2, 6));
        });
    }

    [Test]
    public void Doubled_KeepsParityAndStaysValid()
    {
        MatchField coarse = new(4, 3);
        coarse.Randomize(10, 10, 2, 3);
        MatchField fine = coarse.Doubled(9, 7, 21, 20, 2);
        for (int y = 0; y < 7; y++)
        {
            for (int x = 0; x < 9; x++)
            {
                (int coarseX, int coarseY) = coarse[Math.Min(x / 2, 3), Math.Min(y / 2, 2)];
                Assert.That(fine[x, y], Is.EqualTo((Math.Clamp(coarseX * 2 + x % 2, 2, 18), Math.Clamp(coarseY * 2 + y % 2, 2, 17))));
            }
        }
    }

    [Test]
    public void LargestPosition_SurvivesPacking()
    {
        int match = MatchField.Pack(MatchField.SideMax - 1, MatchField.SideMax - 1);
        Assert.That((MatchField.X(match), MatchField.Y(match)), Is.EqualTo((MatchField.SideMax - 1, MatchField.SideMax - 1)));
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    [TestCase(MatchField.SideMax + 1, 1)]
    [TestCase(1, MatchField.SideMax + 1)]
    public void SideOutOfRange_IsRefused(int width, int height) =>
        Assert.That(() => new MatchField(width, height), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void SideAtTheLimit_IsTaken() => Assert.That(new MatchField(MatchField.SideMax, 1).Matches, Has.Length.EqualTo(MatchField.SideMax));
}
