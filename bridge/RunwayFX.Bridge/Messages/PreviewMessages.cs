using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Asks what the picture of a job looks like that is not ready yet.</summary>
/// <remarks>Nothing is made ready for those who do not ask: the first question has the job show its picture from its next step on.</remarks>
public readonly record struct PreviewRequest : IBridgeMessage<PreviewRequest>
{
    static MessageType IBridgeMessage<PreviewRequest>.Type => MessageType.PreviewRequest;

    static int IBridgeMessage<PreviewRequest>.BodyBytesMax => 32;

    /// <summary>Number of the job's connection; 0 for the job that began last and has a picture, or may have one.</summary>
    public required int Connection { get; init; }

    /// <summary>Number of the job within the connection; 0 where the connection is.</summary>
    public required long Job { get; init; }

    static PreviewRequest IBridgeMessage<PreviewRequest>.Read(ref BodyReader reader)
    {
        reader.Begin(2, nameof(PreviewRequest));
        return new PreviewRequest { Connection = reader.Int32(), Job = reader.Int64() };
    }

    void IBridgeMessage<PreviewRequest>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Connection);
        writer.Write(Job);
    }

    void IBridgeMessage<PreviewRequest>.Validate()
    {
        if (Connection != 0) Check.Range(Connection, JobReference.ConnectionMin, JobReference.ConnectionMax, "PreviewRequest.Connection");
        Check.Range(Job, Connection == 0 ? 0 : 1, Connection == 0 ? 0 : long.MaxValue, "PreviewRequest.Job");
    }
}

/// <summary>Answer to <see cref="PreviewRequest"/>: the picture of a job as it is now, small.</summary>
public readonly record struct PreviewReply : IBridgeMessage<PreviewReply>
{
    /// <summary>Longest side of a preview, in pixels.</summary>
    public const int SideMax = 128;

    /// <summary>Most bytes of its pixels.</summary>
    public const int PixelBytesMax = SideMax * SideMax * 3;

    /// <summary>Most steps of a job.</summary>
    public const int StepsMax = 1_000_000;

    static MessageType IBridgeMessage<PreviewReply>.Type => MessageType.PreviewReply;

    static int IBridgeMessage<PreviewReply>.BodyBytesMax => PixelBytesMax + 64;

    /// <summary>There is no such job, or none that runs.</summary>
    public static PreviewReply None { get; } = new() { Connection = 0, Job = 0, Step = 0, Width = 0, Height = 0, Pixels = [] };

    /// <summary>Number of the job's connection; 0 where there is no such job.</summary>
    public required int Connection { get; init; }

    /// <summary>Number of the job within the connection; 0 where the connection is.</summary>
    public required long Job { get; init; }

    /// <summary>Step after which the picture looked like this, from 1; 0 where there is none yet.</summary>
    public required int Step { get; init; }

    /// <summary>Width in pixels; 0 where there is no picture yet.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels; 0 where the width is.</summary>
    public required int Height { get; init; }

    /// <summary>Red, green and blue of each pixel, 8 bits each as displayed (sRGB), rows from the top.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>Whether a job was found.</summary>
    public bool IsFound => Connection != 0;

    /// <summary>The job's name for people.</summary>
    public JobReference Reference => new(Connection, Job);

    static PreviewReply IBridgeMessage<PreviewReply>.Read(ref BodyReader reader)
    {
        reader.Begin(6, nameof(PreviewReply));
        return new PreviewReply
        {
            Connection = reader.Int32(),
            Job = reader.Int64(),
            Step = reader.Int32(),
            Width = reader.Int32(),
            Height = reader.Int32(),
            Pixels = reader.Bytes(PixelBytesMax, "PreviewReply.Pixels"),
        };
    }

    void IBridgeMessage<PreviewReply>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(6);
        writer.Write(Connection);
        writer.Write(Job);
        writer.Write(Step);
        writer.Write(Width);
        writer.Write(Height);
        writer.Write(Pixels.AsSpan());
    }

    void IBridgeMessage<PreviewReply>.Validate()
    {
        if (Connection != 0) Check.Range(Connection, JobReference.ConnectionMin, JobReference.ConnectionMax, "PreviewReply.Connection");
        Check.Range(Job, Connection == 0 ? 0 : 1, Connection == 0 ? 0 : long.MaxValue, "PreviewReply.Job");
        Check.Range(Width, 0, Connection == 0 ? 0 : SideMax, "PreviewReply.Width");
        Check.Range(Height, Math.Min(Width, 1), Width == 0 ? 0 : SideMax, "PreviewReply.Height");
        Check.Range(Step, Math.Min(Width, 1), Width == 0 ? 0 : StepsMax, "PreviewReply.Step");
        Check.Range(Pixels.Length, Width * Height * 3, Width * Height * 3, "PreviewReply.Pixels.Length");
    }
}
