namespace RunwayFX.Media;

/// <summary>Constants and checksum of PNG (ISO/IEC 15948), shared by reader and writer.</summary>
internal static class PngFormat
{
    private static readonly uint[] _table = MakeTable();

    /// <summary>The eight bytes every PNG begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Start columns of the seven Adam7 passes.</summary>
    public static ReadOnlySpan<byte> PassX => [0, 4, 0, 2, 0, 1, 0];

    /// <summary>Start rows of the seven Adam7 passes.</summary>
    public static ReadOnlySpan<byte> PassY => [0, 0, 4, 0, 2, 0, 1];

    /// <summary>Column steps.</summary>
    public static ReadOnlySpan<byte> StepX => [8, 8, 4, 4, 2, 2, 1];

    /// <summary>Row steps.</summary>
    public static ReadOnlySpan<byte> StepY => [8, 8, 8, 4, 4, 2, 2];

    /// <summary>Continues a CRC-32 over more bytes; start with <see cref="CrcStart"/> and invert at the end.</summary>
    public static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes) crc = _table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    /// <summary>First value of a CRC.</summary>
    public const uint CrcStart = 0xFFFFFFFF;

    /// <summary>The Paeth predictor.</summary>
    public static byte Paeth(int left, int up, int upLeft)
    {
        int estimate = left + up - upLeft;
        int toLeft = Math.Abs(estimate - left);
        int toUp = Math.Abs(estimate - up);
        int toUpLeft = Math.Abs(estimate - upLeft);
        return (byte)(toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft);
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }
}
