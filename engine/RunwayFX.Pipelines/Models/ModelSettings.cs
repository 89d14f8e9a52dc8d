using RunwayFX.Effects;

namespace RunwayFX.Pipelines.Models;

/// <summary>A picture that a prompt calls by name.</summary>
/// <param name="Name">Its name without the @.</param>
/// <param name="Path">Its file.</param>
internal readonly record struct ReferencePicture(string Name, string Path);

/// <summary>What an effect's parameters say about its model method.</summary>
internal sealed record ModelSettings
{
    /// <summary>Most reference pictures.</summary>
    public const int ReferencesMax = 16;

    /// <summary>Most steps while the user drags a control.</summary>
    public const int DraftStepsMax = 8;

    /// <summary>Name of the package; empty takes the first that fits.</summary>
    public required string Package { get; init; }

    public required string Prompt { get; init; }

    public required string NegativePrompt { get; init; }

    /// <summary>0 takes the package's own.</summary>
    public required int Steps { get; init; }

    /// <summary>0 takes the package's own.</summary>
    public required double Guidance { get; init; }

    /// <summary>0 leaves the picture that it starts from, 1 forgets it.</summary>
    public required double Strength { get; init; }

    /// <summary>Pixels of the shorter side at which the model works; 0 takes the package's own.</summary>
    public required int Side { get; init; }

    /// <summary>Width of a pixel over its height as displayed, render scale included: the model works on square ones.</summary>
    public double PixelShape { get; init; } = 1;

    public required ulong Seed { get; init; }

    /// <summary>Whether a quick look is wanted.</summary>
    public required bool IsDraft { get; init; }

    /// <summary>What of a picture says where things lie.</summary>
    public ControlKind Control { get; init; }

    public double ControlScale { get; init; } = 1;

    /// <summary>Package of the ControlNet; empty takes the model's own, or the first that fits.</summary>
    public string ControlPackage { get; init; } = "";

    /// <summary>File that changes the model's weights; empty for none.</summary>
    public string LoraPath { get; init; } = "";

    public double LoraWeight { get; init; } = 1;

    public required IReadOnlyList<ReferencePicture> References { get; init; }

    /// <summary>Frames that the model makes; empty for all.</summary>
    public required List<(long First, long Last)> Frames { get; init; }

    /// <summary>Told what the bits depend on besides the settings; see <see cref="RenderJob.MadeBy"/>.</summary>
    public Action<string>? MadeBy { get; init; }

    /// <summary>Who looks at pictures that are not ready; see <see cref="RenderJob.Unfinished"/>.</summary>
    public IUnfinishedPicture? Unfinished { get; init; }

    /// <summary>Whether a job wants a model rather than the built-in method.</summary>
    public static bool IsWanted(RenderJob job) =>
        job.Effect.IndexOf(EffectCatalog.MethodName) >= 0 && job.Integer(EffectCatalog.MethodName) == (int)EffectMethod.Model;

    /// <summary>Reads a job's parameters; null where the built-in method is wanted.</summary>
    /// <exception cref="PipelineException">The list of references is none.</exception>
    public static ModelSettings? Read(RenderJob job)
    {
        if (!IsWanted(job)) return null;
        bool isSteered = job.Effect.IndexOf(EffectCatalog.ControlName) >= 0;
        return new ModelSettings
        {
            Control = isSteered ? (ControlKind)job.Integer(EffectCatalog.ControlName) : ControlKind.None,
            ControlScale = isSteered ? job.Number(EffectCatalog.ControlScaleName) : 1,
            ControlPackage = isSteered ? job.Text(EffectCatalog.ControlModelName).Trim() : "",
            LoraPath = isSteered ? job.Text(EffectCatalog.LoraName).Trim() : "",
            LoraWeight = isSteered ? job.Number(EffectCatalog.LoraWeightName) : 1,
            Package = job.Text(EffectCatalog.ModelName).Trim(),
            Prompt = job.Text(EffectCatalog.PromptName),
            NegativePrompt = job.Text(EffectCatalog.NegativePromptName),
            Steps = job.Integer(EffectCatalog.StepsName),
            Guidance = job.Number(EffectCatalog.GuidanceName),
            Strength = job.Number(EffectCatalog.StrengthName),
            Side = job.Integer(EffectCatalog.ModelSideName),
            PixelShape = ShapeOf(job),
            Seed = (ulong)job.Integer("seed"),
            IsDraft = job.IsInteractive,
            References = ReadReferences(job.Text(EffectCatalog.ReferencesName)),
            Frames = FrameList.Parse(job.Text(EffectCatalog.ModelFramesName)),
            MadeBy = job.MadeBy,
            Unfinished = job.Unfinished,
        };
    }

    /// <summary>Whether the model makes the frame at a time.</summary>
    public bool Covers(double time) => Frames.Count == 0 || FrameList.Holds(Frames, time);

    private static double ShapeOf(RenderJob job)
    {
        double shape = job.PixelAspect * job.RenderScaleY / job.RenderScaleX;
        return shape is > 0.01 and < 100 ? shape : 1;
    }

    /// <summary>Reads <c>name=/path/a.png;other=/path/b.png</c>.</summary>
    private static List<ReferencePicture> ReadReferences(string text)
    {
        List<ReferencePicture> found = [];
        foreach (string entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == entry.Length - 1)
                throw new PipelineException(PipelineError.SettingUnsupported, $"references: '{entry}' is not NAME=FILE");
            found.Add(new ReferencePicture(entry[..equals].Trim(), entry[(equals + 1)..].Trim()));
            if (found.Count > ReferencesMax) throw new PipelineException(PipelineError.SettingUnsupported, $"references: more than {ReferencesMax} pictures");
        }

        return found;
    }
}
