namespace RunwayFX.Bridge;

/// <summary>A message that knows its number, the longest body it may have, and how to check itself.</summary>
internal interface IBridgeMessage
{
    static abstract MessageType Type { get; }

    /// <summary>Longest body accepted, in bytes; checked before the body is read.</summary>
    static abstract int BodyBytesMax { get; }

    /// <summary>Throws <see cref="BridgeException"/> where a value is outside its limits.</summary>
    void Validate();
}
