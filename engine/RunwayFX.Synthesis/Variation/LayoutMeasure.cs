namespace RunwayFX.Synthesis.Variation;

/// <summary>Tells from a coarse level what can be expected of a layout.</summary>
internal static class LayoutMeasure
{
    private const int Tones256 = 256, Colours = 3;

    /// <summary>Share of neighbouring patches (right, below, next frame) that come from places that are not neighbours: 0 for a copy.</summary>
    public static double Seams(SpaceTimeField field)
    {
        long seams = 0, pairs = 0;
        int row = field.Width, frame = field.Width * field.Height;
        for (int i = 0; i < field.Places.Length; i++)
        {
            int x = i % row, y = i / row % field.Height, t = i / frame;
            if (x + 1 < field.Width) Count(i + 1, SpaceTimeField.Pack(0, 0, 1));
            if (y + 1 < field.Height) Count(i + row, SpaceTimeField.Pack(0, 1, 0));
            if (t + 1 < field.Frames) Count(i + frame, SpaceTimeField.Pack(1, 0, 0));

            void Count(int other, int step)
            {
                pairs++;
                if (field.Places[other] - field.Places[i] != step) seams++;
            }
        }

        return pairs > 0 ? (double)seams / pairs : 0;
    }

    /// <summary>Mean distance of the sorted values of two clips, over the colours, in 8-bit steps: 0 where every tone keeps its share.</summary>
    public static double Tones(SpaceTimeVolume one, SpaceTimeVolume other)
    {
        double sum = 0;
        for (int colour = 0; colour < Colours; colour++)
        {
            double[] a = Shares(one, colour), b = Shares(other, colour);
            double reached = 0;
            for (int tone = 0; tone < Tones256; tone++)
            {
                reached += a[tone] - b[tone];
                sum += Math.Abs(reached);
            }
        }

        return sum / Colours;
    }

    /// <summary>Mean difference of a pixel's colours from one frame to the next, in 8-bit steps.</summary>
    public static double Movement(SpaceTimeVolume clip)
    {
        const int Channels = SpaceTimeVolume.Channels;
        int frame = clip.Width * clip.Height * Channels, count = (clip.Frames - 1) * frame;
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % Channels < Colours) sum += Math.Abs(clip.Bytes[i + frame] - clip.Bytes[i]);
        }

        return count > 0 ? sum * (double)Channels / Colours / count : 0;
    }

    private static double[] Shares(SpaceTimeVolume clip, int colour)
    {
        double[] shares = new double[Tones256];
        for (int i = 0; i < clip.Voxels; i++) shares[clip.Bytes[i * SpaceTimeVolume.Channels + colour]]++;
        for (int tone = 0; tone < Tones256; tone++) shares[tone] /= clip.Voxels;
        return shares;
    }
}
