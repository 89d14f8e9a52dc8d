namespace RunwayFX.Bridge;

/// <summary>What a frame of the protocol carries. The numbers are frozen; new ones are appended. PROTOCOL.md describes each.</summary>
public enum MessageType
{
    /// <summary>Client: who I am.</summary>
    Hello = 1,

    /// <summary>Engine: who I am, and whether we can talk.</summary>
    HelloReply = 2,

    /// <summary>Client: opens a session or replaces its texts.</summary>
    OpenSession = 3,

    /// <summary>Engine: the session stands, or why not.</summary>
    SessionOpened = 4,

    /// <summary>Client: here is shared memory of mine (the descriptor travels with the message).</summary>
    AttachMemory = 5,

    /// <summary>Engine: mapped, or why not.</summary>
    MemoryAttached = 6,

    /// <summary>Client: forget that memory.</summary>
    DetachMemory = 7,

    /// <summary>Client: render a frame.</summary>
    RenderRequest = 10,

    /// <summary>Engine: I need these frames.</summary>
    NeedFrames = 11,

    /// <summary>Client: a frame, or none.</summary>
    SupplyFrame = 12,

    /// <summary>Either: pixels of a frame that has no shared memory; the body is the pixels.</summary>
    PixelChunk = 13,

    /// <summary>Engine: how far I am.</summary>
    Progress = 14,

    /// <summary>Engine: a line for the host's log.</summary>
    Log = 15,

    /// <summary>Engine: the result is in its slot.</summary>
    RenderDone = 16,

    /// <summary>Engine: there is no result, and why.</summary>
    RenderFailed = 17,

    /// <summary>Client: stop that job.</summary>
    Cancel = 18,

    /// <summary>Engine: I have read this slot.</summary>
    SlotReleased = 19,

    /// <summary>Either: I live.</summary>
    Ping = 20,

    /// <summary>Either: so do I.</summary>
    Pong = 21,

    /// <summary>Client: how are you?</summary>
    StatusRequest = 30,

    /// <summary>Engine: thus.</summary>
    StatusReply = 31,

    /// <summary>Client: which results of this job key do you keep? Or: forget them.</summary>
    CacheRequest = 32,

    /// <summary>Engine: so many.</summary>
    CacheReply = 33,

    /// <summary>Client: how does the picture of this job look so far?</summary>
    PreviewRequest = 34,

    /// <summary>Engine: like this, small.</summary>
    PreviewReply = 35,

    /// <summary>Client: please end. Engine: I am ending, your last request was not taken.</summary>
    Shutdown = 40,
}
