namespace RunwayFX.Media;

/// <summary>How many slices an FFV1 frame is cut into. Encoders refuse numbers that do not fit the size: cuts of an odd picture with subsampled
/// chroma must fall between chroma samples, a slice of a huge picture must not grow beyond a limit, and a tiny one cannot be cut often.</summary>
internal static class Ffv1Slices
{
    /// <summary>Slices wherever they fit: enough for several threads and for losing little to a broken byte.</summary>
    public const int Usual = 12;

    /// <summary>Smallest side that is encoded: ffmpeg's encoder writes frames of a few pixels wrong, and says nothing.</summary>
    public const int SideMin = 16;

    private const int RowsMax = 31;
    private const int SlicesMax = 256;

    /// <summary>Bits of a slice, with one more per sample and four planes, that encoders take.</summary>
    private const long SliceBitsMax = 8L << 24;

    /// <summary>The usual number; else the next larger one that fits, else the largest that does.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="layout">Depth and subsampling of what is encoded.</param>
    public static int For(int width, int height, PixelLayout layout)
    {
        int more = int.MaxValue, fewer = 0;
        for (int rows = width > 352 || height > 288 ? 2 : 1; rows <= RowsMax; rows++)
        {
            for (int columns = rows; columns < 2 * rows && rows * columns <= SlicesMax; columns++)
            {
                if (!Fits(width, columns, layout.ChromaX) || !Fits(height, rows, layout.ChromaY)) continue;
                if (Ceiling(width, columns) * Ceiling(height, rows) * (layout.Depth + 1) * 4 > SliceBitsMax) continue;
                int slices = rows * columns;
                if (slices >= Usual) more = Math.Min(more, slices);
                else fewer = Math.Max(fewer, slices);
            }
        }

        return more < int.MaxValue ? more : Math.Max(1, fewer);
    }

    /// <summary>Whether a side can be cut into so many pieces. A piece holds as many chroma samples as its own length has; the last one must reach
    /// the last sample of the whole side, or that is lost without a word.</summary>
    private static bool Fits(int side, int pieces, int chroma)
    {
        if (pieces > Ceiling(side, chroma)) return false;
        long last = (long)side * (pieces - 1) / pieces;
        return last / chroma + Ceiling(side - last, chroma) >= Ceiling(side, chroma);
    }

    private static long Ceiling(long value, int parts) => (value + parts - 1) / parts;
}
