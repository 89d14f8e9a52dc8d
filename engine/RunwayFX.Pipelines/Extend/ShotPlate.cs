using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>What stands still in a stretch of a clip: the median of frames sampled from it. People who walk through are gone.</summary>
/// <remarks>Immutable. Values are the source's own encoding and alpha state; a median value is always the value of one of the samples.</remarks>
internal sealed class ShotPlate
{
    /// <summary>Cells along the longer side of the small copies on which plates are compared.</summary>
    private const int ThumbnailSide = 192;

    /// <summary>Display-like difference from which a cell counts as changed.</summary>
    private const float ChangedMin = 0.06f;

    /// <summary>Share of changed cells up to which a frame shows the plate's scene: passers-by, not a moving camera.</summary>
    private const double ChangedShareMax = 0.18;

    private readonly Frame _thumbnail;

    private ShotPlate(Frame picture, Frame thumbnail, bool isStatic)
    {
        (Picture, _thumbnail, IsStatic) = (picture, thumbnail, isStatic);
    }

    /// <summary>The plate, of the source's size.</summary>
    public Frame Picture { get; }

    /// <summary>Whether the camera stands still over the samples.</summary>
    public bool IsStatic { get; }

    /// <summary>Builds a plate from samples of one size.</summary>
    /// <param name="samples">At least one.</param>
    /// <param name="toGuide">Gives display-like values.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static ShotPlate Create(IReadOnlyList<Frame> samples, Func<Frame, Frame> toGuide, CancellationToken cancellation)
    {
        Frame picture = Median(samples, cancellation);
        Frame thumbnail = Thumbnail(picture, toGuide, cancellation);
        double changed = 0;
        foreach (Frame sample in samples) changed += ChangedShare(thumbnail, Thumbnail(sample, toGuide, cancellation));
        return new(picture, thumbnail, changed / samples.Count <= ChangedShareMax);
    }

    /// <summary>Whether another plate shows the same scene from the same place.</summary>
    public bool ShowsSameScene(ShotPlate other) => other.IsStatic && IsStatic && ChangedShare(_thumbnail, other._thumbnail) <= ChangedShareMax;

    private static Frame Thumbnail(Frame picture, Func<Frame, Frame> toGuide, CancellationToken cancellation)
    {
        double scale = Math.Min(1, (double)ThumbnailSide / Math.Max(picture.Width, picture.Height));
        int width = Math.Max(1, (int)(picture.Width * scale)), height = Math.Max(1, (int)(picture.Height * scale));
        return Resampling.Resize(toGuide(picture), width, height, ResamplingFilter.Area, cancellation);
    }

    private static double ChangedShare(Frame a, Frame b)
    {
        int changed = 0, count = a.Width * a.Height;
        for (int i = 0; i < count * Frame.Channels; i += Frame.Channels)
        {
            float difference = Math.Max(Math.Abs(a.Pixels[i] - b.Pixels[i]),
                Math.Max(Math.Abs(a.Pixels[i + 1] - b.Pixels[i + 1]), Math.Abs(a.Pixels[i + 2] - b.Pixels[i + 2])));
            if (difference > ChangedMin) changed++;
        }

        return (double)changed / count;
    }

    private static Frame Median(IReadOnlyList<Frame> samples, CancellationToken cancellation)
    {
        if (samples.Count == 1) return samples[0];
        Frame result = new(samples[0].Width, samples[0].Height);
        int stride = result.Width * Frame.Channels;
        ParallelOptions parallel = new() { CancellationToken = cancellation };
        Parallel.For(0, result.Height, parallel, y =>
        {
            Span<float> values = stackalloc float[samples.Count];
            for (int i = y * stride; i < (y + 1) * stride; i++)
            {
                for (int s = 0; s < values.Length; s++) Insert(values, s, samples[s].Pixels[i]);
                result.Pixels[i] = values[(values.Length - 1) / 2];
            }
        });
        return result;
    }

    /// <summary>Insertion into the sorted first values; what is not a number sorts first, as in <see cref="float.CompareTo(float)"/>.</summary>
    private static void Insert(Span<float> sorted, int count, float value)
    {
        int at = count;
        while (at > 0 && (sorted[at - 1] > value || (float.IsNaN(value) && !float.IsNaN(sorted[at - 1]))))
        {
            sorted[at] = sorted[at - 1];
            at--;
        }

        sorted[at] = value;
    }
}
