namespace RunwayFX.Imaging.Flow;

/// <summary>Spreads rows over threads in bands of a fixed height, so that nothing depends on how many threads there are.</summary>
internal static class Bands
{
    /// <summary>Rows of a band where the work per row is small.</summary>
    public const int RowsDefault = 16;

    /// <summary>Runs the work for every band; it gets the first row and the row behind the last.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; asked before each band.</exception>
    public static void Run(int rows, int rowsPerBand, int threads, Action<int, int> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int bands = (rows + rowsPerBand - 1) / rowsPerBand;
        if (threads == 1 || bands == 1)
        {
            for (int band = 0; band < bands; band++)
            {
                cancellation.ThrowIfCancellationRequested();
                work(band * rowsPerBand, Math.Min(rows, (band + 1) * rowsPerBand));
            }

            return;
        }

        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, bands, options, band => work(band * rowsPerBand, Math.Min(rows, (band + 1) * rowsPerBand)));
    }
}
