using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>How much of a pixel belongs to an object, at full size: the planned mask, sharpened by how much the picture differs from what stands still
/// behind.</summary>
internal sealed class Matte(Continuation continuation, GoodFrameSource source, Frame picture, SpriteFrame shape, CameraStep toFrame)
{
    /// <summary>Mask value, after softening, from which a pixel is the object's whatever it looks like.</summary>
    private const float CoreFrom = 0.75f;

    /// <summary>Part of an object's height from its top below which there may be shadow on the ground.</summary>
    private const double ShadowFrom = 0.6;

    /// <summary>How much light a shadow leaves at least.</summary>
    private const float ShadowLeast = 0.55f;

    /// <summary>Largest difference between the channels of a shadow.</summary>
    private const float ShadowSpread = 0.12f;

    private readonly ReducedClip _clip = continuation.Plan.Layer.Clip;
    private readonly float _from = 0.8f * continuation.Plan.Layer.Threshold / 255;
    private readonly float _to = 1.8f * continuation.Plan.Layer.Threshold / 255;

    /// <summary>0..1 at a place in the join frame's coordinates, without the sprite's shift.</summary>
    public float At(double x, double y)
    {
        double column = (x + 0.5) / _clip.ScaleX - 0.5 - shape.Left, row = (y + 0.5) / _clip.ScaleY - 0.5 - shape.Top;
        if (column < -1 || row < -1 || column > shape.Width || row > shape.Height) return 0;
        float near = Places.Soft(shape.Mask, shape.Width, shape.Height, column, row);
        if (near <= 0) return 0;
        float core = Places.Soft(shape.Core, shape.Width, shape.Height, column, row);
        if (core >= CoreFrom) return 1;
        float sure = core / CoreFrom;
        float difference = Difference(x, y);
        float part = Math.Clamp((difference - _from) / (_to - _from), 0, 1);
        part = part * part * (3 - 2 * part) * Math.Min(1, 2 * near);
        return Math.Max(sure, part);
    }

    /// <summary>Where a pixel is ground in the object's shadow, gives the colour that the same shadow makes of the ground at its new place.</summary>
    /// <param name="x">Column in the join frame, without the sprite's shift.</param>
    /// <param name="y">Row.</param>
    /// <param name="colour">The object's frame there; replaced.</param>
    /// <param name="ground">What is behind at the new place.</param>
    public void CastShadow(double x, double y, Span<float> colour, ReadOnlySpan<float> ground)
    {
        double row = (y + 0.5) / _clip.ScaleY - 0.5 - shape.Top;
        if (row < ShadowFrom * shape.Height) return;
        Frame behind = continuation.Behind;
        int behindX = (int)Math.Clamp(x + continuation.OriginX + 0.5, 0, behind.Width - 1);
        int behindY = (int)Math.Clamp(y + continuation.OriginY + 0.5, 0, behind.Height - 1);
        ReadOnlySpan<float> lit = behind.Row(behindY).Slice(behindX * Frame.Channels, Frame.Channels);
        (float red, float green, float blue) = source.ToGuide(colour);
        (float r, float g, float b) = source.ToGuide(lit);
        if (Math.Min(r, Math.Min(g, b)) < 0.05f) return;
        float least = Math.Min(red / r, Math.Min(green / g, blue / b)), most = Math.Max(red / r, Math.Max(green / g, blue / b));
        if (least < ShadowLeast || most > 1.02f || most - least > ShadowSpread) return;
        for (int channel = 0; channel < 3; channel++)
        {
            if (lit[channel] > 1e-4f) colour[channel] = colour[channel] / lit[channel] * ground[channel];
        }
    }

    /// <summary>Mean over five pixels of the largest difference of a channel.</summary>
    private float Difference(double x, double y) =>
        (2 * DifferenceAt(x, y) + DifferenceAt(x - 1, y) + DifferenceAt(x + 1, y) + DifferenceAt(x, y - 1) + DifferenceAt(x, y + 1)) / 6;

    private float DifferenceAt(double x, double y)
    {
        (double fromX, double fromY) = toFrame.Apply(x, y);
        int pictureX = (int)Math.Clamp(fromX + 0.5, 0, picture.Width - 1), pictureY = (int)Math.Clamp(fromY + 0.5, 0, picture.Height - 1);
        Frame behind = continuation.Behind;
        int behindX = (int)Math.Clamp(x + continuation.OriginX + 0.5, 0, behind.Width - 1);
        int behindY = (int)Math.Clamp(y + continuation.OriginY + 0.5, 0, behind.Height - 1);
        (float red, float green, float blue) = source.ToGuide(picture.Row(pictureY).Slice(pictureX * Frame.Channels, Frame.Channels));
        (float r, float g, float b) = source.ToGuide(behind.Row(behindY).Slice(behindX * Frame.Channels, Frame.Channels));
        return Math.Max(Math.Abs(red - r), Math.Max(Math.Abs(green - g), Math.Abs(blue - b)));
    }
}
