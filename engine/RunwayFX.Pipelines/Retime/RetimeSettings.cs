using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Pipelines.Retime;

/// <summary>What a job asks of <see cref="RetimePipeline"/>.</summary>
internal sealed record RetimeSettings
{
    /// <summary>The source moment to show, in frames.</summary>
    public required double Moment { get; init; }

    /// <summary>How frames in between are made.</summary>
    public required RetimeMethod Method { get; init; }

    /// <summary>Work spent on motion.</summary>
    public required FlowQuality Quality { get; init; }

    /// <summary>Share of unmatched pixels above which two frames count as two shots; 1 never.</summary>
    public required double CutThreshold { get; init; }

    /// <summary>What the numbers mean.</summary>
    public required ColourEncoding Encoding { get; init; }

    /// <summary>Reads a job's parameters.</summary>
    /// <remarks>Plug-ins know the clip's range and send the moment; where one sent a speed or a rate, the clip counts as beginning at 0 and never
    /// ending.</remarks>
    public static RetimeSettings From(RenderJob job)
    {
        RetimeClock clock = new(job.Number("speed") < 0 ? -RetimeClock.FramesMax : 0, job.Number("speed") < 0 ? 0 : RetimeClock.FramesMax);
        return new RetimeSettings
        {
            Moment = (RetimeTiming)job.Integer("timing") switch
            {
                RetimeTiming.SourceFrame => job.Number("sourceFrame"),
                RetimeTiming.FrameRate => clock.AtRate(job.Time, job.FrameRate, job.Number("frameRate")),
                _ => clock.AtSpeed(job.Time, job.Number("speed"), job.Number("startFrame")),
            },
            Method = (RetimeMethod)job.Integer("method"),
            Quality = job.IsInteractive ? FlowQuality.Draft : (FlowQuality)job.Integer("quality"),
            CutThreshold = job.Number("cutThreshold"),
            Encoding = (ColourEncoding)job.Integer("colourSpace"),
        };
    }
}
