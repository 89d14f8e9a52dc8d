using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Lightness of a display-like picture, what guides are made of.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">Rec.709 luma of display-encoded RGB, 0 to 1, row by row from the top.</param>
internal sealed record LumaPlane(int Width, int Height, float[] Values)
{
    /// <summary>The luma of a display-like picture.</summary>
    public static LumaPlane From(Frame display)
    {
        float[] values = new float[display.Width * display.Height], pixels = display.Pixels;
        for (int index = 0; index < values.Length; index++) values[index] = Rec709Luma.Of(pixels[4 * index], pixels[4 * index + 1], pixels[4 * index + 2]);
        return new LumaPlane(display.Width, display.Height, values);
    }

    /// <summary>A blurred copy.</summary>
    public LumaPlane Blurred(double sigma, CancellationToken cancellation)
    {
        float[] values = (float[])Values.Clone();
        GaussianBlur.Apply(values, Width, Height, 1, sigma, cancellation);
        return new LumaPlane(Width, Height, values);
    }
}
