using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Joins two paintings of one frame: colours blend without losing contrast, fine structure is that of the chosen side, and no seam shows.</summary>
/// <remarks>The blend is linear in CIE Lab with its spread restored to what both paintings have (after Heitz and Neyret, "High-Performance By-Example Noise",
/// 2018); a screened Poisson equation then gives it the gradients of the chosen side. Red-black relaxation in a fixed order: the same bits for any number of
/// threads.</remarks>
internal static class KeyframeBlend
{
    /// <summary>How much the blended colours count against gradients.</summary>
    private const float Screen = 0.16f;

    private const int Sweeps = 24;
    private const float OverRelaxation = 1.4f;
    private const int RowsPerBand = 16;

    /// <summary>Joins.</summary>
    /// <param name="one">A painting, display-like.</param>
    /// <param name="other">Another of the same size.</param>
    /// <param name="shares">Share of the other side's colours per pixel, 0 to 1; from a half on the other side is the chosen one.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Asked in every sweep.</param>
    public static Frame Apply(Frame one, Frame other, float[] shares, int threads, CancellationToken cancellation)
    {
        bool[] takesOther = [.. shares.Select(share => share > 0.5f)];
        Frame blend = BlendColours(one, other, shares, threads, cancellation), result = blend.Clone();
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        int width = one.Width, height = one.Height, bands = (height + RowsPerBand - 1) / RowsPerBand;
        for (int index = 0; index < takesOther.Length; index++)
            (takesOther[index] ? other : one).Pixels.AsSpan(4 * index, 4).CopyTo(result.Pixels.AsSpan(4 * index));
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int colour = 0; colour < 2; colour++)
            {
                int parity = colour;
                Parallel.For(0, bands, options, band =>
                {
                    for (int y = band * RowsPerBand; y < Math.Min(height, (band + 1) * RowsPerBand); y++)
                        RelaxRow(one, other, takesOther, blend, result, y, (y + parity) & 1);
                });
            }
        }

        for (int index = 3; index < result.Pixels.Length; index += Frame.Channels) result.Pixels[index] = 1;
        return result;
    }

    private static void RelaxRow(Frame one, Frame other, bool[] takesOther, Frame blend, Frame result, int y, int first)
    {
        Span<Vector128<float>> to = MemoryMarshal.Cast<float, Vector128<float>>(result.Pixels.AsSpan());
        ReadOnlySpan<Vector128<float>> a = MemoryMarshal.Cast<float, Vector128<float>>(one.Pixels), b = MemoryMarshal.Cast<float, Vector128<float>>(other.Pixels);
        ReadOnlySpan<Vector128<float>> wanted = MemoryMarshal.Cast<float, Vector128<float>>(blend.Pixels);
        int width = result.Width;
        for (int x = first; x < width; x += 2)
        {
            int at = y * width + x;
            Vector128<float> sum = wanted[at] * Screen;
            float weight = Screen;
            if (x > 0) (sum, weight) = (sum + Toward(at, at - 1, to, a, b, takesOther), weight + 1);
            if (x + 1 < width) (sum, weight) = (sum + Toward(at, at + 1, to, a, b, takesOther), weight + 1);
            if (y > 0) (sum, weight) = (sum + Toward(at, at - width, to, a, b, takesOther), weight + 1);
            if (y + 1 < result.Height) (sum, weight) = (sum + Toward(at, at + width, to, a, b, takesOther), weight + 1);
            to[at] += (sum / Vector128.Create(weight) - to[at]) * OverRelaxation;
        }
    }

    /// <summary>A neighbour's value plus the wanted step from it; across a border of the choice the mean of both sides' steps.</summary>
    private static Vector128<float> Toward(
        int at, int near, ReadOnlySpan<Vector128<float>> values, ReadOnlySpan<Vector128<float>> one, ReadOnlySpan<Vector128<float>> other, bool[] takesOther)
    {
        Vector128<float> here = takesOther[at] ? other[at] - other[near] : one[at] - one[near];
        Vector128<float> there = takesOther[near] ? other[at] - other[near] : one[at] - one[near];
        return values[near] + (here + there) * 0.5f;
    }

    private static Frame BlendColours(Frame one, Frame other, float[] shares, int threads, CancellationToken cancellation)
    {
        Frame a = LabColour.From(one, threads, cancellation), b = LabColour.From(other, threads, cancellation);
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Spread[] rows = new Spread[3 * one.Height], spreads = new Spread[3];
        Parallel.For(0, one.Height, options, y =>
        {
            for (int channel = 0; channel < 3; channel++) rows[3 * y + channel] = Spread.Sum(a.Row(y), b.Row(y), channel);
        });
        for (int row = 0; row < rows.Length; row++) spreads[row % 3] = spreads[row % 3].With(rows[row]);
        for (int channel = 0; channel < 3; channel++) spreads[channel] = spreads[channel].Mean(one.Width * one.Height);
        Parallel.For(0, one.Height, options, y =>
        {
            Span<float> to = a.Row(y), from = b.Row(y);
            for (int x = 0; x < one.Width; x++)
            {
                float share = shares[y * one.Width + x];
                if (share <= 0) continue;
                for (int channel = 0; channel < 3; channel++)
                {
                    int at = Frame.Channels * x + channel;
                    to[at] = share >= 1 ? from[at] : spreads[channel].Restore(to[at] + (from[at] - to[at]) * share, share);
                }
            }
        });
        return LabColour.ToDisplay(a, threads, cancellation);
    }

    /// <summary>Means and variances of one channel of two pictures, by which a mix of them gets back the contrast that mixing takes.</summary>
    private readonly record struct Spread(double MeanOne, double MeanOther, double One, double Other, double Common)
    {
        private const float GainMax = 2;

        public static Spread Sum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int channel)
        {
            double sumA = 0, sumB = 0, squareA = 0, squareB = 0, product = 0;
            for (int index = channel; index < a.Length; index += Frame.Channels)
            {
                double valueA = a[index], valueB = b[index];
                (sumA, sumB) = (sumA + valueA, sumB + valueB);
                (squareA, squareB, product) = (squareA + valueA * valueA, squareB + valueB * valueB, product + valueA * valueB);
            }

            return new Spread(sumA, sumB, squareA, squareB, product);
        }

        public Spread With(Spread other) =>
            new(MeanOne + other.MeanOne, MeanOther + other.MeanOther, One + other.One, Other + other.Other, Common + other.Common);

        /// <summary>Means and variances from sums and sums of squares.</summary>
        public Spread Mean(int pixels)
        {
            double meanA = MeanOne / pixels, meanB = MeanOther / pixels;
            double spreadA = Math.Max(One / pixels - meanA * meanA, 0), spreadB = Math.Max(Other / pixels - meanB * meanB, 0);
            return new Spread(meanA, meanB, spreadA, spreadB, Common / pixels - meanA * meanB);
        }

        public float Restore(float mixed, float share)
        {
            double rest = 1 - share, wanted = rest * One + share * Other, blended = rest * rest * One + share * share * Other + 2 * share * rest * Common;
            float gain = blended > 1e-9 * wanted && blended > 0 ? (float)Math.Clamp(Math.Sqrt(wanted / blended), 1, GainMax) : 1;
            float mean = (float)(rest * MeanOne + share * MeanOther);
            return mean + (mixed - mean) * gain;
        }
    }
}
