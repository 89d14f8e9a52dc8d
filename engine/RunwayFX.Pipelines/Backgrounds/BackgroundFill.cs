using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Backgrounds;

/// <summary>Fills a frame's holes from a background that several frames share.</summary>
internal static class BackgroundFill
{
    /// <summary>The change at the border is the median over a square of this half side, as a part of the width over which it fades, of every so many-th
    /// pixel.</summary>
    private const double SquareShare = 0.5;
    private const int Stride = 2;

    /// <summary>Writes what the background shows into the holes; what the frame shows beside them and the background does not know of, such as a change of
    /// light, fades into the fill. Of what is small there, such as noise and the outline of who passes by, nothing does.</summary>
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
        int reach = (int)(SquareShare * blendWidth) / Stride * Stride;
        Parallel.For(0, filled.Height, new ParallelOptions { CancellationToken = cancellation }, y =>
        {
            Span<float> value = stackalloc float[Frame.Channels];
            Changes changes = new(filled, holes, toCanvas, canvas, picture, isMissing);
            for (int x = 0; x < filled.Width; x++)
            {
                int p = y * filled.Width + x;
                if (!holes[p])
                {
                    if (TouchesHole(holes, x, y, filled.Width, filled.Height)) changes.Median(x, y, reach, edge.Pixels.AsSpan(Frame.Channels * p, 3));
                    continue;
                }

                (double u, double v) = toCanvas.Apply(x, y);
                left[p] = !BackgroundCanvas.TrySample(picture, isMissing, u - canvas.Left, v - canvas.Top, value);
                if (!left[p]) value.CopyTo(filled.Pixels.AsSpan(Frame.Channels * p));
            }
        });
        SeamBlend.AddMembrane(filled, mask, edge, blendWidth, Environment.ProcessorCount, cancellation);
        return left;
    }

    private static bool TouchesHole(bool[] holes, int x, int y, int width, int height) =>
        (x > 0 && holes[y * width + x - 1]) || (x < width - 1 && holes[y * width + x + 1]) || (y > 0 && holes[(y - 1) * width + x])
        || (y < height - 1 && holes[(y + 1) * width + x]);

    /// <summary>By how much the known pixels of a frame differ from a background.</summary>
    private sealed class Changes(Frame frame, bool[] holes, CameraStep toCanvas, BackgroundCanvas canvas, Frame picture, bool[] isMissing)
    {
        private readonly List<float>[] _values = [[], [], []];

        /// <summary>The median around a known pixel, per channel; 0 where the background shows nothing.</summary>
        public void Median(int x, int y, int reach, Span<float> median)
        {
            foreach (List<float> values in _values) values.Clear();
            Span<float> value = stackalloc float[Frame.Channels];
            for (int v = Math.Max(y - reach, y % Stride); v <= Math.Min(y + reach, frame.Height - 1); v += Stride)
            {
                for (int u = Math.Max(x - reach, x % Stride); u <= Math.Min(x + reach, frame.Width - 1); u += Stride)
                {
                    int p = v * frame.Width + u;
                    if (holes[p]) continue;
                    (double column, double row) = toCanvas.Apply(u, v);
                    if (!BackgroundCanvas.TrySample(picture, isMissing, column - canvas.Left, row - canvas.Top, value)) continue;
                    for (int c = 0; c < _values.Length; c++)
                    {
                        float change = frame.Pixels[Frame.Channels * p + c] - value[c];
                        if (float.IsFinite(change)) _values[c].Add(change);
                    }
                }
            }

            for (int c = 0; c < _values.Length; c++)
            {
                _values[c].Sort();
                median[c] = _values[c].Count == 0 ? 0 : _values[c][_values[c].Count / 2];
            }
        }
    }
}
