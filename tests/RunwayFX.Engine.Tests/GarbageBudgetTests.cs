using RunwayFX.Engine.Rendering;

namespace RunwayFX.Engine.Tests;

public sealed class GarbageBudgetTests
{
    [Test]
    public void Collects_OnlyWhereTheBudgetIsSpent()
    {
        using GarbageBudget budget = new();

        budget.Settle(GarbageBudget.BytesMax - 1);
        Assert.That(budget.Collections, Is.Zero);
        budget.Settle(GarbageBudget.BytesMax);
        Assert.That(budget.Collections, Is.EqualTo(1));
        budget.Settle(2 * GarbageBudget.BytesMax - 1);
        Assert.That(budget.Collections, Is.EqualTo(1));
    }

    [Test]
    public void Collection_TakesWhatNobodyHolds()
    {
        using GarbageBudget budget = new();
        WeakReference left = Leave();

        budget.Settle(GarbageBudget.BytesMax);

        Assert.That(left.IsAlive, Is.False);
    }

    [Test]
    public void Check_CollectsOnlyWhereItsBudgetIsSpent()
    {
        using GarbageBudget budget = new();

        budget.Check(GarbageBudget.RunningBytesMax - 1);
        Assert.That(budget.RunningCollections, Is.Zero);
        budget.Check(GarbageBudget.RunningBytesMax);
        budget.Check(2 * GarbageBudget.RunningBytesMax - 1);
        Assert.That(budget.RunningCollections, Is.EqualTo(1));
    }

    [Test]
    public void Watch_TakesWhatARenderLeavesBehindBeforeItsEnd()
    {
        using GarbageBudget budget = new();
        using IDisposable render = budget.Watch();

        // Made until the watch has seen it: the collector alone does not look at so few objects.
        List<WeakReference> left = [];
        bool isTaken = SpinWait.SpinUntil(() =>
        {
            left.Add(Leave());
            return budget.RunningCollections > 1;
        }, TimeSpan.FromSeconds(60));

        Assert.That(isTaken, Is.True);
        Assert.That(left[0].IsAlive, Is.False);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Leave() => new(new float[1 << 20]);
}
