using System.Runtime.Intrinsics;
using RunwayFX.Imaging;

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
        double sigma = Math.Max(Percentile75(level, search), PatchGuide.PatchValues) / sharpness;
        float[] weights = new float[WeightSteps + 1];
        for (int i = 0; i <= WeightSteps; i++) weights[i] = (float)(DeterministicMath.Exp(-8.0 * i / WeightSteps) + 1e-6);
        float scale = (float)(WeightSteps / 8.0 / (2 * sigma));
        float[] trust = new float[2 * 8 + 1];
        for (int i = 0; i < trust.Length; i++) trust[i] = (float)DeterministicMath.Pow(borderTrust, i - 8);
        ParallelOptions options = new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation };
        Parallel.For(0, level.Height, options, y =>
        {
            for (int x = 0; x < level.Width; x++)
            {
                if (level.Holes[y * level.Width + x]) VotePixel(level, search, x, y, weights, scale, trust);
            }
        });
    }

    private static void VotePixel(CompletionLevel level, PatchSearch search, int x, int y, float[] weights, float scale, float[] trust)
    {
        int width = level.Width, p = y * width + x;
        int left = Math.Max(x - PatchGuide.Radius, PatchGuide.Radius), right = Math.Min(x + PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius);
        int top = Math.Max(y - PatchGuide.Radius, PatchGuide.Radius), bottom = Math.Min(y + PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius);
        int depth = Depth(level, p);
        byte[] guide = level.Guide.Values;
        Vector128<float> sum = Vector128<float>.Zero;
        float total = 0;
        for (int v = top; v <= bottom; v++)
        {
            for (int u = left; u <= right; u++)
            {
                int centre = v * width + u, from = PatchGuide.Channels * (search.Matches[centre] + p - centre);
                float likeness = weights[(int)Math.Min(search.Distances[centre] * scale, WeightSteps)];
                float weight = likeness * trust[Math.Clamp(depth - Depth(level, centre), -8, 8) + 8];
                sum += Vector128.Create((float)guide[from], guide[from + 1], guide[from + 2], guide[from + 3]) * weight;
                total += weight;
            }
        }

        for (int c = 0; c < PatchGuide.Channels; c++) guide[PatchGuide.Channels * p + c] = (byte)(sum[c] / total + 0.5f);
    }

    private static int Depth(CompletionLevel level, int p) => Math.Max(Math.Abs((int)level.NearestX[p]), Math.Abs((int)level.NearestY[p]));

    private static double Percentile75(CompletionLevel level, PatchSearch search)
    {
        int[] distances = new int[level.Targets.Length];
        for (int i = 0; i < distances.Length; i++) distances[i] = search.Distances[level.Targets[i]];
        Array.Sort(distances);
        return distances.Length == 0 ? 0 : distances[(int)(distances.Length * 0.75)];
    }
}
