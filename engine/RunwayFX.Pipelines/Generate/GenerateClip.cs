using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Generate;

/// <summary>The method Model of the effect with a package that makes clips: the whole clip is made once, whichever frame is asked for first.</summary>
/// <remarks>The clip begins where the reference does (frame 0 where nobody says where that is) and is as long as asked for, or as the model was made for; its ends
/// go on. It begins with the reference picture or the source's first frame where the model needs one, or where Strength is below 1; and ends with the last
/// picture where one is named.</remarks>
internal sealed class GenerateClip(ModelMaker models)
{
    private const int SourceClip = 0, StructureClip = 1;

    private readonly ClipMaker _clips = new(models);

    /// <summary>Whether the job's package makes clips.</summary>
    public bool IsWanted(ModelSettings settings) => _clips.IsWanted(settings);

    /// <summary>Memory of the clip while it is made, beside a frame's.</summary>
    public long EstimateMemory(RenderJob job, ModelSettings settings) => _clips.EstimateMemory(settings, job.Integer(EffectCatalog.FramesName));

    /// <summary>The clip's frame at the job's time.</summary>
    /// <param name="job">The job.</param>
    /// <param name="settings">What it says about the model.</param>
    /// <param name="size">Size of the result.</param>
    /// <param name="host">Gives frames and pictures.</param>
    /// <param name="colour">The clip's encoding.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Display values 0–1, alpha 1.</returns>
    /// <exception cref="PipelineException">The package cannot do it, or a picture that it needs is missing.</exception>
    public Frame Render(RenderJob job, ModelSettings settings, (int Width, int Height) size, (IHostFrames Frames, IPictureReader Pictures) host, DisplayColour colour,
        IProgress<double>? progress, CancellationToken cancellation)
    {
        GenerateTiming timing = GenerateSettings.TimingOf(job);
        double start = timing == GenerateTiming.Endless ? 0 : timing.First;
        string last = job.Text(EffectCatalog.LastPathName), path = job.Text(EffectCatalog.ReferencePathName);
        bool startsFromClip = settings.Strength < 1 && string.IsNullOrWhiteSpace(path) && _clips.StartsFromClip(settings);
        ModelClip clip = new()
        {
            Settings = settings, Frames = job.Integer(EffectCatalog.FramesName), Width = size.Width, Height = size.Height,
            Rate = job.FrameRate is > 0 and <= 1000 ? job.FrameRate : 25, Motion = job.Number("motion"),
            First = startsFromClip ? null : First(), Last = string.IsNullOrWhiteSpace(last) ? null : host.Pictures.Read(last),
            References = ReferencePictures.Read(settings, host.Pictures),
            Source = startsFromClip ? index => At(SourceClip, EffectDefinition.SourceClipName, start + index) : null,
            Structure = settings.Control == ControlKind.None ? null
                : index => job.Flag(EffectCatalog.StructureFromClipName) ? At(StructureClip, EffectCatalog.StructureClipName, start + index) : At(SourceClip, EffectDefinition.SourceClipName, start + index),
        };
        double index = Math.Floor(job.Time) - start;
        if (!job.IsInteractive) return _clips.Make(clip, index, progress, cancellation);
        // While the user drags a control nothing long begins: a clip that is not at hand shows what it would begin with, or what there is.
        Frame? known = clip.Source is null && clip.Structure is null ? _clips.TryGet(clip with { Settings = settings with { IsDraft = false } }, index, cancellation) : null;
        return known ?? ModelMaker.Sized(Preview(), size.Width, size.Height, cancellation)!;

        Frame Preview()
        {
            if (!string.IsNullOrWhiteSpace(path)) return host.Pictures.Read(path);
            if (host.Frames.TryFetch(SourceClip, job.Time, out HostFrame? source)) return colour.ToDisplay(source);
            Frame grey = new(1, 1);
            new float[] { 0.5f, 0.5f, 0.5f, 1 }.CopyTo(grey.Pixels, 0);
            return grey;
        }

        // From a prompt alone nothing is begun with, but by a model that knows no other way.
        Frame? First()
        {
            if (settings.Strength >= 1 && !_clips.NeedsFirstFrame(settings)) return null;
            if (!string.IsNullOrWhiteSpace(path)) return host.Pictures.Read(path);
            return host.Frames.TryFetch(SourceClip, start, out HostFrame? source) ? colour.ToDisplay(source) : throw new PipelineException(PipelineError.SourceMissing,
                $"the clip begins with the Source's frame {start} or with {EffectCatalog.ReferencePathName}, and there is neither");
        }

        // A clip that is shorter than the result holds its last frame.
        Frame At(int index, string name, double time)
        {
            for (double at = time; at >= start; at--)
            {
                if (host.Frames.TryFetch(index, at, out HostFrame? frame)) return colour.ToDisplay(frame);
            }

            throw new PipelineException(PipelineError.SourceMissing, $"the host gave no {name} frame at time {time}");
        }
    }
}
