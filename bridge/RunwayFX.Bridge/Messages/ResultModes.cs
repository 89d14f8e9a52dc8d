namespace RunwayFX.Bridge;

/// <summary>How much work a frame is worth to the client. The numbers travel on the wire.</summary>
public enum RenderMode
{
    /// <summary>The result: kept from an earlier time, or computed and kept.</summary>
    Final = 0,

    /// <summary>The result where it is kept, or takes no work; else none. No work is begun for it.</summary>
    LookupOnly = 1,

    /// <summary>The result where it is kept; else something to look at that comes quickly: a kept draft, a draft where that is a matter of moments, or the source.</summary>
    Preview = 2,
}

/// <summary>Where a result came from. The numbers travel on the wire.</summary>
public enum ResultOrigin
{
    /// <summary>It was computed now.</summary>
    Computed = 0,

    /// <summary>It was kept from an earlier time; the bits are those that computing would give.</summary>
    Kept = 1,

    /// <summary>It is no result but something to look at: a draft, or the source.</summary>
    Preview = 2,

    /// <summary>None is kept and none was to be computed; there are no pixels.</summary>
    Missing = 3,

    /// <summary>One is kept, but it was made from other neighbouring frames or other pictures than there are now; there are no pixels.</summary>
    Stale = 4,
}

/// <summary>What follows from where a result came from.</summary>
public static class ResultOrigins
{
    /// <summary>Whether there are pixels.</summary>
    public static bool HasPixels(this ResultOrigin origin) => origin is not (ResultOrigin.Missing or ResultOrigin.Stale);
}
