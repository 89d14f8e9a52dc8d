using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>What is to be done with results that are kept. The numbers travel on the wire.</summary>
public enum CacheAction
{
    /// <summary>Count those of a job key.</summary>
    Count = 1,

    /// <summary>Forget those of a job key.</summary>
    Clear = 2,

    /// <summary>Count all.</summary>
    CountAll = 3,

    /// <summary>Forget all.</summary>
    ClearAll = 4,
}

/// <summary>Asks about the results that are kept, under a job key or all.</summary>
public readonly record struct CacheRequest : IBridgeMessage<CacheRequest>
{
    static MessageType IBridgeMessage<CacheRequest>.Type => MessageType.CacheRequest;

    static int IBridgeMessage<CacheRequest>.BodyBytesMax => 96;

    /// <summary>What to do.</summary>
    public required CacheAction Action { get; init; }

    /// <summary>Whose results; not looked at where all are meant, else never <see cref="JobKey.None"/>.</summary>
    public required JobKey Key { get; init; }

    /// <summary>First frame that counts, in frames. Clearing takes all.</summary>
    public required double First { get; init; }

    /// <summary>Last frame that counts; not below the first.</summary>
    public required double Last { get; init; }

    /// <summary>Horizontal proxy scale of the results that count.</summary>
    public required double RenderScaleX { get; init; }

    /// <summary>Their vertical proxy scale.</summary>
    public required double RenderScaleY { get; init; }

    static CacheRequest IBridgeMessage<CacheRequest>.Read(ref BodyReader reader)
    {
        reader.Begin(7, nameof(CacheRequest));
        return new CacheRequest
        {
            Action = (CacheAction)reader.Int32(),
            Key = JobKey.Read(ref reader),
            First = reader.Double(),
            Last = reader.Double(),
            RenderScaleX = reader.Double(),
            RenderScaleY = reader.Double(),
        };
    }

    void IBridgeMessage<CacheRequest>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write((int)Action);
        Key.Write(ref writer);
        writer.Write(First);
        writer.Write(Last);
        writer.Write(RenderScaleX);
        writer.Write(RenderScaleY);
    }

    void IBridgeMessage<CacheRequest>.Validate()
    {
        Check.Range((int)Action, (int)CacheAction.Count, (int)CacheAction.ClearAll, "CacheRequest.Action");
        if (Key.IsNone && Action is (CacheAction.Count or CacheAction.Clear)) throw new BridgeException(BridgeError.OutOfRange, "CacheRequest.Key is none");
        Check.Range(First, -RenderRequest.TimeMax, RenderRequest.TimeMax, "CacheRequest.First");
        Check.Range(Last, -RenderRequest.TimeMax, RenderRequest.TimeMax, "CacheRequest.Last");
        Check.Range(RenderScaleX, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax, "CacheRequest.RenderScaleX");
        Check.Range(RenderScaleY, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax, "CacheRequest.RenderScaleY");
    }
}

/// <summary>Answer to <see cref="CacheRequest"/>.</summary>
public readonly record struct CacheReply : IBridgeMessage<CacheReply>
{
    static MessageType IBridgeMessage<CacheReply>.Type => MessageType.CacheReply;

    static int IBridgeMessage<CacheReply>.BodyBytesMax => 64;

    /// <summary>Whose results.</summary>
    public required JobKey Key { get; init; }

    /// <summary>Frames that are kept; where they were to be forgotten, those that were.</summary>
    public required long Frames { get; init; }

    /// <summary>What they take on disk, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>What all results together may take, in bytes; 0 where this engine keeps none.</summary>
    public required long BytesMax { get; init; }

    static CacheReply IBridgeMessage<CacheReply>.Read(ref BodyReader reader)
    {
        reader.Begin(5, nameof(CacheReply));
        return new CacheReply
        {
            Key = JobKey.Read(ref reader),
            Frames = reader.Int64(),
            Bytes = reader.Int64(),
            BytesMax = reader.Int64(),
        };
    }

    void IBridgeMessage<CacheReply>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        Key.Write(ref writer);
        writer.Write(Frames);
        writer.Write(Bytes);
        writer.Write(BytesMax);
    }

    void IBridgeMessage<CacheReply>.Validate()
    {
        Check.Range(Frames, 0, long.MaxValue, "CacheReply.Frames");
        Check.Range(Bytes, 0, long.MaxValue, "CacheReply.Bytes");
        Check.Range(BytesMax, 0, long.MaxValue, "CacheReply.BytesMax");
    }
}
