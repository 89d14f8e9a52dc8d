using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Benchmarks;

/// <summary>What a painted clip is measured by: steadiness along the source clip's own motion, texture, and likeness to the picture it was painted from. Looks at
/// pictures alone, so that any method can be measured.</summary>
internal sealed class StyleVideoMeasures
{
    private const int PatchWidth = 5, Passes = 6;
    private const int Threads = 2;

    private readonly List<FlowPair> _motion = [];

    /// <summary>Finds the motion of a source clip between each frame and the one before it.</summary>
    public StyleVideoMeasures(IReadOnlyList<Frame> clip)
    {
        FlowPicture[] pictures = [.. clip.Select(frame => FlowPicture.FromDisplay(frame))];
        for (int index = 1; index < pictures.Length; index++)
            _motion.Add(OpticalFlow.EstimateBoth(pictures[index], pictures[index - 1], new FlowOptions { Quality = FlowQuality.High, Threads = Threads }));
    }

    /// <summary>Warp error by frame: mean absolute difference (0–255, red, green and blue) to the frame before it, warped by the source clip's flow, where
    /// forward and backward flow agree.</summary>
    /// <param name="frames">The clip to be measured by index; null where it has no such frame.</param>
    public Dictionary<int, double> WarpErrors(Func<int, Frame?> frames)
    {
        Dictionary<int, double> errors = [];
        for (int index = 1; index <= _motion.Count; index++)
        {
            if (frames(index) is not { } now || frames(index - 1) is not { } before) continue;
            FlowPair motion = _motion[index - 1];
            Frame warped = motion.Forward.Warp(before, Threads);
            double sum = 0;
            long count = 0;
            for (int pixel = 0; pixel < motion.ForwardConsistent.Length; pixel++)
            {
                if (motion.ForwardConsistent[pixel] == 0) continue;
                for (int channel = 0; channel < 3; channel++) sum += Math.Abs(now.Pixels[4 * pixel + channel] - warped.Pixels[4 * pixel + channel]);
                count += 3;
            }

            errors[index] = 255 * sum / Math.Max(count, 1);
        }

        return errors;
    }

    /// <summary>Mean squared Laplacian of luma (0–255): how much fine texture there is.</summary>
    public static double LaplacianEnergy(Frame frame)
    {
        float[] luma = new float[frame.Width * frame.Height];
        for (int i = 0; i < luma.Length; i++)
            luma[i] = 255 * (0.2126f * frame.Pixels[4 * i] + 0.7152f * frame.Pixels[4 * i + 1] + 0.0722f * frame.Pixels[4 * i + 2]);
        double sum = 0;
        for (int y = 1; y < frame.Height - 1; y++)
        {
            for (int x = 1; x < frame.Width - 1; x++)
            {
                int at = y * frame.Width + x;
                double value = 4 * luma[at] - luma[at - 1] - luma[at + 1] - luma[at - frame.Width] - luma[at + frame.Width];
                sum += value * value;
            }
        }

        return sum / ((frame.Width - 2) * (double)(frame.Height - 2));
    }

    /// <summary>The style term: for each 5×5 patch of a frame the squared difference (0–255, mean of the channels, sum over the patch) to the patch of the
    /// style that is most like it, as patch matching finds it; mean over the patches.</summary>
    public static double StyleTerm(Frame frame, Frame style)
    {
        ChannelPicture source = Channels(style, 0), target = Channels(frame, PatchWidth / 2);
        target.ExtendBorder();
        PatchWeights weights = new(PatchWidth, [1.0 / 3, 1.0 / 3, 1.0 / 3]);
        MatchField field = new(frame.Width, frame.Height);
        field.Randomize(style.Width, style.Height, PatchWidth / 2, 1);
        PatchMatcher matcher = new(new PatchMatcherInput { Source = source, Target = target, Weights = weights, Field = field, Threads = Threads });
        matcher.Refresh(CancellationToken.None);
        for (int pass = 0; pass < Passes; pass++) matcher.Improve(pass, int.MaxValue, 1, CancellationToken.None);
        double sum = 0;
        foreach (int distance in matcher.Distances) sum += distance;
        return sum / weights.Scale / matcher.Distances.Length;
    }

    private static ChannelPicture Channels(Frame frame, int border)
    {
        ChannelPicture picture = new(frame.Width, frame.Height, 3, border);
        for (int y = 0; y < frame.Height; y++)
        {
            ReadOnlySpan<float> row = frame.Row(y);
            for (int x = 0; x < frame.Width; x++)
            {
                int offset = picture.Offset(x, y);
                for (int channel = 0; channel < 3; channel++) picture.Bytes[offset + channel] = (byte)Math.Clamp(row[4 * x + channel] * 255 + 0.5f, 0, 255);
            }
        }

        return picture;
    }
}
