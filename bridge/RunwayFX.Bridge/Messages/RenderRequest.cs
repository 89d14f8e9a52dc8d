using Nerdbank.MessagePack;
using PolyType;

namespace RunwayFX.Bridge;

/// <summary>Everything about one frame that may change from frame to frame, with the frames the effect certainly needs already in slots.</summary>
[GenerateShape]
public readonly partial record struct RenderRequest : IBridgeMessage
{
    /// <summary>Parameters of an effect.</summary>
    public const int NumbersMax = 256;

    /// <summary>Largest time in frames, either sign.</summary>
    public const double TimeMax = 1e9;

    /// <summary>Largest coordinate, either sign.</summary>
    public const int CoordinateMax = 1 << 24;

    /// <summary>Smallest render scale.</summary>
    public const double RenderScaleMin = 1.0 / 1024;

    /// <summary>Largest render scale.</summary>
    public const double RenderScaleMax = 64;

    /// <summary>Smallest pixel aspect.</summary>
    public const double PixelAspectMin = 1.0 / 64;

    /// <summary>Largest pixel aspect.</summary>
    public const double PixelAspectMax = 64;

    /// <summary>Smallest frame rate, frames per second.</summary>
    public const double FrameRateMin = 1e-3;

    /// <summary>Largest frame rate, frames per second.</summary>
    public const double FrameRateMax = 1e5;

    static MessageType IBridgeMessage.Type => MessageType.RenderRequest;

    static int IBridgeMessage.BodyBytesMax => 8 * 1024;

    /// <summary>The session it belongs to.</summary>
    [Key(0)] public required int Session { get; init; }

    /// <summary>Number of the job within the connection; grows.</summary>
    [Key(1)] public required long Job { get; init; }

    /// <summary>Numbers by parameter index, finite.</summary>
    [Key(2)] public required double[] Numbers { get; init; }

    /// <summary>Time in frames.</summary>
    [Key(3)] public required double Time { get; init; }

    /// <summary>Horizontal proxy scale.</summary>
    [Key(4)] public required double RenderScaleX { get; init; }

    /// <summary>Vertical proxy scale.</summary>
    [Key(5)] public required double RenderScaleY { get; init; }

    /// <summary>Frames per second.</summary>
    [Key(6)] public required double FrameRate { get; init; }

    /// <summary>Pixel aspect of the output.</summary>
    [Key(7)] public required double PixelAspect { get; init; }

    /// <summary>Which lines are to be rendered.</summary>
    [Key(8)] public required FieldKind Field { get; init; }

    /// <summary>Alpha state of the output.</summary>
    [Key(9)] public required Premultiplication Premultiplication { get; init; }

    /// <summary>Left edge of the output window in OpenFX pixel coordinates.</summary>
    [Key(10)] public required int X1 { get; init; }

    /// <summary>Bottom edge of the output window (y up).</summary>
    [Key(11)] public required int Y1 { get; init; }

    /// <summary>Whether a draft now beats a final later.</summary>
    [Key(12)] public required bool IsInteractive { get; init; }

    /// <summary>Whether the host can give other times than this one.</summary>
    [Key(13)] public required bool HasTemporalAccess { get; init; }

    /// <summary>Where the result goes; its width and height are the output window's.</summary>
    [Key(14)] public required FrameSlot Result { get; init; }

    /// <summary>Frames that came along, at most <see cref="ClipFrame.ClipsMax"/>; the source at <see cref="Time"/> is the first.</summary>
    [Key(15)] public required ClipFrame[] Frames { get; init; }

    /// <inheritdoc/>
    void IBridgeMessage.Validate()
    {
        Check.Range(Session, 1, OpenSession.SessionMax, "RenderRequest.Session");
        Check.Range(Job, 1, long.MaxValue, "RenderRequest.Job");
        Check.Count(Numbers, 0, NumbersMax, "RenderRequest.Numbers");
        for (int index = 0; index < Numbers.Length; index++)
        {
            if (!double.IsFinite(Numbers[index])) Check.Finite(Numbers[index], $"RenderRequest.Numbers[{index}]");
        }

        Check.Range(Time, -TimeMax, TimeMax, "RenderRequest.Time");
        Check.Range(RenderScaleX, RenderScaleMin, RenderScaleMax, "RenderRequest.RenderScaleX");
        Check.Range(RenderScaleY, RenderScaleMin, RenderScaleMax, "RenderRequest.RenderScaleY");
        Check.Range(FrameRate, FrameRateMin, FrameRateMax, "RenderRequest.FrameRate");
        Check.Range(PixelAspect, PixelAspectMin, PixelAspectMax, "RenderRequest.PixelAspect");
        Check.Range((int)Field, (int)FieldKind.None, (int)FieldKind.Upper, "RenderRequest.Field");
        Check.Range((int)Premultiplication, (int)Premultiplication.Opaque, (int)Premultiplication.Unpremultiplied, "RenderRequest.Premultiplication");
        Check.Range(X1, -CoordinateMax, CoordinateMax, "RenderRequest.X1");
        Check.Range(Y1, -CoordinateMax, CoordinateMax, "RenderRequest.Y1");
        Result.Validate();
        Check.Count(Frames, 0, ClipFrame.ClipsMax, "RenderRequest.Frames");
        foreach (ClipFrame frame in Frames) frame.Validate();
    }
}
