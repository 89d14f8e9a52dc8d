using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Backgrounds;

/// <summary>Fills a frame's holes from a background that several frames share.</summary>
internal static class BackgroundFill
{
    /// <summary>Writes what the background shows into the holes; what the frame shows beside them and the background does not know of, such as a change of
    /// light, fades into the fill.</summary>
    /// <param name="filled">The frame; its hole pixels are written.</param>
    /// <param name="mask">The holes, of the frame's size.</param>
    /// <param name="toCanvas">From the frame's pixels to the background's.</param>
    /// <param name="canvas">Where the background lies.</param>
    /// <param name="picture">The background.</param>
    /// <param name="isMissing">Its pixels that nothing is known of.</param>
    /// <param name="blendWidth">Pixels over which the difference fades.</param>
    /// <param name="cancellation">Honoured row by row.</param>
    /// <returns>The hole pixels that the background does not reach.</returns>
    public static bool[] Apply(Frame filled, HoleMask mask, CameraStep toCanvas, BackgroundCanvas canvas, Frame picture, bool[] isMissing, double blendWidth,
        CancellationToken cancellation)
    {
        Frame edge = new(filled.Width, filled.Height);
        bool[] holes = mask.Holes.ToArray(), left = new bool[holes.Length];
        Parallel.For(0, filled.Height, new ParallelOptions { CancellationToken = cancellation }, y =>
        {
            Span<float> value = stackalloc float[Frame.Channels];
            for (int x = 0; x < filled.Width; x++)
            {
                int p = y * filled.Width + x;
                if (!holes[p] && !TouchesHole(holes, x, y, filled.Width, filled.Height)) continue;
                (double u, double v) = toCanvas.Apply(x, y);
                bool isSeen = BackgroundCanvas.TrySample(picture, isMissing, u - canvas.Left, v - canvas.Top, value);
                if (holes[p])
                {
                    left[p] = !isSeen;
                    if (isSeen) value.CopyTo(filled.Pixels.AsSpan(Frame.Channels * p));
                    continue;
                }

                for (int c = 0; c < 3 && isSeen; c++)
                {
                    float difference = filled.Pixels[Frame.Channels * p + c] - value[c];
                    edge.Pixels[Frame.Channels * p + c] = float.IsFinite(difference) ? difference : 0;
                }
            }
        });
        SeamBlend.AddMembrane(filled, mask, edge, blendWidth, Environment.ProcessorCount, cancellation);
        return left;
    }

    private static bool TouchesHole(bool[] holes, int x, int y, int width, int height) =>
        (x > 0 && holes[y * width + x - 1]) || (x < width - 1 && holes[y * width + x + 1]) || (y > 0 && holes[(y - 1) * width + x])
        || (y < height - 1 && holes[(y + 1) * width + x]);
}
