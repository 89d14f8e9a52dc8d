using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>Shows the search what the frame before looked like, moved along, and where in the keyframe things lay, so that what is searched anew joins what stays.</summary>
internal static class PreviousGuide
{
    /// <summary>Width over which positions of known pixels reach unknown ones, in pixels.</summary>
    private const double FillSigma = 12;

    /// <summary>Writes the guides that depend on the frame before.</summary>
    /// <param name="target">The frame's guides.</param>
    /// <param name="carry">What was carried over.</param>
    /// <param name="style">The style.</param>
    /// <param name="luma">The frame's luma.</param>
    /// <param name="tone">The clip's tones on the style's scale; null beside a painting.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public static void Write(ChannelPicture target, StyleCarry carry, StyleReference style, LumaPlane luma, ToneMap? tone, int threads,
        CancellationToken cancellation)
    {
        WriteColours(target, carry, style, luma, tone, threads, cancellation);
        if (carry.Positions.Length == 0) return;
        FillPositions(carry, target.Width, target.Height, cancellation);
        StyleGuides.WritePositions(carry.Positions, target);
    }

    /// <summary>What carried matches show; where nothing was carried, a guess.</summary>
    private static void WriteColours(ChannelPicture target, StyleCarry carry, StyleReference style, LumaPlane luma, ToneMap? tone, int threads,
        CancellationToken cancellation)
    {
        ChannelPicture before = new(target.Width, target.Height, StyleGuides.StyleChannels);
        PatchVote.Channels(style.Work, before, carry.Field, new PatchVoteOptions(StyleReference.PatchWidth, StyleGuides.StyleChannels, null, threads),
            cancellation);
        if (carry.Unseen.AsSpan().ContainsAnyExcept((byte)0)) GuessColours(before, carry, style, luma, tone, cancellation);
        target.CopyChannels(before, 0, StyleGuides.PreviousChannel, StyleGuides.StyleChannels);
    }

    /// <summary>Where nothing was carried: the style's mean colour at the pixel's tone, and what the colours of what stays about it have beyond theirs, so that
    /// what comes into view takes up the hue beside it.</summary>
    private static void GuessColours(ChannelPicture before, StyleCarry carry, StyleReference style, LumaPlane luma, ToneMap? tone, CancellationToken cancellation)
    {
        const int Parts = StyleGuides.StyleChannels + 1;
        float[] beyond = new float[Parts * carry.Unseen.Length];
        for (int at = 0; at < carry.Unseen.Length; at++)
        {
            if (carry.Active[at] != 0) continue;
            ReadOnlySpan<byte> usual = Usual(at);
            int from = StyleGuides.StyleChannels * at;
            for (int channel = 0; channel < StyleGuides.StyleChannels; channel++) beyond[Parts * at + channel] = before.Bytes[from + channel] - usual[channel];
            beyond[Parts * at + Parts - 1] = 1;
        }

        GaussianBlur.Apply(beyond, before.Width, before.Height, Parts, FillSigma, cancellation);
        for (int at = 0; at < carry.Unseen.Length; at++)
        {
            if (carry.Unseen[at] == 0) continue;
            ReadOnlySpan<byte> usual = Usual(at);
            float weight = Math.Max(beyond[Parts * at + Parts - 1], 0.02f);
            for (int channel = 0; channel < StyleGuides.StyleChannels; channel++)
                before.Bytes[StyleGuides.StyleChannels * at + channel] = StyleGuides.Quantise(usual[channel] + beyond[Parts * at + channel] / weight);
        }

        ReadOnlySpan<byte> Usual(int at) => style.Palette.AsSpan(3 * StyleGuides.Quantise((tone is null ? luma.Values[at] : tone.Apply(luma.Values[at])) * 255), 3);
    }

    /// <summary>Lets unseen pixels lie where their surroundings say: the mean move of seen pixels nearby is added to their own place.</summary>
    private static void FillPositions(StyleCarry carry, int width, int height, CancellationToken cancellation)
    {
        ushort[] positions = carry.Positions, own = StyleGuides.OwnPositions(width, height);
        if (!carry.Unseen.AsSpan().Contains(StyleCarry.NotSeen)) return;
        float[] moves = new float[3 * carry.Unseen.Length];
        for (int at = 0; at < carry.Unseen.Length; at++)
        {
            if (carry.Active[at] != 0) continue;
            moves[3 * at] = positions[2 * at] - own[2 * at];
            moves[3 * at + 1] = positions[2 * at + 1] - own[2 * at + 1];
            moves[3 * at + 2] = 1;
        }

        GaussianBlur.Apply(moves, width, height, 3, FillSigma, cancellation);
        for (int at = 0; at < carry.Unseen.Length; at++)
        {
            if (carry.Unseen[at] != StyleCarry.NotSeen) continue;
            float weight = Math.Max(moves[3 * at + 2], 1e-6f);
            positions[2 * at] = Moved(own[2 * at], moves[3 * at] / weight);
            positions[2 * at + 1] = Moved(own[2 * at + 1], moves[3 * at + 1] / weight);
        }
    }

    private static ushort Moved(ushort own, float move) => (ushort)Math.Clamp((int)(own + move + 0.5f), 0, ushort.MaxValue);
}
