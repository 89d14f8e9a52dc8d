using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>What a frame adds to its shot's plate where nothing moves: grain, compression noise, a change of light. Carried over to the fill, it
/// keeps a fill that
/// is the same in every frame from looking frozen.</summary>
internal static class LiveDetail
{
    /// <summary>Display-like difference, averaged around a pixel, at which half of the detail is dropped: larger ones are things that move.</summary>
    private const float MovingMin = 0.03f;

    private const double AverageSigma = 3;
    private const int GainSamplesMax = 8192;
    private const int GainSamplesMin = 16;
    private const float GainPlateMin = 0.02f;
    private const float GainMax = 16;
    private const float GainIgnored = 0.02f;

    /// <summary>Share of a frame's difference to the plate that is detail, per pixel, 0..1.</summary>
    /// <param name="frameGuide">The frame in display-like values.</param>
    /// <param name="plateGuide">The plate in display-like values.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static float[] Weights(Frame frameGuide, Frame plateGuide, CancellationToken cancellation)
    {
        float[] weights = new float[frameGuide.Width * frameGuide.Height];
        for (int p = 0; p < weights.Length; p++)
        {
            float sum = 0;
            for (int c = 0; c < 3; c++) sum += Math.Abs(frameGuide.Pixels[Frame.Channels * p + c] - plateGuide.Pixels[Frame.Channels * p + c]);
            weights[p] = sum / 3;
        }

        GaussianBlur.Apply(weights, frameGuide.Width, frameGuide.Height, 1, AverageSigma, cancellation);
        for (int p = 0; p < weights.Length; p++)
        {
            float ratio = weights[p] / MovingMin, square = ratio * ratio;
            weights[p] = 1 / (1 + square * square);
        }

        return weights;
    }

    /// <summary>How much brighter a frame is than its plate, per channel: a fade or a change of light. Things that move do not count, because it is
    /// a median.</summary>
    /// <returns>Red, green, blue; 1 where the two hardly differ or cannot be compared.</returns>
    public static (float Red, float Green, float Blue) Gains(Frame frame, Frame plate) =>
        (Gain(frame, plate, 0), Gain(frame, plate, 1), Gain(frame, plate, 2));

    /// <summary>A copy with colour multiplied by gains.</summary>
    public static Frame Scale(Frame picture, (float Red, float Green, float Blue) gains)
    {
        Frame result = picture.Clone();
        for (int i = 0; i < result.Pixels.Length; i += Frame.Channels)
        {
            result.Pixels[i] *= gains.Red;
            result.Pixels[i + 1] *= gains.Green;
            result.Pixels[i + 2] *= gains.Blue;
        }

        return result;
    }

    /// <summary>A plate where it shows nothing that another plate of the same place does not, else the other.</summary>
    public static Frame Merge(Frame plate, Frame other, Func<Frame, Frame> toGuide, CancellationToken cancellation)
    {
        if (ReferenceEquals(plate, other)) return plate;
        float[] weights = Weights(toGuide(plate), toGuide(other), cancellation);
        Frame result = other.Clone();
        for (int p = 0; p < weights.Length; p++)
            Add(plate.Pixels.AsSpan(Frame.Channels * p, 3), other.Pixels.AsSpan(Frame.Channels * p, 3), weights[p],
                result.Pixels.AsSpan(Frame.Channels * p, 3));
        return result;
    }

    /// <summary>The part of a frame's difference to the plate that <see cref="Add"/> leaves out.</summary>
    public static Frame Rest(Frame frame, Frame plate, float[] weights)
    {
        Frame rest = new(frame.Width, frame.Height);
        for (int p = 0; p < weights.Length; p++)
        {
            for (int i = Frame.Channels * p; i < Frame.Channels * p + 3; i++) rest.Pixels[i] = (1 - weights[p]) * (frame.Pixels[i] - plate.Pixels[i]);
        }

        return rest;
    }

    private static float Gain(Frame frame, Frame plate, int channel)
    {
        int pixels = frame.Width * frame.Height, step = Math.Max(1, pixels / GainSamplesMax);
        List<float> ratios = new(GainSamplesMax + 1);
        for (int p = 0; p < pixels; p += step)
        {
            float value = frame.Pixels[(Frame.Channels * p) + channel], before = plate.Pixels[(Frame.Channels * p) + channel];
            if (before > GainPlateMin && float.IsFinite(before) && float.IsFinite(value)) ratios.Add(Math.Clamp(value / before, 0, GainMax));
        }

        if (ratios.Count < GainSamplesMin) return 1;
        ratios.Sort();
        float gain = ratios[ratios.Count / 2];
        return Math.Abs(gain - 1) < GainIgnored ? 1 : gain;
    }

    /// <summary>Adds the weighted difference of two pixels of the source to a filled pixel; alpha and differences that are not finite stay
    /// out.</summary>
    public static void Add(ReadOnlySpan<float> frame, ReadOnlySpan<float> plate, float weight, Span<float> filled)
    {
        for (int c = 0; c < 3; c++)
        {
            float difference = weight * (frame[c] - plate[c]);
            if (float.IsFinite(difference)) filled[c] += difference;
        }
    }
}
