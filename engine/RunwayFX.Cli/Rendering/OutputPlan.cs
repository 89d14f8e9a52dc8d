using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>Decides what is written: everything that the frames do not touch comes from the source, the rest from the effect's output.</summary>
internal static class OutputPlan
{
    /// <summary>Largest difference at which the effect's pixel aspect counts as the source's.</summary>
    private const double AspectTolerance = 1e-6;

    /// <summary>Largest difference at which two durations count as equal, in output frames: what rounding to whole frames makes.</summary>
    private const double DurationTolerance = 1;

    /// <summary>The settings of the writer.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="clips">The inputs.</param>
    /// <param name="output">What the effect makes.</param>
    /// <param name="indices">Frames that are written, counted from the source's first.</param>
    /// <param name="recipe">Names the work.</param>
    /// <param name="hasOwnTime">Whether the result's frames are not the source's one by one.</param>
    /// <exception cref="MediaException">The ending is unknown or the format cannot hold the source.</exception>
    public static OutputSettings Create(RenderOptions options, ClipSet clips, EffectOutput output, FrameRange indices, string recipe, bool hasOwnTime)
    {
        MediaInfo source = clips.Main?.Info ?? FromNothing(options, output, indices);
        bool isWhole = indices.First == 0 && indices.Count == source.FrameCount;
        OutputSettings settings = clips.Main is null ? OutputSettings.ForSource(source, options.Output, options.Format)
            : hasOwnTime ? ForOwnTime(source, options, output, indices)
            : OutputSettings.ForSource(source, options.Output, options.Format, indices.First, isWhole ? -1 : indices.Count);
        bool isPremultiplied = settings.Format is OutputFormat.ExrHalf or OutputFormat.ExrFloat;
        return settings with
        {
            Width = output.Window.Width,
            Height = output.Window.Height,
            FrameCount = indices.Count,
            SampleAspect = AspectOf(source.SampleAspect, output.PixelAspectRatio),
            HasAlpha = output.HasAlpha,
            IsPremultiplied = isPremultiplied && output.HasAlpha,
            PixelFormat = output.HasAlpha == source.HasAlpha ? settings.PixelFormat : null,
            Recipe = recipe,
            Resume = options.Resume,
            AllowLoss = options.AllowLoss,
        };
    }

    /// <summary>A result with a time of its own begins where the source does; it keeps the source's audio only where it lasts as long.</summary>
    private static OutputSettings ForOwnTime(MediaInfo source, RenderOptions options, EffectOutput output, FrameRange indices)
    {
        OutputSettings settings = OutputSettings.ForSource(source, options.Output, options.Format);
        Rational rate = source.FrameRate.IsPositive && Math.Abs(source.FrameRate.Value - output.FrameRate) > 1e-6
            ? Rational.FromDouble(output.FrameRate) : settings.FrameRate;
        double sourceFrames = source.FrameCount / source.FrameRate.Value * rate.Value;
        bool lastsAsLong = indices.First == 0 && rate != settings.FrameRate && Math.Abs(sourceFrames - indices.Count) <= DurationTolerance;
        return settings with
        {
            FrameRate = rate,
            FirstFrameNumber = Math.Max(0, settings.FirstFrameNumber + indices.First),
            StartTimecode = rate == settings.FrameRate ? settings.StartTimecode?.Add(indices.First, rate) : null,
            Audio = lastsAsLong ? settings.Audio : null,
        };
    }

    private static Rational AspectOf(Rational source, double output)
    {
        double kept = source.IsPositive ? source.Value : 1;
        return Math.Abs(kept - output) < AspectTolerance ? source : Rational.FromDouble(output);
    }

    private static MediaInfo FromNothing(RenderOptions options, EffectOutput output, FrameRange indices) => new()
    {
        Path = RenderOptions.NoInput,
        Kind = indices.Count == 1 ? MediaKind.Still : MediaKind.Sequence,
        Width = output.Window.Width,
        Height = output.Window.Height,
        FrameRate = options.Rate,
        FrameCount = indices.Count,
        FirstFrameNumber = indices.First,
        PixelFormat = output.HasAlpha ? "rgba" : "rgb24",
        BitDepth = 8,
        HasAlpha = output.HasAlpha,
        Codec = "",
    };
}
