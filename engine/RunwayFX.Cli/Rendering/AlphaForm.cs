using OpenFX.Hosting;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>Brings rendered frames into the alpha state that the file format wants.</summary>
internal static class AlphaForm
{
    /// <summary>Multiplies or divides colour by alpha where effect and file differ; otherwise returns the frame itself. The frame is
    /// changed.</summary>
    public static Frame Fit(Frame frame, EffectOutput output, OutputSettings settings)
    {
        if (!output.HasAlpha || !settings.HasAlpha) return frame;
        bool isPremultiplied = output.Alpha == AlphaState.Premultiplied;
        if (isPremultiplied == settings.IsPremultiplied) return frame;
        Span<float> pixels = frame.Pixels;
        for (int offset = 0; offset < pixels.Length; offset += Frame.Channels)
        {
            Span<float> pixel = pixels.Slice(offset, Frame.Channels);
            float alpha = pixel[3];
            // At 1 nothing changes; at 0 a division has no answer and the colour stays what it is.
            if (alpha == 1 || (isPremultiplied && alpha == 0)) continue;
            for (int channel = 0; channel < 3; channel++) pixel[channel] = isPremultiplied ? pixel[channel] / alpha : pixel[channel] * alpha;
        }

        return frame;
    }
}
