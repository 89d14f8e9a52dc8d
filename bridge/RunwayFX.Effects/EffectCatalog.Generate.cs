namespace RunwayFX.Effects;

/// <summary>Index values of Generate's <c>referenceRange</c> parameter. The numbers never change.</summary>
public enum ReferenceRange
{
    /// <summary>All frames of the clip. The plug-in, which knows the clip, tells the engine their numbers.</summary>
    WholeClip = 0,

    /// <summary>Those that the user names.</summary>
    FirstToLast = 1,
}

public static partial class EffectCatalog
{
    /// <summary>Parameter with the path of a reference picture.</summary>
    public const string ReferencePathName = "referencePath";

    /// <summary>Parameter with the number of frames of the result; 0 for as many as the reference has.</summary>
    public const string FramesName = "frames";

    /// <summary>Clip whose structure the result takes when <see cref="StructureFromClipName"/> is on.</summary>
    public const string StructureClipName = "Structure";

    /// <summary>Parameter that switches the structure clip on.</summary>
    public const string StructureFromClipName = "structureFromClip";

    /// <summary>Parameter with the path of a structure picture.</summary>
    public const string StructurePathName = "structurePath";

    /// <summary>Parameter with the path of the picture that a clip of a model ends with.</summary>
    public const string LastPathName = "lastPath";

    /// <summary>Parameter that says how far the result departs from the reference; 0 leaves it alone.</summary>
    public const string VariationName = "variation";

    /// <summary>Makes new pictures and clips out of the patches of a reference.</summary>
    public static EffectDefinition Generate => All[3];

    private static EffectDefinition CreateGenerate() => new()
    {
        WireId = 3,
        Name = "generate",
        Label = "RunwayFX Generate",
        Description = "Makes a new clip or still that looks like the reference but is arranged anew, or takes its structure from another clip; "
            + "or makes pictures from a prompt with a model that you installed. Runs locally.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        NeedsNoSource = true,
        Canvas = CanvasRule.OwnSize,
        Clips =
        [
            new("Source", "Source", "The reference: every piece of the result comes from it."),
            new(StructureClipName, "Structure", "A clip whose structure the result takes, used when Structure from Clip is on.", IsOptional: true,
                ToggleParameter: StructureFromClipName),
            LimitingMask(),
        ],
        Parameters =
        [
            Unit(VariationName, "Variation", "How far the arrangement departs from the reference: 0 leaves the reference as it is, 1 lays it out anew.", 1) with { Animates = false },
            Number("motion", "Motion", "Amount of movement: 1 as in the reference, 0 as little and 2 as much as its pieces allow.", 0, 2, 0, 2, 1) with { Animates = false },
            FilePath(StructurePathName, "Structure Picture", "Picture file whose light and dark the result follows (PNG, JPEG, EXR, TIFF); empty for none."),
            Toggle(StructureFromClipName, "Structure from Clip", "Take the structure from the Structure input instead of the file.", false),
            Mix(),
            Quality(),
            Seed(),
            ColourSpace(),
            FilePath(ReferencePathName, "Reference Picture",
                "Picture file that takes the Source's place (PNG, JPEG, EXR, TIFF); empty takes the Source. Without a Source it is needed."),
            Whole("targetWidth", "Width", "Width of the result in pixels; 0 is as wide as the Source, or as the host's project where there is none.", 0, GenerateCanvas.SideMax, 0, 4096, 0),
            Whole("targetHeight", "Height", "Height of the result in pixels; 0 is as high as the Source, or as the host's project where there is none.", 0, GenerateCanvas.SideMax, 0, 4096, 0),
            Whole(FramesName, "Frames", "Length of the result in frames, in hosts and renders that take a clip of another length; things move as fast as in the reference. 0 is as long as that.",
                0, GenerateTiming.FramesMax, 0, 1000, 0),
            Choice("referenceRange", "Reference Frames", "Which frames of the Source are the reference: the whole clip, or only those from First to Last Reference Frame.",
                (int)ReferenceRange.WholeClip, "Whole Clip", "First to Last"),
            Whole("firstReferenceFrame", "First Reference Frame", "Number of the first reference frame, used when Reference Frames is First to Last.", FrameMin, FrameMax, 0, 1000, 0),
            Whole("lastReferenceFrame", "Last Reference Frame", "Number of the last reference frame, used when Reference Frames is First to Last.", FrameMin, FrameMax, 0, 1000, 0),
            .. ModelRows(1, "1 makes the picture from the prompt alone; below 1 it starts from the source frame and leaves it as far as the number says."),
            .. SteeringRows("the Structure clip or picture, else of the source frame"),
            ColourFromHost(),
            FilePath(LastPathName, "Last Picture", "Picture file that a generated clip ends with, where Model names a package that makes clips and takes one; empty for none."),
            .. PictureRows(),
            .. LimitingMaskRows(),
            Output(),
        ],
    };
}
