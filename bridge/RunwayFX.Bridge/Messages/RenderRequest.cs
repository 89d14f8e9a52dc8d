using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Everything about one frame that may change from frame to frame, with the frames the effect certainly needs already in slots.</summary>
public readonly record struct RenderRequest : IBridgeMessage<RenderRequest>
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

    static MessageType IBridgeMessage<RenderRequest>.Type => MessageType.RenderRequest;

    static int IBridgeMessage<RenderRequest>.BodyBytesMax => 8 * 1024;

    /// <summary>The session it belongs to.</summary>
    public required int Session { get; init; }

    /// <summary>Number of the job within the connection; grows.</summary>
    public required long Job { get; init; }

    /// <summary>Numbers by parameter index, finite.</summary>
    public required double[] Numbers { get; init; }

    /// <summary>Time in frames.</summary>
    public required double Time { get; init; }

    /// <summary>Horizontal proxy scale.</summary>
    public required double RenderScaleX { get; init; }

    /// <summary>Vertical proxy scale.</summary>
    public required double RenderScaleY { get; init; }

    /// <summary>Frames per second.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Pixel aspect of the output.</summary>
    public required double PixelAspect { get; init; }

    /// <summary>Which lines are to be rendered.</summary>
    public required FieldKind Field { get; init; }

    /// <summary>Alpha state of the output.</summary>
    public required Premultiplication Premultiplication { get; init; }

    /// <summary>Left edge of the output window in OpenFX pixel coordinates.</summary>
    public required int X1 { get; init; }

    /// <summary>Bottom edge of the output window (y up).</summary>
    public required int Y1 { get; init; }

    /// <summary>Whether a draft now beats a final later.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Whether the host can give other times than this one.</summary>
    public required bool HasTemporalAccess { get; init; }

    /// <summary>Where the result goes; its width and height are the output window's.</summary>
    public required FrameSlot Result { get; init; }

    /// <summary>Frames that came along, at most <see cref="ClipFrame.ClipsMax"/>; the source at <see cref="Time"/> is the first.</summary>
    public required ClipFrame[] Frames { get; init; }

    /// <summary>How many <see cref="SupplyFrame"/> follow unasked: the next clips' frames at <see cref="Time"/>, which the client copies while the engine
    /// begins. With <see cref="Frames"/> at most <see cref="ClipFrame.ClipsMax"/>.</summary>
    public required int Following { get; init; }

    /// <summary>How much work the frame is worth.</summary>
    public RenderMode Mode { get; init; }

    /// <summary>The name under which the result is listed; <see cref="JobKey.None"/> for none.</summary>
    public JobKey Key { get; init; }

    static RenderRequest IBridgeMessage<RenderRequest>.Read(ref BodyReader reader)
    {
        reader.Begin(20, nameof(RenderRequest));
        return new RenderRequest
        {
            Session = reader.Int32(),
            Job = reader.Int64(),
            Numbers = reader.Doubles(NumbersMax, "RenderRequest.Numbers"),
            Time = reader.Double(),
            RenderScaleX = reader.Double(),
            RenderScaleY = reader.Double(),
            FrameRate = reader.Double(),
            PixelAspect = reader.Double(),
            Field = (FieldKind)reader.Int32(),
            Premultiplication = (Premultiplication)reader.Int32(),
            X1 = reader.Int32(),
            Y1 = reader.Int32(),
            IsInteractive = reader.Boolean(),
            HasTemporalAccess = reader.Boolean(),
            Result = FrameSlot.Read(ref reader),
            Frames = reader.Frames(ClipFrame.ClipsMax, "RenderRequest.Frames"),
            Following = reader.Int32(),
            Mode = (RenderMode)reader.Int32(),
            Key = JobKey.Read(ref reader),
        };
    }

    void IBridgeMessage<RenderRequest>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(20);
        writer.Write(Session);
        writer.Write(Job);
        writer.WriteArrayHeader(Numbers.Length);
        foreach (double item in Numbers) writer.Write(item);
        writer.Write(Time);
        writer.Write(RenderScaleX);
        writer.Write(RenderScaleY);
        writer.Write(FrameRate);
        writer.Write(PixelAspect);
        writer.Write((int)Field);
        writer.Write((int)Premultiplication);
        writer.Write(X1);
        writer.Write(Y1);
        writer.Write(IsInteractive);
        writer.Write(HasTemporalAccess);
        Result.Write(ref writer);
        BridgeRecords.Write(ref writer, Frames);
        writer.Write(Following);
        writer.Write((int)Mode);
        Key.Write(ref writer);
    }

    /// <inheritdoc/>
    void IBridgeMessage<RenderRequest>.Validate()
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
        BridgeRecords.Validate(Frames, ClipFrame.ClipsMax, "RenderRequest.Frames");
        Check.Range(Following, 0, ClipFrame.ClipsMax - Frames.Length, "RenderRequest.Following");
        Check.Range((int)Mode, (int)RenderMode.Final, (int)RenderMode.Preview, "RenderRequest.Mode");
    }
}
