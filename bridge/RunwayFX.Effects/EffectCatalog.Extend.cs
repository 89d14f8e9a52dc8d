namespace RunwayFX.Effects;

/// <summary>Index values of Extend's <c>timeMode</c> parameter.</summary>
public enum TimeMode
{
    /// <summary>Frames keep their time.</summary>
    Off = 0,

    /// <summary>Frames outside the good ones are continued from them.</summary>
    Continue = 1,

    /// <summary>Bad frames are replaced.</summary>
    Repair = 2,

    /// <summary>Both.</summary>
    ContinueAndRepair = 3,
}

/// <summary>Index values of Extend's <c>goodRange</c> parameter.</summary>
public enum GoodFrames
{
    /// <summary>All frames of the clip. The plug-in, which knows the clip, tells the engine their numbers.</summary>
    WholeClip = 0,

    /// <summary>Those that the user names.</summary>
    FirstToLast = 1,
}

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
        Clips = [new("Source", "Source", "The clip to extend."), LimitingMask()],
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
            Choice(TimeModeName, "Time", "Off: frames keep their time. Continue: what lies outside the good frames is made up from them. Repair: flash frames, "
                + "dropped and held frames are replaced.", (int)TimeMode.Off, "Off", "Continue", "Repair", "Continue and Repair"),
            Choice("goodRange", "Good Frames", "Which frames are continued: the whole clip, or only those from First to Last Good Frame; frames outside are replaced.",
                (int)GoodFrames.WholeClip, "Whole Clip", "First to Last"),
            Whole("firstGoodFrame", "First Good Frame", "Number of the first good frame, used when Good Frames is First to Last.", FrameMin, FrameMax, 0, 1000, 0),
            Whole("lastGoodFrame", "Last Good Frame", "Number of the last good frame, used when Good Frames is First to Last.", FrameMin, FrameMax, 0, 1000, 0),
            Whole("framesBefore", "Frames Before", "Frames to add before the first good one, in hosts and renders that take a longer clip.", 0, AddedFramesMax, 0, 250, 0),
            Whole("framesAfter", "Frames After", "Frames to add after the last good one, in hosts and renders that take a longer clip.", 0, AddedFramesMax, 0, 250, 0),
            Toggle("loop", "Loop", "The frames added after lead back to the first good frame, so that the clip can be played in a circle.", false),
            new() { Name = "repairFrames", Label = "Repair Frames", Hint = "Frames to replace, by number: 12, 40-43.", Kind = ParameterKind.Text, Animates = false },
            Toggle("repairDetect", "Detect", "Find flash frames, dropped and held frames by looking, besides those listed.", true),
            Number("repairThreshold", "Flash Threshold", "Mean change of brightness, as a part of white, by which a frame must differ from those around it to be a flash.",
                0.005, 1, 0.01, 0.3, 0.06),
            .. ModelRows(1, "1 makes the new area from the prompt and the picture beside it; below 1 it starts from the built-in fill and leaves it as far as the number says.",
                "Others are filled by the built-in method."),
            ColourFromHost(),
            .. PictureRows(),
            Mix(),
            .. LimitingMaskRows(),
            Output(),
        ],
    };

    /// <summary>Name of the parameter that switches extension in time on; its values are <see cref="TimeMode"/>.</summary>
    public const string TimeModeName = "timeMode";

    /// <summary>Most frames added on one side: 10 s at 60 frames a second.</summary>
    public const int AddedFramesMax = 600;

    /// <summary>Smallest frame number that can be named.</summary>
    public const int FrameMin = -FrameMax;

    /// <summary>Largest frame number that can be named: 46 days at 25 frames a second.</summary>
    public const int FrameMax = 100_000_000;

    private static ParameterDefinition Whole(string name, string label, string hint, int minimum, int maximum, int displayMinimum, int displayMaximum, int value) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Integer, Minimum = minimum, Maximum = maximum,
        DisplayMinimum = displayMinimum, DisplayMaximum = displayMaximum, Default = value, Animates = false,
    };
}
