namespace RunwayFX.Media;

/// <summary>Chroma along one axis, up to the luma grid and down again, such that down undoes up exactly.</summary>
/// <remarks>
/// Up is linear interpolation. Down is its shortest exact left inverse, which is also a fair low-pass: for co-sited chroma the analysis filter of
/// the LeGall 5/3 pair (−1 2 6 2 −1)/8, for centred chroma that of the 3/1 spline pair (−1 3 3 −1)/4; both with symmetric continuation at the edges.
/// Factor 4 (4:1:1, 4:1:0) repeats and averages. So chroma that an effect did not touch returns to its own codes, whatever the subsampling.
/// Taps are listed per output sample as (index, weight), always <see cref="UpTaps"/> or <see cref="DownTaps"/> of them, unused ones with weight 0.
/// </remarks>
internal sealed class ChromaAxis
{
    /// <summary>Taps per luma position.</summary>
    public const int UpTaps = 2;

    /// <summary>Taps per chroma position.</summary>
    public const int DownTaps = 5;

    /// <summary>Builds the taps.</summary>
    /// <param name="luma">Luma samples.</param>
    /// <param name="chroma">Chroma samples, luma ÷ factor rounded up.</param>
    /// <param name="factor">1, 2 or 4.</param>
    /// <param name="siting">For factor 2.</param>
    public ChromaAxis(int luma, int chroma, int factor, ChromaSiting siting)
    {
        UpIndex = new int[luma * UpTaps];
        UpWeight = new float[luma * UpTaps];
        DownIndex = new int[chroma * DownTaps];
        DownWeight = new float[chroma * DownTaps];
        IsIdentity = factor == 1;
        for (int i = 0; i < luma; i++) BuildUp(i, chroma, factor, siting);
        for (int k = 0; k < chroma; k++)
        {
            if (factor != 2) BuildMean(k, luma, factor);
            else if (siting == ChromaSiting.CoSited) BuildCoSited(k, luma);
            else BuildCentred(k, luma);
        }
    }

    /// <summary>Whether chroma is not subsampled along this axis.</summary>
    public bool IsIdentity { get; }

    /// <summary>Chroma indices per luma position.</summary>
    public int[] UpIndex { get; }

    /// <summary>Weights of <see cref="UpIndex"/>.</summary>
    public float[] UpWeight { get; }

    /// <summary>Luma indices per chroma position.</summary>
    public int[] DownIndex { get; }

    /// <summary>Weights of <see cref="DownIndex"/>.</summary>
    public float[] DownWeight { get; }

    private void BuildUp(int i, int chroma, int factor, ChromaSiting siting)
    {
        int k = i / factor;
        int other = k;
        float share = 0;
        if (factor == 2 && siting == ChromaSiting.CoSited && (i & 1) == 1)
        {
            other = k + 1;
            share = 0.5f;
        }
        else if (factor == 2 && siting == ChromaSiting.Centre)
        {
            other = (i & 1) == 1 ? k + 1 : k - 1;
            share = 0.25f;
        }

        UpIndex[i * UpTaps] = k;
        UpIndex[(i * UpTaps) + 1] = Math.Clamp(other, 0, chroma - 1);
        UpWeight[i * UpTaps] = 1 - share;
        UpWeight[(i * UpTaps) + 1] = share;
    }

    private void BuildMean(int k, int luma, int factor)
    {
        int first = k * factor;
        int count = Math.Min(factor, luma - first);
        for (int j = 0; j < count; j++) Add(k, first + j, 1f / count);
    }

    private void BuildCoSited(int k, int luma)
    {
        ReadOnlySpan<float> weights = [-0.125f, 0.25f, 0.75f, 0.25f, -0.125f];
        for (int j = 0; j < weights.Length; j++) Add(k, Mirror((2 * k) + j - 2, luma), weights[j]);
    }

    /// <summary>Whole-sample symmetric continuation: the edge sample is not repeated.</summary>
    private static int Mirror(int i, int count)
    {
        if (count == 1) return 0;
        int period = 2 * (count - 1);
        i = ((i % period) + period) % period;
        return i < count ? i : period - i;
    }

    private void BuildCentred(int k, int luma)
    {
        ReadOnlySpan<float> weights = [-0.25f, 0.75f, 0.75f, -0.25f];
        if ((2 * k) + 1 < luma)
        {
            for (int j = 0; j < weights.Length; j++) Add(k, Math.Clamp((2 * k) - 1 + j, 0, luma - 1), weights[j]);
            return;
        }

        // An odd size: the last chroma sample has one luma position only, c[k] = (x[last] − c[k−1]/4) · 4/3.
        if (k == 0)
        {
            Add(0, 0, 1);
            return;
        }

        Add(k, luma - 1, 4f / 3);
        for (int j = 0; j < weights.Length; j++) Add(k, Math.Clamp((2 * k) - 3 + j, 0, luma - 1), weights[j] * (-1f / 3));
    }

    private void Add(int k, int index, float weight)
    {
        int start = k * DownTaps;
        for (int t = start; t < start + DownTaps; t++)
        {
            if (DownWeight[t] == 0 || DownIndex[t] == index)
            {
                DownIndex[t] = index;
                DownWeight[t] += weight;
                return;
            }
        }

        throw new InvalidOperationException("more taps than a chroma sample has");
    }
}
