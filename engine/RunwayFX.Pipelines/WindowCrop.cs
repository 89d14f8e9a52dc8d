using RunwayFX.Imaging;

namespace RunwayFX.Pipelines;

/// <summary>Shows the part of a picture that a host asked for.</summary>
public static class WindowCrop
{
    /// <summary>What a window shows of a picture that nobody else needs: the picture itself where it shows all of it, else a copy.</summary>
    /// <inheritdoc cref="Of"/>
    public static Frame OfOwn(Frame picture, PixelWindow window, PixelWindow wanted) =>
        wanted == window ? picture : Of(picture, window, wanted);

    /// <summary>A copy of what a window shows of a picture; transparent black outside. Windows are y up, pictures top-down.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="window">Where it lies; its upper left pixel counts where the sizes differ.</param>
    /// <param name="wanted">What to show.</param>
    /// <exception cref="PipelineException">The wanted window is empty.</exception>
    public static Frame Of(Frame picture, PixelWindow window, PixelWindow wanted)
    {
        if (wanted == window) return picture.Clone();
        if (wanted.IsEmpty) throw new PipelineException(PipelineError.SizeUnsupported, $"the output window is {wanted.Width}×{wanted.Height} pixels");
        Frame result = new(wanted.Width, wanted.Height);
        int left = Math.Max(wanted.X1, window.X1), right = Math.Min(Math.Min(wanted.X2, window.X2), window.X1 + picture.Width);
        if (right <= left) return result;
        for (int y = 0; y < wanted.Height; y++)
        {
            int from = window.Y2 - wanted.Y2 + y;
            if (from < 0 || from >= picture.Height) continue;
            picture.Row(from).Slice((left - window.X1) * Frame.Channels, (right - left) * Frame.Channels)
                .CopyTo(result.Row(y)[((left - wanted.X1) * Frame.Channels)..]);
        }

        return result;
    }
}
