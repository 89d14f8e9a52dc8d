using RunwayFX.Imaging;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Videos;

/// <summary>What clip to make. Pictures are display encoded.</summary>
public sealed record VideoSettings
{
    /// <summary>Most frames of a clip.</summary>
    public const int FramesMax = 1024;

    /// <summary>Most reference pictures.</summary>
    public const int ReferencesMax = 8;

    /// <summary>What it shows.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What it must not show.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Frames, any from 1 on: models that want another count make more and the clip is cut.</summary>
    public required int Frames { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Frames per second that the model is told, where it takes such a number.</summary>
    public double Rate { get; init; } = 24;

    /// <summary>Steps of denoising.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>How strongly prompt or picture are followed; 1 and less is no guidance.</summary>
    public double Guidance { get; init; } = 5;

    /// <summary>Guidance of the denoiser for low noise, in packages that have two (Wan 2.2); null takes <see cref="Guidance"/>.</summary>
    public double? GuidanceLow { get; init; }

    /// <summary>Guidance of the first frame, rising to <see cref="Guidance"/> in the last; only Stable Video Diffusion.</summary>
    public double GuidanceFirst { get; init; } = 1;

    /// <summary>Seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Another sampler than the package's own.</summary>
    public SchedulerKind? Scheduler { get; init; }

    /// <summary>The frame to begin with; null for none.</summary>
    public Frame? FirstFrame { get; init; }

    /// <summary>The frame to end with.</summary>
    public Frame? LastFrame { get; init; }

    /// <summary>A clip to start from, as long as the result; null starts from noise. Only AnimateDiff.</summary>
    public IReadOnlyList<Frame>? Source { get; init; }

    /// <summary>How far the result may leave <see cref="Source"/>.</summary>
    public double Strength { get; init; } = 0.8;

    /// <summary>A clip that steers where things lie (depth, edges, poses), or that is kept where <see cref="ControlMask"/> is 0; as long as the result. Only Wan VACE.</summary>
    public IReadOnlyList<Frame>? Control { get; init; }

    /// <summary>Where to paint anew, in the red channel: above ½ is painted. Null paints everywhere.</summary>
    public IReadOnlyList<Frame>? ControlMask { get; init; }

    /// <summary>How strongly <see cref="Control"/> steers.</summary>
    public double ControlScale { get; init; } = 1;

    /// <summary>Pictures of what is to be seen, of any size. Only Wan VACE.</summary>
    public IReadOnlyList<Frame> References { get; init; } = [];

    /// <summary>How much moves, 1–255; only Stable Video Diffusion.</summary>
    public int MotionBucket { get; init; } = 127;

    /// <summary>Noise on the picture that comes to life: more of it gives more motion and less likeness. Only Stable Video Diffusion.</summary>
    public double NoiseAugmentation { get; init; } = 0.02;

    /// <summary>How much memory decoding and encoding may take.</summary>
    public VaeMemory Memory { get; init; } = new();

    /// <summary>Told the estimate of the clean latents after each step, in the model's own order. The memory is used again.</summary>
    public Action<ReadOnlyMemory<float>, int>? Preview { get; init; }

    internal void Check()
    {
        InRange(Frames, 1, FramesMax, nameof(Frames));
        InRange(Width, 1, StillSettings.SideMax, nameof(Width));
        InRange(Height, 1, StillSettings.SideMax, nameof(Height));
        InRange(Steps, 1, SchedulerRun.StepsMax, nameof(Steps));
        InRange(MotionBucket, 1, 255, nameof(MotionBucket));
        InRange(References.Count, 0, ReferencesMax, nameof(References));
        if (!(Rate is > 0 and <= 1000)) throw Unsupported($"rate {Rate} is outside 0..1000");
        if (!((GuidanceLow ?? 1) is >= 0 and <= 100)) throw Unsupported($"guidance {GuidanceLow} is outside 0..100");
        if (!(Guidance is >= 0 and <= 100) || !(GuidanceFirst is >= 0 and <= 100)) throw Unsupported($"guidance {GuidanceFirst}..{Guidance} is outside 0..100");
        if (!(Strength is >= 0 and <= 1)) throw Unsupported($"strength {Strength} is outside 0..1");
        if (!(NoiseAugmentation is >= 0 and <= 10)) throw Unsupported($"noise augmentation {NoiseAugmentation} is outside 0..10");
        if (!(Math.Abs(ControlScale) <= 10)) throw Unsupported($"control scale {ControlScale} is outside -10..10");
        if (ControlMask is not null && Control is null) throw Unsupported("a control mask needs a control clip");
        foreach (IReadOnlyList<Frame>? clip in new[] { Source, Control, ControlMask })
        {
            if (clip is not null && clip.Count != Frames) throw Unsupported($"a clip of {clip.Count} frames is not as long as the result, {Frames}");
        }

        foreach (Frame? frame in new[] { FirstFrame, LastFrame }.Concat(Source ?? []).Concat(Control ?? []).Concat(ControlMask ?? []))
        {
            if (frame is not null && (frame.Width != Width || frame.Height != Height)) throw Unsupported($"a frame of {frame.Width}×{frame.Height} is not {Width}×{Height}");
        }
    }

    internal static InferenceException Unsupported(string what) => new(InferenceError.SettingUnsupported, what);

    private static void InRange(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw Unsupported($"{name} {value} is outside {least}..{most}");
    }
}
