namespace RunwayFX.Imaging.Tests;

public sealed class DeterministicRandomTests
{
    [Test]
    public void Numbers_AreFrozen()
    {
        DeterministicRandom random = DeterministicRandom.At(1, 2, 3, 4);

        Assert.That(new[] { random.Next(1_000_000), random.Next(1_000_000), random.Next(1_000_000) }, Is.EqualTo(new[] { 797949, 46523, 339153 }));
    }

    [Test]
    public void Next_StaysInRange_AndReachesBothEnds()
    {
        DeterministicRandom random = new(9);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) counts[random.Between(-3, 3) + 3]++;

        Assert.That(counts, Has.All.InRange(9_500, 10_500));
    }

    [Test]
    public void NextSingle_HasMeanOneHalf_AndStaysBelowOne()
    {
        DeterministicRandom random = new(4);
        double sum = 0;
        for (int i = 0; i < 100_000; i++)
        {
            float value = random.NextSingle();
            Assert.That(value, Is.InRange(0f, 0.99999994f));
            sum += value;
        }

        Assert.That(sum / 100_000, Is.EqualTo(0.5).Within(0.005));
    }

    [Test]
    public void Hash_OfNeighbouringPlaces_HasNoCollisions()
    {
        HashSet<ulong> seen = [];
        for (int a = -20; a < 20; a++)
        {
            for (int b = -20; b < 20; b++)
            {
                for (int c = -20; c < 20; c++) Assert.That(seen.Add(DeterministicRandom.Hash(1, a, b, c)), Is.True);
            }
        }
    }
}
