namespace RunwayFX.Effects;

public static partial class EffectCatalog
{
    /// <summary>Clip that carries the style picture when <c>styleFromClip</c> is on.</summary>
    public const string StyleClipName = "Style";

    /// <summary>Restyles a clip after a picture while keeping its structure.</summary>
    public static EffectDefinition Style => All[0];

    private static EffectDefinition CreateStyle() => new()
    {
        WireId = 1,
        Name = "style",
        Label = "RunwayFX Style",
        Description = "Repaints the clip in the manner of a style picture, keeping its structure and staying steady over time. Runs locally, needs no model.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        Clips =
        [
            new("Source", "Source", "The clip to restyle."),
            new(StyleClipName, "Style", "A clip whose picture is the style, used when Style from Clip is on.", IsOptional: true, ToggleParameter: "styleFromClip"),
        ],
        Parameters =
        [
            FilePath("stylePath", "Style Picture", "Picture file whose manner is taken (PNG, JPEG, EXR, TIFF)."),
            Toggle("styleFromClip", "Style from Clip", "Take the style from the Style input instead of the file.", false),
            Unit("structureFidelity", "Structure Fidelity", "How closely the result follows the clip's own shapes and tones: 0 is free, 1 is strict.", 0.5),
            Number("detailSize", "Detail Size", "Size of the style's brush strokes relative to the picture: 1 keeps the style picture's own scale.", 0.25, 4, 0.5, 2, 1),
            Unit("temporalStability", "Temporal Stability", "How strongly a frame follows the frame before it: 0 treats every frame on its own.", 0.75),
            Unit("keepColour", "Keep Colour", "0 takes the style's colours, 1 keeps the clip's own.", 0),
            Unit("mix", "Mix", "0 shows the source untouched, 1 the full effect.", 1),
            Quality(),
            Seed(),
            ColourSpace(),
        ],
    };
}
