using System.Globalization;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Style;

/// <summary>The method Model of the effect: a model makes frames anew from the source frame and a prompt. Thread-safe.</summary>
/// <remarks>Every so many frames (<see cref="StyleAnchors"/>) are made by the model, with noise that moves along with the picture; those between them are painted as
/// their anchors on both sides say, by the patches of painted frames. Frames that the user painted count as anchors too. While the user drags a control,
/// without stability, and in hosts that give one frame at a time, each frame is the model's own.</remarks>
internal sealed class ModelStyle(ModelMaker models, KeyframePainter keyframes, BoundedCache cache)
{
    /// <summary>Begins the path of what is no file but an anchor.</summary>
    private const string AnchorPath = "\0anchor ";

    private readonly WarpedNoise _noise = new(cache);

    /// <summary>Paints the render's frame.</summary>
    /// <param name="settings">What the job says about the model.</param>
    /// <param name="painted">Frames that the user painted.</param>
    /// <param name="pictures">Reads their files, and the references.</param>
    /// <param name="begin">Makes the render for a reader of pictures.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <returns>The painted frame and its source, both display-like.</returns>
    /// <exception cref="PipelineException">No package fits, or the one that does cannot be used.</exception>
    public (Frame Painted, DisplayRows Display) Paint(
        ModelSettings settings, StyleKeyframe[] painted, IPictureReader pictures, Func<IPictureReader, StyleRender> begin, IProgress<double> progress)
    {
        Anchors anchors = new(this, settings, pictures);
        StyleRender render = anchors.Render = begin(anchors);
        double time = render.Job.Time;
        int distance = render.Job.Integer(EffectCatalog.AnchorFramesName);
        bool isPainted = painted.Any(keyframe => keyframe.Frame == time);
        if (!render.IsSequence || Math.Abs(time) > StyleKeyframes.FrameMax - distance) return Alone(anchors, time, null, progress);
        long? before = anchors.First(StyleAnchors.Before(time, distance), time), after = anchors.Exists(StyleAnchors.Before(time, distance) + distance);
        if (!isPainted && (distance == 1 || before is null || before == time)) return Alone(anchors, time, distance, progress);
        List<StyleKeyframe> all = [.. painted];
        foreach (long? anchor in new[] { before, after })
        {
            if (anchor is { } frame && !all.Exists(keyframe => keyframe.Frame == frame))
                all.Add(new StyleKeyframe(frame, string.Create(CultureInfo.InvariantCulture, $"{AnchorPath}{frame}")));
        }

        return keyframes.Paint(render, [.. all.OrderBy(keyframe => keyframe.Frame)], progress);
    }

    /// <summary>A frame as the model makes it.</summary>
    /// <param name="anchors">The render's anchors.</param>
    /// <param name="time">Its time.</param>
    /// <param name="distance">Distance of the anchors along which noise is moved; null for noise that stays on the screen.</param>
    /// <param name="progress">Told the share that is done.</param>
    private (Frame Painted, DisplayRows Display) Alone(Anchors anchors, double time, int? distance, IProgress<double>? progress)
    {
        StyleRender render = anchors.Render;
        SequenceFrame frame = anchors.Fetch(time);
        Frame display = frame.Display.Whole(render.Cancellation);
        ModelNoise? noise = distance is { } step ? Noise(anchors, frame, time, step) : null;
        Frame made = models.Make(new ModelTask
        {
            Settings = anchors.Settings, Width = display.Width, Height = display.Height, Start = anchors.Settings.Strength < 1 ? display : null,
            Structure = display, References = anchors.References, Noise = noise,
        }, progress, render.Cancellation);
        return (made.Clone(), frame.Display);
    }

    private ModelNoise Noise(Anchors anchors, SequenceFrame frame, double time, int distance)
    {
        double anchor = StyleAnchors.Before(time, distance), start = StyleAnchors.ChainStart(anchor, distance);
        List<ChainFrame> chain = [];
        for (double at = start; at < anchor; at += distance)
        {
            // A gap in the clip begins a chain of its own.
            double earlier = at;
            if (anchors.Hash(at) is { } hash) chain.Add(new ChainFrame(hash, () => anchors.Fetch(earlier).Display.Whole(anchors.Render.Cancellation)));
            else chain.Clear();
        }

        chain.Add(new ChainFrame(frame.Hash, () => frame.Display.Whole(anchors.Render.Cancellation)));
        return _noise.Of(anchors.Settings.Seed, chain, anchor / distance - chain.Count + 1, anchors.Render.Cancellation);
    }

    /// <summary>Reads pictures; what is no file but an anchor is made.</summary>
    private sealed class Anchors(ModelStyle owner, ModelSettings settings, IPictureReader pictures) : IPictureReader
    {
        private readonly Dictionary<double, UInt128?> _hashes = [];
        private IReadOnlyList<Frame>? _references;

        public StyleRender Render { get; set; } = null!;

        public ModelSettings Settings => settings;

        public IReadOnlyList<Frame> References => _references ??= ReferencePictures.Read(settings, pictures);

        public Frame Read(string path) => path.StartsWith(AnchorPath, StringComparison.Ordinal)
            ? owner.Alone(this, double.Parse(path.AsSpan(AnchorPath.Length), CultureInfo.InvariantCulture), Render.Job.Integer(EffectCatalog.AnchorFramesName), null).Painted
            : pictures.Read(path);

        /// <summary>Content of the source's frame at a time; null where the host has none. The frame itself is not kept: chains of large frames would fill the memory.</summary>
        public UInt128? Hash(double time)
        {
            if (!_hashes.TryGetValue(time, out UInt128? hash)) _hashes[time] = hash = TryFetch(time)?.Hash;
            return hash;
        }

        /// <summary>The source's frame at a time at which there is one.</summary>
        public SequenceFrame Fetch(double time) => TryFetch(time)
            ?? throw new PipelineException(PipelineError.SourceMissing, $"the host no longer gives the {EffectDefinition.SourceClipName} frame at time {time}");

        /// <summary>A time if the host has a frame there.</summary>
        public long? Exists(double time) => Hash(time) is null ? null : (long)time;

        /// <summary>The first whole time from one to another at which the host has a frame.</summary>
        public long? First(double from, double to)
        {
            for (double time = from; time <= to; time++)
            {
                if (Hash(time) is not null) return (long)time;
            }

            return null;
        }

        private SequenceFrame? TryFetch(double time) => Render.Fetch(time, static () => throw new InvalidOperationException());
    }
}
