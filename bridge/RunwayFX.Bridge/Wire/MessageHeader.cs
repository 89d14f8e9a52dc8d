using System.Buffers.Binary;

namespace RunwayFX.Bridge;

/// <summary>What stands before every body: 12 bytes, little-endian: magic <c>RFX1</c>, type (16 bits), flags (16 bits, 0), body length (32
/// bits).</summary>
internal readonly record struct MessageHeader(MessageType Type, int BodyBytes)
{
    /// <summary>Size of a header.</summary>
    public const int Bytes = 12;

    /// <summary>Longest body of any message. Each type has a limit of its own below it.</summary>
    public const int BodyBytesMax = 1 << 20;

    /// <summary>The bytes <c>RFX1</c>; the digit is the version of the framing.</summary>
    private const uint Magic = 0x31584652;

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], (ushort)Type);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], BodyBytes);
    }

    /// <summary>Reads and checks a header, so that nothing is read or allocated for a body that is too long or of no known type.</summary>
    /// <exception cref="BridgeException">It is no header of this protocol.</exception>
    public static MessageHeader Parse(ReadOnlySpan<byte> source)
    {
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (magic != Magic) throw new BridgeException(BridgeError.Malformed, $"message starts with 0x{magic:X8} instead of 0x{Magic:X8}");
        var type = (MessageType)BinaryPrimitives.ReadUInt16LittleEndian(source[4..]);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        if (flags != 0) throw new BridgeException(BridgeError.Malformed, $"message {type} has flags 0x{flags:X4}, allowed are none");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        int limit = BodyLimit(type);
        if (length > (uint)limit)
        {
            throw new BridgeException(BridgeError.OutOfRange, $"message {type} has a body of {length} bytes, the limit is {limit}");
        }

        return new MessageHeader(type, (int)length);
    }

    /// <summary>Longest body of a type.</summary>
    /// <exception cref="BridgeException">No such type.</exception>
    public static int BodyLimit(MessageType type) => type switch
    {
        MessageType.Hello => Limit<Hello>(),
        MessageType.HelloReply => Limit<HelloReply>(),
        MessageType.OpenSession => Limit<OpenSession>(),
        MessageType.SessionOpened => Limit<SessionOpened>(),
        MessageType.AttachMemory => Limit<AttachMemory>(),
        MessageType.MemoryAttached => Limit<MemoryAttached>(),
        MessageType.DetachMemory => Limit<DetachMemory>(),
        MessageType.RenderRequest => Limit<RenderRequest>(),
        MessageType.NeedFrames => Limit<NeedFrames>(),
        MessageType.SupplyFrame => Limit<SupplyFrame>(),
        MessageType.PixelChunk => BodyBytesMax,
        MessageType.Progress => Limit<Progress>(),
        MessageType.Log => Limit<LogLine>(),
        MessageType.RenderDone => Limit<RenderDone>(),
        MessageType.RenderFailed => Limit<RenderFailed>(),
        MessageType.Cancel => Limit<Cancel>(),
        MessageType.SlotReleased => Limit<SlotReleased>(),
        MessageType.Ping => Limit<Ping>(),
        MessageType.Pong => Limit<Pong>(),
        MessageType.StatusRequest => Limit<StatusRequest>(),
        MessageType.StatusReply => Limit<EngineStatus>(),
        MessageType.CacheRequest => Limit<CacheRequest>(),
        MessageType.CacheReply => Limit<CacheReply>(),
        MessageType.PreviewRequest => Limit<PreviewRequest>(),
        MessageType.PreviewReply => Limit<PreviewReply>(),
        MessageType.Shutdown => Limit<Shutdown>(),
        _ => throw new BridgeException(BridgeError.Malformed, $"there is no message of type {(int)type}"),
    };

    private static int Limit<T>()
        where T : IBridgeMessage<T> => T.BodyBytesMax;
}
