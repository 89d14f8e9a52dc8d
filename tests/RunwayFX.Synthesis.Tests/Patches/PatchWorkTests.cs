using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class PatchWorkTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    public void Phases_FollowEachOtherAndMissNoPart(int threads)
    {
        const int Phases = 300;
        int[] done = new int[Phases];
        bool isOrdered = true;
        new PatchWork(threads, default).Run(Phases, phase => 1 + phase % 5, (phase, _) =>
        {
            for (int before = 0; before < phase; before++)
            {
                if (Volatile.Read(ref done[before]) != 1 + before % 5) isOrdered = false;
            }

            Interlocked.Increment(ref done[phase]);
        });
        Assert.Multiple(() =>
        {
            Assert.That(isOrdered);
            Assert.That(done, Is.EqualTo(Enumerable.Range(0, Phases).Select(phase => 1 + phase % 5)));
        });
    }

    [TestCase(1)]
    [TestCase(4)]
    public void Failure_ReachesTheCallerAndEndsTheWork(int threads)
    {
        int later = 0;
        Assert.That(() => new PatchWork(threads, default).Run(100, _ => 8, (phase, part) =>
        {
            if (phase == 3 && part == 2) throw new InvalidOperationException("part 2");
            if (phase > 3) Interlocked.Increment(ref later);
        }), Throws.InvalidOperationException.With.Message.EqualTo("part 2"));
        Assert.That(later, Is.Zero);
    }

    [TestCase(1)]
    [TestCase(4)]
    public void Rows_AreAllHandledOnce(int threads)
    {
        foreach (int rows in new[] { 1, 7, 8, 9, 100 })
        {
            int[] handled = new int[rows];
            new PatchWork(threads, default).ForRows(rows, 1, row => Interlocked.Increment(ref handled[row]));
            Assert.That(handled, Is.All.EqualTo(1), $"{rows} rows");
        }
    }

    [Test]
    public void Cancelled_Throws() =>
        Assert.That(() => new PatchWork(3, new CancellationToken(canceled: true)).ForRows(50, 1, _ => { }), Throws.InstanceOf<OperationCanceledException>());
}
