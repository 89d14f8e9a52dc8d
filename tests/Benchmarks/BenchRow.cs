namespace RunwayFX.Benchmarks;

/// <summary>One measurement. Names stay stable, so that runs can be compared over years.</summary>
/// <param name="Name">Stable name: bench, then what was measured.</param>
/// <param name="Value">What was measured; less is better unless <see cref="IsFloor"/>. NaN where it could not be measured, which keeps no limit.</param>
/// <param name="Unit">Its unit; <c>x</c> for ratios.</param>
/// <param name="Limit">Largest value that is accepted; null where the row only informs. Rows in seconds never fail a run: they depend on the
/// machine.</param>
internal sealed record BenchRow(string Name, double Value, string Unit, double? Limit = null)
{
    /// <summary>Whether the limit is the smallest value that is accepted.</summary>
    public bool IsFloor { get; init; }

    /// <summary>Whether the limit is kept; null where there is none.</summary>
    public bool? Met => Limit is { } limit ? (IsFloor ? Value >= limit : Value <= limit) : null;

    /// <summary>Whether a missed limit fails the run.</summary>
    public bool Gates => Unit != "s";
}

/// <summary>Something that can be measured.</summary>
internal interface IBench
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>The question it answers.</summary>
    string Question { get; }

    /// <summary>Measures.</summary>
    IReadOnlyList<BenchRow> Run();
}
