namespace RunwayFX.Effects;

/// <summary>Index values of Perform's <c>motionKind</c> parameter. The numbers never change.</summary>
public enum PerformMotion
{
    /// <summary>The character takes over what changed since the performer's frame at rest.</summary>
    Relative = 0,

    /// <summary>The character takes over pose and expression as they are.</summary>
    Absolute = 1,
}

/// <summary>Index values of Perform's <c>restRange</c> parameter. The numbers never change.</summary>
public enum RestFrame
{
    /// <summary>The first frame of the driving clip. The plug-in, which knows the clip, tells the engine its number.</summary>
    FirstFrame = 0,

    /// <summary>The one that the user names.</summary>
    Named = 1,
}

public static partial class EffectCatalog
{
    /// <summary>Clip with the performance when <see cref="DrivingFromClipName"/> is on.</summary>
    public const string DrivingClipName = "Driving";

    /// <summary>Parameter that switches the driving clip on.</summary>
    public const string DrivingFromClipName = "drivingFromClip";

    /// <summary>Parameter with the path of a character's picture.</summary>
    public const string CharacterPathName = "characterPath";

    /// <summary>Parameter that says how the performance counts; its values are <see cref="PerformMotion"/>.</summary>
    public const string MotionKindName = "motionKind";

    /// <summary>Parameter that says which frame shows the performer at rest; its values are <see cref="RestFrame"/>.</summary>
    public const string RestRangeName = "restRange";

    /// <summary>Parameter with the number of the frame that shows the performer at rest.</summary>
    public const string RestFrameName = "restFrame";

    private const int PerformWireId = 6;

    /// <summary>Gives a character the performance of a driving clip.</summary>
    public static EffectDefinition Perform => All[5];

    private static EffectDefinition CreatePerform() => new()
    {
        WireId = PerformWireId,
        Name = "perform",
        Label = "RunwayFX Perform",
        Description = "Gives the face of a character, a picture or a clip, the pose and expression of a performer in a driving clip, with a model that you installed "
            + "(LivePortrait's networks). What lies outside the face's square stays untouched. Runs locally.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        Clips =
        [
            new(EffectDefinition.SourceClipName, "Source", "The character; or the performance, when Character Picture names a picture and Driving from Clip is off."),
            new(DrivingClipName, "Driving", "The performance, used when Driving from Clip is on.", IsOptional: true, ToggleParameter: DrivingFromClipName),
            LimitingMask(),
        ],
        Parameters =
        [
            FilePath(CharacterPathName, "Character Picture", "Picture file of the character (PNG, JPEG, EXR, TIFF); empty takes the Source."),
            Toggle(DrivingFromClipName, "Driving from Clip", "Take the performance from the Driving input.", false),
            Choice(MotionKindName, "Motion", "Relative: the character takes over what changed since the performer's frame at rest. Absolute: pose and expression as they are, "
                + "also in hosts that give one frame at a time.", (int)PerformMotion.Relative, "Relative", "Absolute"),
            Choice(RestRangeName, "At Rest", "Which frame shows the performer at rest: the first of the driving clip, or Rest Frame.", (int)RestFrame.FirstFrame, "First Frame", "Rest Frame"),
            Whole(RestFrameName, "Rest Frame", "Number of the frame that shows the performer at rest, used when At Rest is Rest Frame.", FrameMin, FrameMax, 0, 1000, 0),
            .. Face("face", "Face", "the character's face"),
            .. Face("driving", "Driving", "the performer's face"),
            Toggle("stitch", "Keep Shoulders", "Keep neck and shoulders where they are, where the model can.", true),
            Toggle("pasteBack", "Whole Picture", "Put the face back into the character's picture; off shows the face's square alone.", true),
            Mix(),
            ColourSpace(),
            Line(ModelName, "Model", "Name of the installed package, as 'rfx models list' shows it; empty takes the first that can do it."),
            ColourFromHost(),
            .. PictureRows(),
            .. LimitingMaskRows(),
            Output(),
        ],
    };

    private static ParameterDefinition[] Face(string name, string label, string whose) =>
    [
        Unit($"{name}X", $"{label} X", $"Middle of the square around {whose}, from the left edge (0) to the right (1).", 0.5),
        Unit($"{name}Y", $"{label} Y", $"Middle of the square around {whose}, from the top edge (0) to the bottom (1).", 0.5),
        Number($"{name}Size", $"{label} Size", $"Side of the square around {whose}, as a share of the picture's shorter side; about twice the face's height fits.", 0.02, 4, 0.1, 1, 1),
        Number($"{name}Angle", $"{label} Angle", $"How far {whose} is tilted, in degrees clockwise.", -180, 180, -45, 45, 0),
    ];
}
