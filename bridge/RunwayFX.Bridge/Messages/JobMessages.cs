using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>The engine asks the host for frames; each comes back as a <see cref="SupplyFrame"/>, in this order.</summary>
public readonly record struct NeedFrames : IBridgeMessage<NeedFrames>
{
    /// <summary>Times in one question.</summary>
    public const int TimesMax = 64;

    static MessageType IBridgeMessage<NeedFrames>.Type => MessageType.NeedFrames;

    static int IBridgeMessage<NeedFrames>.BodyBytesMax => 1024;

    /// <summary>The job that needs them.</summary>
    public required long Job { get; init; }

    /// <summary>Index of the clip.</summary>
    public required int Clip { get; init; }

    /// <summary>The times, 1 to <see cref="TimesMax"/> of them.</summary>
    public required double[] Times { get; init; }

    static NeedFrames IBridgeMessage<NeedFrames>.Read(ref BodyReader reader)
    {
        reader.Begin(3, nameof(NeedFrames));
        return new NeedFrames
        {
            Job = reader.Int64(),
            Clip = reader.Int32(),
            Times = reader.Doubles(TimesMax, "NeedFrames.Times"),
        };
    }

    void IBridgeMessage<NeedFrames>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Job);
        writer.Write(Clip);
        writer.WriteArrayHeader(Times.Length);
        foreach (double item in Times) writer.Write(item);
    }

    void IBridgeMessage<NeedFrames>.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "NeedFrames.Job");
        Check.Range(Clip, 0, ClipFrame.ClipsMax - 1, "NeedFrames.Clip");
        Check.Count(Times, 1, TimesMax, "NeedFrames.Times");
        foreach (double time in Times) Check.Range(time, -RenderRequest.TimeMax, RenderRequest.TimeMax, "NeedFrames.Times");
    }
}

/// <summary>One frame the engine asked for.</summary>
internal readonly record struct SupplyFrame : IBridgeMessage<SupplyFrame>
{
    static MessageType IBridgeMessage<SupplyFrame>.Type => MessageType.SupplyFrame;

    static int IBridgeMessage<SupplyFrame>.BodyBytesMax => 256;

    public required long Job { get; init; }

    public required ClipFrame Frame { get; init; }

    static SupplyFrame IBridgeMessage<SupplyFrame>.Read(ref BodyReader reader)
    {
        reader.Begin(2, nameof(SupplyFrame));
        return new SupplyFrame
        {
            Job = reader.Int64(),
            Frame = reader.Record<ClipFrame>(),
        };
    }

    void IBridgeMessage<SupplyFrame>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Job);
        BridgeRecords.Write(ref writer, Frame);
    }

    void IBridgeMessage<SupplyFrame>.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "SupplyFrame.Job");
        BridgeRecords.Validate(Frame);
    }
}

/// <summary>How far a job is, 0 to 1.</summary>
internal readonly record struct Progress : IBridgeMessage<Progress>
{
    static MessageType IBridgeMessage<Progress>.Type => MessageType.Progress;

    static int IBridgeMessage<Progress>.BodyBytesMax => 64;

    public required long Job { get; init; }

    public required double Fraction { get; init; }

    static Progress IBridgeMessage<Progress>.Read(ref BodyReader reader)
    {
        reader.Begin(2, nameof(Progress));
        return new Progress
        {
            Job = reader.Int64(),
            Fraction = reader.Double(),
        };
    }

    void IBridgeMessage<Progress>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Job);
        writer.Write(Fraction);
    }

    void IBridgeMessage<Progress>.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "Progress.Job");
        Check.Range(Fraction, 0, 1, "Progress.Fraction");
    }
}

/// <summary>The result is in its slot, or there is none to be had (<see cref="Origin"/>). Every slot of the job is the client's again.</summary>
internal readonly record struct RenderDone : IBridgeMessage<RenderDone>
{
    static MessageType IBridgeMessage<RenderDone>.Type => MessageType.RenderDone;

    static int IBridgeMessage<RenderDone>.BodyBytesMax => 96;

    public required long Job { get; init; }

    /// <summary>The result's memory and generation as the request named them.</summary>
    public required int Memory { get; init; }

    public required uint Generation { get; init; }

    /// <summary>Frames this engine rendered since it started, this one included.</summary>
    public required long FrameNumber { get; init; }

    public required JobTimings Timings { get; init; }

    /// <summary>Where the result came from; without pixels, the slot's contents mean nothing and none follow in the pipe.</summary>
    public ResultOrigin Origin { get; init; }

    static RenderDone IBridgeMessage<RenderDone>.Read(ref BodyReader reader)
    {
        reader.Begin(9, nameof(RenderDone));
        return new RenderDone
        {
            Job = reader.Int64(),
            Memory = reader.Int32(),
            Generation = reader.UInt32(),
            FrameNumber = reader.Int64(),
            Timings = JobTimings.Read(ref reader),
            Origin = (ResultOrigin)reader.Int32(),
        };
    }

    void IBridgeMessage<RenderDone>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(9);
        writer.Write(Job);
        writer.Write(Memory);
        writer.Write(Generation);
        writer.Write(FrameNumber);
        Timings.Write(ref writer);
        writer.Write((int)Origin);
    }

    void IBridgeMessage<RenderDone>.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "RenderDone.Job");
        Check.Range(Memory, FrameSlot.Inline, FrameSlot.MemoryMax, "RenderDone.Memory");
        Check.Range(FrameNumber, 1, long.MaxValue, "RenderDone.FrameNumber");
        Timings.Validate("RenderDone");
        Check.Range((int)Origin, (int)ResultOrigin.Computed, (int)ResultOrigin.Stale, "RenderDone.Origin");
    }
}

/// <summary>There is no result. Every slot of the job is the client's again.</summary>
internal readonly record struct RenderFailed : IBridgeMessage<RenderFailed>
{
    /// <summary>Longest message, in characters.</summary>
    public const int TextMax = 1024;

    static MessageType IBridgeMessage<RenderFailed>.Type => MessageType.RenderFailed;

    static int IBridgeMessage<RenderFailed>.BodyBytesMax => 4 * TextMax;

    public required long Job { get; init; }

    public required BridgeError Code { get; init; }

    /// <summary>The pipeline's own number.</summary>
    public required int Detail { get; init; }

    public required string Message { get; init; }

    static RenderFailed IBridgeMessage<RenderFailed>.Read(ref BodyReader reader)
    {
        reader.Begin(4, nameof(RenderFailed));
        return new RenderFailed
        {
            Job = reader.Int64(),
            Code = (BridgeError)reader.Int32(),
            Detail = reader.Int32(),
            Message = reader.Text("RenderFailed.Message"),
        };
    }

    void IBridgeMessage<RenderFailed>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Job);
        writer.Write((int)Code);
        writer.Write(Detail);
        writer.Write(Message);
    }

    void IBridgeMessage<RenderFailed>.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "RenderFailed.Job");
        Check.Range((int)Code, 1, 999, "RenderFailed.Code");
        Check.Length(Message, TextMax, "RenderFailed.Message");
    }
}

/// <summary>Stop the job; the engine still answers it with <see cref="RenderDone"/> or <see cref="RenderFailed"/>, which frees its slots.</summary>
internal readonly record struct Cancel : IBridgeMessage<Cancel>
{
    static MessageType IBridgeMessage<Cancel>.Type => MessageType.Cancel;

    static int IBridgeMessage<Cancel>.BodyBytesMax => 32;

    public required long Job { get; init; }

    static Cancel IBridgeMessage<Cancel>.Read(ref BodyReader reader)
    {
        reader.Begin(1, nameof(Cancel));
        return new Cancel
        {
            Job = reader.Int64(),
        };
    }

    void IBridgeMessage<Cancel>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Job);
    }

    void IBridgeMessage<Cancel>.Validate() => Check.Range(Job, 1, long.MaxValue, "Cancel.Job");
}

/// <summary>The engine has read a supplied frame; its slot is the client's again.</summary>
internal readonly record struct SlotReleased : IBridgeMessage<SlotReleased>
{
    static MessageType IBridgeMessage<SlotReleased>.Type => MessageType.SlotReleased;

    static int IBridgeMessage<SlotReleased>.BodyBytesMax => 32;

    public required int Memory { get; init; }

    public required uint Generation { get; init; }

    static SlotReleased IBridgeMessage<SlotReleased>.Read(ref BodyReader reader)
    {
        reader.Begin(2, nameof(SlotReleased));
        return new SlotReleased
        {
            Memory = reader.Int32(),
            Generation = reader.UInt32(),
        };
    }

    void IBridgeMessage<SlotReleased>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Memory);
        writer.Write(Generation);
    }

    void IBridgeMessage<SlotReleased>.Validate() => Check.Range(Memory, FrameSlot.Inline, FrameSlot.MemoryMax, "SlotReleased.Memory");
}

/// <summary>A line for the host's log.</summary>
internal readonly record struct LogLine : IBridgeMessage<LogLine>
{
    static MessageType IBridgeMessage<LogLine>.Type => MessageType.Log;

    static int IBridgeMessage<LogLine>.BodyBytesMax => 4 * RenderFailed.TextMax;

    public required BridgeLogLevel Level { get; init; }

    public required string Message { get; init; }

    static LogLine IBridgeMessage<LogLine>.Read(ref BodyReader reader)
    {
        reader.Begin(2, nameof(LogLine));
        return new LogLine
        {
            Level = (BridgeLogLevel)reader.Int32(),
            Message = reader.Text("LogLine.Message"),
        };
    }

    void IBridgeMessage<LogLine>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)Level);
        writer.Write(Message);
    }

    void IBridgeMessage<LogLine>.Validate()
    {
        Check.Range((int)Level, (int)BridgeLogLevel.Debug, (int)BridgeLogLevel.Error, "Log.Level");
        Check.Length(Message, RenderFailed.TextMax, "Log.Message");
    }
}
