namespace RunwayFX.Synthesis.Completion;

/// <summary>How much a completion does on each of its levels, and how much of that is done.</summary>
internal sealed class LevelWork
{
    /// <summary>Targets from which a level gets fewer rounds: large pictures take what their coarser levels found.</summary>
    private const int FullWorkTargetsMax = 600_000;

    private readonly List<CompletionLevel> _levels;
    private readonly CompletionOptions _options;
    private readonly IProgress<double>? _progress;
    private readonly double _total;
    private double _done;

    /// <param name="levels">The levels, the finest first.</param>
    /// <param name="options">Rounds.</param>
    /// <param name="progress">0..1; may be null.</param>
    public LevelWork(List<CompletionLevel> levels, CompletionOptions options, IProgress<double>? progress)
    {
        (_levels, _options, _progress) = (levels, options, progress);
        for (int index = 0; index < levels.Count; index++)
            _total += (double)levels[index].Targets.Length * Iterations(index) * (index == levels.Count - 1 ? options.Starts.Count : 1);
    }

    /// <summary>Search–vote rounds of a level.</summary>
    public int Iterations(int index)
    {
        if (_levels.Count == 1) return _options.CoarseIterations;
        int wanted = _options.FineIterations + (_options.CoarseIterations - _options.FineIterations) * index / (_levels.Count - 1);
        return (int)Math.Max(1, wanted * Math.Min(1, (double)FullWorkTargetsMax / Math.Max(1, _levels[index].Targets.Length)));
    }

    /// <summary>Counts a round.</summary>
    public void Done(CompletionLevel level)
    {
        _done += level.Targets.Length;
        _progress?.Report(Math.Min(1, _done / Math.Max(1, _total)));
    }
}
