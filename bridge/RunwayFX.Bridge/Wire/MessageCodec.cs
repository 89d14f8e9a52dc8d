using System.Buffers;
using Nerdbank.MessagePack;
using PolyType;

namespace RunwayFX.Bridge;

/// <summary>Messages to bytes and back. A body is one MessagePack array of the fields in key order.</summary>
internal static class MessageCodec
{
    private static readonly MessagePackSerializer Serializer = new()
    {
        // Every field is always written, so that a message has one form only.
        SerializeDefaultValues = SerializeDefaultValuesPolicy.Always,
        StartingContext = new SerializationContext { MaxDepth = 8 },
    };

    /// <summary>Appends the body of a message that has been checked.</summary>
    /// <exception cref="BridgeException">A value is outside its limits, or the body is longer than its type allows.</exception>
    public static void Encode<T>(ArrayBufferWriter<byte> destination, in T message)
        where T : IBridgeMessage, IShapeable<T>
    {
        message.Validate();
        int start = destination.WrittenCount;
        Serializer.Serialize(destination, in message, T.GetTypeShape());
        int length = destination.WrittenCount - start;
        if (length > T.BodyBytesMax)
        {
            throw new BridgeException(BridgeError.OutOfRange, $"message {T.Type} has a body of {length} bytes, the limit is {T.BodyBytesMax}");
        }
    }

    /// <summary>Reads a body and checks every value.</summary>
    /// <exception cref="BridgeException">It is no such message, or a value is outside its limits. Nothing else is thrown, whatever the bytes.</exception>
    public static T Decode<T>(ReadOnlyMemory<byte> body)
        where T : IBridgeMessage, IShapeable<T>
    {
        if (body.Length > T.BodyBytesMax)
        {
            throw new BridgeException(BridgeError.OutOfRange, $"message {T.Type} has a body of {body.Length} bytes, the limit is {T.BodyBytesMax}");
        }

        T? message;
        try
        {
            var reader = new MessagePackReader(body);
            message = Serializer.Deserialize(ref reader, T.GetTypeShape());
            if (!reader.End) throw new BridgeException(BridgeError.Malformed, $"message {T.Type} has bytes after its end");
        }
        catch (BridgeException)
        {
            throw;
        }
#pragma warning disable CA1031 // The bytes are hostile: whatever the decoder makes of them becomes one error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new BridgeException(BridgeError.Malformed, $"message {T.Type} cannot be read: {e.Message}", 0, e);
        }

        if (message is null) throw new BridgeException(BridgeError.Malformed, $"message {T.Type} is empty");
        message.Validate();
        return message;
    }
}
