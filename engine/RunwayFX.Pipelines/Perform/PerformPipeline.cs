using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference.Portraits;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Perform;

/// <summary>Gives a character the performance of a driving clip: the effect <see cref="EffectCatalog.Perform"/>. One instance serves all sessions.</summary>
/// <remarks>
/// <para>Each frame follows from the character's and the performer's at its time, and from the performer's at rest: nothing depends on the order of requests.
/// A character's picture is fitted into the performance's frame, in the middle, with nothing around it.</para>
/// <para>Thread-safe. Holds at most <see cref="ResultBytesMax"/> of finished pictures between requests.</para>
/// </remarks>
/// <param name="models">Finds packages and holds loaded models; null takes the user's.</param>
public sealed class PerformPipeline(ModelMaker? models = null) : IEffectPipeline
{
    /// <summary>Most bytes of finished pictures.</summary>
    public const long ResultBytesMax = 128L << 20;

    private const int SourceClip = 0, DrivingClip = 1;

    private readonly ModelMaker _models = models ?? new ModelMaker();
    private readonly DisplayColours _colours = new();
    private readonly BoundedCache _results = new(ResultBytesMax);
    private readonly KeyedGates _gates = new();

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Perform;

    /// <remarks>Source, character and performer, each as it came and display-like, and the result twice; what the networks hold is small.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 9;
        return ModelMaker.EstimateMemory(width, height) + FrameMemory.Of(FramesHeld, width, height);
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        cancellation.ThrowIfCancellationRequested();
        if (!frames.TryFetch(SourceClip, job.Time, out HostFrame? source))
            throw new PipelineException(PipelineError.SourceMissing, $"the host gave no {EffectDefinition.SourceClipName} frame at time {job.Time}");
        PerformSettings settings = PerformSettings.Read(job, frames.HasTemporalAccess);
        DisplayColour colour = _colours.Of(job);
        Frame driving = Driving(settings, source, frames, job.Time, colour);
        Frame? rest = settings.IsRelative ? Driving(settings, null, frames, settings.RestFrame, colour) : null;
        Frame character = settings.HasPicture ? Fitted(pictures.Read(settings.CharacterPath), source.Picture, cancellation) : colour.ToDisplay(source);
        Frame made = Make(settings, character, driving, rest, progress, cancellation);
        bool[]? changed = settings.HasPicture || !settings.PastesBack ? null : Changed(character, made);
        if (job.Matte is { } matte) Report(matte, source, settings, changed);
        Frame result = changed is null
            ? InState(source, colour.FromDisplay(Placed(made, source.Picture, cancellation), !settings.HasPicture, cancellation))
            : ModelBlend.Over(source, colour.FromDisplay(made, isFromSource: true, cancellation), [.. changed.Select(static isChanged => isChanged ? 1f : 0)]);
        progress?.Report(1);
        return WindowCrop.Of(result, source.Window, job.OutputWindow);
    }

    private Frame Make(PerformSettings settings, Frame character, Frame driving, Frame? rest, IProgress<double>? progress, CancellationToken cancellation) =>
        _models.Use(settings.Package, ModelTask.Performance, "", (package, pool, session) =>
        {
            PortraitPipeline pipeline = new(package, pool, session);
            settings.MadeBy?.Invoke(pipeline.Identity);
            string text = string.Create(CultureInfo.InvariantCulture, $"{pipeline.Identity}|{package.State()}|{settings.Key}|{Hash(character)}|{Hash(driving)}|{Hash(rest)}");
            UInt128 key = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));
            if (_results.TryGet(key, out Frame? made)) return made;
            using IDisposable gate = _gates.Enter(key, cancellation);
            if (_results.TryGet(key, out made)) return made;
            PortraitSettings portrait = new()
            {
                Source = settings.Face.In(character), Driving = settings.Driving.In(driving), IsRelative = settings.IsRelative, Rest = rest,
                Stitches = settings.Stitches, PastesBack = settings.PastesBack,
            };
            made = pipeline.Run(character, [driving], portrait, progress, cancellation)[0];
            _results.Put(key, made, made.Pixels.Length * (long)sizeof(float));
            return made;
        });

    /// <summary>The performer at a time.</summary>
    private static Frame Driving(PerformSettings settings, HostFrame? source, IHostFrames frames, double time, DisplayColour colour)
    {
        if (!settings.DrivingFromClip && !settings.HasPicture)
        {
            throw new PipelineException(PipelineError.ReferenceMissing, $"there is no performance: connect a {EffectCatalog.DrivingClipName} clip and turn "
                + $"{EffectCatalog.DrivingFromClipName} on, or name the character's picture in {EffectCatalog.CharacterPathName}, so that the Source is the performance");
        }

        HostFrame? found = settings.DrivingFromClip ? null : source;
        (int clip, string name) = settings.DrivingFromClip ? (DrivingClip, EffectCatalog.DrivingClipName) : (SourceClip, EffectDefinition.SourceClipName);
        if (found is null && !frames.TryFetch(clip, time, out found))
        {
            bool isRest = source is null && settings.IsRelative && time == settings.RestFrame;
            throw new PipelineException(PipelineError.ReferenceMissing, $"the host gave no {name} frame at time {time}"
                + (isRest ? $", which is to show the performer at rest: set {EffectCatalog.RestFrameName} to another, or {EffectCatalog.MotionKindName} to Absolute" : ""));
        }

        return colour.ToDisplay(found);
    }

    /// <summary>A picture as large as fits into a frame.</summary>
    private static Frame Fitted(Frame picture, Frame frame, CancellationToken cancellation)
    {
        double scale = Math.Min((double)frame.Width / picture.Width, (double)frame.Height / picture.Height);
        return ModelMaker.Sized(picture, Math.Clamp((int)Math.Round(picture.Width * scale), 1, frame.Width), Math.Clamp((int)Math.Round(picture.Height * scale), 1, frame.Height), cancellation)!;
    }

    /// <summary>A picture in the middle of a frame, with nothing around it.</summary>
    private static Frame Placed(Frame picture, Frame frame, CancellationToken cancellation)
    {
        picture = Fitted(picture, frame, cancellation);
        if (picture.Width == frame.Width && picture.Height == frame.Height) return picture;
        Frame placed = new(frame.Width, frame.Height);
        int left = (frame.Width - picture.Width) / 2, top = (frame.Height - picture.Height) / 2;
        for (int y = 0; y < picture.Height; y++) picture.Row(y).CopyTo(placed.Row(top + y)[(Frame.Channels * left)..]);
        return placed;
    }

    /// <summary>Where the picture is no longer the character's.</summary>
    private static bool[] Changed(Frame character, Frame made)
    {
        bool[] changed = new bool[character.Width * character.Height];
        for (int p = 0; p < changed.Length; p++)
            changed[p] = !made.Pixels.AsSpan(Frame.Channels * p, 3).SequenceEqual(character.Pixels.AsSpan(Frame.Channels * p, 3));
        return changed;
    }

    /// <summary>All of a picture is generated; of a face that was pasted back, what shows of it: less towards the rim of its square.</summary>
    private static void Report(GeneratedMatte matte, HostFrame source, PerformSettings settings, bool[]? changed)
    {
        if (changed is null)
        {
            matte.Fill(source.Window, 1);
            return;
        }

        float[] shares = settings.Face.In(source.Picture).PasteShares(source.Picture.Width, source.Picture.Height);
        for (int p = 0; p < shares.Length; p++) if (!changed[p] || source.Picture.Pixels[Frame.Channels * p + 3] == 0) shares[p] = 0;
        matte.Put(shares, source.Window);
    }

    /// <summary>A straight picture in the source's state; writes to the picture.</summary>
    private static Frame InState(HostFrame source, Frame made)
    {
        float[] to = made.Pixels;
        for (int i = 0; i < to.Length && source.Premultiplied; i += Frame.Channels)
        {
            for (int c = 0; c < 3; c++) to[i + c] *= to[i + 3];
        }

        return made;
    }

    private static UInt128 Hash(Frame? frame) => frame is null ? 0 : XxHash128.HashToUInt128(MemoryMarshal.AsBytes(frame.Pixels.AsSpan()), frame.Width);
}
