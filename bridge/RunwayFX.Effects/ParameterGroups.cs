using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>Parameters that stand together under a heading in a host's panel.</summary>
/// <param name="Name">Name of the group; unique among an effect's parameters and groups.</param>
/// <param name="Label">Heading.</param>
/// <param name="Hint">What the heading's parameters are about.</param>
/// <param name="IsOpen">Whether the group is unfolded at first.</param>
public sealed record ParameterGroup(string Name, string Label, string Hint, bool IsOpen);

/// <summary>Where parameters stand in a panel. Groups are no part of the table that goes over the wire: they may change from release to release.</summary>
public static class ParameterGroups
{
    private static readonly (ParameterGroup Group, ImmutableArray<string> Parameters)[] Table =
    [
        (new("groupStyle", "Style Source", "Where the look comes from.", true), ["stylePath", "styleFromClip", "styleClipMode", "keyframes"]),
        (new("groupCharacter", "Character", "Whose face performs, and where it is.", true), ["characterPath", "faceX", "faceY", "faceSize", "faceAngle"]),
        (new("groupDriving", "Driving", "Whose performance it is, and where the face is.", true),
            ["drivingFromClip", "motionKind", "restRange", "restFrame", "drivingX", "drivingY", "drivingSize", "drivingAngle"]),
        (new("groupLook", "Look", "How much of the clip and how much of the style shows.", true),
            ["structureFidelity", "detailSize", "temporalStability", "keepColour", "keepLuma"]),
        (new("groupCanvas", "Canvas", "How large the picture becomes, and where the source stands in it.", true),
            ["canvas", "targetAspect", "customAspect", "pictureAspect", "anchor", "blend"]),
        (new("groupTime", "Time", "Frames before and after the good ones.", false),
            ["timeMode", "goodRange", "firstGoodFrame", "lastGoodFrame", "framesBefore", "framesAfter", "loop"]),
        (new("groupRepair", "Repair", "Flash frames, dropped and held frames.", false), ["repairFrames", "repairDetect", "repairThreshold"]),
        (new("groupTiming", "Timing", "Which source frame shows when.", true), ["timing", "speed", "startFrame", "sourceFrame", "frameRate"]),
        (new("groupReference", "Reference", "The pictures that the result is made of.", true),
            ["referencePath", "referenceRange", "firstReferenceFrame", "lastReferenceFrame"]),
        (new("groupStructure", "Structure", "What the result's light and dark follow.", false), ["structurePath", "structureFromClip"]),
        (new("groupSize", "Size and Length", "How large and how long the result is.", false), ["targetWidth", "targetHeight", "frames"]),
        (new("groupOutput", "Output", "What the effect hands out, and how much of it shows over the source.", true), ["mix", "outputKind"]),
        (new("groupMask", "Mask", "Where the effect works.", true), ["maskFromClip", "maskChannel", "invertMask", "grow", "feather"]),
        (new("groupModel", "Model", "For the method Model: the package and what it is told.", false),
            ["model", "prompt", "negativePrompt", "steps", "guidance", "strength", "modelSide", "references", "modelFrames", "anchorFrames", "lastPath"]),
        (new("groupSteering", "Control and LoRA", "For the method Model: what steers the picture, and what changes the model.", false),
            ["control", "controlScale", "controlModel", "lora", "loraWeight"]),
        (new("groupProcessing", "Processing", "Quality, the number that results follow from, and what the clip's numbers, fields and alpha mean.", false),
            ["quality", "seed", "colourSpace", "colourFromHost", "fieldOrder", "alphaUse"]),
    ];

    /// <summary>All groups, in the order in which panels show them.</summary>
    public static ImmutableArray<ParameterGroup> All { get; } = [.. Table.Select(static entry => entry.Group)];

    /// <summary>The group of a parameter; null where it stands on its own.</summary>
    public static ParameterGroup? Of(string parameter)
    {
        foreach ((ParameterGroup group, ImmutableArray<string> parameters) in Table)
        {
            if (parameters.Contains(parameter)) return group;
        }

        return null;
    }

    /// <summary>The groups that an effect's parameters stand in, in their order.</summary>
    public static ImmutableArray<ParameterGroup> Of(EffectDefinition effect) =>
        [.. All.Where(group => effect.Parameters.Any(parameter => Of(parameter.Name) == group))];

    /// <summary>Names of all parameters that stand in groups.</summary>
    public static IEnumerable<string> Members => Table.SelectMany(static entry => entry.Parameters);
}
