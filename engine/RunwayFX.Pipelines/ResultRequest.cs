namespace RunwayFX.Pipelines;

/// <summary>How much work a frame is worth to whoever asks for it.</summary>
public enum ResultMode
{
    /// <summary>The result: kept from an earlier time, or computed and kept.</summary>
    Final = 0,

    /// <summary>The result where it is kept; else <see cref="ResultMissingException"/>.</summary>
    LookupOnly = 1,

    /// <summary>The result where it is kept; else something to look at that comes quickly.</summary>
    Preview = 2,
}

/// <summary>Where a frame came from, in the order in which it counts where a frame is put together from several.</summary>
public enum ResultSource
{
    /// <summary>All of it was kept from an earlier time.</summary>
    Kept = 0,

    /// <summary>It was computed now.</summary>
    Computed = 1,

    /// <summary>It is no result but something to look at.</summary>
    Preview = 2,
}

/// <summary>How a render comes by its result, and what it says of that. Belongs to one render, and to its thread.</summary>
public sealed class ResultRequest
{
    private ResultSource? _source;

    /// <summary>How much work it is worth.</summary>
    public ResultMode Mode { get; init; }

    /// <summary>The client's name for the settings of all of the clip's results, under which this one is listed; 0 for none.</summary>
    public UInt128 Key { get; init; }

    /// <summary>Time of the frame as the host counts.</summary>
    public double Time { get; init; }

    /// <summary>What stays the same from frame to frame of a sequence: neighbouring frames are looked at when one begins. Null for a sequence of one frame.</summary>
    public object? Sequence { get; init; }

    /// <summary>Where the frame came from; computed, where nobody keeps results.</summary>
    public ResultSource Source => _source ?? ResultSource.Computed;

    /// <summary>Notes where the frame, or a part of it, came from.</summary>
    public void Note(ResultSource source) => _source = _source is { } noted && noted > source ? noted : source;
}

/// <summary>A result was looked up and is not to be had. Not a failure: the answer to a question.</summary>
public sealed class ResultMissingException(bool isStale) : Exception(isStale ? "the result that is kept was made from other pictures" : "no result is kept")
{
    /// <summary>Whether one is kept that was made from other frames or pictures than there are now.</summary>
    public bool IsStale { get; } = isStale;
}
