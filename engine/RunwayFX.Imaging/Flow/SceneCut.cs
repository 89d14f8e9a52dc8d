namespace RunwayFX.Imaging.Flow;

/// <summary>Tells two pictures of one shot from two pictures of different shots.</summary>
public static class SceneCut
{
    /// <summary>Difference in lightness, in steps of 1/255, above which a pixel does not match the one its vector points at.</summary>
    private const float DifferenceMax = 20;

    /// <summary>Share of pixels, 0..1, that find no match in the other picture: their vector does not lead back, or leads to another lightness.</summary>
    /// <remarks>Some percent within a shot, up to about half where most of the picture is uncovered or blurred by motion, more across a cut. Same bits for
    /// any number of threads.</remarks>
    /// <param name="first">The earlier picture.</param>
    /// <param name="second">The later picture; of the same size.</param>
    /// <param name="threads">Threads that may work.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double UnmatchedShare(FlowPicture first, FlowPicture second, int threads = 1, CancellationToken cancellation = default)
    {
        FlowPair motion = OpticalFlow.EstimateBoth(first, second, new FlowOptions { Quality = FlowQuality.Draft, Threads = threads }, null, cancellation);
        long unmatched = Count(first, second, motion.Forward, motion.ForwardConsistent) + Count(second, first, motion.Backward, motion.BackwardConsistent);
        return unmatched / (2.0 * first.Width * first.Height);
    }

    private static long Count(FlowPicture from, FlowPicture to, FlowField motion, byte[] consistent)
    {
        PaddedPlane here = from.Level(0).Image, there = to.Level(0).Image;
        long count = 0;
        for (int y = 0; y < from.Height; y++)
        {
            for (int x = 0; x < from.Width; x++)
            {
                int at = y * from.Width + x;
                int toX = Math.Clamp((int)(x + motion.X[at] + 0.5f), 0, from.Width - 1), toY = Math.Clamp((int)(y + motion.Y[at] + 0.5f), 0, from.Height - 1);
                bool isAlike = Math.Abs(here.Values[here.IndexOf(x, y)] - there.Values[there.IndexOf(toX, toY)]) <= DifferenceMax;
                if (consistent[at] == 0 || !isAlike) count++;
            }
        }

        return count;
    }
}
