namespace RunwayFX.Pipelines.Style;

/// <summary>Brings the tones of a clip to the tones of a style, so that dark answers dark and bright answers bright whatever their ranges.</summary>
/// <remarks>Histogram matching with a limited slope: a large even area, such as a pavement, is not torn apart into the style's whole range.</remarks>
internal sealed class ToneMap
{
    private const int Bins = 256;

    /// <summary>Steepest stretch of a tone range.</summary>
    private const double SlopeMax = 2.2;

    /// <summary>Gentlest: neighbouring tones stay apart.</summary>
    private const double SlopeMin = 0.35;

    /// <summary>Share of the clip's pixels at either end that may fall outside the style's tones.</summary>
    private const double Rare = 0.01;

    /// <summary>Share of the style's pixels at either end that is too little to paint with.</summary>
    private const double Scarce = 0.03;

    private readonly float[] _map;

    /// <summary>Builds the map from the two pictures' luma.</summary>
    public ToneMap(LumaPlane clip, LumaPlane style)
    {
        double[] from = Cumulative(clip), to = Cumulative(style);
        double[] matched = new double[Bins];
        for (int bin = 0, target = 0; bin < Bins; bin++)
        {
            while (target < Bins - 1 && to[target] < from[bin]) target++;
            double below = target == 0 ? 0 : to[target - 1];
            double share = to[target] > below ? Math.Clamp((from[bin] - below) / (to[target] - below), 0, 1) : 0;
            matched[bin] = target + share - 0.5;
        }

        _map = Fit(Limit(matched, from), from, to);
    }

    /// <summary>The style's tone for a clip's tone, both 0 to 1.</summary>
    public float Apply(float tone)
    {
        float at = Math.Clamp(tone, 0, 1) * (Bins - 1);
        int index = Math.Min((int)at, Bins - 2);
        return _map[index] + (_map[index + 1] - _map[index]) * (at - index);
    }

    /// <summary>Limits the slope, starting from the clip's middle tone, which stays where matching put it.</summary>
    private static double[] Limit(double[] matched, double[] cumulative)
    {
        int median = Find(cumulative, 0.5);
        double[] curve = new double[Bins];
        curve[median] = matched[median];
        for (int bin = median + 1; bin < Bins; bin++) curve[bin] = curve[bin - 1] + Math.Clamp(matched[bin] - matched[bin - 1], SlopeMin, SlopeMax);
        for (int bin = median - 1; bin >= 0; bin--) curve[bin] = curve[bin + 1] - Math.Clamp(matched[bin + 1] - matched[bin], SlopeMin, SlopeMax);
        return curve;
    }

    /// <summary>Draws both ends in until the clip's tones lie within those of which the style has enough to paint with.</summary>
    private static float[] Fit(double[] curve, double[] clip, double[] style)
    {
        int median = Find(clip, 0.5), low = Find(clip, Rare), high = Find(clip, 1 - Rare);
        double middle = Math.Clamp(curve[median], Find(style, Scarce), Find(style, 1 - Scarce));
        double below = Factor(middle - Find(style, Scarce), curve[median] - curve[low]);
        double above = Factor(Find(style, 1 - Scarce) - middle, curve[high] - curve[median]);
        float[] map = new float[Bins];
        for (int bin = 0; bin < Bins; bin++)
        {
            double from = curve[bin] - curve[median];
            map[bin] = (float)Math.Clamp((middle + from * (from < 0 ? below : above)) / (Bins - 1), 0, 1);
        }

        return map;
    }

    private static double Factor(double room, double wanted) => wanted > room ? Math.Max(room / wanted, SlopeMin) : 1;

    private static int Find(double[] cumulative, double share) => Array.FindIndex(cumulative, value => value >= share);

    private static double[] Cumulative(LumaPlane plane)
    {
        int[] counts = new int[Bins];
        foreach (float value in plane.Values) counts[Math.Clamp((int)(value * Bins), 0, Bins - 1)]++;
        double[] cumulative = new double[Bins];
        long sum = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            sum += counts[bin];
            cumulative[bin] = (double)sum / plane.Values.Length;
        }

        return cumulative;
    }
}
