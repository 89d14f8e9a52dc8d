using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference.Analysis;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Videos;

namespace RunwayFX.Pipelines.Models;

/// <summary>Makes clips with video packages, each whole clip once, and gives its frames one by one. Thread-safe.</summary>
/// <remarks>Holds at most <see cref="ResultBytesMax"/> of finished clips, at the size at which the model works, 16 bits a colour.</remarks>
internal sealed class ClipMaker(ModelMaker models)
{
    /// <summary>Most bytes of finished clips.</summary>
    public const long ResultBytesMax = 1L << 30;

    /// <summary>Side of a square with as many pixels as the frames have at which a package works that does not say its size.</summary>
    public const int SideMax = 640;

    private const string Otherwise = "; or name a package that makes stills, or set Method to Built-in";

    /// <summary>Motion of Stable Video Diffusion that counts as usual.</summary>
    private const int MotionBucket = 127;

    /// <summary>Pixels by whose multiples sides are rounded where the package says its size: decoders halve up to five times.</summary>
    private const int SideStep = 32;

    private readonly BoundedCache _clips = new(ResultBytesMax);
    private readonly KeyedGates _gates = new();

    /// <summary>Whether the package that is named makes clips rather than stills. Without a name stills are made.</summary>
    public bool IsWanted(ModelSettings settings) => settings.Package.Length > 0 && models.TasksOf(settings.Package).Any(IsVideo);

    /// <summary>Whether the clip starts from all frames of a source, rather than from its first.</summary>
    public bool StartsFromClip(ModelSettings settings) => Use(settings, (package, _, _) => package.Family == ModelFamily.AnimateDiff);

    /// <summary>Whether the model makes nothing without a frame to begin with.</summary>
    public bool NeedsFirstFrame(ModelSettings settings) => Use(settings, (package, _, _) => package.Family == ModelFamily.StableVideoDiffusion);

    /// <summary>Memory of a clip while it is made: its frames, as planes and as pictures.</summary>
    /// <param name="settings">What the user says.</param>
    /// <param name="frames">Frames; 0 for as many as the model was made for.</param>
    public long EstimateMemory(ModelSettings settings, int frames)
    {
        const int Copies = 3;
        int side = settings.Side > 0 ? settings.Side : SideMax;
        return Use(settings, (package, _, _) => FrameMemory.Of(Copies * FramesOf(frames, package), side, side));
    }

    /// <summary>A frame of the clip, which is made first where it is not at hand.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="index">Which; the ends go on.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Display values 0–1 of the clip's size, alpha 1.</returns>
    /// <exception cref="PipelineException">The package cannot do it, or is broken; the message says what.</exception>
    public Frame Make(ModelClip clip, double index, IProgress<double>? progress, CancellationToken cancellation) => Find(clip, index, true, progress, cancellation)!;

    /// <summary>A frame of a clip that is at hand; null where it is not.</summary>
    /// <inheritdoc cref="Make"/>
    public Frame? TryGet(ModelClip clip, double index, CancellationToken cancellation) => Find(clip, index, false, null, cancellation);

    private Frame? Find(ModelClip clip, double index, bool isMade, IProgress<double>? progress, CancellationToken cancellation) => Use(clip.Settings, (package, pool, settings) =>
    {
        int frames = FramesOf(clip.Frames, package);
        (int width, int height) = WorkSize(clip, PackageDefaults.Of(package).Side);
        if (6L * width * height * frames > ResultBytesMax)
        {
            throw new PipelineException(PipelineError.SettingUnsupported, $"a clip of {frames} frames of {width}×{height} pixels is over {ResultBytesMax >> 20} MiB: "
                + $"set {EffectCatalog.FramesName} or {EffectCatalog.ModelSideName} lower");
        }

        VideoPipeline pipeline = new(package, pool, settings, PackageTokenizer.Open);
        clip.Settings.MadeBy?.Invoke(pipeline.Identity);
        VideoSettings video = Describe(clip, package, frames, (width, height), cancellation);
        bool isDepth = clip.Structure is not null && clip.Settings.Control == ControlKind.Depth;
        string depth = isDepth ? models.Use("", ModelSteering.DepthTask, Otherwise, (seer, _, _) => $"{seer.Name}: {seer.State()}") : "";
        UInt128 key = Key(video, $"{pipeline.Identity}|{package.State()}|{clip.Settings.Control}|{depth}");
        if (!_clips.TryGet(key, out MadeClip? made) && isMade)
        {
            using IDisposable gate = _gates.Enter(key, cancellation);
            if (!_clips.TryGet(key, out made))
            {
                VideoSettings steered = video with { Control = video.Control?.Select(frame => Seen(frame, clip.Settings, cancellation)).ToArray() };
                made = MadeClip.From(pipeline.Run(steered, progress, cancellation));
                _clips.Put(key, made, made.Bytes);
            }
        }

        return made is null ? null : ModelMaker.Sized(made.At((int)Math.Clamp(index, 0, frames - 1)), clip.Width, clip.Height, cancellation);
    });

    private static bool IsVideo(string task) => task.EndsWith("-to-video", StringComparison.Ordinal);

    private T Use<T>(ModelSettings settings, Func<ModelPackage, SessionPool, SessionSettings, T> work) =>
        models.Use(settings.Package, models.TasksOf(settings.Package).First(IsVideo), Otherwise, work);

    private static int FramesOf(int frames, ModelPackage package) => frames > 0 ? Math.Min(frames, VideoSettings.FramesMax) : package.Family switch
    {
        ModelFamily.StableVideoDiffusion => 25, ModelFamily.AnimateDiff => 16, ModelFamily.Ltx => 97, _ => 81,
    };

    private static double GuidanceOf(ModelFamily family) => family switch
    {
        ModelFamily.StableVideoDiffusion or ModelFamily.Ltx => 3, ModelFamily.AnimateDiff => 7.5, _ => 5,
    };

    private static (int Width, int Height) WorkSize(ModelClip clip, int side)
    {
        double wide = clip.Width * clip.Settings.PixelShape, high = clip.Height, area = Math.Sqrt(wide * high);
        double scale = clip.Settings.Side > 0 ? clip.Settings.Side / Math.Min(wide, high) : side > 0 ? side / area : Math.Min(1, SideMax / area);
        int step = side > 0 || scale != 1 ? SideStep : 1;
        return (Rounded(wide), Rounded(high));

        int Rounded(double length) => Math.Clamp((int)Math.Round(length * scale / step) * step, step, StillSettings.SideMax);
    }

    /// <summary>What the model is told; what steers it still as it came.</summary>
    private static VideoSettings Describe(ModelClip clip, ModelPackage package, int frames, (int Width, int Height) size, CancellationToken cancellation)
    {
        ModelSettings settings = clip.Settings;
        if (settings.LoraPath.Length > 0) throw new PipelineException(PipelineError.SettingUnsupported, $"{EffectCatalog.LoraName}: {package.Name} makes clips, and LoRAs change packages that make stills");
        PackageDefaults defaults = PackageDefaults.Of(package);
        int steps = settings.Steps > 0 ? settings.Steps : defaults.Steps;
        bool isVace = package.Family == ModelFamily.WanVace;
        return new VideoSettings
        {
            Prompt = settings.Prompt, NegativePrompt = settings.NegativePrompt, Frames = frames, Width = size.Width, Height = size.Height, Rate = clip.Rate, Seed = settings.Seed,
            Steps = settings.IsDraft ? Math.Min(steps, ModelSettings.DraftStepsMax) : steps,
            Guidance = settings.Guidance > 0 ? settings.Guidance : package.Manifest.Guidance is not null ? defaults.Guidance : GuidanceOf(package.Family),
            FirstFrame = Sized(clip.First), LastFrame = Sized(clip.Last), Strength = settings.Strength,
            Source = All(clip.Source), Control = All(clip.Structure), ControlScale = settings.ControlScale,
            References = isVace ? clip.References : [],
            MotionBucket = (int)Math.Clamp(Math.Round(MotionBucket * clip.Motion), 1, 255),
        };

        Frame? Sized(Frame? frame) => ModelMaker.Sized(frame, size.Width, size.Height, cancellation);

        Frame[]? All(Func<int, Frame>? at) => at is null ? null : [.. Enumerable.Range(0, frames).Select(index => Sized(at(index))!)];
    }

    /// <summary>What of a frame steers.</summary>
    private Frame Seen(Frame frame, ModelSettings settings, CancellationToken cancellation) => settings.Control switch
    {
        ControlKind.Edges => EdgePicture.Of(frame, cancellation),
        ControlKind.Depth => models.Use("", ModelSteering.DepthTask, Otherwise, (depth, pool, session) => new DepthEstimator(depth, pool, session).Run(frame, cancellation)),
        _ => frame,
    };

    private static UInt128 Key(VideoSettings video, string identity)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{identity}|{video.Frames}|{video.Width}x{video.Height}|{video.Rate:R}|{video.Seed}|{video.Steps}|{video.Guidance:R}|{video.Strength:R}")
            .Append(CultureInfo.InvariantCulture, $"|{video.ControlScale:R}|{video.MotionBucket}|{video.Prompt.Length}|{video.Prompt}|{video.NegativePrompt.Length}|{video.NegativePrompt}");
        foreach (Frame? frame in new[] { video.FirstFrame, video.LastFrame }.Concat(video.References).Append(null).Concat(video.Source ?? []).Append(null).Concat(video.Control ?? []))
        {
            text.Append('|');
            if (frame is not null) text.Append(CultureInfo.InvariantCulture, $"{XxHash128.HashToUInt128(MemoryMarshal.AsBytes(frame.Pixels.AsSpan()), frame.Width)}");
        }

        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.ToString().AsSpan()));
    }

    /// <summary>A finished clip, 16 bits a colour: a step of 1/65535 is not seen.</summary>
    private sealed class MadeClip(ushort[][] frames, int width, int height)
    {
        public long Bytes => (long)sizeof(ushort) * frames.Length * frames[0].Length;

        public static MadeClip From(Frame[] made) => new([.. made.Select(Packed)], made[0].Width, made[0].Height);

        public Frame At(int index)
        {
            Frame frame = new(width, height);
            ushort[] packed = frames[index];
            for (int p = 0; p < width * height; p++)
            {
                for (int c = 0; c < 3; c++) frame.Pixels[4 * p + c] = packed[3 * p + c] / (float)ushort.MaxValue;
                frame.Pixels[4 * p + 3] = 1;
            }

            return frame;
        }

        private static ushort[] Packed(Frame frame)
        {
            ushort[] packed = new ushort[3 * frame.Width * frame.Height];
            for (int i = 0; i < packed.Length; i++)
            {
                float value = frame.Pixels[i / 3 * 4 + i % 3];
                packed[i] = (ushort)(Math.Clamp(float.IsNaN(value) ? 0 : value, 0, 1) * ushort.MaxValue + 0.5f);
            }

            return packed;
        }
    }
}
