namespace RunwayFX.Synthesis.Completion;

/// <summary>How unusual the picture is around each known pixel: a car on a lawn is, the lawn is not.</summary>
internal sealed class Salience
{
    /// <summary>Samples along a side of the grid that stands for the whole picture.</summary>
    private const int SamplesSide = 20;

    /// <summary>The how many-th most alike sample counts.</summary>
    private const int Rank = 4;

    /// <summary>Samples nearer than this show the same thing.</summary>
    private const int Near = 4 * PatchGuide.Side;

    private const double Gain = 4;

    /// <summary>What is unusual by no more than this part of what a border shows, in quarters, is usual there.</summary>
    private const int UsualQuarters = 3;

    private readonly CompletionLevel _level;
    private readonly byte[] _values;
    private readonly int _shrink;

    private Salience(CompletionLevel level, byte[] values, int shrink) => (_level, _values, _shrink) = (level, values, shrink);

    /// <summary>Measures a level.</summary>
    public static Salience Measure(CompletionLevel level, ParallelOptions parallel)
    {
        byte[] values = new byte[level.Holes.Length];
        int width = level.Width, step = Math.Max(1, (int)Math.Sqrt((double)level.Sources.Length / (SamplesSide * SamplesSide)));
        int[] samples = [.. level.Sources.Where(p => p % width < level.CanvasWidth && p % width % step == 0 && p / width % step == 0)];
        Parallel.For(0, level.Height, parallel, y =>
        {
            Span<int> best = stackalloc int[Rank];
            for (int p = y * width; p < y * width + level.CanvasWidth; p++)
            {
                if (!level.IsSource[p]) continue;
                best.Fill(int.MaxValue);
                foreach (int sample in samples)
                {
                    if (Math.Abs(sample % width - p % width) < Near && Math.Abs(sample / width - y) < Near) continue;
                    int distance = level.Guide.Distance(p, sample, best[^1]), at = Rank - 1;
                    if (distance >= best[at]) continue;
                    for (; at > 0 && best[at - 1] > distance; at--) best[at] = best[at - 1];
                    best[at] = distance;
                }

                // Fewer samples than the rank: nothing can be said.
                if (best[^1] < int.MaxValue) values[p] = (byte)Math.Min(255, Math.Sqrt((double)best[^1] / PatchGuide.PatchValues) * Gain);
            }
        });
        return new(level, values, 0);
    }

    /// <summary>Up to which salience things are usual where these were measured: three quarters of them are no more unusual. 0 of none.</summary>
    /// <param name="measured">In any order; sorted by this.</param>
    public static int Usual(List<int> measured)
    {
        measured.Sort();
        return measured.Count == 0 ? 0 : measured[(measured.Count - 1) * UsualQuarters / 4];
    }

    /// <summary>The same for a level so many times twice as large.</summary>
    public Salience For(int halvings) => new(_level, _values, halvings);

    /// <summary>Four times the root mean square distance, in 8-bit steps, of the patch around a canvas pixel to patches from all over the picture, at
    /// most 255; 0 where no patch is known.</summary>
    public int At(int x, int y) => _values[Math.Min(y >> _shrink, _level.Height - 1) * _level.Width + Math.Min(x >> _shrink, _level.CanvasWidth - 1)];
}
