using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>A message that knows its number, its fields' order on the wire, the longest body it may have, and how to check itself.</summary>
internal interface IBridgeMessage<TSelf>
    where TSelf : IBridgeMessage<TSelf>
{
    static abstract MessageType Type { get; }

    /// <summary>Longest body accepted, in bytes; checked before the body is read.</summary>
    static abstract int BodyBytesMax { get; }

    /// <summary>Reads the fields; what they hold is checked by <see cref="Validate"/>.</summary>
    static abstract TSelf Read(ref BodyReader reader);

    /// <summary>Writes the fields in the same order.</summary>
    void Write(ref MessagePackWriter writer);

    /// <summary>Throws <see cref="BridgeException"/> where a value is outside its limits.</summary>
    void Validate();
}
