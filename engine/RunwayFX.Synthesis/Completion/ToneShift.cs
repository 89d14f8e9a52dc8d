using RunwayFX.Imaging;
using M = RunwayFX.Imaging.DeterministicMath;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Makes a picture darker or lighter as a lens and a camera do: by the odds of a pixel's luma, and all channels by the same step, so that dark
/// grass is no greyer than bright grass.</summary>
/// <param name="encoding">What a picture's numbers mean.</param>
/// <param name="premultiplied">Its alpha state.</param>
/// <param name="keepsDetail">Whether detail keeps its contrast, which odds take from it in the dark and a camera hardly does.</param>
internal sealed class ToneShift(ColourEncoding encoding, bool premultiplied, bool keepsDetail)
{
    /// <summary>What is finer than this, pixels, and differs by less than this from what is around it, is detail; the rest is edges.</summary>
    private const double DetailSigma = 6;
    private const float DetailMax = 0.12f;

    /// <summary>Contrast and differences of colour change with this power of what odds make of them.</summary>
    private const double KeptPower = 0.35;

    private readonly bool _isDisplay = encoding is ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec709Camera or ColourEncoding.Srgb;
    private readonly double _white = TransferFunction.DiffuseWhite(encoding);

    /// <summary>Changes a picture.</summary>
    /// <param name="frame">Changed, alpha excepted. What lies between black and white stays there; what lies beyond is not pushed further out.</param>
    /// <param name="tone">The change of a pixel, column and row, as natural logarithm of its odds; 0 leaves its bits.</param>
    /// <param name="isShown">Whether a pixel holds a picture; others keep their bits.</param>
    /// <param name="threadsMax">Most threads used.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public void Apply(Frame frame, Func<int, int, double> tone, Func<int, int, bool> isShown, int threadsMax, CancellationToken cancellation)
    {
        float[] lumas = new float[frame.Width * frame.Height];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation };
        Parallel.For(0, frame.Height, parallel, y =>
        {
            for (int x = 0; x < frame.Width; x++)
            {
                if (isShown(x, y)) lumas[y * frame.Width + x] = Luma(frame.Row(y).Slice(Frame.Channels * x, Frame.Channels));
            }
        });
        float[] levels = keepsDetail ? WithoutDetail(lumas, frame.Width, isShown, cancellation) : lumas;
        Parallel.For(0, frame.Height, parallel, y =>
        {
            for (int x = 0; x < frame.Width; x++)
            {
                double change = tone(x, y), level = levels[y * frame.Width + x], factor = M.Exp(change);
                if (change == 0 || !isShown(x, y)) continue;
                double less = 1 / (1 + level * (factor - 1)), kept = M.Pow(factor * less * less, KeptPower);
                Move(frame.Row(y).Slice(Frame.Channels * x, Frame.Channels), level, level * factor * less, kept);
            }
        });
    }

    /// <summary>Lumas with what is finer and fainter than edges smoothed away.</summary>
    private static float[] WithoutDetail(float[] lumas, int width, Func<int, int, bool> isShown, CancellationToken cancellation)
    {
        float[] around = new float[2 * lumas.Length];
        for (int p = 0; p < lumas.Length; p++) (around[2 * p], around[2 * p + 1]) = (lumas[p], isShown(p % width, p / width) ? 1 : 0);
        GaussianBlur.Apply(around, width, lumas.Length / width, 2, DetailSigma, cancellation);
        float[] levels = new float[lumas.Length];
        for (int p = 0; p < lumas.Length; p++)
        {
            if (!(around[2 * p + 1] > 0)) continue;
            float detail = lumas[p] - around[2 * p] / around[2 * p + 1], ratio = detail / DetailMax, square = ratio * ratio;
            levels[p] = Math.Clamp(lumas[p] - detail / (1 + square * square), 0, 1);
        }

        return levels;
    }

    /// <summary>Display-like luma, 0..1; 0 for what is no number.</summary>
    private float Luma(ReadOnlySpan<float> pixel)
    {
        double luma = 0.25 * Displayed(pixel, 0) + 0.625 * Displayed(pixel, 1) + 0.125 * Displayed(pixel, 2);
        return double.IsFinite(luma) ? (float)Math.Clamp(luma, 0, 1) : 0;
    }

    /// <summary>Takes a pixel with the level around it from one level to another, its difference to the level times a factor.</summary>
    private void Move(Span<float> pixel, double from, double to, double kept)
    {
        for (int c = 0; c < 3; c++)
        {
            double before = Displayed(pixel, c);
            if (!double.IsFinite(before)) continue;
            double value = Math.Clamp(to + kept * (before - from), Math.Min(before, 0), Math.Max(before, 1));
            double encoded = _isDisplay ? value : TransferFunction.FromLinear(encoding, TransferFunction.ToLinear(ColourEncoding.Srgb, value) * _white);
            pixel[c] = Alpha(pixel) * (float)encoded;
        }
    }

    private double Displayed(ReadOnlySpan<float> pixel, int channel)
    {
        double value = pixel[channel] / Alpha(pixel);
        return _isDisplay ? value : TransferFunction.FromLinear(ColourEncoding.Srgb, TransferFunction.ToLinear(encoding, value) / _white);
    }

    private float Alpha(ReadOnlySpan<float> pixel) => premultiplied && pixel[3] is > 0 and < 1 ? pixel[3] : 1;
}
