namespace RunwayFX.Effects;

public static partial class EffectCatalog
{
    /// <summary>Extends the canvas: fills bars or a new aspect from the picture itself.</summary>
    public static EffectDefinition Extend => All[1];

    private static EffectDefinition CreateExtend() => new()
    {
        WireId = 2,
        Name = "extend",
        Label = "RunwayFX Extend",
        Description = "Extends the picture beyond its borders: fills pillarbox or letterbox bars, or a new aspect ratio, from the picture itself. Source pixels stay untouched.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        Canvas = CanvasRule.MayGrow,
        Clips = [new("Source", "Source", "The clip to extend.")],
        Parameters =
        [
            Choice("canvas", "Canvas", "Grow: the picture gets a larger canvas where the host allows it. Fill Bars: the frame keeps its size and its black or empty bars are filled.", 0,
                "Automatic", "Grow", "Fill Bars"),
            Choice("targetAspect", "Target Aspect", "Shape of the finished picture, width to height as displayed.", 1,
                "As Source", "16:9", "9:16", "1:1", "4:3", "4:5", "1.85:1", "2.39:1", "Custom"),
            Number("customAspect", "Custom Aspect", "Width divided by height, used when Target Aspect is Custom.", 0.1, 10, 0.4, 3, 1.7777777777777777),
            Choice("pictureAspect", "Picture Aspect", "Shape of the picture inside the bars when Canvas is Fill Bars; Detect finds the bars by looking.", 0,
                "Detect", "16:9", "9:16", "1:1", "4:3", "4:5", "1.85:1", "2.39:1"),
            Choice("anchor", "Anchor", "Where the source sits on the new canvas.", 0,
                "Centre", "Left", "Right", "Top", "Bottom", "Top Left", "Top Right", "Bottom Left", "Bottom Right"),
            Number("blend", "Blend", "Width in full-resolution pixels over which the fill is matched to the source's border; it never changes the source's own pixels.", 0, 256, 0, 64, 16),
            Quality(),
            Seed(),
            ColourSpace(),
        ],
    };
}
