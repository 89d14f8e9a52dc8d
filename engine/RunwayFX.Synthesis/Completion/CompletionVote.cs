using System.Runtime.Intrinsics;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Rebuilds the holes of a level from the matches: every hole pixel becomes the weighted mean of what the patches that cover it
/// propose.</summary>
/// <remarks>Weights: exp(−d² / 2σ²) with σ² the 75th percentile of the distances (Wexler et al. 2007), times a factor that trusts patches nearer to
/// the known
/// picture. Sums run in a fixed order.</remarks>
internal static class CompletionVote
{
    private const int WeightSteps = 1024;

    /// <summary>Overwrites the guide's hole pixels.</summary>
    public static void Apply(CompletionLevel level, PatchSearch search, double sharpness, double borderTrust, int threadsMax,
        CancellationToken cancellation)
    {
        Weights weights = new(level, search, sharpness, borderTrust);
        PatchWork work = new(threadsMax, cancellation);
        work.ForRows(level.Height, 1 + (long)level.CanvasWidth * PatchGuide.Side * PatchGuide.Side / 8, y =>
        {
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                int p = y * level.Width + x;
                if (!level.Holes[p]) continue;
                Vector128<float> mean = Mean(level, search, x, y, weights);
                for (int c = 0; c < PatchGuide.Channels; c++) level.Guide.Values[PatchGuide.Channels * p + c] = (byte)(mean[c] + 0.5f);
            }
        });
    }

    /// <summary>Of the pixels that the patches over a hole pixel propose, the one that is nearest to what they propose together; ties go to the first in scan
    /// order. Of all copies of single pixels it fits those patches best.</summary>
    public static int BestSource(CompletionLevel level, PatchSearch search, int x, int y, Weights weights)
    {
        Vector128<float> mean = Mean(level, search, x, y, weights);
        int width = level.Width, p = y * width + x, source = p;
        float best = float.MaxValue;
        byte[] guide = level.Guide.Values;
        (int left, int top, int right, int bottom) = Covering(level, x, y);
        for (int v = top; v <= bottom; v++)
        {
            for (int u = left; u <= right; u++)
            {
                int centre = v * width + u, at = search.Matches[centre] + p - centre, from = PatchGuide.Channels * at;
                Vector128<float> off = Vector128.Create((float)guide[from], guide[from + 1], guide[from + 2], guide[from + 3]) - mean;
                off *= off;
                float distance = off[0] + off[1] + (off[2] + off[3]);
                if (distance < best) (best, source) = (distance, at);
            }
        }

        return source;
    }

    private static Vector128<float> Mean(CompletionLevel level, PatchSearch search, int x, int y, Weights weights)
    {
        int width = level.Width, p = y * width + x, depth = Depth(level, p);
        byte[] guide = level.Guide.Values;
        Vector128<float> sum = Vector128<float>.Zero;
        float total = 0;
        (int left, int top, int right, int bottom) = Covering(level, x, y);
        for (int v = top; v <= bottom; v++)
        {
            for (int u = left; u <= right; u++)
            {
                int centre = v * width + u, from = PatchGuide.Channels * (search.Matches[centre] + p - centre);
                float weight = weights.Of(search.Distances[centre], depth - Depth(level, centre)) * (search.Votes?[centre] ?? 1);
                sum += Vector128.Create((float)guide[from], guide[from + 1], guide[from + 2], guide[from + 3]) * weight;
                total += weight;
            }
        }

        return sum / total;
    }

    /// <summary>Centres of the patches that cover a pixel.</summary>
    private static (int Left, int Top, int Right, int Bottom) Covering(CompletionLevel level, int x, int y) => (
        Math.Max(x - PatchGuide.Radius, PatchGuide.Radius), Math.Max(y - PatchGuide.Radius, PatchGuide.Radius),
        Math.Min(x + PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius), Math.Min(y + PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius));

    private static int Depth(CompletionLevel level, int p) => Math.Max(Math.Abs((int)level.NearestX[p]), Math.Abs((int)level.NearestY[p]));

    /// <summary>How much a patch counts.</summary>
    internal sealed class Weights
    {
        private const int TrustReach = 8;

        private readonly float[] _likeness = new float[WeightSteps + 1];
        private readonly float[] _trust = new float[2 * TrustReach + 1];
        private readonly float _scale;

        public Weights(CompletionLevel level, PatchSearch search, double sharpness, double borderTrust)
        {
            double sigma = Math.Max(Percentile75(level, search), PatchGuide.PatchValues) / sharpness;
            for (int i = 0; i <= WeightSteps; i++) _likeness[i] = (float)(DeterministicMath.Exp(-8.0 * i / WeightSteps) + 1e-6);
            _scale = (float)(WeightSteps / 8.0 / (2 * sigma));
            for (int i = 0; i < _trust.Length; i++) _trust[i] = (float)DeterministicMath.Pow(borderTrust, i - TrustReach);
        }

        public float Of(int distance, int depthBeyond) =>
            _likeness[(int)Math.Min(distance * _scale, WeightSteps)] * _trust[Math.Clamp(depthBeyond, -TrustReach, TrustReach) + TrustReach];

        private static double Percentile75(CompletionLevel level, PatchSearch search)
        {
            int[] distances = new int[level.Targets.Length];
            for (int i = 0; i < distances.Length; i++) distances[i] = search.Distances[level.Targets[i]];
            Array.Sort(distances);
            return distances.Length == 0 ? 0 : distances[(int)(distances.Length * 0.75)];
        }
    }
}
