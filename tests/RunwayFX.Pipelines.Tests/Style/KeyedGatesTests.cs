
namespace RunwayFX.Pipelines.Tests.Style;

public sealed class KeyedGatesTests
{
    [Test]
    public void SameKey_LetsOneInAtATime()
    {
        KeyedGates gates = new();
        int inside = 0, most = 0, total = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using IDisposable lease = gates.Enter(7, default);
            most = Math.Max(most, ++inside);
            total++;
            inside--;
        });
        Assert.That((most, total), Is.EqualTo((1, 200)));
    }

    [Test]
    public void Waiting_CanBeCancelled_AndTheGateStillOpens()
    {
        KeyedGates gates = new();
        using CancellationTokenSource cancellation = new();
        using (gates.Enter(7, default))
        {
            Task waiting = Task.Run(() => gates.Enter(7, cancellation.Token).Dispose());
            cancellation.Cancel();
            Assert.That(() => waiting.GetAwaiter().GetResult(), Throws.InstanceOf<OperationCanceledException>());
            using IDisposable other = gates.Enter(8, default);
        }

        using IDisposable again = gates.Enter(7, default);
        Assert.That(again, Is.Not.Null);
    }
}
