using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Remove;

/// <summary>What is to be replaced in one frame, and how much of the fill each pixel shows.</summary>
/// <remarks>Shape (H, W), top-down, on the source's own pixels. Immutable.</remarks>
internal sealed class RemovalMask
{
    /// <summary>Coverage from which a pixel counts as covered: soft edges hold some of the object, and compressed masks some noise.</summary>
    private const float CoveredMin = 0.25f;

    private const float OpaqueMin = 0.999f;

    private readonly float[] _weights;

    private RemovalMask(int width, int height, float[] weights)
    {
        (Width, Height, _weights) = (width, height, weights);
        foreach (float weight in weights) Count += weight > 0 ? 1 : 0;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Pixels that show some of the fill.</summary>
    public int Count { get; }

    /// <summary>Share of the fill by pixel: 1 in the hole, falling to 0 over the feather, 0 elsewhere.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Derives the mask of a frame.</summary>
    /// <param name="source">The source's frame.</param>
    /// <param name="mask">The mask clip's frame where it counts; it lies by its window, and covers nothing outside of it.</param>
    /// <param name="settings">How to read it.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static RemovalMask Create(HostFrame source, HostFrame? mask, in RemoveSettings settings, CancellationToken cancellation)
    {
        int width = source.Picture.Width, height = source.Picture.Height;
        float[] weights = mask is null
            ? Read(source.Picture, source.Window, source.Window, MaskChannel.Alpha, settings.IsInverted == false, cancellation)
            : Read(mask.Picture, mask.Window, source.Window, ChannelOf(mask.Picture, settings.Channel), settings.IsInverted, cancellation);
        if (settings.Grow + settings.Feather > 0) Spread(weights, width, height, settings.Grow, settings.Feather, cancellation);
        return new(width, height, weights);
    }

    /// <summary>Pixels that show some of the fill.</summary>
    public bool[] ToHoles()
    {
        bool[] holes = new bool[_weights.Length];
        for (int p = 0; p < holes.Length; p++) holes[p] = _weights[p] > 0;
        return holes;
    }

    /// <summary>The part of the mask that lies in a hole.</summary>
    public RemovalMask Only(bool[] holes)
    {
        float[] weights = new float[_weights.Length];
        for (int p = 0; p < weights.Length; p++) weights[p] = holes[p] ? _weights[p] : 0;
        return new(Width, Height, weights);
    }

    private static MaskChannel ChannelOf(Frame picture, MaskChannel wanted)
    {
        if (wanted != MaskChannel.Automatic) return wanted;
        for (int i = 3; i < picture.Pixels.Length; i += Frame.Channels)
        {
            if (!(picture.Pixels[i] >= OpaqueMin)) return MaskChannel.Alpha;
        }

        return MaskChannel.Luminance;
    }

    /// <summary>1 where the picture covers enough, 0 elsewhere; what is not a number covers nothing.</summary>
    private static float[] Read(Frame picture, PixelWindow window, PixelWindow wanted, MaskChannel channel, bool isInverted, CancellationToken cancellation)
    {
        float[] covered = new float[wanted.Width * wanted.Height];
        for (int y = wanted.Y1; y < wanted.Y2; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool hasRow = y >= window.Y1 && y < window.Y2;
            ReadOnlySpan<float> row = hasRow ? picture.Row(window.Y2 - 1 - y) : [];
            Span<float> to = covered.AsSpan((wanted.Y2 - 1 - y) * wanted.Width, wanted.Width);
            for (int x = wanted.X1; x < wanted.X2; x++)
            {
                float value = 0;
                if (hasRow && x >= window.X1 && x < window.X2)
                {
                    ReadOnlySpan<float> pixel = row.Slice(Frame.Channels * (x - window.X1), Frame.Channels);
                    value = channel == MaskChannel.Luminance ? Rec709Luma.Of(pixel) : pixel[3];
                }

                if (isInverted) value = 1 - value;
                to[x - wanted.X1] = value >= CoveredMin ? 1 : 0;
            }
        }

        return covered;
    }

    /// <summary>Grows and feathers by the exact distance to the mask (Meijster et al. 2000), within its surroundings.</summary>
    private static void Spread(float[] weights, int width, int height, double grow, double feather, CancellationToken cancellation)
    {
        int reach = (int)Math.Ceiling(grow + feather), left = width, top = height, right = -1, bottom = -1;
        for (int p = 0; p < weights.Length; p++)
        {
            if (weights[p] == 0) continue;
            (left, right) = (Math.Min(left, p % width), Math.Max(right, p % width));
            (top, bottom) = (Math.Min(top, p / width), p / width);
        }

        if (right < 0) return;
        (left, top, right, bottom) = (Math.Max(0, left - reach), Math.Max(0, top - reach), Math.Min(width - 1, right + reach), Math.Min(height - 1, bottom + reach));
        int columns = right - left + 1, rows = bottom - top + 1, far = width + height;
        int[] above = new int[columns * rows];
        for (int x = 0; x < columns; x++)
        {
            int distance = far;
            for (int y = 0; y < rows; y++) above[y * columns + x] = distance = weights[(top + y) * width + left + x] > 0 ? 0 : Math.Min(far, distance + 1);
            for (int y = rows - 1; y >= 0; y--) above[y * columns + x] = distance = Math.Min(above[y * columns + x], distance + 1);
        }

        double[] squares = new double[columns];
        int[] centres = new int[columns], starts = new int[columns];
        for (int y = 0; y < rows; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            SquaredDistances(above.AsSpan(y * columns, columns), squares, centres, starts);
            Span<float> row = weights.AsSpan((top + y) * width + left, columns);
            for (int x = 0; x < columns; x++)
            {
                double beyond = Math.Sqrt(squares[x]) - grow;
                row[x] = beyond <= 0 ? 1 : feather > 0 && beyond < feather ? Fade(beyond / feather) : 0;
            }
        }
    }

    /// <summary>Lower envelope of the parabolas (x − centre)² + distance² over one row.</summary>
    private static void SquaredDistances(ReadOnlySpan<int> distances, Span<double> squares, Span<int> centres, Span<int> starts)
    {
        int last = 0;
        centres[0] = starts[0] = 0;
        for (int x = 1; x < distances.Length; x++)
        {
            while (last >= 0 && Parabola(starts[last], centres[last], distances) > Parabola(starts[last], x, distances)) last--;
            if (last < 0)
            {
                last = 0;
                centres[0] = x;
                starts[0] = 0;
                continue;
            }

            int before = centres[last];
            long first = (long)distances[before] * distances[before], second = (long)distances[x] * distances[x];
            long meet = FloorDivide((long)x * x - (long)before * before + second - first, 2L * (x - before)) + 1;
            if (meet >= distances.Length) continue;
            last++;
            centres[last] = x;
            starts[last] = (int)meet;
        }

        for (int x = distances.Length - 1; x >= 0; x--)
        {
            squares[x] = Parabola(x, centres[last], distances);
            if (x == starts[last]) last--;
        }
    }

    private static long Parabola(int x, int centre, ReadOnlySpan<int> distances) => (long)(x - centre) * (x - centre) + (long)distances[centre] * distances[centre];

    private static long FloorDivide(long value, long divisor) => value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);

    private static float Fade(double part) => (float)(1 - part * part * (3 - 2 * part));
}
