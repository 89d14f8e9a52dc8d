using RunwayFX.Bridge;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Faults.Wire;

/// <summary>A message as it lies on the wire, with the descriptors that came along; whoever holds it closes them.</summary>
internal sealed class WireMessage(byte[] bytes, List<Descriptor> descriptors) : IDisposable
{
    /// <summary>Header and body.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>Descriptors that travelled with it.</summary>
    public List<Descriptor> Descriptors { get; } = descriptors;

    /// <summary>What the header says it is.</summary>
    public MessageType Type => (MessageType)BitConverter.ToUInt16(Bytes, 4);

    /// <summary>The bytes after the header.</summary>
    public ReadOnlySpan<byte> Body => Bytes.AsSpan(MessageHeader.Bytes);

    /// <summary>The same message with another body and a header that fits it.</summary>
    public byte[] WithBody(ReadOnlySpan<byte> body)
    {
        byte[] bytes = new byte[MessageHeader.Bytes + body.Length];
        Bytes.AsSpan(0, MessageHeader.Bytes).CopyTo(bytes);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), body.Length);
        body.CopyTo(bytes.AsSpan(MessageHeader.Bytes));
        return bytes;
    }

    public void Dispose()
    {
        foreach (Descriptor descriptor in Descriptors) descriptor.Dispose();
    }
}
