namespace RunwayFX.Pipelines.Tests;

public sealed class SharedResultsTests
{
    [Test]
    public void SecondAsk_DoesNotCompute()
    {
        SharedResults<int, string> results = new(100);
        int computed = 0;
        for (int i = 0; i < 3; i++) results.GetOrCompute(1, () => ($"{++computed}", 10), CancellationToken.None);

        Assert.That(computed, Is.EqualTo(1));
    }

    [Test]
    public void BytesOverTheLimit_LeastRecentlyUsedGoes()
    {
        SharedResults<int, string> results = new(20);
        List<int> computed = [];
        foreach (int key in new[] { 1, 2, 1, 3, 1, 2 }) results.GetOrCompute(key, () => Note(key), CancellationToken.None);

        Assert.That(computed, Is.EqualTo(new[] { 1, 2, 3, 2 }));

        (string, long) Note(int key)
        {
            computed.Add(key);
            return ("", 10);
        }
    }

    [Test]
    public void ValueLargerThanTheCache_IsReturnedAndNotKept()
    {
        SharedResults<int, string> results = new(20);

        Assert.That(results.GetOrCompute(1, () => ("large", 21), CancellationToken.None), Is.EqualTo("large"));
        Assert.That(results.GetOrCompute(1, () => ("again", 20), CancellationToken.None), Is.EqualTo("again"));
        Assert.That(results.GetOrCompute(1, () => ("never", 1), CancellationToken.None), Is.EqualTo("again"));
    }

    [Test]
    public void FailedComputation_IsTakenOverByWhoWaits()
    {
        SharedResults<int, string> results = new(100);
        using ManualResetEventSlim started = new(), release = new();
        Task failing = Task.Run(() => results.GetOrCompute(1, () =>
        {
            started.Set();
            release.Wait(TimeSpan.FromSeconds(30));
            throw new InvalidOperationException("on purpose");
        }, CancellationToken.None));
        Assert.That(started.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Task<string> waiting = Task.Run(() => results.GetOrCompute(1, () => ("taken over", 1), CancellationToken.None));
        release.Set();

        Assert.That(waiting.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(waiting.Result, Is.EqualTo("taken over"));
        Assert.That(() => failing.Wait(TimeSpan.FromSeconds(30)), Throws.InstanceOf<AggregateException>());
    }

    [Test]
    public void WaitForAnother_IsCancellable()
    {
        SharedResults<int, string> results = new(100);
        using ManualResetEventSlim started = new(), release = new();
        Task<string> running = Task.Run(() => results.GetOrCompute(1, () =>
        {
            started.Set();
            release.Wait(TimeSpan.FromSeconds(30));
            return ("done", 1);
        }, CancellationToken.None));
        Assert.That(started.Wait(TimeSpan.FromSeconds(30)), Is.True);
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();

        Assert.Catch<OperationCanceledException>(() => results.GetOrCompute(1, () => ("no", 1), cancellation.Token));
        release.Set();
        Assert.That(running.Wait(TimeSpan.FromSeconds(30)), Is.True);
    }
}
