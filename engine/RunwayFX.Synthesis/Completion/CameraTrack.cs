using RunwayFX.Imaging.Flow;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Synthesis.Completion;

/// <summary>How the camera moved over a stretch of a clip from which something is removed: where every frame lies in a reference frame.</summary>
/// <remarks>Shift, turn and zoom are fitted to the optical flow between neighbours, what is to be removed left out, and then to what is left between each
/// frame and the reference, so that errors do not add up. Same bits for any number of threads.</remarks>
public sealed class CameraTrack
{
    /// <summary>Pixels per frame, and in all, below which a camera stands still.</summary>
    private const double StillStepMax = 0.06, StillMax = 0.6;

    /// <summary>Share of a frame that must lie in the reference for their difference to be measured.</summary>
    private const double OverlapMin = 0.3;

    private readonly CameraStep[] _toReference;

    private CameraTrack(CameraStep[] toReference, bool isStill)
    {
        (_toReference, IsStill) = (toReference, isStill);
    }

    /// <summary>Whether the camera stands still.</summary>
    public bool IsStill { get; }

    /// <summary>From a frame's coordinates to those of the reference frame.</summary>
    public CameraStep ToReference(int frame) => IsStill ? CameraStep.Still : _toReference[frame];

    /// <summary>A camera that stands still.</summary>
    public static CameraTrack Still(int frames) => new(new CameraStep[frames], isStill: true);

    /// <summary>Follows the camera.</summary>
    /// <param name="width">Columns of the frames.</param>
    /// <param name="height">Rows.</param>
    /// <param name="lightness">Lightness of each frame, 0..1, shape (H, W).</param>
    /// <param name="skipped">Places of each frame that do not count, shape (H, W).</param>
    /// <param name="reference">Index of the reference frame.</param>
    /// <param name="mayBeStill">Whether small motions count as none.</param>
    /// <param name="threads">Threads that may work.</param>
    /// <param name="cancellation">Asked at every pair of frames.</param>
    public static CameraTrack Find(int width, int height, IReadOnlyList<float[]> lightness, IReadOnlyList<bool[]> skipped, int reference, bool mayBeStill, int threads,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lightness);
        ArgumentNullException.ThrowIfNull(skipped);
        FlowPicture[] pictures = [.. lightness.Select(plane => FlowPicture.FromLightness(width, height, plane))];
        FlowOptions options = new() { Threads = threads };
        CameraStep[] toNext = new CameraStep[Math.Max(0, pictures.Length - 1)];
        for (int frame = 0; frame < toNext.Length; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (lightness[frame].AsSpan().SequenceEqual(lightness[frame + 1]))
            {
                toNext[frame] = CameraStep.Still; // A held frame.
                continue;
            }

            FlowField flow = OpticalFlow.Estimate(pictures[frame], pictures[frame + 1], options, null, cancellation);
            toNext[frame] = CameraPath.Fit(flow, Either(skipped[frame], skipped[frame + 1]));
        }

        CameraStep[] toReference = new CameraStep[pictures.Length];
        toReference[reference] = CameraStep.Still;
        for (int frame = reference + 1; frame < pictures.Length; frame++) toReference[frame] = toReference[frame - 1].After(toNext[frame - 1].Inverse());
        for (int frame = reference - 1; frame >= 0; frame--) toReference[frame] = toReference[frame + 1].After(toNext[frame]);
        if (mayBeStill && IsStillOver(width, height, toNext, toReference)) return Still(pictures.Length);

        for (int frame = 0; frame < pictures.Length; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (frame == reference) continue;
            (float[] seen, bool[] unseen) = Show(width, height, lightness[reference], skipped[reference], skipped[frame], toReference[frame]);
            if (unseen.Count(value => !value) < OverlapMin * unseen.Length) continue;
            FlowField rest = OpticalFlow.Estimate(pictures[frame], FlowPicture.FromLightness(width, height, seen), options, null, cancellation);
            toReference[frame] = toReference[frame].After(CameraPath.Fit(rest, unseen));
        }

        return new(toReference, isStill: false);
    }

    /// <summary>Half of the steps must be small, and nothing may have gone far.</summary>
    private static bool IsStillOver(int width, int height, CameraStep[] steps, CameraStep[] toReference)
    {
        double[] lengths = [.. steps.Select(step => Reach(step, width, height)).Order()];
        return lengths.Length == 0 || (lengths[lengths.Length / 2] <= StillStepMax && toReference.All(step => Reach(step, width, height) <= StillMax));
    }

    /// <summary>How far a step moves the picture's middle and its corner.</summary>
    private static double Reach(CameraStep step, int width, int height)
    {
        double most = 0;
        foreach ((double x, double y) in (ReadOnlySpan<(double, double)>)[(width / 2.0, height / 2.0), (0, 0)])
        {
            (double toX, double toY) = step.Apply(x, y);
            most = Math.Max(most, Math.Max(Math.Abs(toX - x), Math.Abs(toY - y)));
        }

        return most;
    }

    private static bool[] Either(bool[] first, bool[] second)
    {
        bool[] either = new bool[first.Length];
        for (int p = 0; p < either.Length; p++) either[p] = first[p] || second[p];
        return either;
    }

    /// <summary>The reference as a frame would see it, and where it would not.</summary>
    private static (float[] Seen, bool[] Unseen) Show(int width, int height, float[] reference, bool[] skippedThere, bool[] skippedHere, CameraStep step)
    {
        float[] seen = new float[reference.Length];
        bool[] unseen = new bool[reference.Length];
        for (int p = 0; p < seen.Length; p++)
        {
            (double x, double y) = step.Apply(p % width, p / width);
            double insideX = Math.Clamp(x, 0, width - 1), insideY = Math.Clamp(y, 0, height - 1);
            int left = Math.Min((int)insideX, Math.Max(0, width - 2)), top = Math.Min((int)insideY, Math.Max(0, height - 2));
            int right = Math.Min(left + 1, width - 1), bottom = Math.Min(top + 1, height - 1);
            float u = (float)(insideX - left), v = (float)(insideY - top);
            float above = reference[top * width + left] * (1 - u) + reference[top * width + right] * u;
            float below = reference[bottom * width + left] * (1 - u) + reference[bottom * width + right] * u;
            seen[p] = above * (1 - v) + below * v;
            unseen[p] = skippedHere[p] || insideX != x || insideY != y || skippedThere[top * width + left] || skippedThere[bottom * width + right];
        }

        return (seen, unseen);
    }
}
