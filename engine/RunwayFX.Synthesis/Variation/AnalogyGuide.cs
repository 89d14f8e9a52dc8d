namespace RunwayFX.Synthesis.Variation;

/// <summary>Makes two clips comparable for an analogy: channel 3 carries brightness, of the structure clip brought to the texture's distribution.</summary>
internal static class AnalogyGuide
{
    private const int Channels = SpaceTimeVolume.Channels, Tones = 256;

    /// <summary>A copy whose channel 3 is its own brightness.</summary>
    public static SpaceTimeVolume WithTone(SpaceTimeVolume clip)
    {
        SpaceTimeVolume result = clip.Clone();
        for (int i = 0; i < clip.Voxels * Channels; i += Channels) result.Bytes[i + 3] = Tone(clip.Bytes, i);
        return result;
    }

    /// <summary>The structure in the texture's colours: each brightness by rank, with the texture's mean colour at that rank.</summary>
    public static SpaceTimeVolume Fit(SpaceTimeVolume structure, SpaceTimeVolume texture)
    {
        long[] from = Histogram(structure), to = Histogram(texture);
        byte[] matched = new byte[Tones];
        long below = 0, reached = to[0];
        int tone = 0;
        for (int i = 0; i < Tones; i++)
        {
            // The middle of a tone's share, as a rank of the texture.
            double rank = (below + from[i] * 0.5) / structure.Voxels * texture.Voxels;
            while (tone < Tones - 1 && reached <= rank) reached += to[++tone];
            matched[i] = (byte)tone;
            below += from[i];
        }

        byte[] colours = MeanColours(texture, to);
        SpaceTimeVolume result = new(structure.Width, structure.Height, structure.Frames);
        for (int i = 0; i < structure.Voxels * Channels; i += Channels)
        {
            int at = matched[Tone(structure.Bytes, i)];
            for (int channel = 0; channel < 3; channel++) result.Bytes[i + channel] = colours[at * 3 + channel];
            result.Bytes[i + 3] = (byte)at;
        }

        return result;
    }

    /// <summary>Copies channel 3.</summary>
    public static void CopyTone(SpaceTimeVolume from, SpaceTimeVolume to)
    {
        for (int i = 3; i < to.Voxels * Channels; i += Channels) to.Bytes[i] = from.Bytes[i];
    }

    private static byte Tone(byte[] bytes, int at) => (byte)((54 * bytes[at] + 183 * bytes[at + 1] + 19 * bytes[at + 2] + 128) >> 8);

    private static long[] Histogram(SpaceTimeVolume clip)
    {
        long[] counts = new long[Tones];
        for (int i = 0; i < clip.Voxels * Channels; i += Channels) counts[Tone(clip.Bytes, i)]++;
        return counts;
    }

    /// <summary>Mean colour per tone; tones that do not occur stay grey.</summary>
    private static byte[] MeanColours(SpaceTimeVolume clip, long[] counts)
    {
        long[] sums = new long[Tones * 3];
        for (int i = 0; i < clip.Voxels * Channels; i += Channels)
        {
            int tone = Tone(clip.Bytes, i);
            for (int channel = 0; channel < 3; channel++) sums[tone * 3 + channel] += clip.Bytes[i + channel];
        }

        byte[] colours = new byte[sums.Length];
        for (int i = 0; i < sums.Length; i++) colours[i] = counts[i / 3] > 0 ? (byte)(sums[i] / counts[i / 3]) : (byte)(i / 3);
        return colours;
    }
}
