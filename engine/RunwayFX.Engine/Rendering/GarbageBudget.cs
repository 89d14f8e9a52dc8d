namespace RunwayFX.Engine.Rendering;

/// <summary>Keeps the process near the memory that it uses. Left alone, the collector lets large objects grow to several times what survives before it looks at
/// them again: at 4K, where a render leaves some hundred megabytes behind, that came to 2 GB of nothing, and what
/// it has freed it gives back to the system only in the course of many collections. Thread-safe.</summary>
internal sealed class GarbageBudget
{
    /// <summary>What may be made between two collections, in bytes. Small renders reach it once in some dozens.</summary>
    public const long BytesMax = 384L << 20;

    private long _settled;

    /// <summary>How often it collected.</summary>
    public int Collections { get; private set; }

    /// <summary>Call when a render is over: what it made and nobody holds is dead then. Takes some dozen milliseconds where the budget is spent, else nothing.</summary>
    /// <param name="allocated">Bytes that the process has made in all.</param>
    public void Settle(long allocated)
    {
        long settled = Interlocked.Read(ref _settled);
        if (allocated - settled < BytesMax || Interlocked.CompareExchange(ref _settled, allocated, settled) != settled) return;
        Collections++;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
