using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Variation;

/// <summary>A short clip as space-time matching reads it: 8-bit, four channels interleaved, frame after frame.</summary>
/// <remarks>Shape (frames, height, width, 4), top-down. Channels 0–2 are display-like colour; channel 3 is free for a guide (0 where there is
/// none). Values are perceptual guides, not pixels: the result of matching is a map into the source, by which the caller copies its own pixels.</remarks>
public sealed class SpaceTimeVolume
{
    /// <summary>Bytes per pixel.</summary>
    public const int Channels = 4;

    /// <summary>Longest side, so that a place fits 32 bits.</summary>
    public const int SideMax = 4095;

    /// <summary>Most frames.</summary>
    public const int FramesMax = 255;

    /// <summary>Most pixels of all frames together (512 MiB).</summary>
    public const long VoxelsMax = 128L << 20;

    /// <summary>Bytes behind the last pixel that a wide load may touch.</summary>
    private const int TailBytes = 32;

    /// <summary>Creates a black clip.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side, the number of frames or their product is out of range.</exception>
    public SpaceTimeVolume(int width, int height, int frames)
    {
        if (width is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(width), width, $"width {width} is outside 1..{SideMax}");
        if (height is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(height), height, $"height {height} is outside 1..{SideMax}");
        if (frames is < 1 or > FramesMax) throw new ArgumentOutOfRangeException(nameof(frames), frames, $"{frames} frames are outside 1..{FramesMax}");
        long voxels = (long)width * height * frames;
        if (voxels > VoxelsMax) throw new ArgumentOutOfRangeException(nameof(frames), voxels, $"{voxels} pixels are over {VoxelsMax}");
        (Width, Height, Frames) = (width, height, frames);
        Bytes = new byte[voxels * Channels + TailBytes];
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Frames.</summary>
    public int Frames { get; }

    /// <summary>Pixels of all frames.</summary>
    public int Voxels => Width * Height * Frames;

    /// <summary>All values, followed by a few bytes that wide loads may read.</summary>
    internal byte[] Bytes { get; }

    /// <summary>One frame's values, shape (height, width, 4).</summary>
    public Span<byte> Frame(int index) => Bytes.AsSpan(index * Width * Height * Channels, Width * Height * Channels);

    /// <summary>A copy with its own buffer.</summary>
    public SpaceTimeVolume Clone()
    {
        SpaceTimeVolume copy = new(Width, Height, Frames);
        Bytes.CopyTo(copy.Bytes, 0);
        return copy;
    }

    /// <summary>Takes one frame from a picture of the same size: colour clamped to 0..1 and rounded to 8 bits; channel 3 is set to 0.</summary>
    public void Load(int index, Frame picture)
    {
        if (picture.Width != Width || picture.Height != Height)
            throw new ArgumentException($"a picture of {picture.Width}×{picture.Height} does not fit a clip of {Width}×{Height}", nameof(picture));
        Span<byte> to = Frame(index);
        float[] from = picture.Pixels;
        for (int i = 0; i < from.Length; i += Channels)
        {
            for (int channel = 0; channel < 3; channel++) to[i + channel] = Quantise(from[i + channel] * 255);
            to[i + 3] = 0;
        }
    }

    /// <summary>A copy of another size and length. Smaller sizes are means over area and time; larger ones are interpolated.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SpaceTimeVolume Resize(int width, int height, int frames, int threads, CancellationToken cancellation)
    {
        if (width == Width && height == Height && frames == Frames) return Clone();
        float[][] spatial = new float[Frames][];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, Frames, parallel, index => spatial[index] = ResizeFrame(index, width, height, cancellation));
        SpaceTimeVolume result = new(width, height, frames);
        Parallel.For(0, frames, parallel, index => Blend(spatial, Frames, index, result));
        return result;
    }

    internal static byte Quantise(float value) => value > 0 ? value < 255 ? (byte)(value + 0.5f) : (byte)255 : (byte)0;

    private float[] ResizeFrame(int index, int width, int height, CancellationToken cancellation)
    {
        ReadOnlySpan<byte> from = Frame(index);
        float[] values = new float[from.Length];
        for (int i = 0; i < values.Length; i++) values[i] = from[i];
        if (width == Width && height == Height) return values;
        float[] result = new float[width * height * Channels];
        ResamplingFilter filter = width < Width || height < Height ? ResamplingFilter.Area : ResamplingFilter.Bicubic;
        Resampling.Resize(values, Width, Height, Channels, result, width, height, filter, cancellation);
        return result;
    }

    /// <summary>Frames of the source that lie under a frame of the result, by their share; between two where the result is longer.</summary>
    private static void Blend(float[][] source, int count, int index, SpaceTimeVolume result)
    {
        double ratio = (double)count / result.Frames, centre = (index + 0.5) * ratio, radius = Math.Max(0.5 * ratio, 0.5);
        Span<byte> to = result.Frame(index);
        float[] sum = new float[to.Length];
        double total = 0;
        for (int frame = (int)Math.Floor(centre - radius); frame <= (int)Math.Floor(centre + radius); frame++)
        {
            double share = Math.Min(frame + 1, centre + radius) - Math.Max(frame, centre - radius);
            if (share > 1e-9) total += share;
        }

        for (int frame = (int)Math.Floor(centre - radius); frame <= (int)Math.Floor(centre + radius); frame++)
        {
            double share = Math.Min(frame + 1, centre + radius) - Math.Max(frame, centre - radius);
            if (share <= 1e-9) continue;
            float weight = (float)(share / total);
            float[] from = source[Math.Clamp(frame, 0, count - 1)];
            for (int i = 0; i < sum.Length; i++) sum[i] += from[i] * weight;
        }

        for (int i = 0; i < sum.Length; i++) to[i] = Quantise(sum[i]);
    }
}
