using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Generate;

/// <summary>What a job makes its result from: a frame of the Source, or a picture file that takes its place.</summary>
/// <param name="Reference">The reference frame that stands for the job's time.</param>
/// <param name="Time">Its time.</param>
/// <param name="IsClip">Whether there are other frames of it.</param>
/// <param name="ResultSize">Size of the result at the job's render scale.</param>
/// <param name="ResultWindow">Where the result lies, in pixel coordinates.</param>
internal sealed record GenerateSource(
    HostFrame Reference, double Time, bool IsClip, (int Width, int Height) ResultSize, PixelWindow ResultWindow)
{
    private const int SourceClip = 0;

    /// <summary>Finds it.</summary>
    /// <exception cref="PipelineException">There is neither a Source frame nor a reference picture.</exception>
    public static GenerateSource Find(RenderJob job, IHostFrames frames, IPictureReader pictures, Func<Frame, Frame> encode)
    {
        string path = job.Text(EffectCatalog.ReferencePathName);
        GenerateTiming timing = GenerateSettings.TimingOf(job);
        double time = frames.HasTemporalAccess ? timing.FrameAt(job.Time) : job.Time;
        frames.TryFetch(SourceClip, time, out HostFrame? source);
        PixelWindow around = source?.Window ?? job.OutputWindow;
        (int Width, int Height) size = GenerateSettings.ResultSize(job, source?.Picture.Width ?? around.Width, source?.Picture.Height ?? around.Height);
        PixelWindow window = new(around.X1, around.Y1, around.X1 + size.Width, around.Y1 + size.Height);
        if (!string.IsNullOrWhiteSpace(path))
        {
            Frame picture = encode(pictures.Read(path));
            return new GenerateSource(new HostFrame(picture, window, false), job.Time, false, size, window);
        }

        if (source is null)
        {
            throw new PipelineException(PipelineError.SourceMissing,
                $"the host gave no {EffectDefinition.SourceClipName} frame at time {time}, and {EffectCatalog.ReferencePathName} names no picture instead");
        }

        return new GenerateSource(source, time, true, size, window);
    }
}
