namespace RunwayFX.Synthesis.Patches;

/// <summary>What matching looks at: 8-bit channels of style and guides, interleaved per pixel so that a patch row is one run of bytes.</summary>
/// <remarks>Shape (T, H, W, C), top-down, frames one after the other (T = 1 for a still), with <see cref="Border"/> repeated or mirrored pixels
/// around each frame and <see cref="TimeBorder"/> such frames before the first and after the last. The buffer ends with slack, so that a vector
/// load which starts inside the picture never leaves it. Owns its buffer; not thread-safe for writing.</remarks>
public sealed class ChannelPicture
{
    /// <summary>Most channels a picture may have.</summary>
    public const int ChannelsMax = 32;

    /// <summary>Bytes behind the last pixel that may be read, their content being irrelevant.</summary>
    internal const int SlackBytes = 1024;

    /// <summary>Creates a picture of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side, the channel count or the border is out of range.</exception>
    public ChannelPicture(int width, int height, int channels, int border = 0)
        : this(width, height, 1, channels, border, 0)
    {
    }

    /// <summary>Creates a clip of zeros.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height of a frame in pixels.</param>
    /// <param name="frames">Number of frames; all rows together at most <see cref="MatchField.RowsMax"/>.</param>
    /// <param name="channels">Bytes per pixel.</param>
    /// <param name="border">Pixels around each frame.</param>
    /// <param name="timeBorder">Frames before the first and after the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public ChannelPicture(int width, int height, int frames, int channels, int border, int timeBorder)
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

        if (frames < 1 || (long)frames * height > MatchField.RowsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(frames), frames, $"{frames} frames of {height} rows are outside 1..{MatchField.RowsMax} rows");
        }

        if (timeBorder is < 0 or > PatchWeights.PatchWidthMax)
        {
            throw new ArgumentOutOfRangeException(nameof(timeBorder), timeBorder, $"time border {timeBorder} is outside 0..{PatchWeights.PatchWidthMax}");
        }

        Width = width;
        Height = height;
        Frames = frames;
        Channels = channels;
        Border = border;
        TimeBorder = timeBorder;
        RowBytes = (width + 2 * border) * channels;
        long bytes = (long)RowBytes * (height + 2 * border) * (frames + 2 * timeBorder) + SlackBytes;
        if (bytes > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels,
                $"{width}×{height}×{frames} pixels of {channels} channels are {bytes} bytes, over {Array.MaxLength}");
        }

        Bytes = new byte[bytes];
    }

    /// <summary>Width in pixels without the border.</summary>
    public int Width { get; }

    /// <summary>Height of a frame in pixels without the border.</summary>
    public int Height { get; }

    /// <summary>Number of frames without the border; 1 for a still.</summary>
    public int Frames { get; }

    /// <summary>Rows of all frames together.</summary>
    public int Rows => Height * Frames;

    /// <summary>Bytes per pixel.</summary>
    public int Channels { get; }

    /// <summary>Pixels of repeated edge on each side.</summary>
    public int Border { get; }

    /// <summary>Frames of repeated or mirrored content before the first and after the last.</summary>
    public int TimeBorder { get; }

    /// <summary>Whether the border mirrors the picture, which keeps its texture, rather than repeats the edge pixels as EbSynth does.</summary>
    public bool MirrorsEdges { get; init; }

    /// <summary>Bytes from one row to the next.</summary>
    public int RowBytes { get; }

    /// <summary>Bytes from one frame to the next.</summary>
    public int FrameBytes => RowBytes * (Height + 2 * Border);

    /// <summary>The whole buffer, border and slack included.</summary>
    public byte[] Bytes { get; }

    /// <summary>Index of pixel (x, y) of a frame in <see cref="Bytes"/>; coordinates may reach into the borders.</summary>
    public int Offset(int x, int y, int frame = 0) => (frame + TimeBorder) * FrameBytes + (y + Border) * RowBytes + (x + Border) * Channels;

    /// <summary>Copies channels of another picture of the same size.</summary>
    public void CopyChannels(ChannelPicture from, int fromChannel, int toChannel, int count) =>
        CopyChannels(from, fromChannel, toChannel, count, new PatchWork(1, CancellationToken.None));

    internal void CopyChannels(ChannelPicture from, int fromChannel, int toChannel, int count, PatchWork work)
    {
        if (from.Width != Width || from.Height != Height || from.Frames != Frames)
        {
            throw new ArgumentException($"a {from.Width}×{from.Height}×{from.Frames} picture cannot be copied into one of {Width}×{Height}×{Frames}", nameof(from));
        }

        if (fromChannel < 0 || toChannel < 0 || count < 0 || fromChannel + count > from.Channels || toChannel + count > Channels)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count,
                $"channels {fromChannel}.. and {toChannel}.., {count} each, are outside 0..{from.Channels - 1} and 0..{Channels - 1}");
        }

        work.ForRows(Rows, Width, row =>
        {
            (int frame, int y) = Math.DivRem(row, Height);
            int source = from.Offset(0, y, frame) + fromChannel, target = Offset(0, y, frame) + toChannel;
            for (int x = 0; x < Width; x++, source += from.Channels, target += Channels)
            {
                for (int channel = 0; channel < count; channel++) Bytes[target + channel] = from.Bytes[source + channel];
            }
        });
    }

    /// <summary>Fills the borders from the picture; call after the picture changed and before it is matched.</summary>
    public void ExtendBorder()
    {
        for (int frame = 0; frame < Frames && Border > 0; frame++) ExtendFrame(frame);
        for (int frame = 1; frame <= TimeBorder; frame++)
        {
            Bytes.AsSpan(FrameStart(Inside(-frame, Frames)), FrameBytes).CopyTo(Bytes.AsSpan(FrameStart(-frame)));
            Bytes.AsSpan(FrameStart(Inside(Frames - 1 + frame, Frames)), FrameBytes).CopyTo(Bytes.AsSpan(FrameStart(Frames - 1 + frame)));
        }
    }

    /// <summary>The picture at half the resolution (sides rounded down, at least 1; all frames stay): the rounded mean of each 2 × 2 block.</summary>
    public ChannelPicture Halved() => Halved(new PatchWork(1, CancellationToken.None));

    internal ChannelPicture Halved(PatchWork work)
    {
        ChannelPicture half = new(Math.Max(Width / 2, 1), Math.Max(Height / 2, 1), Frames, Channels, Border, TimeBorder) { MirrorsEdges = MirrorsEdges };
        work.ForRows(half.Rows, half.Width, row =>
        {
            (int frame, int y) = Math.DivRem(row, half.Height);
            int nextRow = Math.Min(2 * y + 1, Height - 1);
            for (int x = 0; x < half.Width; x++)
            {
                int nextX = Math.Min(2 * x + 1, Width - 1), target = half.Offset(x, y, frame);
                int a = Offset(2 * x, 2 * y, frame), b = Offset(nextX, 2 * y, frame), c = Offset(2 * x, nextRow, frame), d = Offset(nextX, nextRow, frame);
                for (int channel = 0; channel < Channels; channel++)
                {
                    half.Bytes[target + channel] = (byte)((Bytes[a + channel] + Bytes[b + channel] + Bytes[c + channel] + Bytes[d + channel] + 2) >> 2);
                }
            }
        });
        half.ExtendBorder();
        return half;
    }

    private int FrameStart(int frame) => (frame + TimeBorder) * FrameBytes;

    private void ExtendFrame(int frame)
    {
        for (int y = 0; y < Height; y++)
        {
            for (int x = 1; x <= Border; x++)
            {
                Bytes.AsSpan(Offset(Inside(-x, Width), y, frame), Channels).CopyTo(Bytes.AsSpan(Offset(-x, y, frame)));
                Bytes.AsSpan(Offset(Inside(Width - 1 + x, Width), y, frame), Channels).CopyTo(Bytes.AsSpan(Offset(Width - 1 + x, y, frame)));
            }
        }

        for (int y = 1; y <= Border; y++)
        {
            Bytes.AsSpan(Offset(-Border, Inside(-y, Height), frame), RowBytes).CopyTo(Bytes.AsSpan(Offset(-Border, -y, frame)));
            Bytes.AsSpan(Offset(-Border, Inside(Height - 1 + y, Height), frame), RowBytes).CopyTo(Bytes.AsSpan(Offset(-Border, Height - 1 + y, frame)));
        }
    }

    private int Inside(int index, int count)
    {
        if (!MirrorsEdges) return Math.Clamp(index, 0, count - 1);
        return index < 0 ? Math.Min(-index, count - 1) : Math.Max(2 * count - 2 - index, 0);
    }
}
