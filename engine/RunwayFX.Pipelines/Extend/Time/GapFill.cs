using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>Makes a frame between two good ones along their optical flow; what only one of them shows comes from that one.</summary>
internal static class GapFill
{
    private const float Doubt = 0.02f;

    /// <summary>The frame at a part of the way.</summary>
    /// <param name="before">The frame before, in any encoding.</param>
    /// <param name="after">The frame after, of the same size.</param>
    /// <param name="part">Between 0 (before) and 1 (after).</param>
    /// <param name="toGuide">Gives display-like values.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static Frame Between(Frame before, Frame after, float part, Func<Frame, Frame> toGuide, CancellationToken cancellation)
    {
        FlowPair motion = OpticalFlow.EstimateBoth(FlowPicture.FromDisplay(toGuide(before), cancellation), FlowPicture.FromDisplay(toGuide(after), cancellation),
            new FlowOptions { Threads = Environment.ProcessorCount }, null, cancellation);
        Frame result = new(before.Width, before.Height);
        Parallel.For(0, result.Height, new ParallelOptions { CancellationToken = cancellation }, y =>
        {
            Span<float> one = stackalloc float[Frame.Channels], other = stackalloc float[Frame.Channels];
            Span<float> row = result.Row(y);
            for (int x = 0; x < result.Width; x++)
            {
                int pixel = y * result.Width + x;
                Places.Sample(before, x - part * motion.Forward.X[pixel], y - part * motion.Forward.Y[pixel], one);
                Places.Sample(after, x - (1 - part) * motion.Backward.X[pixel], y - (1 - part) * motion.Backward.Y[pixel], other);
                float weightOne = (1 - part) * (motion.ForwardConsistent[pixel] + Doubt), weightOther = part * (motion.BackwardConsistent[pixel] + Doubt);
                float share = weightOther / (weightOne + weightOther);
                for (int channel = 0; channel < Frame.Channels; channel++) row[x * Frame.Channels + channel] = one[channel] + (other[channel] - one[channel]) * share;
            }
        });
        return result;
    }
}
