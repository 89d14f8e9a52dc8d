namespace RunwayFX.Effects;

/// <summary>Index values of Remove's <c>maskChannel</c> parameter. The numbers never change.</summary>
public enum MaskChannel
{
    /// <summary>Alpha, or luminance where the mask picture is opaque everywhere.</summary>
    Automatic = 0,

    /// <summary>The mask clip's alpha.</summary>
    Alpha = 1,

    /// <summary>The mask clip's Rec.709 luma.</summary>
    Luminance = 2,
}

/// <summary>Index values of Remove's <c>camera</c> parameter. The numbers never change.</summary>
public enum CameraMotion
{
    /// <summary>Found by looking.</summary>
    Automatic = 0,

    /// <summary>The camera stands on a tripod.</summary>
    Static = 1,

    /// <summary>The camera shifts, turns or zooms.</summary>
    Moving = 2,
}

public static partial class EffectCatalog
{
    /// <summary>Clip that says what is to be removed when <see cref="MaskFromClipName"/> is on.</summary>
    public const string MaskClipName = "Mask";

    /// <summary>Parameter that switches the mask clip on.</summary>
    public const string MaskFromClipName = "maskFromClip";

    /// <summary>Parameter with the number of frames either way in which the background is looked for; 0 looks at no other frame.</summary>
    public const string TemporalRadiusName = "temporalRadius";

    private const int RemoveWireId = 4;

    /// <summary>Takes an object out of a clip and fills the hole with background.</summary>
    public static EffectDefinition Remove => All[4];

    private static EffectDefinition CreateRemove() => new()
    {
        WireId = RemoveWireId,
        Name = "remove",
        Label = "RunwayFX Remove",
        Description = "Takes an object out of a clip or still: background that other frames show comes first, along the camera's motion, the rest is made from the picture itself. "
            + "Pixels outside the mask stay untouched.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        TakesMask = true,
        Clips =
        [
            new(EffectDefinition.SourceClipName, "Source", "The clip from which something is removed."),
            new(MaskClipName, "Mask", "White or opaque where something is to be removed, used when Mask from Clip is on.", IsOptional: true,
                ToggleParameter: MaskFromClipName, IsMask: true),
        ],
        Parameters =
        [
            Toggle(MaskFromClipName, "Mask from Clip", "Take the mask from the Mask input; otherwise what is transparent in the Source is filled.", false),
            Choice("maskChannel", "Mask Channel", "What of the Mask input counts. Automatic takes alpha, or luminance where the mask is opaque everywhere.",
                (int)MaskChannel.Automatic, "Automatic", "Alpha", "Luminance"),
            Toggle("invertMask", "Invert Mask", "Fill what the mask leaves out; with the Source's own alpha, fill what is opaque.", false),
            Number("grow", "Grow", "Pixels at full resolution by which the mask grows, so that soft edges and shadows of the object go too.", 0, 512, 0, 50, 2),
            Number("feather", "Feather", "Pixels at full resolution over which the fill fades into the picture outside the mask; 0 leaves everything outside as it is.", 0, 256, 0, 50, 0),
            new()
            {
                Name = TemporalRadiusName, Label = "Frames Either Way", Kind = ParameterKind.Integer, Minimum = 0, Maximum = 120, DisplayMinimum = 0, DisplayMaximum = 48,
                Hint = "How far before and after, in frames, the hidden background is looked for; 0 fills every frame on its own.", Default = 12, Animates = false,
            },
            Choice("camera", "Camera", "Static keeps the fill fixed in the picture, Moving carries it along the camera's motion, Automatic looks.",
                (int)CameraMotion.Automatic, "Automatic", "Static", "Moving"),
            Mix(),
            Quality(),
            Seed(),
            ColourSpace(),
            .. ModelRows(1, "1 makes what is hidden from the prompt and the picture around it; below 1 it starts from the built-in fill and leaves it as far as the number says.",
                "Others are filled by the built-in method."),
            ColourFromHost(),
            .. PictureRows(),
            Output(),
        ],
    };
}
