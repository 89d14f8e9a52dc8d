using RunwayFX.Imaging.Flow;

namespace RunwayFX.Synthesis.Continuation;

/// <summary>How the camera moved over a clip, as seen from its last frame.</summary>
/// <remarks>Shift, turn and zoom between neighbouring frames are fitted to the optical flow, people who walk through left aside by weights that fall with the
/// square of their distance from the common motion. Coordinates are those of <see cref="ReducedClip"/>.</remarks>
public sealed class CameraPath
{
    /// <summary>Frames before the join whose motion is followed while the camera moves.</summary>
    public const int FramesMax = 64;

    /// <summary>Frames before the join from which the motion that goes on is taken.</summary>
    private const int VelocityFrames = 8;

    /// <summary>Pixels per frame below which a camera stands still.</summary>
    private const double StillMax = 0.06;

    private const int ProbesMax = 12;
    private const int FitRounds = 10;
    private const int GridStep = 4;

    private readonly CameraStep[] _toLast;

    private CameraPath(CameraStep[] toLast, int first, CameraStep velocity, bool isStill)
    {
        (_toLast, First, Velocity, IsStill) = (toLast, first, velocity, isStill);
    }

    /// <summary>Whether the camera stands still.</summary>
    public bool IsStill { get; }

    /// <summary>First frame whose place is known.</summary>
    public int First { get; }

    /// <summary>What a frame's coordinates become in the next one, at the join.</summary>
    public CameraStep Velocity { get; }

    /// <summary>From a frame's coordinates to those of the last frame.</summary>
    public CameraStep ToLast(int frame) => IsStill ? CameraStep.Still : _toLast[frame - First];

    /// <summary>Follows the camera of a clip.</summary>
    /// <param name="clip">At least one frame.</param>
    /// <param name="threads">Threads that may work; the result is the same for any number.</param>
    /// <param name="cancellation">Asked at every pair of frames.</param>
    public static CameraPath Find(ReducedClip clip, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(clip);
        int last = clip.Count - 1;
        List<double> speeds = [];
        int step = Math.Max(1, last / ProbesMax);
        for (int frame = last; frame > 0 && speeds.Count < ProbesMax; frame -= step)
        {
            CameraStep probe = Fit(Flow(clip, frame - 1, frame, threads, cancellation));
            speeds.Add(Math.Max(Math.Abs(probe.X + (probe.A - 1) * clip.Width / 2), Math.Abs(probe.Y + (probe.A - 1) * clip.Height / 2)));
        }

        speeds.Sort();
        if (speeds.Count == 0 || speeds[speeds.Count / 2] <= StillMax) return new([], 0, CameraStep.Still, isStill: true);

        int first = Math.Max(0, last - FramesMax + 1);
        CameraStep[] toLast = new CameraStep[last - first + 1];
        toLast[^1] = CameraStep.Still;
        CameraStep sum = new(0, 0, 0, 0);
        int taken = 0;
        for (int frame = last - 1; frame >= first; frame--)
        {
            CameraStep next = Fit(Flow(clip, frame, frame + 1, threads, cancellation));
            toLast[frame - first] = toLast[frame + 1 - first].After(next);
            if (taken == VelocityFrames) continue;
            sum = new(sum.A + next.A, sum.B + next.B, sum.X + next.X, sum.Y + next.Y);
            taken++;
        }

        CameraStep velocity = new(sum.A / taken, sum.B / taken, sum.X / taken, sum.Y / taken);
        return new(toLast, first, velocity, isStill: false);
    }

    internal static FlowField Flow(ReducedClip clip, int from, int to, int threads, CancellationToken cancellation) => OpticalFlow.Estimate(
        FlowPicture.FromLightness(clip.Width, clip.Height, clip.Lightness(from)), FlowPicture.FromLightness(clip.Width, clip.Height, clip.Lightness(to)),
        new FlowOptions { Threads = threads }, null, cancellation);

    /// <summary>The common motion of a field: least squares, repeated with weights.</summary>
    /// <param name="flow">The field.</param>
    /// <param name="skipped">Places that do not count, shape (H, W); null for none.</param>
    internal static CameraStep Fit(FlowField flow, bool[]? skipped = null)
    {
        CameraStep fit = new(1, 0, Median(flow.X, flow.Width, skipped), Median(flow.Y, flow.Width, skipped));
        double spread = 1;
        for (int round = 0; round < FitRounds; round++)
        {
            spread = Math.Max(0.1, spread * 0.7);
            fit = FitOnce(flow, fit, spread, skipped);
        }

        return fit;
    }

    private static CameraStep FitOnce(FlowField flow, CameraStep last, double spread, bool[]? skipped)
    {
        double centreX = (flow.Width - 1) / 2.0, centreY = (flow.Height - 1) / 2.0;
        double weights = 0, square = 0, sumX = 0, sumY = 0, sumU = 0, sumV = 0, along = 0, across = 0;
        for (int y = GridStep / 2; y < flow.Height; y += GridStep)
        {
            for (int x = GridStep / 2; x < flow.Width; x += GridStep)
            {
                if (skipped is not null && skipped[y * flow.Width + x]) continue;
                double u = flow.X[y * flow.Width + x], v = flow.Y[y * flow.Width + x];
                (double atX, double atY) = last.Apply(x, y);
                double miss = Square(x + u - atX) + Square(y + v - atY);
                double weight = 1 / Square(1 + miss / Square(spread));
                double px = x - centreX, py = y - centreY;
                weights += weight;
                sumX += weight * px;
                sumY += weight * py;
                sumU += weight * u;
                sumV += weight * v;
                square += weight * (px * px + py * py);
                along += weight * (px * u + py * v);
                across += weight * (px * v - py * u);
            }
        }

        if (weights < 1e-9) return last;
        double meanX = sumX / weights, meanY = sumY / weights, meanU = sumU / weights, meanV = sumV / weights;
        double spreadOfPlaces = square - weights * (meanX * meanX + meanY * meanY);
        double zoom = 0, turn = 0;
        if (spreadOfPlaces > 1e-6)
        {
            zoom = (along - weights * (meanX * meanU + meanY * meanV)) / spreadOfPlaces;
            turn = (across - weights * (meanX * meanV - meanY * meanU)) / spreadOfPlaces;
        }

        // u = zoom·(x − c) − turn·(y − c) + shift, around the picture's centre, then brought to the corner as the origin.
        double shiftX = meanU - zoom * meanX + turn * meanY, shiftY = meanV - turn * meanX - zoom * meanY;
        return new(1 + zoom, turn, shiftX - zoom * centreX + turn * centreY, shiftY - turn * centreX - zoom * centreY);
    }

    private static double Square(double value) => value * value;

    private static float Median(float[] values, int width, bool[]? skipped)
    {
        List<float> some = [];
        int height = values.Length / width;
        for (int y = GridStep / 2; y < height; y += GridStep)
        {
            for (int x = GridStep / 2; x < width; x += GridStep)
            {
                if (skipped is null || !skipped[y * width + x]) some.Add(values[y * width + x]);
            }
        }

        if (some.Count == 0) return 0;
        some.Sort();
        return some[some.Count / 2];
    }
}
