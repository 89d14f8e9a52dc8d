using RunwayFX.Engine.Jobs;

namespace RunwayFX.Engine.Tests;

/// <summary>Whose turn it is, on a clock that stands still between steps: classes, hosts, patience, memory.</summary>
public sealed class JobQueueFairnessTests
{
    private const JobPriority Interactive = JobPriority.Interactive, Final = JobPriority.Final;

    private readonly ManualClock _clock = new();

    private JobQueue Queue(int places, long memory = 1000) => new(places, memory, _clock) { FinalPatience = TimeSpan.FromSeconds(2) };

    /// <summary>Fills every place, the interactive one included.</summary>
    private static List<JobTicket> Fill(JobQueue queue, int places)
    {
        List<JobTicket> running = [.. Enumerable.Range(0, places).Select(_ => queue.Enqueue(Final, 0, owner: 99)), queue.Enqueue(Interactive, 0, owner: 99)];
        Assert.That(running.All(ticket => ticket.IsAdmitted), Is.True);
        return running;
    }

    /// <summary>Gives back place after place of the same kind and notes who gets it.</summary>
    private static List<string> Drain(JobQueue queue, JobTicket first, params (string Name, JobTicket Ticket)[] waiting)
    {
        List<string> order = [];
        JobTicket running = first;
        while (order.Count < waiting.Length)
        {
            queue.Leave(running);
            (string name, running) = waiting.Single(each => each.Ticket.IsAdmitted && !order.Contains(each.Name));
            order.Add(name);
        }

        queue.Leave(running);
        return order;
    }

    [Test]
    public void Hosts_OfOneClass_TakeTurnsWhateverTheirNumberOfThreads()
    {
        JobQueue queue = Queue(1);
        JobTicket running = queue.Enqueue(Final, 0, owner: 1);
        (string, JobTicket)[] waiting =
        [
            ("a1", queue.Enqueue(Final, 0, owner: 1)), ("a2", queue.Enqueue(Final, 0, owner: 1)), ("a3", queue.Enqueue(Final, 0, owner: 1)),
            ("a4", queue.Enqueue(Final, 0, owner: 1)), ("b1", queue.Enqueue(Final, 0, owner: 2)), ("c1", queue.Enqueue(Final, 0, owner: 3)),
            ("b2", queue.Enqueue(Final, 0, owner: 2)),
        ];
        Assert.That(Drain(queue, running, waiting), Is.EqualTo(new[] { "a1", "b1", "c1", "a2", "b2", "a3", "a4" }));
    }

    [Test]
    public void Final_JustBelowItsPatience_StandsBack_AndAtItGoesFirst([Values] bool atPatience)
    {
        JobQueue queue = Queue(1);
        List<JobTicket> running = Fill(queue, 1);
        JobTicket final = queue.Enqueue(Final, 0, owner: 1);
        JobTicket drag = queue.Enqueue(Interactive, 0, owner: 2);
        _clock.Pass(queue.FinalPatience - (atPatience ? TimeSpan.Zero : TimeSpan.FromTicks(1)));
        queue.Leave(running[0]);
        Assert.That((final.IsAdmitted, drag.IsAdmitted), Is.EqualTo((atPatience, !atPatience)));
    }

    [Test]
    public void Finals_BeyondTheirPatience_AlternateWithInteractiveJobs()
    {
        JobQueue queue = Queue(1);
        List<JobTicket> running = Fill(queue, 1);
        (string, JobTicket)[] waiting =
        [
            ("f1", queue.Enqueue(Final, 0, owner: 1)), ("f2", queue.Enqueue(Final, 0, owner: 1)), ("f3", queue.Enqueue(Final, 0, owner: 1)),
            ("i1", queue.Enqueue(Interactive, 0, owner: 2)), ("i2", queue.Enqueue(Interactive, 0, owner: 2)),
            ("i3", queue.Enqueue(Interactive, 0, owner: 2)), ("i4", queue.Enqueue(Interactive, 0, owner: 2)),
        ];
        _clock.Pass(queue.FinalPatience);
        Assert.That(Drain(queue, running[0], waiting), Is.EqualTo(new[] { "f1", "i1", "f2", "i2", "f3", "i3", "i4" }));
    }

    [Test]
    public void InteractiveStream_FromTheirOwnPlace_LeavesTheCommonPlaceToAFinal()
    {
        // Two drags run, one of them in the common place. Were places counted together, one ending and one beginning would shut finals out for ever.
        JobQueue queue = Queue(1);
        JobTicket first = queue.Enqueue(Interactive, 0, owner: 1), second = queue.Enqueue(Interactive, 0, owner: 2);
        Assert.That(first.IsAdmitted && second.IsAdmitted, Is.True);
        JobTicket final = queue.Enqueue(Final, 0, owner: 3);
        Assert.That(final.IsAdmitted, Is.False);
        queue.Leave(first);
        Assert.That(final.IsAdmitted, Is.True);
        JobTicket third = queue.Enqueue(Interactive, 0, owner: 1);
        Assert.That(third.IsAdmitted, Is.False);
        queue.Leave(second);
        Assert.That(third.IsAdmitted, Is.True);
    }

    [Test]
    public void FinalInTurn_WithoutAPlace_LetsADragIntoTheOtherPlace()
    {
        JobQueue queue = Queue(1);
        JobTicket batch = queue.Enqueue(Final, 0, owner: 1);
        JobTicket waiting = queue.Enqueue(Final, 0, owner: 1);
        _clock.Pass(queue.FinalPatience);
        JobTicket drag = queue.Enqueue(Interactive, 0, owner: 2);
        Assert.That((batch.IsAdmitted, waiting.IsAdmitted, drag.IsAdmitted), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void FinalInTurn_ThatNeedsMuchMemory_IsNotPassedByOthers()
    {
        JobQueue queue = Queue(3, memory: 1000);
        JobTicket small = queue.Enqueue(Final, 600, owner: 1);
        JobTicket large = queue.Enqueue(Final, 900, owner: 2);
        JobTicket later = queue.Enqueue(Final, 100, owner: 3);
        _clock.Pass(queue.FinalPatience);
        JobTicket drag = queue.Enqueue(Interactive, 200, owner: 4);
        Assert.That((large.IsAdmitted, later.IsAdmitted, drag.IsAdmitted), Is.EqualTo((false, false, false)));
        queue.Leave(small);
        Assert.That((large.IsAdmitted, later.IsAdmitted, drag.IsAdmitted), Is.EqualTo((true, false, false)), "900 of 1000 are taken, the drag is next");
        queue.Leave(large);
        Assert.That((later.IsAdmitted, drag.IsAdmitted), Is.EqualTo((true, true)));
    }

    [Test]
    public void Withdrawn_WhileWaitingAndAfterAdmission_LeavesNothing()
    {
        JobQueue queue = Queue(1);
        JobTicket running = queue.Enqueue(Final, 10), waiting = queue.Enqueue(Final, 20), last = queue.Enqueue(Final, 30);
        queue.Withdraw(waiting);
        Assert.That(queue.State, Is.EqualTo(new JobQueueState(1, 0, 1, 10)));
        queue.Withdraw(running);
        Assert.That((last.IsAdmitted, waiting.IsAdmitted), Is.EqualTo((true, false)));
        queue.Withdraw(last);
        Assert.That(queue.State, Is.EqualTo(default(JobQueueState)));
    }

    [Test]
    public void Waits_AreMeasuredForEachClass()
    {
        JobQueue queue = Queue(1);
        List<JobTicket> running = Fill(queue, 1);
        JobTicket final = queue.Enqueue(Final, 0), drag = queue.Enqueue(Interactive, 0);
        _clock.Pass(TimeSpan.FromMilliseconds(40));
        queue.Leave(running[1]);
        _clock.Pass(TimeSpan.FromMilliseconds(60));
        queue.Leave(running[0]);
        Assert.That((drag.Waited, final.Waited), Is.EqualTo((TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(100))));
        Assert.That((queue.Status.LongestWaitInteractive, queue.Status.LongestWaitFinal), Is.EqualTo((40_000L, 100_000L)));
    }

    /// <summary>Hosts of 1 to 6 threads that want more than there is, for minutes of the clock: every wait stays below what the rule promises.</summary>
    [Test]
    public void Overload_ForLong_KeepsEveryWaitBelowItsBound([Range(1, 8)] int seed)
    {
        const int hosts = 6, places = 2, jobs = 4000;
        const double longest = 0.5;
        Random random = new(seed);
        JobQueue queue = Queue(places);
        // Threads 0, 6, 12 … belong to host 0, and so on; every host drags with its first thread.
        int threads = Enumerable.Range(0, hosts).Sum(host => host + 1);
        int[] owner = [.. Enumerable.Range(0, hosts).SelectMany(host => Enumerable.Repeat(host, host + 1))];
        bool[] drags = [.. Enumerable.Range(0, threads).Select(thread => thread == 0 || owner[thread] != owner[thread - 1])];
        JobTicket[] ticket = new JobTicket[threads];
        int[] served = new int[hosts];
        List<(TimeSpan End, int Thread)> running = [];
        HashSet<int> begun = [];
        void Ask(int thread) => ticket[thread] = queue.Enqueue(drags[thread] ? Interactive : Final, random.Next(400), owner[thread]);
        for (int thread = 0; thread < threads; thread++) Ask(thread);
        Dictionary<JobPriority, TimeSpan> most = new() { [Interactive] = default, [Final] = default };
        for (int done = 0; done < jobs; done++)
        {
            for (int thread = 0; thread < threads; thread++)
            {
                if (!ticket[thread].IsAdmitted || !begun.Add(thread)) continue;
                running.Add((_clock.Now + TimeSpan.FromSeconds(0.01 + (longest - 0.01) * random.NextDouble()), thread));
                if (ticket[thread].Waited > most[ticket[thread].Priority]) most[ticket[thread].Priority] = ticket[thread].Waited;
            }

            (TimeSpan end, int over) = running.Min();
            running.Remove((end, over));
            begun.Remove(over);
            _clock.Pass(end - _clock.Now);
            if (!drags[over]) served[owner[over]]++;
            queue.Leave(ticket[over]);
            Ask(over);
        }

        // A final waits at most for its patience and then for every final before it, a drag between each two, all as long as can be; memory may let only
        // one run at a time.
        int finals = drags.Count(drag => !drag);
        TestContext.Out.WriteLine($"longest waits: interactive {most[Interactive].TotalSeconds:0.00} s, final {most[Final].TotalSeconds:0.00} s; finals served {string.Join(' ', served)}");
        Assert.That(most[Final], Is.LessThan(queue.FinalPatience + TimeSpan.FromSeconds(2 * (finals + 1) * longest)));
        Assert.That(most[Interactive], Is.LessThan(TimeSpan.FromSeconds(2 * (hosts + 1) * longest)));
        // Hosts 1 to 5 always have a final waiting, except the one with a single final thread, which pauses while it renders.
        Assert.That(served.Skip(2).Max() - served.Skip(2).Min(), Is.LessThanOrEqualTo(3), string.Join(' ', served));
    }
}
