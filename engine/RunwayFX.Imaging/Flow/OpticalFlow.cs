namespace RunwayFX.Imaging.Flow;

/// <summary>Dense motion between two pictures: inverse search of patches from coarse to fine, densified and refined by a variational step.</summary>
/// <remarks>
/// <para>After Kroeger, Timofte, Dai and Van Gool, "Fast Optical Flow using Dense Inverse Search" (ECCV 2016); the refinement after Brox et al., "High
/// accuracy optical flow estimation based on a theory for warping" (ECCV 2004).</para>
/// <para>The same bits for any number of threads and any instruction set: rows are handed out in fixed bands, sums run in eight fixed lanes. Motions of
/// up to about a quarter of the shorter side are found. Working memory: about 25 bytes per pixel of the picture in Standard, 90 in High.</para>
/// </remarks>
public static class OpticalFlow
{
    /// <summary>Where the pixels of one picture lie in another.</summary>
    /// <param name="from">The picture that the field belongs to.</param>
    /// <param name="to">The picture that it points into; of the same size.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="progress">Told the part that is done, 0..1, on the calling thread.</param>
    /// <param name="cancellation">Ends the work within some milliseconds.</param>
    /// <exception cref="ArgumentException">The pictures differ in size.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FlowField Estimate(
        FlowPicture from, FlowPicture to, FlowOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from.Width != to.Width || from.Height != to.Height)
            throw new ArgumentException($"pictures of {from.Width}×{from.Height} and {to.Width}×{to.Height} pixels have no common motion", nameof(to));
        options ??= new FlowOptions();
        int coarsest = from.LevelCount - 1, finest = Math.Min(options.FinestLevel, coarsest);
        VectorPlane? motion = null;
        double done = 0, all = (Share(coarsest - finest + 1) - 1) / 3;
        for (int level = coarsest; level >= finest; level--)
        {
            FlowLevel here = from.Level(level), there = to.Level(level);
            motion = motion?.Enlarge(here.Image.Width, here.Image.Height, options.Threads, cancellation) ?? new VectorPlane(here.Image.Width, here.Image.Height);
            PatchSearch.Run(here, there.Image, motion, options, cancellation);
            if (options.RefinementSteps > 0) VariationalRefinement.Run(here.Image, there.Image, motion, options, cancellation);
            done += Share(coarsest - level);
            progress?.Report(Math.Min(1, done / all));
        }

        for (int level = finest - 1; level >= 0; level--)
            motion = motion!.Enlarge(from.Level(level).Image.Width, from.Level(level).Image.Height, options.Threads, cancellation);
        return new FlowField(from.Width, from.Height, motion!.X, motion.Y);
    }

    /// <summary>Motion in both directions, and where it can be believed.</summary>
    /// <inheritdoc cref="Estimate"/>
    /// <param name="first">The earlier picture.</param>
    /// <param name="second">The later picture; of the same size.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="progress">Told the part that is done, 0..1, on the calling thread.</param>
    /// <param name="cancellation">Ends the work within some milliseconds.</param>
    public static FlowPair EstimateBoth(
        FlowPicture first, FlowPicture second, FlowOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new FlowOptions();
        FlowField forward = Estimate(first, second, options, progress is null ? null : new Part(progress, 0), cancellation);
        FlowField backward = Estimate(second, first, options, progress is null ? null : new Part(progress, 0.5), cancellation);
        return new FlowPair(forward, backward, forward.Consistency(backward, options.Threads, cancellation),
            backward.Consistency(forward, options.Threads, cancellation));
    }

    private sealed class Part(IProgress<double> whole, double start) : IProgress<double>
    {
        public void Report(double value) => whole.Report(start + value / 2);
    }

    /// <summary>Pixels of a level relative to those of one with so many halvings more.</summary>
    private static double Share(int levels) => 1L << (2 * levels);
}
