using Nerdbank.MessagePack;

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
internal readonly record struct Hello : IBridgeMessage<Hello>
{
    /// <summary>Longest build id, in characters.</summary>
    public const int BuildMax = 128;

    static MessageType IBridgeMessage<Hello>.Type => MessageType.Hello;

    static int IBridgeMessage<Hello>.BodyBytesMax => 1024;

    public required int Protocol { get; init; }

    public required string Build { get; init; }

    public required int ProcessId { get; init; }

    public required BridgeFeatures Features { get; init; }

    static Hello IBridgeMessage<Hello>.Read(ref BodyReader reader)
    {
        int later = reader.BeginExtensible(4, nameof(Hello));
        var message = new Hello
        {
            Protocol = reader.Int32(),
            Build = reader.Text("Hello.Build"),
            ProcessId = reader.Int32(),
            Features = (BridgeFeatures)reader.Int32(),
        };
        reader.Skip(later);
        return message;
    }

    void IBridgeMessage<Hello>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Protocol);
        writer.Write(Build);
        writer.Write(ProcessId);
        writer.Write((int)Features);
    }

    void IBridgeMessage<Hello>.Validate()
    {
        Check.Range(Protocol, 1, int.MaxValue, "Hello.Protocol");
        Check.Length(Build, BuildMax, "Hello.Build");
        Check.Range(ProcessId, 1, int.MaxValue, "Hello.ProcessId");
    }
}

/// <summary>Answer to <see cref="Hello"/>. With a code other than <see cref="BridgeError.None"/> the engine closes the connection.</summary>
internal readonly record struct HelloReply : IBridgeMessage<HelloReply>
{
    static MessageType IBridgeMessage<HelloReply>.Type => MessageType.HelloReply;

    static int IBridgeMessage<HelloReply>.BodyBytesMax => 1024 + 4 * RenderFailed.TextMax;

    public required int Protocol { get; init; }

    public required string Build { get; init; }

    public required int ProcessId { get; init; }

    public required BridgeFeatures Features { get; init; }

    public required BridgeError Code { get; init; }

    public required string Message { get; init; }

    /// <summary>Number of the connection, the first half of a <see cref="JobReference"/>; 0 where it is refused.</summary>
    public int Connection { get; init; }

    static HelloReply IBridgeMessage<HelloReply>.Read(ref BodyReader reader)
    {
        int later = reader.BeginExtensible(6, nameof(HelloReply));
        var message = new HelloReply
        {
            Protocol = reader.Int32(),
            Build = reader.Text("HelloReply.Build"),
            ProcessId = reader.Int32(),
            Features = (BridgeFeatures)reader.Int32(),
            Code = (BridgeError)reader.Int32(),
            Message = reader.Text("HelloReply.Message"),
            // Protocol 1 ended here: its engines must be told apart from garbage.
            Connection = later > 0 ? reader.Int32() : 0,
        };
        reader.Skip(later - 1);
        return message;
    }

    void IBridgeMessage<HelloReply>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write(Protocol);
        writer.Write(Build);
        writer.Write(ProcessId);
        writer.Write((int)Features);
        writer.Write((int)Code);
        writer.Write(Message);
        writer.Write(Connection);
    }

    void IBridgeMessage<HelloReply>.Validate()
    {
        Check.Range(Protocol, 1, int.MaxValue, "HelloReply.Protocol");
        Check.Length(Build, Hello.BuildMax, "HelloReply.Build");
        Check.Range(ProcessId, 1, int.MaxValue, "HelloReply.ProcessId");
        Check.Range((int)Code, 0, 999, "HelloReply.Code");
        Check.Length(Message, RenderFailed.TextMax, "HelloReply.Message");
        Check.Range(Connection, 0, JobReference.ConnectionMax, "HelloReply.Connection");
    }
}

/// <summary>Opens a session, or replaces one that stands under the same number.</summary>
internal readonly record struct OpenSession : IBridgeMessage<OpenSession>
{
    /// <summary>Highest session number, and so the most sessions, of a connection.</summary>
    public const int SessionMax = 16;

    /// <summary>Longest text, in characters: a path.</summary>
    public const int TextMax = 4096;

    /// <summary>All texts of a session together, in characters.</summary>
    public const int TextsTotalMax = 64 * 1024;

    /// <summary>Longest host name, in characters.</summary>
    public const int HostNameMax = 128;

    static MessageType IBridgeMessage<OpenSession>.Type => MessageType.OpenSession;

    static int IBridgeMessage<OpenSession>.BodyBytesMax => 3 * TextsTotalMax + 4096;

    public required int Session { get; init; }

    public required int EffectWireId { get; init; }

    public required string HostName { get; init; }

    public required string[] Texts { get; init; }

    static OpenSession IBridgeMessage<OpenSession>.Read(ref BodyReader reader)
    {
        reader.Begin(4, nameof(OpenSession));
        return new OpenSession
        {
            Session = reader.Int32(),
            EffectWireId = reader.Int32(),
            HostName = reader.Text("OpenSession.HostName"),
            Texts = reader.Texts(RenderRequest.NumbersMax, "OpenSession.Texts"),
        };
    }

    void IBridgeMessage<OpenSession>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Session);
        writer.Write(EffectWireId);
        writer.Write(HostName);
        writer.WriteArrayHeader(Texts.Length);
        foreach (string item in Texts) writer.Write(item);
    }

    void IBridgeMessage<OpenSession>.Validate()
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
internal readonly record struct SessionOpened : IBridgeMessage<SessionOpened>
{
    static MessageType IBridgeMessage<SessionOpened>.Type => MessageType.SessionOpened;

    static int IBridgeMessage<SessionOpened>.BodyBytesMax => 4 * RenderFailed.TextMax;

    public required int Session { get; init; }

    public required BridgeError Code { get; init; }

    public required int Detail { get; init; }

    public required string Message { get; init; }

    static SessionOpened IBridgeMessage<SessionOpened>.Read(ref BodyReader reader)
    {
        reader.Begin(4, nameof(SessionOpened));
        return new SessionOpened
        {
            Session = reader.Int32(),
            Code = (BridgeError)reader.Int32(),
            Detail = reader.Int32(),
            Message = reader.Text("SessionOpened.Message"),
        };
    }

    void IBridgeMessage<SessionOpened>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Session);
        writer.Write((int)Code);
        writer.Write(Detail);
        writer.Write(Message);
    }

    void IBridgeMessage<SessionOpened>.Validate()
    {
        Check.Range(Session, 1, OpenSession.SessionMax, "SessionOpened.Session");
        Check.Range((int)Code, 0, 999, "SessionOpened.Code");
        Check.Length(Message, RenderFailed.TextMax, "SessionOpened.Message");
    }
}

/// <summary>Offers shared memory. On Unix its descriptor travels with the message; on Windows <see cref="Name"/> names the mapping.</summary>
internal readonly record struct AttachMemory : IBridgeMessage<AttachMemory>
{
    /// <summary>Longest name of a mapping, in characters.</summary>
    public const int NameMax = 128;

    static MessageType IBridgeMessage<AttachMemory>.Type => MessageType.AttachMemory;

    static int IBridgeMessage<AttachMemory>.BodyBytesMax => 1024;

    public required int Memory { get; init; }

    public required long Bytes { get; init; }

    public required string Name { get; init; }

    static AttachMemory IBridgeMessage<AttachMemory>.Read(ref BodyReader reader)
    {
        reader.Begin(3, nameof(AttachMemory));
        return new AttachMemory
        {
            Memory = reader.Int32(),
            Bytes = reader.Int64(),
            Name = reader.Text("AttachMemory.Name"),
        };
    }

    void IBridgeMessage<AttachMemory>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Memory);
        writer.Write(Bytes);
        writer.Write(Name);
    }

    void IBridgeMessage<AttachMemory>.Validate()
    {
        Check.Range(Memory, 1, FrameSlot.MemoryMax, "AttachMemory.Memory");
        Check.Range(Bytes, 1, FrameSlot.BytesMax, "AttachMemory.Bytes");
        Check.Length(Name, NameMax, "AttachMemory.Name");
    }
}

/// <summary>Answer to <see cref="AttachMemory"/>. With a code other than <see cref="BridgeError.None"/> the client sends pixels in the
/// pipe.</summary>
internal readonly record struct MemoryAttached : IBridgeMessage<MemoryAttached>
{
    static MessageType IBridgeMessage<MemoryAttached>.Type => MessageType.MemoryAttached;

    static int IBridgeMessage<MemoryAttached>.BodyBytesMax => 32;

    public required int Memory { get; init; }

    public required BridgeError Code { get; init; }

    static MemoryAttached IBridgeMessage<MemoryAttached>.Read(ref BodyReader reader)
    {
        reader.Begin(2, nameof(MemoryAttached));
        return new MemoryAttached
        {
            Memory = reader.Int32(),
            Code = (BridgeError)reader.Int32(),
        };
    }

    void IBridgeMessage<MemoryAttached>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Memory);
        writer.Write((int)Code);
    }

    void IBridgeMessage<MemoryAttached>.Validate()
    {
        Check.Range(Memory, 1, FrameSlot.MemoryMax, "MemoryAttached.Memory");
        Check.Range((int)Code, 0, 999, "MemoryAttached.Code");
    }
}

/// <summary>The client wants the engine to forget a memory; sent only where no job uses it.</summary>
internal readonly record struct DetachMemory : IBridgeMessage<DetachMemory>
{
    static MessageType IBridgeMessage<DetachMemory>.Type => MessageType.DetachMemory;

    static int IBridgeMessage<DetachMemory>.BodyBytesMax => 32;

    public required int Memory { get; init; }

    static DetachMemory IBridgeMessage<DetachMemory>.Read(ref BodyReader reader)
    {
        reader.Begin(1, nameof(DetachMemory));
        return new DetachMemory
        {
            Memory = reader.Int32(),
        };
    }

    void IBridgeMessage<DetachMemory>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Memory);
    }

    void IBridgeMessage<DetachMemory>.Validate() => Check.Range(Memory, 1, FrameSlot.MemoryMax, "DetachMemory.Memory");
}
