using RunwayFX.Engine.Rendering;

namespace RunwayFX.Engine.Tests;

public sealed class GarbageBudgetTests
{
    [Test]
    public void Collects_OnlyWhereTheBudgetIsSpent()
    {
        GarbageBudget budget = new();

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
        GarbageBudget budget = new();
        WeakReference left = Leave();

        budget.Settle(GarbageBudget.BytesMax);

        Assert.That(left.IsAlive, Is.False);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Leave() => new(new float[1 << 20]);
}
