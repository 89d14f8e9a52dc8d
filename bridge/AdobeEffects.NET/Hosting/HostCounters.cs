namespace AdobeEffects.Hosting;

/// <summary>What an effect borrowed and gave back. When all is over the pairs are equal, or the effect leaks.</summary>
public sealed class HostCounters
{
    private readonly int[] _counts = new int[Enum.GetValues<Count>().Length];

    /// <summary>What is counted.</summary>
    public enum Count
    {
        /// <summary>Parameters borrowed.</summary>
        Checkouts,

        /// <summary>Parameters given back.</summary>
        Checkins,

        /// <summary>Layers' pixels borrowed in smart renders.</summary>
        LayerCheckouts,

        /// <summary>Layers' pixels given back.</summary>
        LayerCheckins,

        /// <summary>Suites borrowed.</summary>
        SuitesAcquired,

        /// <summary>Suites given back.</summary>
        SuitesReleased,

        /// <summary>Handles made, by the effect or the host.</summary>
        HandlesMade,

        /// <summary>Handles ended.</summary>
        HandlesDisposed,

        /// <summary>Plans taken over.</summary>
        PlansTaken,

        /// <summary>Plans deleted.</summary>
        PlansDeleted,

        /// <summary>Bytes outside a picture that were written, and rows of the other field.</summary>
        PixelsOutside,

        /// <summary>Writes to where a handle's memory lay before it moved.</summary>
        WritesAfterMove,

        /// <summary>Rules of the ABI broken: what is given back was never borrowed, sequence data written in a render, an id used twice.</summary>
        RulesBroken,
    }

    /// <summary>One count.</summary>
    public int this[Count count] => Volatile.Read(ref _counts[(int)count]);

    /// <summary>Whether every pair is equal and nothing went wrong.</summary>
    public bool IsClean =>
        this[Count.Checkouts] == this[Count.Checkins] && this[Count.LayerCheckouts] == this[Count.LayerCheckins]
        && this[Count.SuitesAcquired] == this[Count.SuitesReleased] && this[Count.HandlesMade] == this[Count.HandlesDisposed]
        && this[Count.PlansTaken] == this[Count.PlansDeleted] && this[Count.PixelsOutside] == 0 && this[Count.WritesAfterMove] == 0 && this[Count.RulesBroken] == 0;

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Enum.GetValues<Count>().Select(count => $"{count} {this[count]}"));

    internal void Add(Count count) => Interlocked.Increment(ref _counts[(int)count]);
}
