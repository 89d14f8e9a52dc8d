using RunwayFX.Engine.Jobs;

namespace RunwayFX.Engine.Tests;

/// <summary>Who computes when: places, priorities, memory, cancellation.</summary>
[CancelAfter(20_000)]
public sealed class JobQueueTests
{
    private const long Budget = 1000;

    private static Task<JobLease> Enter(JobQueue queue, JobPriority priority, long memory = 0, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => queue.Enter(priority, memory, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task Until(Func<bool> condition, CancellationToken cancellation) => Task.Run(
        () =>
        {
            SpinWait wait = default;
            while (!condition())
            {
                cancellation.ThrowIfCancellationRequested();
                wait.SpinOnce();
            }
        },
        cancellation);

    [Test]
    public async Task Final_AtTheBound_RunsAndOnePastItWaits(CancellationToken cancellation)
    {
        JobQueue queue = new(2, Budget);
        using JobLease first = queue.Enter(JobPriority.Final, 0, cancellation);
        JobLease second = queue.Enter(JobPriority.Final, 0, cancellation);
        Task<JobLease> third = Enter(queue, JobPriority.Final, 0, cancellation);
        await Until(() => queue.State.Waiting == 1, cancellation);
        Assert.That(third.IsCompleted, Is.False);
        second.Dispose();
        using JobLease admitted = await third;
        Assert.That(queue.State, Is.EqualTo(new JobQueueState(2, 0, 0, 0)));
    }

    [Test]
    public async Task Interactive_BesideAFullBatch_RunsAtOnce(CancellationToken cancellation)
    {
        JobQueue queue = new(1, Budget);
        using JobLease batch = queue.Enter(JobPriority.Final, 0, cancellation);
        using JobLease drag = queue.Enter(JobPriority.Interactive, 0, cancellation);
        Task<JobLease> secondDrag = Enter(queue, JobPriority.Interactive, 0, cancellation);
        await Until(() => queue.State.Waiting == 1, cancellation);
        batch.Dispose();
        (await secondDrag).Dispose();
    }

    [Test]
    public async Task Waiting_WhenAPlaceIsFree_InteractiveGoesBeforeFinalAndInOrder(CancellationToken cancellation)
    {
        JobQueue queue = new(1, Budget);
        List<JobLease> running = [queue.Enter(JobPriority.Final, 0, cancellation), queue.Enter(JobPriority.Interactive, 0, cancellation)];
        List<string> order = [];
        List<Task> jobs = [];
        foreach ((string name, JobPriority priority) in new[]
        {
            ("final 1", JobPriority.Final), ("final 2", JobPriority.Final), ("drag 1", JobPriority.Interactive), ("drag 2", JobPriority.Interactive),
        })
        {
            Task<JobLease> entered = Enter(queue, priority, 0, cancellation);
            int waiting = jobs.Count + 1;
            jobs.Add(entered.ContinueWith(
                task =>
                {
                    lock (order) order.Add(name);
                    task.Result.Dispose();
                },
                TaskContinuationOptions.ExecuteSynchronously));
            await Until(() => queue.State.Waiting == waiting, cancellation);
        }

        // Of the two places only the interactive one is given back, so that the finals cannot slip in beside the drags.
        running[1].Dispose();
        await Task.WhenAll(jobs[2], jobs[3]);
        running[0].Dispose();
        await Task.WhenAll(jobs);
        Assert.That(order, Is.EqualTo(new[] { "drag 1", "drag 2", "final 1", "final 2" }));
    }

    [Test]
    public void Memory_AtTheBudget_RunsAndOneByteMoreIsRefused(CancellationToken cancellation)
    {
        JobQueue queue = new(1, 5L << 20);
        queue.Enter(JobPriority.Final, 5L << 20, cancellation).Dispose();
        EngineException refusal = Assert.Throws<EngineException>(() => queue.Enter(JobPriority.Final, (5L << 20) + 1, cancellation))!;
        Assert.That(refusal.Code, Is.EqualTo(EngineError.MemoryOverBudget));
        Assert.That(refusal.Message, Does.Contain("6 MB").And.Contain("5 MB"));
        Assert.That(queue.State, Is.EqualTo(default(JobQueueState)));
    }

    [Test]
    public async Task Memory_TogetherOverTheBudget_Waits(CancellationToken cancellation)
    {
        JobQueue queue = new(4, Budget);
        JobLease first = queue.Enter(JobPriority.Final, 600, cancellation);
        using JobLease fits = queue.Enter(JobPriority.Final, 400, cancellation);
        Task<JobLease> tooMuch = Enter(queue, JobPriority.Interactive, 1, cancellation);
        await Until(() => queue.State.Waiting == 1, cancellation);
        first.Dispose();
        (await tooMuch).Dispose();
        Assert.That(queue.State.MemoryUsed, Is.EqualTo(400));
    }

    [Test]
    public void WaitingForHost_ForLong_LetsTheJobInThatTheHostWaitsFor(CancellationToken cancellation)
    {
        // The host renders a second effect of ours to answer the first one's question: behind the first it would wait for ever.
        JobQueue queue = new(1, Budget) { HostPatience = TimeSpan.FromMilliseconds(20) };
        using JobLease outer = queue.Enter(JobPriority.Final, Budget, cancellation);
        int answer = outer.WhileWaitingForHost(() =>
        {
            using JobLease inner = queue.Enter(JobPriority.Final, Budget, cancellation);
            Assert.That(queue.State, Is.EqualTo(new JobQueueState(2, 1, 0, 2 * Budget)));
            return 42;
        });
        Assert.That(answer, Is.EqualTo(42));
        Assert.That(queue.State, Is.EqualTo(new JobQueueState(1, 0, 0, Budget)));
    }

    [Test]
    public async Task WaitingForHost_WithOthersThatWaitForTheFirst_StillLetsTheInnerJobIn(CancellationToken cancellation)
    {
        // The newcomer takes the opened place and waits for something that the outer job holds; the inner job needs yet another place.
        JobQueue queue = new(1, Budget) { HostPatience = TimeSpan.FromMilliseconds(20) };
        using ManualResetEventSlim held = new();
        using JobLease outer = queue.Enter(JobPriority.Final, Budget, cancellation);
        Task newcomer = Task.Factory.StartNew(
            () =>
            {
                using JobLease lease = queue.Enter(JobPriority.Final, Budget, cancellation);
                held.Wait(cancellation);
            },
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Until(() => queue.State.Waiting == 1, cancellation);
        outer.WhileWaitingForHost(() =>
        {
            using JobLease inner = queue.Enter(JobPriority.Final, Budget, cancellation);
            return 0;
        });
        held.Set();
        await newcomer;
    }

    [Test]
    public async Task WaitingForHost_Briefly_OpensNothing(CancellationToken cancellation)
    {
        JobQueue queue = new(1, Budget) { HostPatience = TimeSpan.FromHours(1) };
        using JobLease outer = queue.Enter(JobPriority.Final, 0, cancellation);
        using CancellationTokenSource cancel = new();
        outer.WhileWaitingForHost(() =>
        {
            Task<JobLease> newcomer = Enter(queue, JobPriority.Final, 0, cancel.Token);
            Until(() => queue.State.Waiting == 1, cancellation).Wait(cancellation);
            cancel.Cancel();
            Assert.That(async () => await newcomer, Throws.InstanceOf<OperationCanceledException>());
            return 0;
        });
        await Task.CompletedTask;
    }

    [Test]
    public void Host_ThatThrows_GetsThePlaceBack(CancellationToken cancellation)
    {
        JobQueue queue = new(1, Budget);
        using JobLease lease = queue.Enter(JobPriority.Final, 7, cancellation);
        Assert.That(() => lease.WhileWaitingForHost<int>(() => throw new TimeoutException()), Throws.TypeOf<TimeoutException>());
        Assert.That(queue.State, Is.EqualTo(new JobQueueState(1, 0, 0, 7)));
    }

    [Test]
    public async Task Cancelled_WhileWaiting_LeavesTheQueue(CancellationToken cancellation)
    {
        JobQueue queue = new(1, Budget);
        using JobLease running = queue.Enter(JobPriority.Final, 0, cancellation);
        using CancellationTokenSource cancel = new();
        Task<JobLease> waiting = Enter(queue, JobPriority.Final, 5, cancel.Token);
        await Until(() => queue.State.Waiting == 1, cancellation);
        await cancel.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(queue.State, Is.EqualTo(new JobQueueState(1, 0, 0, 0)));
    }

    [Test]
    public async Task Waiting_AtTheBound_IsKeptAndOnePastItIsRefused(CancellationToken cancellation)
    {
        JobQueue queue = new(1, Budget);
        using JobLease running = queue.Enter(JobPriority.Final, 0, cancellation);
        using CancellationTokenSource cancel = new();
        List<Thread> waiting = [];
        for (int index = 0; index < JobQueue.JobsWaitingMax; index++)
        {
            Thread thread = new(
                () =>
                {
                    try
                    {
                        queue.Enter(JobPriority.Final, 0, cancel.Token).Dispose();
                    }
                    catch (OperationCanceledException)
                    {
                        return;
                    }
                },
                128 << 10);
            thread.Start();
            waiting.Add(thread);
        }

        await Until(() => queue.State.Waiting == JobQueue.JobsWaitingMax, cancellation);
        EngineException refusal = Assert.Throws<EngineException>(() => queue.Enter(JobPriority.Final, 0, cancellation))!;
        Assert.That(refusal.Code, Is.EqualTo(EngineError.QueueFull));
        Assert.That(queue.State.Waiting, Is.EqualTo(JobQueue.JobsWaitingMax));
        await cancel.CancelAsync();
        foreach (Thread thread in waiting) thread.Join();
        Assert.That(queue.State, Is.EqualTo(new JobQueueState(1, 0, 0, 0)));
    }

    [Test]
    public async Task ManyJobs_OfAllKinds_NeverExceedTheBoundsAndLeaveNothing(CancellationToken cancellation)
    {
        const int places = 3;
        JobQueue queue = new(places, Budget) { HostPatience = TimeSpan.FromMinutes(1) };
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        int runningMost = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                Random random = new(seed + worker);
                for (int job = 0; job < 200; job++)
                {
                    JobPriority priority = random.Next(2) == 0 ? JobPriority.Final : JobPriority.Interactive;
                    using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                    if (random.Next(8) == 0) cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(1, 200)));
                    try
                    {
                        using JobLease lease = queue.Enter(priority, random.Next((int)Budget), cancel.Token);
                        int running = queue.State.Running;
                        int most;
                        while (running > (most = Volatile.Read(ref runningMost))) Interlocked.CompareExchange(ref runningMost, running, most);
                        if (random.Next(2) == 0) lease.WhileWaitingForHost(Thread.Yield);
                    }
                    catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                    {
                        continue;
                    }
                }
            },
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.That(runningMost, Is.InRange(1, places + JobQueue.InteractiveExtraPlaces));
        Assert.That(queue.State, Is.EqualTo(default(JobQueueState)));
    }
}
