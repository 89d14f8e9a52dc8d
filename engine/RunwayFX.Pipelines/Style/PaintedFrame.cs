using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>A frame whose matches are decided. Immutable: it is shared between threads.</summary>
/// <param name="FrameHash">Content of the source frame it was painted from.</param>
/// <param name="Field">Matches at the working resolution.</param>
/// <param name="Fractions">What motion adds to each match, x and y in 1/<see cref="FractionUnit"/> pixel, −64 to 63.</param>
/// <param name="Reference">Luma (0–255) at which each match was chosen; follows the source only where the match does, so that noise in
/// still areas does not reach the result.</param>
/// <param name="Tone">The clip's tones on the style's scale; null where the style is a painting of the clip itself.</param>
/// <param name="Colours">What is added to red and blue by cell (<see cref="StyleAreas"/>); empty where the style is a painting.</param>
internal sealed record PaintedFrame(UInt128 FrameHash, MatchField Field, sbyte[] Fractions, byte[] Reference, ToneMap? Tone, float[] Colours)
{
    /// <summary>Parts of a pixel in which fractions are counted.</summary>
    public const int FractionUnit = 128;

    /// <summary>Memory it holds.</summary>
    public long Bytes => Field.Matches.Length * 7L + Colours.Length * 4L + 2048;
}

/// <summary>What the next frame of a sequence needs of the one before. Immutable.</summary>
/// <param name="Painted">The frame before.</param>
/// <param name="Luma">Its source luma, 0–255.</param>
/// <param name="Age">Frames since the match was chosen, saturating.</param>
/// <param name="MemoryMatches">An older settled match per pixel, so that what a passer-by covered comes back as it was; −1 = none.</param>
/// <param name="MemoryLuma">The luma for which that match was chosen.</param>
/// <param name="Outlines">How much of outlines there was around each pixel (<see cref="StyleGuides.Outlines"/>) when its match was chosen.</param>
/// <param name="MemoryOutlines">The same for the older match.</param>
/// <param name="Positions">Where in the keyframe each pixel's content lay, x and y as 0–65535 of the sides; empty where there is no keyframe.</param>
/// <param name="Style">The style that the matches point into.</param>
internal sealed record PaintChain(
    PaintedFrame Painted, byte[] Luma, byte[] Age, int[] MemoryMatches, byte[] MemoryLuma, byte[] Outlines, byte[] MemoryOutlines, ushort[] Positions, StyleReference Style)
{
    /// <summary>Memory it holds besides the painted frame and the style.</summary>
    public long Bytes => Luma.Length * 9L + Positions.Length * 2L;
}
