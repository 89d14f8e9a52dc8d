using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Changes between colour multiplied by alpha and colour as it is, where a file format demands the other state.</summary>
internal static class AlphaState
{
    /// <summary>A copy with colour divided by alpha; where alpha is 0 the colour stays.</summary>
    public static Frame Unpremultiplied(Frame frame)
    {
        Frame copy = frame.Clone();
        Span<float> pixels = copy.Pixels;
        for (int i = 0; i < pixels.Length; i += Frame.Channels)
        {
            float alpha = pixels[i + 3];
            if (alpha is 0 or 1) continue;
            pixels[i] /= alpha;
            pixels[i + 1] /= alpha;
            pixels[i + 2] /= alpha;
        }

        return copy;
    }

    /// <summary>A copy with colour multiplied by alpha.</summary>
    public static Frame Premultiplied(Frame frame)
    {
        Frame copy = frame.Clone();
        Span<float> pixels = copy.Pixels;
        for (int i = 0; i < pixels.Length; i += Frame.Channels)
        {
            float alpha = pixels[i + 3];
            pixels[i] *= alpha;
            pixels[i + 1] *= alpha;
            pixels[i + 2] *= alpha;
        }

        return copy;
    }
}
