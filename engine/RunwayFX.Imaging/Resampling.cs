namespace RunwayFX.Imaging;

/// <summary>How <see cref="Resampling"/> weighs neighbours.</summary>
public enum ResamplingFilter
{
    /// <summary>Mean of the covered area: the right one for smaller copies.</summary>
    Area,

    /// <summary>Linear between neighbours; a tent over the covered area for smaller copies.</summary>
    Bilinear,

    /// <summary>Catmull-Rom cubic.</summary>
    Bicubic,

    /// <summary>Lanczos with three lobes.</summary>
    Lanczos3,
}

/// <summary>Writes a row of a picture that exists only row by row.</summary>
/// <param name="y">Which row, 0 = top.</param>
/// <param name="row">Receives 4 × width values.</param>
public delegate void RowWriter(int y, Span<float> row);

/// <summary>Makes pictures smaller or larger. Pixel centres lie at ½; the edges repeat.</summary>
/// <remarks>Channels are treated alike: colour that must not bleed from under alpha 0 has to be premultiplied. Sums run in a fixed order, so equal
/// input gives
/// equal bits on every machine. Values outside 0..1 pass; a NaN spreads to the pixels that cover it.</remarks>
public static class Resampling
{
    /// <summary>A copy of another size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="Frame.SideMax"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Frame Resize(Frame source, int width, int height, ResamplingFilter filter, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Frame result = new(width, height);
        Resize(source.Pixels, source.Width, source.Height, Frame.Channels, result.Pixels, width, height, filter, cancellation);
        return result;
    }

    /// <summary>Resamples interleaved values of any channel count.</summary>
    /// <param name="source">Shape (sourceHeight, sourceWidth, channels).</param>
    /// <param name="sourceWidth">Columns of the source.</param>
    /// <param name="sourceHeight">Rows of the source.</param>
    /// <param name="channels">Values per pixel.</param>
    /// <param name="destination">Shape (height, width, channels); overwritten.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="filter">How neighbours are weighed.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static void Resize(ReadOnlySpan<float> source, int sourceWidth, int sourceHeight, int channels, Span<float> destination, int width,
        int height,
        ResamplingFilter filter, CancellationToken cancellation = default)
    {
        Taps columns = Taps.Create(sourceWidth, width, filter), rows = Taps.Create(sourceHeight, height, filter);
        RowWindow window = new(rows.Count, width * channels);
        int sourceStride = sourceWidth * channels, stride = width * channels;
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int tap = 0; tap < rows.Count; tap++)
            {
                while (window.End <= rows.Indices[y * rows.Count + tap])
                {
                    cancellation.ThrowIfCancellationRequested();
                    ReadOnlySpan<float> from = source.Slice(window.End * sourceStride, sourceStride);
                    ResizeRow(from, window.Advance(), channels, columns);
                }
            }

            SumRows(rows, y, window, destination.Slice(y * stride, stride));
        }
    }

    /// <summary>A copy of another size of a picture that is made row by row and never whole: its bits are those of resampling the whole.</summary>
    /// <param name="sourceWidth">Columns of the picture.</param>
    /// <param name="sourceHeight">Rows of the picture.</param>
    /// <param name="row">Writes a row of it: its number, and 4 × width values. Called once for each row, from the top.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="filter">How neighbours are weighed.</param>
    /// <param name="cancellation">Asked once per row.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="Frame.SideMax"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Frame Resize(int sourceWidth, int sourceHeight, RowWriter row, int width, int height, ResamplingFilter filter,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(row);
        Frame result = new(width, height);
        Taps columns = Taps.Create(sourceWidth, width, filter), rows = Taps.Create(sourceHeight, height, filter);
        RowWindow window = new(rows.Count, width * Frame.Channels);
        float[] from = new float[sourceWidth * Frame.Channels];
        for (int y = 0; y < height; y++)
        {
            for (int tap = 0; tap < rows.Count; tap++)
            {
                while (window.End <= rows.Indices[y * rows.Count + tap])
                {
                    cancellation.ThrowIfCancellationRequested();
                    row(window.End, from);
                    ResizeRow(from, window.Advance(), Frame.Channels, columns);
                }
            }

            SumRows(rows, y, window, result.Row(y));
        }

        return result;
    }

    private static void SumRows(Taps rows, int y, RowWindow window, Span<float> to)
    {
        to.Clear();
        for (int tap = 0; tap < rows.Count; tap++)
        {
            float weight = rows.Weights[y * rows.Count + tap];
            if (weight != 0) PlaneMath.AddScaled(window.Row(rows.Indices[y * rows.Count + tap]), weight, to);
        }
    }

    private static void ResizeRow(ReadOnlySpan<float> from, Span<float> to, int channels, Taps taps)
    {
        for (int x = 0; x < to.Length / channels; x++)
        {
            Span<float> pixel = to.Slice(x * channels, channels);
            pixel.Clear();
            for (int tap = 0; tap < taps.Count; tap++)
            {
                float weight = taps.Weights[x * taps.Count + tap];
                if (weight == 0) continue;
                ReadOnlySpan<float> value = from.Slice(taps.Indices[x * taps.Count + tap] * channels, channels);
                for (int c = 0; c < pixel.Length; c++) pixel[c] += value[c] * weight;
            }
        }
    }

    /// <summary>The last rows that were made wide or narrow: the result needs no more of them at once than a position has taps.</summary>
    private sealed class RowWindow(int count, int stride)
    {
        private readonly float[] _values = new float[count * stride];

        /// <summary>Rows made so far.</summary>
        public int End { get; private set; }

        public ReadOnlySpan<float> Row(int index) => _values.AsSpan(index % count * stride, stride);

        /// <summary>The place of the next row, in which the oldest lay.</summary>
        public Span<float> Advance() => _values.AsSpan(End++ % count * stride, stride);
    }

    /// <summary>Which source positions make up each position of the result along one axis.</summary>
    private sealed record Taps(int Count, int[] Indices, float[] Weights)
    {
        public static Taps Create(int from, int to, ResamplingFilter filter)
        {
            double ratio = (double)from / to, stretch = Math.Max(1, ratio);
            double radius = filter switch
            {
                ResamplingFilter.Area => 0.5 * ratio,
                ResamplingFilter.Bilinear => stretch,
                ResamplingFilter.Bicubic => 2 * stretch,
                ResamplingFilter.Lanczos3 => 3 * stretch,
                _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, $"resampling filter {(int)filter} is unknown"),
            };
            int count = (int)Math.Ceiling(2 * radius) + 1;
            int[] indices = new int[to * count];
            float[] weights = new float[to * count];
            double[] row = new double[count];
            for (int i = 0; i < to; i++)
            {
                double centre = (i + 0.5) * ratio;
                int first = (int)Math.Floor(centre - radius);
                double sum = 0;
                for (int tap = 0; tap < count; tap++)
                {
                    row[tap] = filter == ResamplingFilter.Area
                        ? Math.Max(0, Math.Min(first + tap + 1, centre + radius) - Math.Max(first + tap, centre - radius))
                        : Kernel(filter, (first + tap + 0.5 - centre) / stretch);
                    sum += row[tap];
                }

                for (int tap = 0; tap < count; tap++)
                {
                    indices[i * count + tap] = Math.Clamp(first + tap, 0, from - 1);
                    weights[i * count + tap] = (float)(row[tap] / sum);
                }
            }

            return new(count, indices, weights);
        }

        private static double Kernel(ResamplingFilter filter, double at)
        {
            double x = Math.Abs(at);
            return filter switch
            {
                ResamplingFilter.Bilinear => Math.Max(0, 1 - x),
                ResamplingFilter.Bicubic => x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0,
                _ => x < 1e-9 ? 1 : x < 3 ? Sinc(x) * Sinc(x / 3) : 0,
            };
        }

        private static double Sinc(double x) => DeterministicMath.Sin(Math.PI * x) / (Math.PI * x);
    }
}
