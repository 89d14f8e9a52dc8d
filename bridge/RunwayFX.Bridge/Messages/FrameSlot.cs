using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Where a frame's pixels lie. The pixels themselves travel in shared memory, or as <see cref="MessageType.PixelChunk"/> right after the
/// message where <see cref="Memory"/> is <see cref="Inline"/>. Rows run top-down.</summary>
public readonly record struct FrameSlot
{
    /// <summary>Longest side accepted, in pixels.</summary>
    public const int SideMax = 16_384;

    /// <summary>Most bytes a slot may hold: a square of the longest side in float RGBA.</summary>
    public const long BytesMax = (long)SideMax * SideMax * 16;

    /// <summary>Highest number of a shared memory within a connection.</summary>
    public const int MemoryMax = 256;

    /// <summary>Stands in <see cref="Memory"/> for pixels that travel in the pipe.</summary>
    public const int Inline = 0;

    /// <summary>Number under which the memory was attached, 1 to <see cref="MemoryMax"/>; or <see cref="Inline"/>.</summary>
    public required int Memory { get; init; }

    /// <summary>Counts reuses of the memory; an answer that names another one speaks of an older frame and is dropped.</summary>
    public required uint Generation { get; init; }

    /// <summary>Bytes from the start of the memory to the top row.</summary>
    public required long Offset { get; init; }

    /// <summary>Width in pixels, 1 to <see cref="SideMax"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels, 1 to <see cref="SideMax"/>.</summary>
    public required int Height { get; init; }

    /// <summary>Bytes from a row to the one below; at least the pixels of a row (exactly those where <see cref="Memory"/> is <see cref="Inline"/>),
    /// at most <see cref="SideMax"/> × 16.</summary>
    public required long RowBytes { get; init; }

    /// <summary>How a component is stored.</summary>
    public required PixelDepth Depth { get; init; }

    /// <summary>Which components there are.</summary>
    public required PixelComponents Components { get; init; }

    /// <summary>The layout of a pixel.</summary>
    public PixelFormat Format => new(Depth, Components);

    /// <summary>Bytes from the top row's first pixel to the end of the bottom row.</summary>
    public long SpanBytes => (Height - 1) * RowBytes + (long)Width * Format.PixelBytes;

    internal static FrameSlot Read(ref BodyReader reader)
    {
        reader.Begin(8, nameof(FrameSlot));
        return new FrameSlot
        {
            Memory = reader.Int32(),
            Generation = reader.UInt32(),
            Offset = reader.Int64(),
            Width = reader.Int32(),
            Height = reader.Int32(),
            RowBytes = reader.Int64(),
            Depth = (PixelDepth)reader.Int32(),
            Components = (PixelComponents)reader.Int32(),
        };
    }

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(8);
        writer.Write(Memory);
        writer.Write(Generation);
        writer.Write(Offset);
        writer.Write(Width);
        writer.Write(Height);
        writer.Write(RowBytes);
        writer.Write((int)Depth);
        writer.Write((int)Components);
    }

    internal void Validate()
    {
        Check.Range(Memory, Inline, MemoryMax, "FrameSlot.Memory");
        Check.Range(Offset, 0, BytesMax, "FrameSlot.Offset");
        Check.Range(Width, 1, SideMax, "FrameSlot.Width");
        Check.Range(Height, 1, SideMax, "FrameSlot.Height");
        Check.Range((int)Depth, (int)PixelDepth.Byte, (int)PixelDepth.Float, "FrameSlot.Depth");
        Check.Range((int)Components, (int)PixelComponents.Rgba, (int)PixelComponents.Alpha, "FrameSlot.Components");
        Check.Range(RowBytes, (long)Width * Format.PixelBytes, SideMax * 16, "FrameSlot.RowBytes");
        Check.Range(Offset + SpanBytes, 1, BytesMax, "end of FrameSlot");
        if (Memory != Inline) return;
        Check.Range(Offset, 0, 0, "FrameSlot.Offset of pixels in the pipe");
        Check.Range(RowBytes, (long)Width * Format.PixelBytes, (long)Width * Format.PixelBytes, "FrameSlot.RowBytes of pixels in the pipe");
    }
}

/// <summary>A clip's frame at a time, or the word that the host has none.</summary>
public readonly record struct ClipFrame : IBridgeRecord<ClipFrame>
{
    /// <summary>Clips of an effect.</summary>
    public const int ClipsMax = 16;

    /// <summary>Index of the clip in the effect's definition, 0 to <see cref="ClipsMax"/> − 1.</summary>
    public required int Clip { get; init; }

    /// <summary>The time that was asked for.</summary>
    public required double Time { get; init; }

    /// <summary>Where the pixels are; null where the host has no such frame, and then nothing below counts.</summary>
    public required FrameSlot? Slot { get; init; }

    /// <summary>Left edge in OpenFX pixel coordinates.</summary>
    public required int X1 { get; init; }

    /// <summary>Bottom edge (y up).</summary>
    public required int Y1 { get; init; }

    /// <summary>How colour relates to alpha.</summary>
    public required Premultiplication Premultiplication { get; init; }

    /// <summary>Width of a pixel divided by its height.</summary>
    public required double PixelAspect { get; init; }

    /// <summary>Which lines the picture holds.</summary>
    public required FieldKind Field { get; init; }

    static ClipFrame IBridgeRecord<ClipFrame>.Read(ref BodyReader reader)
    {
        reader.Begin(8, nameof(ClipFrame));
        return new ClipFrame
        {
            Clip = reader.Int32(),
            Time = reader.Double(),
            Slot = reader.TryNil() ? null : FrameSlot.Read(ref reader),
            X1 = reader.Int32(),
            Y1 = reader.Int32(),
            Premultiplication = (Premultiplication)reader.Int32(),
            PixelAspect = reader.Double(),
            Field = (FieldKind)reader.Int32(),
        };
    }

    void IBridgeRecord<ClipFrame>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(8);
        writer.Write(Clip);
        writer.Write(Time);
        if (Slot is { } slot) slot.Write(ref writer);
        else writer.WriteNil();
        writer.Write(X1);
        writer.Write(Y1);
        writer.Write((int)Premultiplication);
        writer.Write(PixelAspect);
        writer.Write((int)Field);
    }

    void IBridgeRecord<ClipFrame>.Validate()
    {
        Check.Range(Clip, 0, ClipsMax - 1, "ClipFrame.Clip");
        Check.Range(Time, -RenderRequest.TimeMax, RenderRequest.TimeMax, "ClipFrame.Time");
        Check.Range(X1, -RenderRequest.CoordinateMax, RenderRequest.CoordinateMax, "ClipFrame.X1");
        Check.Range(Y1, -RenderRequest.CoordinateMax, RenderRequest.CoordinateMax, "ClipFrame.Y1");
        Check.Range((int)Premultiplication, (int)Premultiplication.Opaque, (int)Premultiplication.Unpremultiplied, "ClipFrame.Premultiplication");
        Check.Range(PixelAspect, RenderRequest.PixelAspectMin, RenderRequest.PixelAspectMax, "ClipFrame.PixelAspect");
        Check.Range((int)Field, (int)FieldKind.None, (int)FieldKind.Upper, "ClipFrame.Field");
        Slot?.Validate();
    }
}
