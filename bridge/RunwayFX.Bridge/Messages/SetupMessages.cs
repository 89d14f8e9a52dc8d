using Nerdbank.MessagePack;
using PolyType;

namespace RunwayFX.Bridge;

/// <summary>What an end can do beyond the basics. Bits that an end does not know are ignored.</summary>
[Flags]
internal enum BridgeFeatures
{
    None = 0,

    /// <summary>Shared memory by descriptor.</summary>
    SharedMemory = 1,
}

/// <summary>First message of a connection.</summary>
[GenerateShape]
internal readonly partial record struct Hello : IBridgeMessage
{
    /// <summary>Longest build id, in characters.</summary>
    public const int BuildMax = 128;

    static MessageType IBridgeMessage.Type => MessageType.Hello;

    static int IBridgeMessage.BodyBytesMax => 1024;

    [Key(0)] public required int Protocol { get; init; }

    [Key(1)] public required string Build { get; init; }

    [Key(2)] public required int ProcessId { get; init; }

    [Key(3)] public required BridgeFeatures Features { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Protocol, 1, int.MaxValue, "Hello.Protocol");
        Check.Length(Build, BuildMax, "Hello.Build");
        Check.Range(ProcessId, 1, int.MaxValue, "Hello.ProcessId");
    }
}

/// <summary>Answer to <see cref="Hello"/>. With a code other than <see cref="BridgeError.None"/> the engine closes the connection.</summary>
[GenerateShape]
internal readonly partial record struct HelloReply : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.HelloReply;

    static int IBridgeMessage.BodyBytesMax => 1024 + 4 * RenderFailed.TextMax;

    [Key(0)] public required int Protocol { get; init; }

    [Key(1)] public required string Build { get; init; }

    [Key(2)] public required int ProcessId { get; init; }

    [Key(3)] public required BridgeFeatures Features { get; init; }

    [Key(4)] public required BridgeError Code { get; init; }

    [Key(5)] public required string Message { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Protocol, 1, int.MaxValue, "HelloReply.Protocol");
        Check.Length(Build, Hello.BuildMax, "HelloReply.Build");
        Check.Range(ProcessId, 1, int.MaxValue, "HelloReply.ProcessId");
        Check.Range((int)Code, 0, 999, "HelloReply.Code");
        Check.Length(Message, RenderFailed.TextMax, "HelloReply.Message");
    }
}

/// <summary>Opens a session, or replaces one that stands under the same number.</summary>
[GenerateShape]
internal readonly partial record struct OpenSession : IBridgeMessage
{
    /// <summary>Highest session number, and so the most sessions, of a connection.</summary>
    public const int SessionMax = 16;

    /// <summary>Longest text, in characters: a path.</summary>
    public const int TextMax = 4096;

    /// <summary>All texts of a session together, in characters.</summary>
    public const int TextsTotalMax = 64 * 1024;

    /// <summary>Longest host name, in characters.</summary>
    public const int HostNameMax = 128;

    static MessageType IBridgeMessage.Type => MessageType.OpenSession;

    static int IBridgeMessage.BodyBytesMax => 3 * TextsTotalMax + 4096;

    [Key(0)] public required int Session { get; init; }

    [Key(1)] public required int EffectWireId { get; init; }

    [Key(2)] public required string HostName { get; init; }

    [Key(3)] public required string[] Texts { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Session, 1, SessionMax, "OpenSession.Session");
        Check.Range(EffectWireId, 1, 65_535, "OpenSession.EffectWireId");
        Check.Length(HostName, HostNameMax, "OpenSession.HostName");
        Check.Count(Texts, 0, RenderRequest.NumbersMax, "OpenSession.Texts");
        long total = 0;
        foreach (string text in Texts)
        {
            Check.Length(text, TextMax, "OpenSession.Texts");
            total += text.Length;
        }

        Check.Range(total, 0, TextsTotalMax, "OpenSession.Texts in all");
    }
}

/// <summary>Answer to <see cref="OpenSession"/>.</summary>
[GenerateShape]
internal readonly partial record struct SessionOpened : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.SessionOpened;

    static int IBridgeMessage.BodyBytesMax => 4 * RenderFailed.TextMax;

    [Key(0)] public required int Session { get; init; }

    [Key(1)] public required BridgeError Code { get; init; }

    [Key(2)] public required int Detail { get; init; }

    [Key(3)] public required string Message { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Session, 1, OpenSession.SessionMax, "SessionOpened.Session");
        Check.Range((int)Code, 0, 999, "SessionOpened.Code");
        Check.Length(Message, RenderFailed.TextMax, "SessionOpened.Message");
    }
}

/// <summary>Offers shared memory. On Unix its descriptor travels with the message; on Windows <see cref="Name"/> names the mapping.</summary>
[GenerateShape]
internal readonly partial record struct AttachMemory : IBridgeMessage
{
    /// <summary>Longest name of a mapping, in characters.</summary>
    public const int NameMax = 128;

    static MessageType IBridgeMessage.Type => MessageType.AttachMemory;

    static int IBridgeMessage.BodyBytesMax => 1024;

    [Key(0)] public required int Memory { get; init; }

    [Key(1)] public required long Bytes { get; init; }

    [Key(2)] public required string Name { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Memory, 1, FrameSlot.MemoryMax, "AttachMemory.Memory");
        Check.Range(Bytes, 1, FrameSlot.BytesMax, "AttachMemory.Bytes");
        Check.Length(Name, NameMax, "AttachMemory.Name");
    }
}

/// <summary>Answer to <see cref="AttachMemory"/>. With a code other than <see cref="BridgeError.None"/> the client sends pixels in the pipe.</summary>
[GenerateShape]
internal readonly partial record struct MemoryAttached : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.MemoryAttached;

    static int IBridgeMessage.BodyBytesMax => 32;

    [Key(0)] public required int Memory { get; init; }

    [Key(1)] public required BridgeError Code { get; init; }

    void IBridgeMessage.Validate()
    {
        Check.Range(Memory, 1, FrameSlot.MemoryMax, "MemoryAttached.Memory");
        Check.Range((int)Code, 0, 999, "MemoryAttached.Code");
    }
}

/// <summary>The client wants the engine to forget a memory; sent only where no job uses it.</summary>
[GenerateShape]
internal readonly partial record struct DetachMemory : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.DetachMemory;

    static int IBridgeMessage.BodyBytesMax => 32;

    [Key(0)] public required int Memory { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Memory, 1, FrameSlot.MemoryMax, "DetachMemory.Memory");
}
