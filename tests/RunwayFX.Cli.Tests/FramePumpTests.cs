using RunwayFX.Cli.Rendering;

namespace RunwayFX.Cli.Tests;

internal sealed class FramePumpTests
{
    private static readonly long[] _order = [.. Enumerable.Range(0, 40).Select(index => (long)index)];

    [Test]
    public void FramesThatFinishOutOfOrder_AreConsumedInOrder([Values(1, 2, 7, 64)] int threads)
    {
        // Each even frame waits for the odd one behind it wherever more than one thread works, so completion is out of order for certain.
        ManualResetEventSlim[] done = [.. _order.Select(_ => new ManualResetEventSlim())];
        var consumed = new List<long>();
        long Make(int thread, long index, CancellationToken stop)
        {
            if (threads > 1 && index % 2 == 0) done[index + 1].Wait(stop);
            done[index].Set();
            return index * 10;
        }

        FramePump.Run(_order, threads, Make, (index, frame) => consumed.Add(frame == index * 10 ? index : -1), CancellationToken.None);
        Assert.That(consumed, Is.EqualTo(_order));
    }

    [Test]
    public void Workers_NeverRunFarAhead()
    {
        int begun = 0, worst = 0, taken = 0;
        FramePump.Run(
            _order,
            3,
            (_, index, _) => Interlocked.Increment(ref begun) + index,
            (_, _) =>
            {
                worst = Math.Max(worst, Volatile.Read(ref begun) - taken);
                taken++;
            },
            CancellationToken.None);
        Assert.That(worst, Is.LessThanOrEqualTo(3 + FramePump.AheadMax + 1));
    }

    [Test]
    public void EachThread_HasItsOwnNumber()
    {
        int[] busy = new int[4];
        FramePump.Run(
            _order,
            4,
            (thread, index, _) =>
            {
                int together = Interlocked.Increment(ref busy[thread]);
                Thread.Yield();
                Interlocked.Decrement(ref busy[thread]);
                return together;
            },
            (_, together) => Assert.That(together, Is.EqualTo(1)),
            CancellationToken.None);
    }

    [Test]
    public void FailureInAWorker_IsThrownToTheCaller()
    {
        Assert.That(
            () => FramePump.Run(_order, 2, (_, index, _) => index == 5 ? throw new InvalidOperationException("frame 5") : index, (_, _) => { },
                CancellationToken.None),
            Throws.InvalidOperationException.With.Message.EqualTo("frame 5"));
    }

    [Test]
    public void FailureInTheConsumer_EndsTheWorkers()
    {
        int made = 0;
        Assert.That(
            () => FramePump.Run(_order, 2, (_, index, _) => Interlocked.Increment(ref made), (index, _) => throw new IOException("disk full"),
                CancellationToken.None),
            Throws.TypeOf<IOException>());
        int after = Volatile.Read(ref made);
        Assert.That(after, Is.LessThan(_order.Length));
    }

    [Test]
    public void Cancellation_IsThrownAndNothingIsLeftRunning()
    {
        using var cancellation = new CancellationTokenSource();
        int running = 0;
        Assert.That(
            () => FramePump.Run(
                _order,
                3,
                (_, index, stop) =>
                {
                    Interlocked.Increment(ref running);
                    try
                    {
                        if (index >= 4) stop.WaitHandle.WaitOne();
                        stop.ThrowIfCancellationRequested();
                        return index;
                    }
                    finally
                    {
                        Interlocked.Decrement(ref running);
                    }
                },
                (index, _) =>
                {
                    if (index == 3) cancellation.Cancel();
                },
                cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Volatile.Read(ref running), Is.Zero);
    }

    [Test]
    public void NothingToDo_IsDone() => Assert.That(() =>
        FramePump.Run<int>([], 2, (_, _, _) => 1, (_, _) => Assert.Fail("no frame"), CancellationToken.None), Throws.Nothing);
}
