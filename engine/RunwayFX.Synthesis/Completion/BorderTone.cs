using M = RunwayFX.Imaging.DeterministicMath;

namespace RunwayFX.Synthesis.Completion;

/// <summary>How tone changes towards one side of a picture, whatever the picture shows there: recognised where most places along the side agree on it.
/// </summary>
/// <remarks>Tone is the natural logarithm of luma's odds, v / (1 − v): what a lens takes from lawn and road alike, after a camera's contrast, is about
/// the same there. After Zheng et al., Single-Image Vignetting Correction Using Radial Gradient Symmetry (2008): what a picture shows rises and falls in
/// equal parts, what the camera adds does not; so medians are summed up.</remarks>
internal sealed class BorderTone
{
    /// <summary>How far into the picture the change may reach, as a part of the picture across that side.</summary>
    private const double DepthShare = 0.35;

    /// <summary>Places along the side, and how many to both sides are judged together: what a lens takes grows towards the corners.</summary>
    private const int Places = 36, Together = 9, SmoothedOver = 4;

    /// <summary>Parts of the picture's smaller side that make the outermost cell; next to the border cells are narrow, further in eight times as
    /// wide.</summary>
    private const int CellShare = 288, CellsWidest = 8;

    /// <summary>Change of tone from cell to cell that is an edge of what the picture shows.</summary>
    private const double EdgeMin = 0.35;

    /// <summary>How near to the median a place's change has to be to say something about it.</summary>
    private const double NearMax = 0.12;

    /// <summary>Share of the places that have to show no edge between two cells.</summary>
    private const double PlacesMin = 1.0 / 3;

    /// <summary>Change in all from which on it counts, and counts in full.</summary>
    private const double ChangeMin = 0.06, ChangeFull = 0.16;

    /// <summary>Share of the places that have to agree on it, and from which on it counts in full: what pictures show agrees by chance too.</summary>
    private const double AgreeMin = 0.68, AgreeFull = 0.8;

    /// <summary>Way back that ends the search: the change has ended.</summary>
    private const double BackMax = 0.05;

    /// <summary>Over which part of the picture's smaller side the slope at the border is measured, and how soon it fades beyond: a change that ended at the
    /// border at once would show there as a line.</summary>
    private const double SlopeShare = 1.0 / 24, FadeShare = 1.0 / 24;

    /// <summary>How much of the border's change the slope may add to it.</summary>
    private const double BeyondMax = 0.4;

    /// <summary>Keeps black and white at finite odds.</summary>
    private const double OddsFloor = 1.0 / 128;

    private readonly int _length;
    private readonly double[] _centres;
    private readonly float[] _odds;
    private readonly double _slopeDepth;
    private readonly double _fade;

    private BorderTone(int length, int smaller, double[] centres, float[] odds)
    {
        (_length, _centres, _odds) = (length, centres, odds);
        (_slopeDepth, _fade) = (Math.Max(1, smaller * SlopeShare), Math.Max(1, smaller * FadeShare));
    }

    /// <summary>Measures a side; null where its tone does not change.</summary>
    /// <param name="depth">Pixels across, from the side inward.</param>
    /// <param name="length">Pixels along.</param>
    /// <param name="smaller">The picture's smaller side, pixels.</param>
    /// <param name="luma">Display-like luma 0..1 of a place: pixels inward, pixels along.</param>
    public static BorderTone? Measure(int depth, int length, int smaller, Func<int, int, float> luma)
    {
        int[] cells = Cells((int)(depth * DepthShare), Math.Max(1, smaller / CellShare));
        if (cells.Length < 3 || length < Places) return null;
        int steps = cells.Length - 2;
        double[] changes = Changes(cells, length, luma), all = new double[steps];
        int used = 0;
        while (used < steps && TryMedian(changes, steps, used, 0, Places, out all[used])) used++;
        int reach = Reach(all.AsSpan(0, used), out double change);
        double strength = Ramp(Math.Abs(change), ChangeMin, ChangeFull) * Ramp(Agreement(changes, all, reach, change), AgreeMin, AgreeFull);
        if (strength <= 0) return null;
        double[] centres = [.. Enumerable.Range(0, reach + 1).Select(i => (cells[i] + cells[i + 1] - 1) / 2.0)];
        return new(length, smaller, centres, Smooth(Sums(changes, steps, all, reach, Math.Sign(change), strength), reach + 1));
    }

    /// <summary>By how much tone differs from that of the picture further in.</summary>
    /// <param name="depth">Pixels inward; outside the picture the border's own tone goes on, and the way it was going fades.</param>
    /// <param name="along">Pixels along; outside, that of the ends.</param>
    public double At(int depth, int along)
    {
        if (depth >= _centres[^1]) return 0;
        if (depth >= 0) return Inside(depth, along);
        double border = Inside(0, along), slope = (border - Inside(_slopeDepth, along)) / _slopeDepth;
        if (slope * border <= 0) return border;
        double most = BeyondMax * Math.Abs(border);
        return border + Math.Clamp(slope * _fade, -most, most) * (1 - M.Exp(depth / _fade));
    }

    private double Inside(double depth, int along)
    {
        if (depth >= _centres[^1]) return 0;
        int cell = 0, stride = _centres.Length;
        while (depth > _centres[cell + 1]) cell++;
        double u = Math.Max(0, (depth - _centres[cell]) / (_centres[cell + 1] - _centres[cell]));
        double place = Math.Clamp((along + 0.5) * Places / _length - 0.5, 0, Places - 1);
        int above = Math.Min((int)place, Places - 2), i = above * stride + cell;
        double v = place - above;
        return (1 - v) * ((1 - u) * _odds[i] + u * _odds[i + 1]) + v * ((1 - u) * _odds[i + stride] + u * _odds[i + stride + 1]);
    }

    /// <summary>Bounds of the cells, in pixels from the border.</summary>
    private static int[] Cells(int depth, int unit)
    {
        List<int> bounds = [0];
        for (int size = unit; bounds[^1] + size <= depth; size = Math.Min(CellsWidest * unit, bounds.Count > 2 ? 2 * size : size)) bounds.Add(bounds[^1] + size);
        return [.. bounds];
    }

    /// <summary>Per place, the change of tone from each cell's inner neighbour to it.</summary>
    private static double[] Changes(int[] cells, int length, Func<int, int, float> luma)
    {
        int count = cells.Length - 1, steps = count - 1;
        double[] changes = new double[Places * steps], odds = new double[count];
        for (int place = 0; place < Places; place++)
        {
            int first = (int)((long)place * length / Places), last = (int)((long)(place + 1) * length / Places);
            for (int cell = 0; cell < count; cell++)
            {
                double sum = 0;
                for (int along = first; along < last; along++)
                {
                    for (int depth = cells[cell]; depth < cells[cell + 1]; depth++) sum += luma(depth, along);
                }

                double mean = sum / ((last - first) * (cells[cell + 1] - cells[cell]));
                odds[cell] = M.Log((mean + OddsFloor) / (1 + OddsFloor - mean));
            }

            for (int step = 0; step < steps; step++) changes[place * steps + step] = odds[step] - odds[step + 1];
        }

        return changes;
    }

    /// <summary>The median change between two cells over some places; false where too few show no edge.</summary>
    private static bool TryMedian(double[] changes, int steps, int step, int first, int last, out double median)
    {
        double[] values = [.. Enumerable.Range(first, last - first).Select(place => changes[place * steps + step])
            .Where(value => Math.Abs(value) < EdgeMin).Order()];
        median = values.Length == 0 ? 0 : (values[values.Length / 2] + values[(values.Length - 1) / 2]) / 2;
        return values.Length >= PlacesMin * (last - first);
    }

    /// <summary>How many cells the change reaches over, and how large it is.</summary>
    private static int Reach(ReadOnlySpan<double> medians, out double change)
    {
        int reach = 0;
        double sum = 0;
        change = 0;
        for (int step = 0; step < medians.Length; step++)
        {
            sum += medians[step];
            if (Math.Abs(sum) > Math.Abs(change)) (reach, change) = (step + 1, sum);
            else if (Math.Abs(change - sum) > BackMax) break;
        }

        return reach;
    }

    /// <summary>Share of the places that change the same way, by half as much at least.</summary>
    private static double Agreement(double[] changes, double[] medians, int reach, double change)
    {
        int agree = 0;
        for (int place = 0; place < Places; place++)
        {
            double sum = 0;
            for (int step = 0; step < reach; step++)
            {
                double here = changes[place * medians.Length + step];
                if (Math.Abs(here - medians[step]) < NearMax) sum += here;
            }

            if (sum * Math.Sign(change) > Math.Abs(change) / 2) agree++;
        }

        return (double)agree / Places;
    }

    /// <summary>Per place, the tone of each cell against that where the change ends.</summary>
    private static float[] Sums(double[] changes, int steps, double[] all, int reach, int sign, double strength)
    {
        float[] sums = new float[Places * (reach + 1)];
        for (int place = 0; place < Places; place++)
        {
            int first = Math.Max(0, place - Together), last = Math.Min(Places, place + Together + 1);
            double sum = 0;
            for (int step = reach - 1; step >= 0; step--)
            {
                sum += TryMedian(changes, steps, step, first, last, out double median) ? median : all[step];
                sums[place * (reach + 1) + step] = (float)(strength * sign * Math.Max(0, sign * sum));
            }
        }

        return sums;
    }

    /// <summary>Means over neighbouring places.</summary>
    private static float[] Smooth(float[] sums, int stride)
    {
        float[] smooth = new float[sums.Length];
        for (int place = 0; place < Places; place++)
        {
            int first = Math.Max(0, place - SmoothedOver), last = Math.Min(Places, place + SmoothedOver + 1);
            for (int cell = 0; cell < stride; cell++)
            {
                float sum = 0;
                for (int other = first; other < last; other++) sum += sums[other * stride + cell];
                smooth[place * stride + cell] = sum / (last - first);
            }
        }

        return smooth;
    }

    private static double Ramp(double value, double from, double to)
    {
        double t = Math.Clamp((value - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
