using System.Collections.Concurrent;

namespace RunwayFX.Engine.Results;

/// <summary>Which recipes are worth keeping: those that take longer to compute than to read, as the last render showed. Thread-safe.</summary>
/// <param name="computeMin">Shortest computation that is worth it.</param>
internal sealed class ResultCosts(TimeSpan computeMin)
{
    /// <summary>Shortest computation that is worth keeping.</summary>
    public static readonly TimeSpan ComputeMinDefault = TimeSpan.FromMilliseconds(50);

    /// <summary>How fast a kept result comes from a disk of the slower kind, in bytes a second.</summary>
    public const double ReadRate = 200e6;

    /// <summary>Most recipes remembered.</summary>
    public const int RecipesMax = 4096;

    private readonly ConcurrentDictionary<UInt128, bool> _isWorth = [];
    private readonly ConcurrentDictionary<UInt128, bool> _isSlow = [];

    /// <summary>Whether the recipe is known to be cheaper to compute than to look for: its frames need not even be looked at.</summary>
    public bool IsCheap(UInt128 recipe) => _isWorth.TryGetValue(recipe, out bool isWorth) && !isWorth;

    /// <summary>Notes how long a frame took.</summary>
    /// <returns>Whether it is worth keeping.</returns>
    public bool Note(UInt128 recipe, TimeSpan computed, long bytes)
    {
        bool isWorth = computed >= computeMin && (computeMin == TimeSpan.Zero || computed.TotalSeconds >= bytes / ReadRate);
        if (_isWorth.Count >= RecipesMax) _isWorth.Clear();
        _isWorth[recipe] = isWorth;
        return isWorth;
    }

    /// <summary>Whether a draft of the recipe took longer than a preview may.</summary>
    public bool IsSlow(UInt128 recipe) => _isSlow.ContainsKey(recipe);

    /// <summary>Notes that it did.</summary>
    public void NoteSlow(UInt128 recipe)
    {
        if (_isSlow.Count >= RecipesMax) _isSlow.Clear();
        _isSlow[recipe] = true;
    }
}
