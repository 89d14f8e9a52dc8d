namespace RunwayFX.Pipelines.Extend;

/// <summary>How far an object has moved from one frame to another, pixels.</summary>
/// <param name="Inward">Away from the border.</param>
/// <param name="Along">Along it.</param>
/// <param name="Cost">Mean cost per pixel.</param>
internal readonly record struct ObjectShift(int Inward, int Along, double Cost);

/// <summary>Shifts to try, ends included.</summary>
internal readonly record struct ShiftSearch(int InwardFirst, int InwardLast, int AlongFirst, int AlongLast);

/// <summary>The visible part of something that the picture's border cuts, and how well it is found again in another frame.</summary>
internal sealed class CutObject
{
    /// <summary>What a pixel that does not fit at all costs: squared 8-bit differences, summed over three channels.</summary>
    public const int CostMax = 3 * 40 * 40;

    private const int SamplesMax = 600;
    private const int RingSamplesMax = 300;
    private const int RingWidth = 5;
    private const int PixelsMin = 40;
    private const int DepthMin = 4;

    /// <summary>Part of the band next to the border whose pixels are compared: what lies further in may be somebody else.</summary>
    private const double ComparedShare = 0.22;

    /// <summary>Pixels next to the border that are compared once more, because the missing part continues them.</summary>
    private const int SeamDepth = 4;

    private const int RefinedBy = 2;

    private readonly BorderBand _band;
    private readonly int[] _samples;
    private readonly int[] _ring;
    private readonly int[] _seam;
    private readonly int[] _seamRing;

    private CutObject(BorderBand band, List<int> pixels)
    {
        _band = band;
        Pixels = pixels;
        pixels.Sort();
        List<int> near = [.. pixels.Where(p => p % band.Depth < Math.Max(DepthMin, band.Depth * ComparedShare))];
        _samples = Thin(near, SamplesMax);
        List<int> ring = Ring(band, near);
        _ring = Thin(ring, RingSamplesMax);
        _seam = Thin([.. near.Where(p => p % band.Depth < SeamDepth)], SamplesMax);
        _seamRing = Thin([.. ring.Where(p => p % band.Depth < SeamDepth)], RingSamplesMax);
    }

    /// <summary>Indices into the band, ascending.</summary>
    public List<int> Pixels { get; }

    /// <summary>The objects that touch a band's border and are large enough to be known again.</summary>
    public static List<CutObject> Find(BorderBand band)
    {
        List<CutObject> objects = [];
        bool[] taken = new bool[band.Foreground.Length];
        for (int v = 0; v < band.Length; v++)
        {
            int p = v * band.Depth;
            if (taken[p] || !band.Foreground[p]) continue;
            List<int> pixels = band.Connected([p]);
            foreach (int pixel in pixels) taken[pixel] = true;
            if (pixels.Count >= PixelsMin && pixels.Max(pixel => pixel % band.Depth) + 1 >= DepthMin) objects.Add(new(band, pixels));
        }

        return objects;
    }

    /// <summary>Where another frame's band shows this object.</summary>
    /// <param name="other">The other frame's band, of the same border.</param>
    /// <param name="search">The shifts to try.</param>
    /// <param name="cancellation">Asked once per shift along the border.</param>
    /// <returns>The best shift and its mean cost per pixel, 0..<see cref="CostMax"/>; of equal ones the first.</returns>
    public ObjectShift Match(BorderBand other, ShiftSearch search, CancellationToken cancellation)
    {
        ObjectShift best = new(0, 0, double.MaxValue);
        for (int along = search.AlongFirst; along <= search.AlongLast; along++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int inward = search.InwardFirst; inward <= search.InwardLast; inward++)
            {
                double cost = Cost(other, _samples, _ring, inward, along, best.Cost);
                if (cost < best.Cost) best = new(inward, along, cost);
            }
        }

        return best;
    }

    /// <summary>The shift near a found one at which the pixels along the border fit best too.</summary>
    /// <returns>The shift; its cost is the mean of the object's and the seam's.</returns>
    public ObjectShift Refine(BorderBand other, ObjectShift found)
    {
        ObjectShift best = new(found.Inward, found.Along, double.MaxValue);
        for (int along = found.Along - RefinedBy; along <= found.Along + RefinedBy; along++)
        {
            for (int inward = Math.Max(1, found.Inward - RefinedBy); inward <= Math.Min(other.Depth - 1, found.Inward + RefinedBy); inward++)
            {
                double cost = (Cost(other, _samples, _ring, inward, along, double.MaxValue)
                    + Cost(other, _seam, _seamRing, inward, along, double.MaxValue)) / 2;
                if (cost < best.Cost) best = new(inward, along, cost);
            }
        }

        return best;
    }

    private double Cost(BorderBand other, int[] samples, int[] ring, int inward, int along, double limit)
    {
        int depth = _band.Depth, total = samples.Length + ring.Length, used = 0;
        long sum = 0, most = limit >= CostMax ? long.MaxValue : (long)(limit * total) + 1;
        foreach (int p in samples)
        {
            int u = p % depth + inward, v = p / depth + along;
            if (v < 0 || v >= other.Length) continue;
            used++;
            sum += u >= 0 && u < depth && other.Foreground[v * depth + u] ? Difference(p, other.Guide, v * depth + u) : CostMax;
            if (sum > most) return double.MaxValue;
        }

        if (2 * used < samples.Length) return double.MaxValue;
        foreach (int p in ring)
        {
            int u = p % depth + inward, v = p / depth + along;
            if (v < 0 || v >= other.Length || u < 0 || u >= depth) continue;
            used++;
            if (other.Foreground[v * depth + u]) sum += CostMax / 2;
            if (sum > most) return double.MaxValue;
        }

        return (double)sum / used;
    }

    private int Difference(int p, byte[] guide, int q)
    {
        int sum = 0;
        for (int c = 0; c < 3; c++)
        {
            int difference = _band.Guide[3 * p + c] - guide[3 * q + c];
            sum += difference * difference;
        }

        return Math.Min(sum, CostMax);
    }

    /// <summary>The background next to an object: in another frame it must be background too.</summary>
    private static List<int> Ring(BorderBand band, List<int> pixels)
    {
        bool[] seen = new bool[band.Foreground.Length];
        List<int> ring = [];
        foreach (int p in pixels)
        {
            int u = p % band.Depth, v = p / band.Depth;
            for (int y = Math.Max(0, v - RingWidth); y <= Math.Min(band.Length - 1, v + RingWidth); y++)
            {
                for (int x = Math.Max(0, u - RingWidth); x <= Math.Min(band.Depth - 1, u + RingWidth); x++)
                {
                    int q = y * band.Depth + x;
                    if (seen[q] || band.Foreground[q]) continue;
                    seen[q] = true;
                    ring.Add(q);
                }
            }
        }

        ring.Sort();
        return ring;
    }

    private static int[] Thin(List<int> values, int countMax)
    {
        int count = Math.Min(values.Count, countMax);
        int[] thinned = new int[count];
        for (int i = 0; i < count; i++) thinned[i] = values[(int)((long)i * values.Count / count)];
        return thinned;
    }
}
