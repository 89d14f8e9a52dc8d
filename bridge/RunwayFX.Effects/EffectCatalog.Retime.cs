namespace RunwayFX.Effects;

/// <summary>Index values of Retime's <c>timing</c> parameter. The numbers never change.</summary>
public enum RetimeTiming
{
    /// <summary>A constant speed in percent.</summary>
    Speed = 0,

    /// <summary>An animated source frame.</summary>
    SourceFrame = 1,

    /// <summary>Another frame rate at the same duration.</summary>
    FrameRate = 2,
}

/// <summary>Index values of Retime's <c>method</c> parameter. The numbers never change.</summary>
public enum RetimeMethod
{
    /// <summary>The nearest source frame.</summary>
    Nearest = 0,

    /// <summary>A mix of the two source frames.</summary>
    Blend = 1,

    /// <summary>Content travels along its motion.</summary>
    Motion = 2,
}

public static partial class EffectCatalog
{
    private const int RetimeWireId = 5;

    /// <summary>Changes a clip's speed or frame rate with new frames in between.</summary>
    public static EffectDefinition Retime => FindByWireId(RetimeWireId)!;

    private static EffectDefinition CreateRetime() => new()
    {
        WireId = RetimeWireId,
        Name = "retime",
        Label = "RunwayFX Retime",
        Description = "Slow motion, speed ramps and frame rate conversion: frames between the source's frames are made by following the motion, with care for what is hidden. "
            + "Source frames themselves stay untouched.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        IsRetimer = true,
        Clips = [new(EffectDefinition.SourceClipName, "Source", "The clip to retime."), LimitingMask()],
        Parameters =
        [
            Choice("timing", "Timing", "What says which source frame is shown: a constant speed, an animated source frame, or another frame rate at the same duration.",
                (int)RetimeTiming.Speed, "Speed", "Source Frame", "Frame Rate"),
            Constant("speed", "Speed %", "100 is unchanged, 25 is four times slower, negative runs backwards from the end.", -10_000, 10_000, -200, 400, 100),
            Constant("startFrame", "Start", "Where in the source the result begins, in frames from its first frame (from its last when running backwards).",
                0, 10_000_000, 0, 1000, 0),
            Number("sourceFrame", "Source Frame", "The source frame to show, used when Timing is Source Frame; animate it for speed ramps. Fractions lie between frames.",
                -10_000_000, 10_000_000, 0, 1000, 0),
            Constant("frameRate", "Frame Rate", "Frames a second of the result, used when Timing is Frame Rate.", 1, 1000, 1, 120, 60),
            Choice("method", "Method", "Nearest repeats frames, Blend mixes them, Motion moves what is in them.", (int)RetimeMethod.Motion, "Nearest", "Blend", "Motion"),
            Unit("cutThreshold", "Cut Threshold", "Share of the picture that may fail to match between two frames before they count as two shots, which are never mixed; 1 finds no cuts.", 0.7),
            Mix(),
            Quality(),
            ColourSpace(),
            ColourFromHost(),
            .. PictureRows(),
            .. LimitingMaskRows(),
            Output(),
        ],
    };
}
