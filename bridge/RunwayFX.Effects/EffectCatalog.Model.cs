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

    private static ParameterDefinition Line(string name, string label, string hint) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Text, Animates = false,
    };
}
