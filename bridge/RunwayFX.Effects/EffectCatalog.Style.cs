namespace RunwayFX.Effects;

/// <summary>Index values of the <c>styleClipMode</c> parameter. The numbers never change.</summary>
public enum StyleClipMode
{
    /// <summary>One picture of the Style clip for each block of time.</summary>
    PicturePerBlock = 0,

    /// <summary>The Style clip's frame at the same time: a style that moves.</summary>
    EveryFrame = 1,
}

public static partial class EffectCatalog
{
    /// <summary>Parameter with painted frames of the clip: <see cref="StyleKeyframes"/>.</summary>
    public const string KeyframesName = "keyframes";

    /// <summary>Clip that carries the style picture when <c>styleFromClip</c> is on.</summary>
    public const string StyleClipName = "Style";

    /// <summary>Restyles a clip after a picture while keeping its structure.</summary>
    public static EffectDefinition Style => All[0];

    private static EffectDefinition CreateStyle() => new()
    {
        WireId = 1,
        Name = "style",
        Label = "RunwayFX Style",
        Description = "Repaints the clip in the manner of a style picture, or as one or more of its frames were painted by hand, keeping its structure and staying steady over time; "
            + "or after a prompt, with a model that you installed. Runs locally.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        Clips =
        [
            new("Source", "Source", "The clip to restyle."),
            new(StyleClipName, "Style", "A clip whose picture is the style, used when Style from Clip is on.", IsOptional: true, ToggleParameter: "styleFromClip"),
            new(MaskClipName, "Mask", "White or opaque where the clip is repainted, used when Mask from Clip is on.", IsOptional: true,
                ToggleParameter: MaskFromClipName, IsMask: true),
        ],
        Parameters =
        [
            FilePath("stylePath", "Style Picture", "Picture file whose manner is taken (PNG, JPEG, EXR, TIFF)."),
            Toggle("styleFromClip", "Style from Clip", "Take the style from the Style input instead of the file.", false),
            Unit("structureFidelity", "Structure Fidelity", "How closely the result follows the clip's own shapes and tones: 0 is free, 1 is strict.", 0.5),
            Number("detailSize", "Detail Size", "Size of the style's brush strokes relative to the picture: 1 keeps the style picture's own scale.", 0.25, 4, 0.5, 2, 1),
            Unit("temporalStability", "Temporal Stability", "How strongly a frame follows the frame before it: 0 treats every frame on its own.", 0.75),
            Unit("keepColour", "Keep Colour", "0 takes the style's colours, 1 keeps the clip's own.", 0),
            Mix(),
            Quality(),
            Seed(),
            ColourSpace(),
            new()
            {
                Name = KeyframesName, Label = "Painted Frames", Kind = ParameterKind.Text, Animates = false,
                Hint = "Frames of this clip that were painted by hand: 12=/path/a.png;48=/path/b.png. They take the place of the style picture.",
            },
            Choice("styleClipMode", "Style Clip", "Whether the Style input gives one picture for each block of time, or its own frame at every time.",
                (int)StyleClipMode.PicturePerBlock, "Picture per Block", "Every Frame"),
            Unit("keepLuma", "Keep Luma", "0 takes the result's light and dark, 1 keeps the clip's own.", 0),
            Toggle(MaskFromClipName, "Mask from Clip", "Repaint only where the Mask input says.", false) with { Matters = false },
            Choice("maskChannel", "Mask Channel", "What of the Mask input counts. Automatic takes alpha, or luminance where the mask is opaque everywhere.",
                (int)MaskChannel.Automatic, "Automatic", "Alpha", "Luminance") with { Matters = false },
            Toggle("invertMask", "Invert Mask", "Repaint what the mask leaves out.", false) with { Matters = false },
            .. ModelRows(0.6, "How far the model's picture may leave the source frame: 0 not at all, 1 as if there were none."),
            .. SteeringRows("the source frame"),
            Whole(AnchorFramesName, "Anchor Distance", "The model makes every so many frames itself, the others follow those around them, so that the clip is steady; 1 has it make "
                + "every frame. Without Temporal Stability every frame is made on its own.", 1, StyleAnchors.DistanceMax, 1, StyleAnchors.DistanceMax, 8),
            ColourFromHost(),
            .. PictureRows(),
            Output(),
        ],
    };
}
