using Nerdbank.MessagePack;
using PolyType;

namespace RunwayFX.Bridge;

/// <summary>The engine asks the host for frames; each comes back as a <see cref="SupplyFrame"/>, in this order.</summary>
[GenerateShape]
public readonly partial record struct NeedFrames : IBridgeMessage
{
    /// <summary>Times in one question.</summary>
    public const int TimesMax = 64;

    static MessageType IBridgeMessage.Type => MessageType.NeedFrames;

    static int IBridgeMessage.BodyBytesMax => 1024;

    /// <summary>The job that needs them.</summary>
    [Key(0)] public required long Job { get; init; }

    /// <summary>Index of the clip.</summary>
    [Key(1)] public required int Clip { get; init; }

    /// <summary>The times, 1 to <see cref="TimesMax"/> of them.</summary>
    [Key(2)] public required double[] Times { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "NeedFrames.Job");
        Check.Range(Clip, 0, ClipFrame.ClipsMax - 1, "NeedFrames.Clip");
        Check.Count(Times, 1, TimesMax, "NeedFrames.Times");
        foreach (double time in Times) Check.Range(time, -RenderRequest.TimeMax, RenderRequest.TimeMax, "NeedFrames.Times");
    }
}

/// <summary>One frame the engine asked for.</summary>
[GenerateShape]
internal readonly partial record struct SupplyFrame : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.SupplyFrame;

    static int IBridgeMessage.BodyBytesMax => 256;

    [Key(0)] public required long Job { get; init; }

    [Key(1)] public required ClipFrame Frame { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "SupplyFrame.Job");
        Frame.Validate();
    }
}

/// <summary>How far a job is, 0 to 1.</summary>
[GenerateShape]
internal readonly partial record struct Progress : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.Progress;

    static int IBridgeMessage.BodyBytesMax => 64;

    [Key(0)] public required long Job { get; init; }

    [Key(1)] public required double Fraction { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "Progress.Job");
        Check.Range(Fraction, 0, 1, "Progress.Fraction");
    }
}

/// <summary>The result is in its slot. Every slot of the job is the client's again.</summary>
[GenerateShape]
internal readonly partial record struct RenderDone : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.RenderDone;

    static int IBridgeMessage.BodyBytesMax => 64;

    [Key(0)] public required long Job { get; init; }

    /// <summary>The result's memory and generation as the request named them.</summary>
    [Key(1)] public required int Memory { get; init; }

    [Key(2)] public required uint Generation { get; init; }

    /// <summary>Frames this engine rendered since it started, this one included.</summary>
    [Key(3)] public required long FrameNumber { get; init; }

    [Key(4)] public required long RenderMicroseconds { get; init; }

    [Key(5)] public required long FetchMicroseconds { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "RenderDone.Job");
        Check.Range(Memory, FrameSlot.Inline, FrameSlot.MemoryMax, "RenderDone.Memory");
        Check.Range(FrameNumber, 1, long.MaxValue, "RenderDone.FrameNumber");
        Check.Range(RenderMicroseconds, 0, long.MaxValue, "RenderDone.RenderMicroseconds");
        Check.Range(FetchMicroseconds, 0, long.MaxValue, "RenderDone.FetchMicroseconds");
    }
}

/// <summary>There is no result. Every slot of the job is the client's again.</summary>
[GenerateShape]
internal readonly partial record struct RenderFailed : IBridgeMessage
{
    /// <summary>Longest message, in characters.</summary>
    public const int TextMax = 1024;

    static MessageType IBridgeMessage.Type => MessageType.RenderFailed;

    static int IBridgeMessage.BodyBytesMax => 4 * TextMax;

    [Key(0)] public required long Job { get; init; }

    [Key(1)] public required BridgeError Code { get; init; }

    /// <summary>The pipeline's own number.</summary>
    [Key(2)] public required int Detail { get; init; }

    [Key(3)] public required string Message { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Job, 1, long.MaxValue, "RenderFailed.Job");
        Check.Range((int)Code, 1, 999, "RenderFailed.Code");
        Check.Length(Message, TextMax, "RenderFailed.Message");
    }
}

/// <summary>Stop the job; the engine still answers it with <see cref="RenderDone"/> or <see cref="RenderFailed"/>, which frees its slots.</summary>
[GenerateShape]
internal readonly partial record struct Cancel : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.Cancel;

    static int IBridgeMessage.BodyBytesMax => 32;

    [Key(0)] public required long Job { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Job, 1, long.MaxValue, "Cancel.Job");
}

/// <summary>The engine has read a supplied frame; its slot is the client's again.</summary>
[GenerateShape]
internal readonly partial record struct SlotReleased : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.SlotReleased;

    static int IBridgeMessage.BodyBytesMax => 32;

    [Key(0)] public required int Memory { get; init; }

    [Key(1)] public required uint Generation { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Memory, FrameSlot.Inline, FrameSlot.MemoryMax, "SlotReleased.Memory");
}

/// <summary>A line for the host's log.</summary>
[GenerateShape]
internal readonly partial record struct LogLine : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.Log;

    static int IBridgeMessage.BodyBytesMax => 4 * RenderFailed.TextMax;

    [Key(0)] public required BridgeLogLevel Level { get; init; }

    [Key(1)] public required string Message { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range((int)Level, (int)BridgeLogLevel.Debug, (int)BridgeLogLevel.Error, "Log.Level");
        Check.Length(Message, RenderFailed.TextMax, "Log.Message");
    }
}
