namespace RunwayFX.Engine.Jobs;

/// <summary>The waiting jobs of one class: owners take turns, and an owner's jobs come in the order in which they arrived. An owner that comes anew, or comes
/// back, takes its place at the end of the ring, so that nobody can pass those who wait. Not thread-safe.</summary>
internal sealed class JobRing
{
    private readonly LinkedList<(int Owner, LinkedList<JobTicket> Tickets)> _turns = new();

    /// <summary>Jobs that wait.</summary>
    public int Count { get; private set; }

    /// <summary>The job whose turn it is; null where none waits.</summary>
    public JobTicket? Next => _turns.First?.Value.Tickets.First!.Value;

    /// <summary>The earliest arrival of all jobs that wait, on the queue's clock; there must be one.</summary>
    public long OldestArrival => _turns.Min(turn => turn.Tickets.First!.Value.Arrived);

    /// <summary>Adds a job behind its owner's others.</summary>
    public void Add(JobTicket ticket)
    {
        Count++;
        foreach ((int owner, LinkedList<JobTicket> tickets) in _turns)
        {
            if (owner != ticket.Owner) continue;
            tickets.AddLast(ticket);
            return;
        }

        _turns.AddLast((ticket.Owner, new LinkedList<JobTicket>([ticket])));
    }

    /// <summary>Takes <see cref="Next"/> out; its owner goes to the end of the ring.</summary>
    public JobTicket TakeNext()
    {
        LinkedListNode<(int Owner, LinkedList<JobTicket> Tickets)> turn = _turns.First!;
        JobTicket ticket = turn.Value.Tickets.First!.Value;
        turn.Value.Tickets.RemoveFirst();
        _turns.RemoveFirst();
        if (turn.Value.Tickets.Count > 0) _turns.AddLast(turn);
        Count--;
        return ticket;
    }

    /// <summary>Takes a job out of turn; false where it does not wait here.</summary>
    public bool Remove(JobTicket ticket)
    {
        for (LinkedListNode<(int Owner, LinkedList<JobTicket> Tickets)>? turn = _turns.First; turn is not null; turn = turn.Next)
        {
            if (!turn.Value.Tickets.Remove(ticket)) continue;
            if (turn.Value.Tickets.Count == 0) _turns.Remove(turn);
            Count--;
            return true;
        }

        return false;
    }
}
