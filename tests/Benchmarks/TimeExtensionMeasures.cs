using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Benchmarks;

/// <summary>What happens from frame to frame of a clip, measured at <see cref="SideMax"/> pixels on the longer side.</summary>
internal sealed class TimeExtensionMeasures
{
    private const int SideMax = 384;

    /// <summary>Pixels per frame from which something moves.</summary>
    private const float MovingMin = 0.4f;

    /// <summary>Pixels around a place in which the last second's motion is looked up.</summary>
    private const int NearRadius = 24;

    private readonly List<FlowField> _flows = [];
    private readonly List<byte[]> _agrees = [];

    /// <summary>Mean absolute difference to the frame before, per step, 0..255.</summary>
    public List<double> Differences { get; } = [];

    /// <summary>The same to the frame before moved by the flow, where both directions of the flow agree.</summary>
    public List<double> WarpErrors { get; } = [];

    /// <summary>Mean length of the flow over the picture, in pixels, of pixels that move.</summary>
    public List<double> Energy { get; } = [];

    /// <summary>Measures every step of a clip.</summary>
    public static TimeExtensionMeasures Of(IReadOnlyList<Frame> frames)
    {
        TimeExtensionMeasures measures = new();
        double scale = Math.Min(1, (double)SideMax / Math.Max(frames[0].Width, frames[0].Height));
        int width = (int)Math.Round(frames[0].Width * scale), height = (int)Math.Round(frames[0].Height * scale);
        Frame before = Resampling.Resize(frames[0], width, height, ResamplingFilter.Area);
        FlowPicture beforePicture = FlowPicture.FromDisplay(before);
        FlowOptions options = new() { Threads = Environment.ProcessorCount };
        for (int index = 1; index < frames.Count; index++)
        {
            Frame now = Resampling.Resize(frames[index], width, height, ResamplingFilter.Area);
            FlowPicture picture = FlowPicture.FromDisplay(now);
            // Backward: where each pixel of this frame comes from.
            FlowPair pair = OpticalFlow.EstimateBoth(picture, beforePicture, options, null, CancellationToken.None);
            measures.Add(now, before, pair);
            (before, beforePicture) = (now, picture);
        }

        return measures;
    }

    /// <summary>The value below which a part of the values lies.</summary>
    public static double Percentile(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Mean cosine between the motion of moving pixels and the mean motion that the last second of the clip had near them. Pixels near which nothing
    /// moved then do not count.</summary>
    public double DirectionAgreement(TimeExtensionMeasures clip, int lastFrames)
    {
        int width = _flows[0].Width, height = _flows[0].Height;
        double[] sumX = new double[width * height], sumY = new double[width * height];
        for (int step = Math.Max(0, clip._flows.Count - lastFrames); step < clip._flows.Count; step++)
        {
            FlowField flow = clip._flows[step];
            for (int pixel = 0; pixel < sumX.Length; pixel++)
            {
                if (!IsMoving(flow, clip._agrees[step], pixel)) continue;
                sumX[pixel] += flow.X[pixel];
                sumY[pixel] += flow.Y[pixel];
            }
        }

        (sumX, sumY) = (Box(sumX, width, height), Box(sumY, width, height));
        double total = 0;
        long count = 0;
        for (int step = 0; step < _flows.Count; step++)
        {
            for (int pixel = 0; pixel < sumX.Length; pixel++)
            {
                double length = Math.Sqrt(sumX[pixel] * sumX[pixel] + sumY[pixel] * sumY[pixel]);
                if (length < MovingMin || !IsMoving(_flows[step], _agrees[step], pixel)) continue;
                float x = _flows[step].X[pixel], y = _flows[step].Y[pixel];
                total += (x * sumX[pixel] + y * sumY[pixel]) / (length * Math.Sqrt(x * x + y * y));
                count++;
            }
        }

        return count == 0 ? 0 : total / count;
    }

    private static bool IsMoving(FlowField flow, byte[] agrees, int pixel) =>
        agrees[pixel] != 0 && flow.X[pixel] * flow.X[pixel] + flow.Y[pixel] * flow.Y[pixel] >= MovingMin * MovingMin;

    private static double[] Box(double[] values, int width, int height)
    {
        double[] rows = new double[values.Length], result = new double[values.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int column = Math.Max(0, x - NearRadius); column <= Math.Min(width - 1, x + NearRadius); column++) rows[y * width + x] += values[y * width + column];
            }
        }

        for (int y = 0; y < height; y++)
        {
            for (int row = Math.Max(0, y - NearRadius); row <= Math.Min(height - 1, y + NearRadius); row++)
            {
                for (int x = 0; x < width; x++) result[y * width + x] += rows[row * width + x];
            }
        }

        return result;
    }

    private void Add(Frame now, Frame before, FlowPair pair)
    {
        Frame warped = pair.Forward.Warp(before);
        double difference = 0, error = 0, energy = 0;
        long sure = 0;
        int count = now.Width * now.Height;
        for (int pixel = 0; pixel < count; pixel++)
        {
            double plain = 0, moved = 0;
            for (int at = pixel * Frame.Channels; at < pixel * Frame.Channels + 3; at++)
            {
                plain += Math.Abs(now.Pixels[at] - before.Pixels[at]);
                moved += Math.Abs(now.Pixels[at] - warped.Pixels[at]);
            }

            difference += plain / 3;
            float x = pair.Forward.X[pixel], y = pair.Forward.Y[pixel];
            double length = Math.Sqrt(x * x + y * y);
            if (length >= MovingMin) energy += length;
            if (pair.ForwardConsistent[pixel] == 0) continue;
            error += moved / 3;
            sure++;
        }

        Differences.Add(255 * difference / count);
        WarpErrors.Add(255 * error / Math.Max(1, sure));
        Energy.Add(energy / count);
        _flows.Add(pair.Forward);
        _agrees.Add(pair.ForwardConsistent);
    }
}
