using System.Buffers.Binary;
using System.IO.Hashing;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;
using RunwayFX.Inference.Noise;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Style;

/// <summary>A frame of a chain: its content, and its display-like pixels where they are needed.</summary>
internal readonly record struct ChainFrame(UInt128 Hash, Func<Frame> Display);

/// <summary>Noise that stays on what it lies on: a model's pictures of a moving clip then have their details in the same places of what is shown, not of the
/// screen.</summary>
/// <remarks>Each sample of a frame's latents takes the numbers of the sample that it was in the frame before, as optical flow says; each is taken once, so that the noise
/// stays white, and what has come into view gets numbers of its own. Thread-safe.</remarks>
internal sealed class WarpedNoise(BoundedCache cache)
{
    /// <summary>Longest side of the pictures between which motion is looked for: latents are coarse.</summary>
    private const int FlowSideMax = 384;

    private const int ThreadsMax = 4;

    private enum KeyKind
    {
        Motion = 202,
        Noise = 203,
    }

    /// <summary>The noise of a frame.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="chain">Frames from the chain's first to the one wanted.</param>
    /// <param name="first">Number of the chain's first frame among all anchors: what comes into view has other numbers in every chain.</param>
    /// <param name="cancellation">Stops it.</param>
    public ModelNoise Of(ulong seed, IReadOnlyList<ChainFrame> chain, double first, CancellationToken cancellation)
    {
        UInt128 key = XxHash128.HashToUInt128(BitConverter.GetBytes(seed), (long)KeyKind.Noise);
        foreach (ChainFrame frame in chain) key = StyleSettings.Combine(key, frame.Hash, BitConverter.DoubleToInt64Bits(first));
        return new ModelNoise(key, (channels, height, width) =>
        {
            float[] noise = Drawn(seed, channels * height * width);
            for (int index = 1; index < chain.Count; index++)
            {
                if (chain[index].Hash == chain[index - 1].Hash) continue;
                float[] own = Drawn(SeedOf(seed, first + index), noise.Length);
                noise = Moved(noise, own, (channels, height, width), Motion(chain[index], chain[index - 1], cancellation));
            }

            return noise;
        });
    }

    /// <summary>Noise moved along.</summary>
    /// <param name="noise">The frame before's, shape (C, H, W).</param>
    /// <param name="own">What shows where nothing arrives.</param>
    /// <param name="shape">C, H and W.</param>
    /// <param name="motion">From this frame back to the one before.</param>
    internal static float[] Moved(float[] noise, float[] own, (int Channels, int Height, int Width) shape, BackMotion motion)
    {
        int plane = shape.Height * shape.Width;
        float scaleX = (float)motion.Flow.Width / shape.Width, scaleY = (float)motion.Flow.Height / shape.Height;
        bool[] isTaken = new bool[plane];
        float[] moved = (float[])own.Clone();
        for (int p = 0; p < plane; p++)
        {
            float x = (p % shape.Width + 0.5f) * scaleX - 0.5f, y = (p / shape.Width + 0.5f) * scaleY - 0.5f;
            int at = (int)Math.Clamp(y + 0.5f, 0, motion.Flow.Height - 1) * motion.Flow.Width + (int)Math.Clamp(x + 0.5f, 0, motion.Flow.Width - 1);
            if (motion.Believed[at] == 0) continue;
            (float byX, float byY) = motion.Flow.At(x, y);
            int fromX = (int)MathF.Floor(p % shape.Width + byX / scaleX + 0.5f), fromY = (int)MathF.Floor(p / shape.Width + byY / scaleY + 0.5f);
            if ((uint)fromX >= (uint)shape.Width || (uint)fromY >= (uint)shape.Height) continue;
            int from = fromY * shape.Width + fromX;
            if (isTaken[from]) continue;
            isTaken[from] = true;
            for (int channel = 0; channel < shape.Channels; channel++) moved[channel * plane + p] = noise[channel * plane + from];
        }

        return moved;
    }

    private BackMotion Motion(ChainFrame now, ChainFrame before, CancellationToken cancellation)
    {
        UInt128 key = StyleSettings.Combine(now.Hash, before.Hash, (long)KeyKind.Motion);
        if (cache.TryGet(key, out BackMotion? motion)) return motion;
        FlowOptions options = new() { Threads = Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax) };
        FlowPair pair = OpticalFlow.EstimateBoth(Picture(now, cancellation), Picture(before, cancellation), options, null, cancellation);
        motion = new BackMotion(pair.Forward, pair.ForwardConsistent);
        cache.Put(key, motion, motion.Flow.X.Length * 9L);
        return motion;
    }

    private static FlowPicture Picture(ChainFrame frame, CancellationToken cancellation)
    {
        Frame display = frame.Display();
        double scale = Math.Min(1, (double)FlowSideMax / Math.Max(display.Width, display.Height));
        return FlowPicture.FromDisplay(ModelMaker.Sized(display, Math.Max(1, (int)(display.Width * scale)), Math.Max(1, (int)(display.Height * scale)), cancellation)!, cancellation);
    }

    private static float[] Drawn(ulong seed, int length)
    {
        float[] noise = new float[length];
        new NoiseSource(seed).FillNormal(noise);
        return noise;
    }

    /// <summary>A seed of its own for each anchor; the generator reads its low 32 bits.</summary>
    private static ulong SeedOf(ulong seed, double anchor)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], anchor);
        return XxHash64.HashToUInt64(bytes);
    }

    /// <summary>Motion from a frame back to the one before, and where it can be believed.</summary>
    internal sealed record BackMotion(FlowField Flow, byte[] Believed);
}
