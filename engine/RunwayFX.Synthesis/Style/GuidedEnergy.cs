using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Style;

/// <summary>The energy that guided synthesis minimises, per target pixel and term by term: a low sum alone says little, because λ = 0 lowers it
/// while most of the style goes unused.</summary>
/// <param name="Style">Weighted squared difference of the style channels over the patch.</param>
/// <param name="Guide">The same over the guides.</param>
/// <param name="Uniformity">λ · occurrence.</param>
/// <param name="Coverage">Share of source pixels that at least one target patch covers.</param>
public readonly record struct GuidedEnergy(double Style, double Guide, double Uniformity, double Coverage)
{
    /// <summary>Sum of the three terms.</summary>
    public double Total => Style + Guide + Uniformity;

    /// <summary>Measures a field whose votes stand in the target's style channels.</summary>
    /// <param name="source">Style and guides; matches must be patch centres inside it.</param>
    /// <param name="target">Result and guides; its edge pixels count as repeated outwards.</param>
    /// <param name="styleChannels">Number of style channels.</param>
    /// <param name="weights">Real weight per channel.</param>
    /// <param name="field">The matches.</param>
    /// <param name="patchWidth">Odd patch width.</param>
    /// <param name="uniformity">λ.</param>
    public static GuidedEnergy Measure(
        ChannelPicture source, ChannelPicture target, int styleChannels, IReadOnlyList<double> weights, MatchField field, int patchWidth,
            double uniformity)
    {
        int radius = patchWidth / 2;
        double style = 0, guide = 0;
        int[] covered = new int[source.Width * source.Height];
        for (int y = 0; y < target.Height; y++)
        {
            for (int x = 0; x < target.Width; x++)
            {
                (int matchX, int matchY) = field[x, y];
                for (int row = -radius; row <= radius; row++)
                {
                    for (int column = -radius; column <= radius; column++)
                    {
                        int from = source.Offset(matchX + column, matchY + row);
                        int to = target.Offset(Math.Clamp(x + column, 0, target.Width - 1), Math.Clamp(y + row, 0, target.Height - 1));
                        covered[(matchY + row) * source.Width + matchX + column]++;
                        for (int channel = 0; channel < source.Channels; channel++)
                        {
                            int difference = source.Bytes[from + channel] - target.Bytes[to + channel];
                            double term = weights[channel] * difference * difference;
                            if (channel < styleChannels) style += term;
                            else guide += term;
                        }
                    }
                }
            }
        }

        double pixels = (double)target.Width * target.Height, area = patchWidth * patchWidth, mean = pixels / covered.Length * area, occurrence = 0;
        foreach (int match in field.Matches)
        {
            for (int row = -radius; row <= radius; row++)
            {
                for (int column = -radius; column <= radius; column++)
                {
                    occurrence += covered[(MatchField.Y(match) + row) * source.Width + MatchField.X(match) + column];
                }
            }
        }

        int used = 0;
        foreach (int count in covered) used += count > 0 ? 1 : 0;
        return new GuidedEnergy(style / pixels, guide / pixels, uniformity * occurrence / (area * mean) / pixels, (double)used / covered.Length);
    }
}
