namespace RunwayFX.Synthesis.Patches;

/// <summary>What matching looks at: 8-bit channels of style and guides, interleaved per pixel so that a patch row is one run of bytes.</summary>
/// <remarks>Shape (H, W, C), top-down, with a frame of <see cref="Border"/> repeated or mirrored pixels around it. The buffer ends with
/// slack, so that a vector load which starts inside the picture never leaves it. Owns its buffer; not thread-safe for writing.</remarks>
public sealed class ChannelPicture
{
    /// <summary>Most channels a picture may have.</summary>
    public const int ChannelsMax = 32;

    /// <summary>Bytes behind the last pixel that may be read, their content being irrelevant.</summary>
    internal const int SlackBytes = 1024;

    /// <summary>Creates a picture of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side, the channel count or the border is out of range.</exception>
    public ChannelPicture(int width, int height, int channels, int border = 0)
    {
        if (width is < 1 or > MatchField.SideMax)
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, $"width {width} is outside 1..{MatchField.SideMax}");
        }

        if (height is < 1 or > MatchField.SideMax)
        {
            throw new ArgumentOutOfRangeException(nameof(height), height, $"height {height} is outside 1..{MatchField.SideMax}");
        }

        if (channels is < 1 or > ChannelsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, $"{channels} channels are outside 1..{ChannelsMax}");
        }

        if (border is < 0 or > PatchWeights.PatchWidthMax)
        {
            throw new ArgumentOutOfRangeException(nameof(border), border, $"border {border} is outside 0..{PatchWeights.PatchWidthMax}");
        }

        Width = width;
        Height = height;
        Channels = channels;
        Border = border;
        RowBytes = (width + 2 * border) * channels;
        Bytes = new byte[checked(RowBytes * (height + 2 * border) + SlackBytes)];
    }

    /// <summary>Width in pixels without the border.</summary>
    public int Width { get; }

    /// <summary>Height in pixels without the border.</summary>
    public int Height { get; }

    /// <summary>Bytes per pixel.</summary>
    public int Channels { get; }

    /// <summary>Pixels of repeated edge on each side.</summary>
    public int Border { get; }

    /// <summary>Whether the border mirrors the picture, which keeps its texture, rather than repeats the edge pixels as EbSynth does.</summary>
    public bool MirrorsEdges { get; init; }

    /// <summary>Bytes from one row to the next.</summary>
    public int RowBytes { get; }

    /// <summary>The whole buffer, border and slack included.</summary>
    public byte[] Bytes { get; }

    /// <summary>Index of pixel (x, y) in <see cref="Bytes"/>; coordinates may reach into the border.</summary>
    public int Offset(int x, int y) => (y + Border) * RowBytes + (x + Border) * Channels;

    /// <summary>Copies channels of another picture of the same size.</summary>
    public void CopyChannels(ChannelPicture from, int fromChannel, int toChannel, int count)
    {
        if (from.Width != Width || from.Height != Height)
        {
            throw new ArgumentException($"a {from.Width}×{from.Height} picture cannot be copied into one of {Width}×{Height}", nameof(from));
        }

        for (int y = 0; y < Height; y++)
        {
            int source = from.Offset(0, y) + fromChannel, target = Offset(0, y) + toChannel;
            for (int x = 0; x < Width; x++, source += from.Channels, target += Channels)
            {
                for (int channel = 0; channel < count; channel++) Bytes[target + channel] = from.Bytes[source + channel];
            }
        }
    }

    /// <summary>Fills the border from the picture; call after the picture changed and before it is matched.</summary>
    public void ExtendBorder()
    {
        for (int y = 0; y < Height && Border > 0; y++)
        {
            for (int x = 1; x <= Border; x++)
            {
                Bytes.AsSpan(Offset(Inside(-x, Width), y), Channels).CopyTo(Bytes.AsSpan(Offset(-x, y)));
                Bytes.AsSpan(Offset(Inside(Width - 1 + x, Width), y), Channels).CopyTo(Bytes.AsSpan(Offset(Width - 1 + x, y)));
            }
        }

        for (int y = 1; y <= Border; y++)
        {
            Bytes.AsSpan(Offset(-Border, Inside(-y, Height)), RowBytes).CopyTo(Bytes.AsSpan(Offset(-Border, -y)));
            Bytes.AsSpan(Offset(-Border, Inside(Height - 1 + y, Height)), RowBytes).CopyTo(Bytes.AsSpan(Offset(-Border, Height - 1 + y)));
        }
    }

    /// <summary>The picture at half the resolution (sides rounded down, at least 1): the rounded mean of each 2 × 2 block.</summary>
    public ChannelPicture Halved()
    {
        ChannelPicture half = new(Math.Max(Width / 2, 1), Math.Max(Height / 2, 1), Channels, Border) { MirrorsEdges = MirrorsEdges };
        for (int y = 0; y < half.Height; y++)
        {
            int nextRow = Math.Min(2 * y + 1, Height - 1);
            for (int x = 0; x < half.Width; x++)
            {
                int nextX = Math.Min(2 * x + 1, Width - 1), target = half.Offset(x, y);
                int a = Offset(2 * x, 2 * y), b = Offset(nextX, 2 * y), c = Offset(2 * x, nextRow), d = Offset(nextX, nextRow);
                for (int channel = 0; channel < Channels; channel++)
                {
                    half.Bytes[target + channel] = (byte)((Bytes[a + channel] + Bytes[b + channel] + Bytes[c + channel] + Bytes[d + channel] + 2) >> 2);
                }
            }
        }

        half.ExtendBorder();
        return half;
    }

    private int Inside(int index, int count)
    {
        if (!MirrorsEdges) return Math.Clamp(index, 0, count - 1);
        return index < 0 ? Math.Min(-index, count - 1) : Math.Max(2 * count - 2 - index, 0);
    }
}
