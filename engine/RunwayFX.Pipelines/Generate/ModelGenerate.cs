using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Generate;

/// <summary>The method Model of the effect: a picture from a prompt, or from a prompt and a picture: the source frame, or the reference picture in its place; or a
/// clip (<see cref="GenerateClip"/>).</summary>
/// <remarks>From a prompt alone every frame is the same opaque picture, made once, and no source is needed; from the source each frame is its own, with the
/// source's alpha.</remarks>
internal sealed class ModelGenerate(ModelMaker models)
{
    private const int SourceClip = 0, StructureClip = 1;

    private readonly DisplayColours _colours = new();
    private readonly GenerateClip _clips = new(models);

    /// <summary>Working memory of a job.</summary>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        long still = ModelMaker.EstimateMemory(width, height);
        try
        {
            return ModelSettings.Read(job) is { } settings && _clips.IsWanted(settings) ? still + _clips.EstimateMemory(job, settings) : still;
        }
        catch (PipelineException)
        {
            return still; // The render says what is wrong.
        }
    }

    /// <summary>Renders a frame.</summary>
    /// <exception cref="PipelineException">No package fits, or the one that does cannot be used; or there is no picture to start from.</exception>
    public Frame Render(
        RenderJob job, ModelSettings settings, (IHostFrames Frames, IPictureReader Pictures) host, IProgress<double>? progress, CancellationToken cancellation)
    {
        double time = host.Frames.HasTemporalAccess ? GenerateSettings.TimingOf(job).FrameAt(job.Time) : job.Time;
        host.Frames.TryFetch(SourceClip, time, out HostFrame? source);
        if (source is not null && !settings.Covers(job.Time)) return WindowCrop.Of(source.Picture, source.Window, job.OutputWindow);
        PixelWindow around = source?.Window ?? job.OutputWindow;
        (int width, int height) = GenerateSettings.ResultSize(job, source?.Picture.Width ?? around.Width, source?.Picture.Height ?? around.Height);
        PixelWindow window = new(around.X1, around.Y1, around.X1 + width, around.Y1 + height);

        DisplayColour colour = _colours.Of(job);
        bool isClip = _clips.IsWanted(settings);
        (Frame? start, bool isSource) = !isClip && settings.Strength < 1 ? Start(job, source, host.Pictures, colour) : (null, false);
        Frame made = isClip ? _clips.Render(job, settings, (width, height), host, colour, progress, cancellation) : models.Make(new ModelTask
        {
            Settings = settings, Width = width, Height = height, Start = ModelMaker.Sized(start, width, height, cancellation),
            References = ReferencePictures.Read(settings, host.Pictures), Structure = Structure(job, settings, source, host, colour),
        }, progress, cancellation);
        Frame result = colour.FromDisplay(made, isSource, cancellation);
        if (isSource && source!.Picture.Width == width && source.Picture.Height == height) ModelBlend.TakeAlpha(source, result);
        job.Matte?.Fill(window, 1);
        progress?.Report(1);
        return WindowCrop.Of(result, window, job.OutputWindow);
    }

    /// <summary>The picture that says where things lie; null where none is to.</summary>
    private static Frame? Structure(RenderJob job, ModelSettings settings, HostFrame? source, (IHostFrames Frames, IPictureReader Pictures) host, DisplayColour colour)
    {
        if (settings.Control == ControlKind.None) return null;
        if (job.Flag(EffectCatalog.StructureFromClipName))
        {
            return host.Frames.TryFetch(StructureClip, job.Time, out HostFrame? structure) ? colour.ToDisplay(structure) : throw new PipelineException(
                PipelineError.ReferenceMissing, $"{EffectCatalog.StructureFromClipName} is on, but the host gave no {EffectCatalog.StructureClipName} frame at time {job.Time}");
        }

        string path = job.Text(EffectCatalog.StructurePathName);
        if (!string.IsNullOrWhiteSpace(path)) return host.Pictures.Read(path);
        return source is not null ? colour.ToDisplay(source) : throw new PipelineException(PipelineError.SourceMissing,
            $"with {EffectCatalog.ControlName} on, a Source, a {EffectCatalog.StructureClipName} clip or {EffectCatalog.StructurePathName} is needed, and there is none at time {job.Time}");
    }

    private static (Frame Picture, bool IsSource) Start(RenderJob job, HostFrame? source, IPictureReader pictures, DisplayColour colour)
    {
        string path = job.Text(EffectCatalog.ReferencePathName);
        if (!string.IsNullOrWhiteSpace(path)) return (pictures.Read(path), false);
        return source is not null ? (colour.ToDisplay(source), true) : throw new PipelineException(PipelineError.SourceMissing,
            $"with {EffectCatalog.StrengthName} below 1 the picture starts from the Source or from {EffectCatalog.ReferencePathName}, and there is neither at time {job.Time}");
    }
}
