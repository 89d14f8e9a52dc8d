namespace RunwayFX.Imaging.Flow;

/// <summary>Vectors of one pyramid level in pixels of that level, tightly packed.</summary>
internal sealed class VectorPlane(int width, int height)
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    public float[] X { get; } = new float[width * height];

    public float[] Y { get; } = new float[width * height];

    /// <summary>The same motion on the next finer level: linear between vectors, twice as long.</summary>
    public VectorPlane Enlarge(int width, int height, int threads, CancellationToken cancellation)
    {
        VectorPlane fine = new(width, height);
        Bands.Run(height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int y = first; y < end; y++)
            {
                (int top, int bottom, float fraction) = FlowField.Neighbours(0.5f * y - 0.25f, Height);
                EnlargeRow(X.AsSpan(top * Width, Width), X.AsSpan(bottom * Width, Width), fraction, fine.X.AsSpan(y * width, width));
                EnlargeRow(Y.AsSpan(top * Width, Width), Y.AsSpan(bottom * Width, Width), fraction, fine.Y.AsSpan(y * width, width));
            }
        }, cancellation);
        return fine;
    }

    private static void EnlargeRow(ReadOnlySpan<float> top, ReadOnlySpan<float> bottom, float fraction, Span<float> fine)
    {
        float before = 2 * (top[0] + (bottom[0] - top[0]) * fraction), here = before;
        for (int i = 0; i < top.Length; i++)
        {
            int next = i + 1 < top.Length ? i + 1 : i;
            float after = 2 * (top[next] + (bottom[next] - top[next]) * fraction);
            if (2 * i < fine.Length) fine[2 * i] = here + (before - here) * 0.25f;
            if (2 * i + 1 < fine.Length) fine[2 * i + 1] = here + (after - here) * 0.25f;
            before = here;
            here = after;
        }
    }
}
