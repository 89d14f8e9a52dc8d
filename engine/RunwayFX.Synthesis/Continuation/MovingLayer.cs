namespace RunwayFX.Synthesis.Continuation;

/// <summary>What moves in a clip in front of what stands still: the still picture behind, and a mask for every frame, all in the last frame's
/// coordinates.</summary>
/// <remarks>Shape of a mask (H, W), 1 = moving. Memory: two bytes per pixel and frame beside the clip.</remarks>
public sealed class MovingLayer
{
    /// <summary>Frames from which the picture behind is taken.</summary>
    private const int SamplesMax = 41;

    /// <summary>Steps of 255 by which something must differ from what is behind it, at least.</summary>
    private const int DifferenceMin = 15;

    /// <summary>The same in multiples of the clip's noise.</summary>
    private const int NoiseFactor = 7;

    /// <summary>Part of the picture below which a spot is noise.</summary>
    private const double SpotAreaMin = 0.00018;

    private readonly byte[]?[] _masks;
    private readonly byte[]?[] _different;

    private MovingLayer(ReducedClip clip, CameraPath camera, byte[] plate, byte[]?[] masks, byte[]?[] different, byte[]?[] frames, int threshold)
    {
        (Clip, Camera, Plate, _masks, _different, Frames, Threshold) = (clip, camera, plate, masks, different, frames, threshold);
    }

    /// <summary>The clip.</summary>
    public ReducedClip Clip { get; }

    /// <summary>Its camera.</summary>
    public CameraPath Camera { get; }

    /// <summary>What stands still, shape (H, W, 3).</summary>
    public byte[] Plate { get; }

    /// <summary>Steps of 255 from which a pixel counts as different.</summary>
    public int Threshold { get; }

    /// <summary>Part of the pixels of all frames that move.</summary>
    public double Activity { get; private init; }

    /// <summary>First frame that has a mask.</summary>
    public int First => Camera.IsStill ? 0 : Camera.First;

    /// <summary>A frame in the last frame's coordinates; where it does not reach, the plate's values.</summary>
    internal byte[]?[] Frames { get; }

    /// <summary>The mask of a frame from <see cref="First"/> on.</summary>
    public byte[] Mask(int frame) => _masks[frame]!;

    /// <summary>Where a frame differs from the plate, with gaps: a pole in front of somebody is one.</summary>
    public byte[] Different(int frame) => _different[frame]!;

    /// <summary>The mask of a frame, grown by some pixels.</summary>
    public byte[] GrownMask(int frame, int pixels) => Morphology.Dilate(Mask(frame), Clip.Width, Clip.Height, pixels);

    /// <summary>A frame in the last frame's coordinates, shape (H, W, 3).</summary>
    public byte[] Aligned(int frame) => Frames[frame]!;

    /// <summary>Parts a clip.</summary>
    public static MovingLayer Find(ReducedClip clip, CameraPath camera, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(camera);
        int first = camera.IsStill ? 0 : camera.First;
        byte[]?[] frames = new byte[]?[clip.Count], reach = new byte[]?[clip.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(first, clip.Count, parallel, frame =>
        {
            if (camera.IsStill) frames[frame] = clip[frame];
            else (frames[frame], reach[frame]) = Align(clip, frame, camera.ToLast(frame).Inverse());
        });

        byte[] plate = Median(clip, frames, reach, first, parallel);
        (byte[] least, byte[] most) = Morphology.Range(plate, clip.Width, clip.Height);
        int threshold = Math.Max(DifferenceMin, NoiseFactor * Noise(frames[^1]!, plate));
        byte[]?[] masks = new byte[]?[clip.Count], different = new byte[]?[clip.Count];
        long[] moving = new long[clip.Count];
        Parallel.For(first, clip.Count, parallel, frame =>
        {
            if (reach[frame] is { } inside) Complete(frames[frame]!, inside, plate);
            different[frame] = DifferenceOf(clip, frames[frame]!, least, most, threshold);
            masks[frame] = Close(clip, different[frame]!);
            moving[frame] = masks[frame]!.Sum(value => (long)value);
        });
        double activity = (double)moving.Sum() / ((long)clip.Width * clip.Height * (clip.Count - first));
        return new(clip, camera, plate, masks, different, frames, threshold) { Activity = activity };
    }

    /// <summary>Where a picture differs from another: cleaned of noise, with small gaps closed.</summary>
    internal static byte[] MaskOf(ReducedClip clip, byte[] frame, byte[] least, byte[] most, int threshold) =>
        Close(clip, DifferenceOf(clip, frame, least, most, threshold));

    /// <summary>Where a frame leaves the range that the plate has around a pixel: a sign that sways by a pixel does not move.</summary>
    private static byte[] DifferenceOf(ReducedClip clip, byte[] frame, byte[] least, byte[] most, int threshold)
    {
        int width = clip.Width, height = clip.Height;
        byte[] difference = new byte[width * height];
        for (int pixel = 0, at = 0; pixel < difference.Length; pixel++, at += ReducedClip.Channels)
        {
            int largest = 0;
            for (int channel = at; channel < at + ReducedClip.Channels; channel++)
                largest = Math.Max(largest, Math.Max(frame[channel] - most[channel], least[channel] - frame[channel]));
            difference[pixel] = (byte)largest;
        }

        return Morphology.BoxAtLeast(difference, width, height, threshold);
    }

    private static byte[] Close(ReducedClip clip, byte[] different)
    {
        int width = clip.Width, height = clip.Height;
        byte[] mask = Morphology.Erode(Morphology.Dilate(different, width, height, 3), width, height, 3);
        return Blobs.RemoveSmall(mask, width, height, Math.Max(4, (int)(SpotAreaMin * width * height)));
    }

    private static (byte[] Frame, byte[] Reach) Align(ReducedClip clip, int index, CameraStep fromLast)
    {
        int width = clip.Width, height = clip.Height;
        byte[] source = clip[index], result = new byte[source.Length], reach = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (double atX, double atY) = fromLast.Apply(x, y);
                if (!(atX >= 0 && atY >= 0 && atX <= width - 1 && atY <= height - 1)) continue;
                int left = (int)atX, top = (int)atY, right = Math.Min(left + 1, width - 1), bottom = Math.Min(top + 1, height - 1);
                double fx = atX - left, fy = atY - top;
                int pixel = y * width + x;
                reach[pixel] = 1;
                for (int channel = 0; channel < ReducedClip.Channels; channel++)
                {
                    double upper = source[(top * width + left) * 3 + channel] * (1 - fx) + source[(top * width + right) * 3 + channel] * fx;
                    double lower = source[(bottom * width + left) * 3 + channel] * (1 - fx) + source[(bottom * width + right) * 3 + channel] * fx;
                    result[pixel * 3 + channel] = (byte)(upper * (1 - fy) + lower * fy + 0.5);
                }
            }
        }

        return (result, reach);
    }

    private static void Complete(byte[] frame, byte[] reach, byte[] plate)
    {
        for (int pixel = 0; pixel < reach.Length; pixel++)
        {
            if (reach[pixel] == 0) plate.AsSpan(pixel * 3, 3).CopyTo(frame.AsSpan(pixel * 3, 3));
        }
    }

    private static byte[] Median(ReducedClip clip, byte[]?[] frames, byte[]?[] reach, int first, ParallelOptions parallel)
    {
        int count = clip.Count - first, samples = Math.Min(SamplesMax, count);
        int[] chosen = [.. Enumerable.Range(0, samples).Select(sample => clip.Count - 1 - (int)((long)sample * count / samples))];
        byte[] plate = new byte[clip.Width * clip.Height * ReducedClip.Channels];
        Parallel.For(0, clip.Height, parallel, y =>
        {
            Span<byte> values = stackalloc byte[SamplesMax];
            for (int x = 0; x < clip.Width; x++)
            {
                int pixel = y * clip.Width + x;
                for (int channel = 0; channel < ReducedClip.Channels; channel++)
                {
                    int have = 0;
                    foreach (int frame in chosen)
                    {
                        if (reach[frame] is { } inside && inside[pixel] == 0) continue;
                        values[have++] = frames[frame]![pixel * 3 + channel];
                    }

                    values[..have].Sort();
                    plate[pixel * 3 + channel] = have == 0 ? clip[^1][pixel * 3 + channel] : values[have / 2];
                }
            }
        });
        return plate;
    }

    private static int Noise(byte[] frame, byte[] plate)
    {
        int[] histogram = new int[256];
        for (int at = 0; at < frame.Length; at++) histogram[Math.Abs(frame[at] - plate[at])]++;
        int below = 0, value = 0;
        while (value < 255 && (below += histogram[value]) < frame.Length / 2) value++;
        return value;
    }
}
