using System.Buffers;
using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Messages to bytes and back. A body is one MessagePack array of the fields in their frozen order.</summary>
internal static class MessageCodec
{
    /// <summary>Appends the body of a message after checking it.</summary>
    /// <exception cref="BridgeException">A value is outside its limits, or the body is longer than its type allows.</exception>
    public static void Encode<T>(ArrayBufferWriter<byte> destination, in T message)
        where T : IBridgeMessage<T>
    {
        message.Validate();
        int start = destination.WrittenCount;
        var writer = new MessagePackWriter(destination);
        message.Write(ref writer);
        writer.Flush();
        CheckLength<T>(destination.WrittenCount - start);
    }

    /// <summary>Reads a body and checks every value.</summary>
    /// <exception cref="BridgeException">It is no such message, or a value is outside its limits. Nothing else is thrown, whatever the
    /// bytes.</exception>
    /// <param name="body">The bytes.</param>
    /// <param name="scratch">Arrays to read into; null makes new ones.</param>
    public static T Decode<T>(ReadOnlyMemory<byte> body, Scratch? scratch = null)
        where T : IBridgeMessage<T>
    {
        CheckLength<T>(body.Length);
        try
        {
            var reader = new BodyReader(body, scratch);
            T message = T.Read(ref reader);
            if (!reader.IsAtEnd) throw new BridgeException(BridgeError.Malformed, $"message {T.Type} has bytes after its end");
            message.Validate();
            return message;
        }
#pragma warning disable CA1031 // The bytes are hostile: whatever the decoder makes of them becomes one error.
        catch (Exception e) when (e is not BridgeException)
#pragma warning restore CA1031
        {
            throw new BridgeException(BridgeError.Malformed, $"message {T.Type} cannot be read: {e.Message}", 0, e);
        }
    }

    private static void CheckLength<T>(int length)
        where T : IBridgeMessage<T>
    {
        if (length <= T.BodyBytesMax) return;
        throw new BridgeException(BridgeError.OutOfRange, $"message {T.Type} has a body of {length} bytes, the limit is {T.BodyBytesMax}");
    }
}
