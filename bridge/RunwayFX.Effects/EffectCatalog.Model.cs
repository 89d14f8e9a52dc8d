using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>Index values of the <c>method</c> parameter. The numbers never change.</summary>
public enum EffectMethod
{
    /// <summary>The product's own synthesis, which needs nothing installed. The default.</summary>
    BuiltIn = 0,

    /// <summary>A model package that the user installed.</summary>
    Model = 1,
}

/// <summary>Index values of the <c>control</c> parameter: what of a picture says where things lie. The numbers never change.</summary>
public enum ControlKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its edges, as lines.</summary>
    Edges = 1,

    /// <summary>How near things are, as an installed depth model sees it.</summary>
    Depth = 2,

    /// <summary>The picture as it is: a pose, a sketch or a depth map that was made elsewhere.</summary>
    Picture = 3,
}

public static partial class EffectCatalog
{
    /// <summary>Parameter that says who makes the picture; its values are <see cref="EffectMethod"/>.</summary>
    public const string MethodName = "method";

    /// <summary>Parameter with the name of a model package; empty takes the first that fits.</summary>
    public const string ModelName = "model";

    /// <summary>Parameter with what the picture shows.</summary>
    public const string PromptName = "prompt";

    /// <summary>Parameter with what it must not show.</summary>
    public const string NegativePromptName = "negativePrompt";

    /// <summary>Parameter with the steps of denoising; 0 takes the package's own.</summary>
    public const string StepsName = "steps";

    /// <summary>Parameter with how strongly the prompt is followed; 0 takes the package's own.</summary>
    public const string GuidanceName = "guidance";

    /// <summary>Parameter with how far the result may leave the picture it starts from.</summary>
    public const string StrengthName = "strength";

    /// <summary>Parameter with the shorter side at which the model works; 0 takes the package's own.</summary>
    public const string ModelSideName = "modelSide";

    /// <summary>Parameter with named reference pictures.</summary>
    public const string ReferencesName = "references";

    /// <summary>Parameter with the frames that the model makes; empty for all.</summary>
    public const string ModelFramesName = "modelFrames";

    /// <summary>Most steps of denoising.</summary>
    public const int StepsMax = 1000;

    /// <summary>Longest side at which a model works, in pixels.</summary>
    public const int ModelSideMax = 4096;

    /// <summary>The rows that every effect with a model method has, in this order; appended to its own, because indices never change.</summary>
    /// <param name="strength">Default of <see cref="StrengthName"/>.</param>
    /// <param name="strengthHint">What it means here.</param>
    /// <param name="others">What frames show that the model does not make.</param>
    private static ImmutableArray<ParameterDefinition> ModelRows(double strength, string strengthHint, string others = "Others show the source.") =>
    [
        Choice(MethodName, "Method", "Built-in needs nothing installed. Model uses a package that you installed with rfx models.", (int)EffectMethod.BuiltIn,
            "Built-in", "Model"),
        Line(ModelName, "Model", "Name of the installed package, as 'rfx models list' shows it; empty takes the first that can do it."),
        Line(PromptName, "Prompt", "What the picture shows. (word:1.3) counts more, [word] less, @name refers to a reference picture."),
        Line(NegativePromptName, "Negative Prompt", "What the picture must not show."),
        Whole(StepsName, "Steps", "Steps of denoising: more take longer. 0 takes what the package was made for.", 0, StepsMax, 0, 50, 0),
        Number(GuidanceName, "Guidance", "How strongly the prompt is followed; 1 is without guidance, 0 takes what the package was made for.", 0, 100, 0, 15, 0),
        Unit(StrengthName, "Strength", strengthHint, strength),
        Whole(ModelSideName, "Model Side", "Pixels of the shorter side at which the model works; 0 takes what the package was made for.", 0, ModelSideMax, 0, 1536, 0),
        Line(ReferencesName, "References", "Reference pictures by name: name=/path/picture.png;other=/path/other.png. The prompt calls them @name."),
        Line(ModelFramesName, "Model Frames", $"Frames that the model makes, by number: 12, 40-43; empty for all. {others}"),
    ];

    /// <summary>Parameter that says what of a picture steers the model; its values are <see cref="ControlKind"/>.</summary>
    public const string ControlName = "control";

    /// <summary>Parameter with how strongly it steers.</summary>
    public const string ControlScaleName = "controlScale";

    /// <summary>Parameter with the package of the ControlNet; empty takes the model's own, or the first that fits.</summary>
    public const string ControlModelName = "controlModel";

    /// <summary>Parameter with the path of a LoRA.</summary>
    public const string LoraName = "lora";

    /// <summary>Parameter with how strongly the LoRA counts.</summary>
    public const string LoraWeightName = "loraWeight";

    /// <summary>Parameter with the distance of the frames that the model makes itself: <see cref="StyleAnchors"/>.</summary>
    public const string AnchorFramesName = "anchorFrames";

    /// <summary>The rows of effects whose model can be steered and changed, in this order.</summary>
    /// <param name="steers">What steers.</param>
    private static ImmutableArray<ParameterDefinition> SteeringRows(string steers) =>
    [
        Choice(ControlName, "Control", $"What says where things lie, through a ControlNet that you installed: the edges, the depth (with an installed depth model) or all of {steers}.",
            (int)ControlKind.None, "None", "Edges", "Depth", "Picture"),
        Number(ControlScaleName, "Control Scale", "How strongly the control steers.", 0, 2, 0, 2, 1),
        Line(ControlModelName, "Control Model", "Name of the installed package with the ControlNet; empty takes the model's own, or the first for this control."),
        FilePath(LoraName, "LoRA", "File that teaches the model a look or a subject (safetensors); empty for none."),
        Number(LoraWeightName, "LoRA Weight", "How strongly the LoRA counts; 1 as trained.", -4, 4, -1, 2, 1),
    ];

    private static ParameterDefinition Line(string name, string label, string hint) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Text, Animates = false,
    };
}
