namespace RunwayFX.Synthesis.Completion;

/// <summary>For every hole pixel, the way to the nearest known one.</summary>
/// <remarks>Danielsson's sequential distance transform: exact for rectangles, within a fraction of a pixel elsewhere.</remarks>
internal static class NearestKnown
{
    private const short Far = 16_384;

    /// <summary>Offsets (x, y) from each pixel to its nearest known pixel; 0 at known pixels, far away where there is none.</summary>
    public static (short[] X, short[] Y) Find(int width, int height, bool[] holes, CancellationToken cancellation = default)
    {
        short[] nearestX = new short[holes.Length], nearestY = new short[holes.Length];
        for (int p = 0; p < holes.Length; p++) nearestX[p] = nearestY[p] = holes[p] ? Far : (short)0;
        for (int y = 0; y < height; y++)
        {
            if (y > 0)
            {
                for (int x = 0; x < width; x++) Relax(x, y, 0, -1);
            }

            Sweep(y);
        }

        for (int y = height - 1; y >= 0; y--)
        {
            if (y < height - 1)
            {
                for (int x = 0; x < width; x++) Relax(x, y, 0, 1);
            }

            Sweep(y);
        }

        return (nearestX, nearestY);

        void Sweep(int y)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 1; x < width; x++) Relax(x, y, -1, 0);
            for (int x = width - 2; x >= 0; x--) Relax(x, y, 1, 0);
        }

        void Relax(int x, int y, int stepX, int stepY)
        {
            int p = y * width + x, from = p + stepY * width + stepX;
            if (nearestX[from] == Far) return;
            int alongX = nearestX[from] + stepX, alongY = nearestY[from] + stepY;
            if (nearestX[p] != Far && alongX * alongX + alongY * alongY >= nearestX[p] * nearestX[p] + nearestY[p] * nearestY[p]) return;
            (nearestX[p], nearestY[p]) = ((short)alongX, (short)alongY);
        }
    }
}
