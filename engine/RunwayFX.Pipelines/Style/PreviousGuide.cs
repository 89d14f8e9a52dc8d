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

    /// <summary>What carried matches show; where nothing was carried, the style's mean colour at the pixel's tone.</summary>
    private static void WriteColours(ChannelPicture target, StyleCarry carry, StyleReference style, LumaPlane luma, ToneMap? tone, int threads,
        CancellationToken cancellation)
    {
        ChannelPicture before = new(target.Width, target.Height, StyleGuides.StyleChannels);
        PatchVote.Channels(style.Work, before, carry.Field, new PatchVoteOptions(StyleReference.PatchWidth, StyleGuides.StyleChannels, null, threads),
            cancellation);
        for (int y = 0; y < target.Height; y++)
        {
            for (int x = 0; x < target.Width; x++)
            {
                int at = y * target.Width + x;
                float value = tone is null ? luma.Values[at] : tone.Apply(luma.Values[at]);
                ReadOnlySpan<byte> colour = carry.Unseen[at] != 0
                    ? style.Palette.AsSpan(3 * StyleGuides.Quantise(value * 255), 3) : before.Bytes.AsSpan(before.Offset(x, y), 3);
                colour.CopyTo(target.Bytes.AsSpan(target.Offset(x, y) + StyleGuides.PreviousChannel, 3));
            }
        }
    }

    /// <summary>Lets unseen pixels lie where their surroundings say: the mean move of seen pixels nearby is added to their own place.</summary>
    private static void FillPositions(StyleCarry carry, int width, int height, CancellationToken cancellation)
    {
        ushort[] positions = carry.Positions, own = StyleGuides.OwnPositions(width, height);
        if (!carry.Unseen.AsSpan().Contains((byte)1)) return;
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
            if (carry.Unseen[at] == 0) continue;
            float weight = Math.Max(moves[3 * at + 2], 1e-6f);
            positions[2 * at] = Moved(own[2 * at], moves[3 * at] / weight);
            positions[2 * at + 1] = Moved(own[2 * at + 1], moves[3 * at + 1] / weight);
        }
    }

    private static ushort Moved(ushort own, float move) => (ushort)Math.Clamp((int)(own + move + 0.5f), 0, ushort.MaxValue);
}
