using RunwayFX.Imaging;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Stills;

/// <summary>What picture to make.</summary>
public sealed record StillSettings
{
    /// <summary>Most pictures at once.</summary>
    public const int BatchMax = 16;

    /// <summary>Longest side.</summary>
    public const int SideMax = 4096;

    /// <summary>What it shows.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What it must not show.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Steps of denoising.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>How strongly the prompt is followed; 1 and less is no guidance, as distilled models want. FLUX takes the number itself.</summary>
    public double Guidance { get; init; } = 7.5;

    /// <summary>Seed; picture i of a batch has the seed + i.</summary>
    public ulong Seed { get; init; }

    /// <summary>Pictures at once.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Width in pixels, any from 1 on: the latents are made large enough and the picture is cut.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Another sampler than the package's own.</summary>
    public SchedulerKind? Scheduler { get; init; }

    /// <summary>A picture to start from, display encoded, of exactly the size; null starts from noise.</summary>
    public Frame? Picture { get; init; }

    /// <summary>How far the result may leave <see cref="Picture"/>: 0 not at all, 1 as if there were none.</summary>
    public double Strength { get; init; } = 0.8;

    /// <summary>Where to paint, in the red channel: above 0 is painted, 0 keeps <see cref="Picture"/> bit for bit. Null paints everywhere.</summary>
    public Frame? Mask { get; init; }

    /// <summary>Whether the result shows <see cref="Picture"/> where nothing is painted. Else it shows what the decoder makes of it there, from which a caller
    /// learns how the two differ in tone.</summary>
    public bool KeepsOutside { get; init; } = true;

    /// <summary>Makes the noise of one picture for latents of channels, height and width, channel after channel, in the place of the seed's own: for clips whose noise moves
    /// along with what is shown. A batch has the same for all.</summary>
    public Func<int, int, int, float[]>? Noise { get; init; }

    /// <summary>Told the estimate of the clean latents after each step, (B, C, H, W); for previews. The memory is used again.</summary>
    public Action<ReadOnlyMemory<float>, int>? Preview { get; init; }

    /// <summary>Pictures that steer where things lie.</summary>
    public IReadOnlyList<ControlInput> Controls { get; init; } = [];

    /// <summary>Pictures whose look or subject is taken over.</summary>
    public IReadOnlyList<ReferenceInput> References { get; init; } = [];

    /// <summary>Changes to the models' weights.</summary>
    public IReadOnlyList<LoraInput> Loras { get; init; } = [];

    /// <summary>How much memory decoding and encoding may take.</summary>
    public VaeMemory Memory { get; init; } = new();

    internal void Check()
    {
        InRange(Width, 1, SideMax, nameof(Width));
        InRange(Height, 1, SideMax, nameof(Height));
        InRange(Batch, 1, BatchMax, nameof(Batch));
        InRange(Steps, 1, SchedulerRun.StepsMax, nameof(Steps));
        if (!double.IsFinite(Guidance) || Guidance is < 0 or > 100) throw Unsupported($"guidance {Guidance} is outside 0..100");
        if (!(Strength is >= 0 and <= 1)) throw Unsupported($"strength {Strength} is outside 0..1");
        InRange(Controls.Count, 0, ControlInput.CountMax, nameof(Controls));
        InRange(References.Count, 0, ReferenceInput.CountMax, nameof(References));
        InRange(Loras.Count, 0, LoraInput.CountMax, nameof(Loras));
        foreach (ControlInput control in Controls) control.Check(Width, Height);
        if (Mask is not null && Picture is null) throw Unsupported("a mask needs a picture");
        foreach (Frame? frame in new[] { Picture, Mask })
        {
            if (frame is not null && (frame.Width != Width || frame.Height != Height))
                throw Unsupported($"a picture or mask of {frame.Width}×{frame.Height} is not {Width}×{Height}");
        }
    }

    private static void InRange(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw Unsupported($"{name} {value} is outside {least}..{most}");
    }

    private static InferenceException Unsupported(string what) => new(InferenceError.SettingUnsupported, what);
}
