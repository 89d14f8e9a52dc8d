namespace RunwayFX.Benchmarks;

/// <summary>One measurement. Names stay stable, so that runs can be compared over years.</summary>
/// <param name="Name">Stable name: bench, then what was measured.</param>
/// <param name="Value">What was measured; less is better.</param>
/// <param name="Unit">Its unit; <c>x</c> for ratios.</param>
/// <param name="Limit">Largest value that is accepted; null where the row only informs, as all rows in seconds do.</param>
internal sealed record BenchRow(string Name, double Value, string Unit, double? Limit = null)
{
    /// <summary>Whether the limit is kept; null where there is none.</summary>
    public bool? Met => Limit is { } limit ? Value <= limit : null;
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
