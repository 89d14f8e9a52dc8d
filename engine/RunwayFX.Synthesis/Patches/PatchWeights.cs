namespace RunwayFX.Synthesis.Patches;

/// <summary>How much each channel counts in a patch distance, in whole numbers so that a distance is exact on every machine.</summary>
public sealed class PatchWeights
{
    /// <summary>Widest patch, in pixels.</summary>
    public const int PatchWidthMax = 15;

    /// <summary>Largest whole-number weight of a channel: 255 × 128 still fits 16 signed bits.</summary>
    public const int WeightMax = 128;

    private const double RoundingTolerance = 1e-6;

    private readonly int[] _channels;

    /// <summary>Takes real weights per channel and scales them to whole numbers: exactly where a scale up to the limit allows it, else to
    /// the nearest.</summary>
    /// <param name="patchWidth">Odd width of the square patch, 3 to <see cref="PatchWidthMax"/>.</param>
    /// <param name="weights">Weight of each channel, ≥ 0, at least one above 0; a common convention is 1 ÷ channel count within a picture.</param>
    /// <param name="patchFrames">Odd number of frames of a space-time patch, 1 to <see cref="PatchWidthMax"/>; 1 for stills.</param>
    /// <exception cref="ArgumentException">The patch size or a weight is out of range.</exception>
    public PatchWeights(int patchWidth, ReadOnlySpan<double> weights, int patchFrames = 1)
    {
        if (patchWidth is < 3 or > PatchWidthMax || patchWidth % 2 == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(patchWidth), patchWidth,
                $"patch width {patchWidth} is not an odd number in 3..{PatchWidthMax}");
        }

        if (patchFrames is < 1 or > PatchWidthMax || patchFrames % 2 == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(patchFrames), patchFrames,
                $"{patchFrames} patch frames are not an odd number in 1..{PatchWidthMax}");
        }

        if (weights.Length is < 1 or > ChannelPicture.ChannelsMax)
        {
            throw new ArgumentException($"{weights.Length} weights are outside 1..{ChannelPicture.ChannelsMax}", nameof(weights));
        }

        double sum = 0, largest = 0;
        foreach (double weight in weights)
        {
            if (!(weight >= 0) || double.IsInfinity(weight))
            {
                throw new ArgumentException($"weight {weight} is not a finite number of at least 0", nameof(weights));
            }

            sum += weight;
            largest = Math.Max(largest, weight);
        }

        if (largest <= 0) throw new ArgumentException("all weights are 0", nameof(weights));
        PatchWidth = patchWidth;
        PatchFrames = patchFrames;

        // The largest distance, all channels 255 apart over the whole patch, must fit an int; rounding may add half a unit per channel.
        double sumMax = int.MaxValue / (255.0 * 255 * patchWidth * patchWidth * patchFrames) - weights.Length;
        Scale = FindScale(weights, Math.Min(WeightMax / largest, sumMax / sum));
        _channels = new int[weights.Length];
        for (int channel = 0; channel < weights.Length; channel++) _channels[channel] = (int)Math.Round(weights[channel] * Scale,
            MidpointRounding.ToEven);
    }

    /// <summary>Width of the square patch in pixels; odd.</summary>
    public int PatchWidth { get; }

    /// <summary>Pixels from the centre of a patch to its edge.</summary>
    public int Radius => PatchWidth / 2;

    /// <summary>Frames of a patch; odd, 1 for stills.</summary>
    public int PatchFrames { get; }

    /// <summary>Frames from the centre of a patch to its first or last.</summary>
    public int TimeRadius => PatchFrames / 2;

    /// <summary>Pixels of a patch.</summary>
    public int PatchPixels => PatchWidth * PatchWidth * PatchFrames;

    /// <summary>Whole-number distance units per real one.</summary>
    public double Scale { get; }

    /// <summary>Whole-number weight of each channel.</summary>
    public ReadOnlySpan<int> Channels => _channels;

    private static double FindScale(ReadOnlySpan<double> weights, double scaleMax)
    {
        for (int scale = 1; scale <= scaleMax; scale++)
        {
            bool exact = true;
            foreach (double weight in weights)
            {
                double scaled = weight * scale;
                exact &= Math.Abs(scaled - Math.Round(scaled)) <= RoundingTolerance;
            }

            if (exact) return scale;
        }

        return scaleMax;
    }
}
