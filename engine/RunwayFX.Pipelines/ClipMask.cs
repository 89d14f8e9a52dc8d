using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines;

/// <summary>Where an effect shows, by the picture of a mask clip: a weight for each pixel, 0 to 1.</summary>
internal static class ClipMask
{
    private const float OpaqueMin = 0.999f;

    /// <summary>Reads a mask.</summary>
    /// <param name="mask">The mask clip's frame; it lies by its window and covers nothing outside of it. What is not a number covers nothing.</param>
    /// <param name="wanted">The window to be weighted.</param>
    /// <param name="channel">What of the picture counts.</param>
    /// <param name="isInverted">Whether what it leaves out is meant.</param>
    /// <returns>Shape (height, width) of the window, top-down.</returns>
    public static float[] Read(HostFrame mask, PixelWindow wanted, MaskChannel channel, bool isInverted)
    {
        Frame picture = mask.Picture;
        if (channel == MaskChannel.Automatic) channel = IsOpaque(picture) ? MaskChannel.Luminance : MaskChannel.Alpha;
        float[] weights = new float[wanted.Width * wanted.Height];
        for (int row = 0; row < wanted.Height; row++)
        {
            int fromRow = mask.Window.Y2 - wanted.Y2 + row;
            for (int column = 0; column < wanted.Width; column++)
            {
                int fromColumn = wanted.X1 + column - mask.Window.X1;
                float value = 0;
                if ((uint)fromRow < (uint)picture.Height && (uint)fromColumn < (uint)picture.Width)
                {
                    ReadOnlySpan<float> pixel = picture.Row(fromRow).Slice(Frame.Channels * fromColumn, Frame.Channels);
                    value = channel == MaskChannel.Luminance ? Rec709Luma.Of(pixel) : pixel[3];
                }

                value = value > 0 ? Math.Min(value, 1) : 0;
                weights[row * wanted.Width + column] = isInverted ? 1 - value : value;
            }
        }

        return weights;
    }

    private static bool IsOpaque(Frame picture)
    {
        for (int index = 3; index < picture.Pixels.Length; index += Frame.Channels)
        {
            if (!(picture.Pixels[index] >= OpaqueMin)) return false;
        }

        return true;
    }
}
