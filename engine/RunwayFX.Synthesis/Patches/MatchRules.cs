using System.Runtime.CompilerServices;

namespace RunwayFX.Synthesis.Patches;

/// <summary>What a match costs besides its patch distance, told as the distance that a candidate must stay below to replace a match.</summary>
/// <remarks>A structure, so that the search is compiled for it. It may read matches of the target pixel's neighbours, which no other thread
/// changes meanwhile, and nothing else that changes.</remarks>
internal interface IMatchRule
{
    /// <summary>The bound; 0 or less turns the candidate down before its distance is measured.</summary>
    /// <param name="target">Index of the target pixel.</param>
    /// <param name="match">Its match.</param>
    /// <param name="distance">The match's distance.</param>
    /// <param name="candidate">Another centre; never <paramref name="match"/>.</param>
    long Limit(int target, int match, int distance, int candidate);
}

/// <summary>Distance alone decides.</summary>
internal readonly struct DistanceRule : IMatchRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Limit(int target, int match, int distance, int candidate) => distance;
}

/// <summary>Distance + λ · occurrence must fall.</summary>
internal readonly struct OccurrenceRule(OccurrenceMap occurrence) : IMatchRule
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Limit(int target, int match, int distance, int candidate) => distance + occurrence.Saving(match, candidate);
}
