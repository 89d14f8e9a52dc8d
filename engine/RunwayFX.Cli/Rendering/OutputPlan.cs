using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>Decides what is written: everything that the frames do not touch comes from the source, the rest from the effect's output.</summary>
internal static class OutputPlan
{
    /// <summary>Largest difference at which the effect's pixel aspect counts as the source's.</summary>
    private const double AspectTolerance = 1e-6;

    /// <summary>The settings of the writer.</summary>
    /// <exception cref="MediaException">The ending is unknown or the format cannot hold the source.</exception>
    public static OutputSettings Create(RenderOptions options, ClipSet clips, EffectOutput output, FrameRange indices, string recipe)
    {
        MediaInfo source = clips.Main?.Info ?? FromNothing(options, output, indices);
        bool isWhole = indices.First == 0 && indices.Count == source.FrameCount;
        OutputSettings settings = clips.Main is null
            ? OutputSettings.ForSource(source, options.Output, options.Format)
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
