using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>Turns a painted frame into display-like pixels: votes the style's own float pixels at full resolution, leans broad tones towards the clip's, so that shapes
/// stay readable while strokes stay the style's, and lets neighbouring pieces share the colour of their areas.</summary>
internal static class StyleComposer
{
    /// <summary>Width of what counts as a broad tone, in pixels of the working resolution.</summary>
    private const double ToneSigma = 2;

    /// <summary>How far broad tones are pulled at full fidelity.</summary>
    private const float ToneStrength = 0.6f;

    /// <summary>Largest correction of a tone.</summary>
    private const float ToneReach = 0.25f;

    /// <summary>How much of an area's colour is shared at full fidelity; at most all of it is.</summary>
    private const double JoinGain = 2;

    /// <summary>Drafts mix fewer pixels: their pieces are whole.</summary>
    private const int DraftPatchWidth = 3;

    /// <summary>Composes a frame.</summary>
    /// <param name="painted">Its matches.</param>
    /// <param name="style">The style they point into.</param>
    /// <param name="fidelity">Structure fidelity, 0 to 1.</param>
    /// <param name="width">Width of the frame.</param>
    /// <param name="height">Its height.</param>
    /// <param name="inPlace">Whether it works in one buffer of the frame's size instead of two, because another one is in use beside it; a little slower, the same bits.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Asked once a row.</param>
    /// <returns>Display-like pixels with alpha 1; may leave 0..1 where the style does. The caller's alone, from <see cref="FramePool"/>.</returns>
    public static Frame Compose(PaintedFrame painted, StyleReference style, double fidelity, int width, int height, bool inPlace, int threads,
        CancellationToken cancellation)
    {
        const int Radius = StyleReference.PatchWidth / 2;
        MatchField field = painted.Field;
        for (int halving = style.Halvings - 1; halving >= 0; halving--)
        {
            int sourceWidth = Math.Max(style.Picture.Width >> halving, 1), sourceHeight = Math.Max(style.Picture.Height >> halving, 1);
            field = field.Doubled(Math.Max(width >> halving, 1), Math.Max(height >> halving, 1), sourceWidth, sourceHeight, Radius);
        }

        Frame result = FramePool.Rent(width, height);
        PixelVoteOptions vote = new()
        {
            SourceWidth = style.Picture.Width,
            SourceHeight = style.Picture.Height,
            PatchWidth = style.IsDraft ? DraftPatchWidth : StyleReference.PatchWidth,
            Threads = threads,
        };
        PixelVote.Run(style.Picture.Pixels, result.Pixels, field, vote, cancellation);
        if (painted.Fractions.AsSpan().ContainsAnyExcept((sbyte)0))
        {
            Frame whole = result;
            result = Shifted(whole, painted, inPlace, threads, cancellation);
            if (result != whole) FramePool.Return(whole);
        }

        if (fidelity > 0 && painted.Tone is not null) LeanTones(result, painted, style.Halvings, ToneStrength * (float)fidelity, cancellation);
        if (fidelity > 0 && painted.Colours.Length > 0) StyleAreas.Add(result, painted, (float)Math.Min(1, JoinGain * fidelity), threads, cancellation);
        return result;
    }

    /// <summary>Moves each pixel's strokes by what its match lacks to a whole pixel, so that slow motion is smooth.</summary>
    private static Frame Shifted(Frame picture, PaintedFrame painted, bool inPlace, int threads, CancellationToken cancellation)
    {
        MatchField field = painted.Field;
        float scaleX = (float)picture.Width / field.Width / PaintedFrame.FractionUnit, scaleY = (float)picture.Height / field.Height / PaintedFrame.FractionUnit;
        if (!inPlace) return FlowField.WarpSharp(picture, Write, threads, cancellation);
        FlowField.WarpSharpInPlace(picture, Write, (int)Math.Ceiling(-sbyte.MinValue * scaleY), threads, cancellation);
        return picture;

        void Write(int y, Span<float> moveX, Span<float> moveY)
        {
            int row = (int)((long)y * field.Height / picture.Height) * field.Width;
            for (int x = 0; x < moveX.Length; x++)
            {
                int from = 2 * (row + (int)((long)x * field.Width / picture.Width));
                moveX[x] = painted.Fractions[from] * scaleX;
                moveY[x] = painted.Fractions[from + 1] * scaleY;
            }
        }
    }

    private static void LeanTones(Frame result, PaintedFrame painted, int halvings, float strength, CancellationToken cancellation)
    {
        Frame small = StyleReference.Shrunk(result, halvings, cancellation);
        float[] difference = new float[painted.Reference.Length];
        for (int index = 0; index < difference.Length; index++)
        {
            float wanted = painted.Tone!.Apply(painted.Reference[index] / 255f);
            float has = Rec709Luma.Of(small.Pixels[4 * index], small.Pixels[4 * index + 1], small.Pixels[4 * index + 2]);
            difference[index] = Math.Clamp(wanted - has, -ToneReach, ToneReach);
        }

        GaussianBlur.Apply(difference, small.Width, small.Height, 1, ToneSigma, cancellation);
        if (halvings > 0)
        {
            float[] large = new float[result.Width * result.Height];
            Resampling.Resize(difference, small.Width, small.Height, 1, large, result.Width, result.Height, ResamplingFilter.Bilinear, cancellation);
            difference = large;
        }

        float[] pixels = result.Pixels;
        for (int index = 0; index < difference.Length; index++)
        {
            float lean = strength * difference[index];
            pixels[4 * index] += lean;
            pixels[4 * index + 1] += lean;
            pixels[4 * index + 2] += lean;
        }
    }
}
