using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>What of a job decides which source patch each pixel takes. Mix and colour are left out on purpose: they only finish the picture, so
/// that turning them costs no new search.</summary>
internal sealed record StyleSettings
{
    /// <summary>Grows when the same settings paint another picture.</summary>
    private const int PaintVersion = 6;

    public required double Fidelity { get; init; }

    /// <summary>Factor on the style picture's width, so that its strokes have the wanted size on the output's pixels.</summary>
    public required double ScaleX { get; init; }

    public required double ScaleY { get; init; }

    /// <summary>0 treats every frame on its own, 1 follows the frame before most.</summary>
    public required double Stability { get; init; }

    public required QualityLevel Quality { get; init; }

    public required int Seed { get; init; }

    public required ColourEncoding Encoding { get; init; }

    /// <summary>Reads a job's parameters.</summary>
    public static StyleSettings From(RenderJob job)
    {
        double detail = job.Number("detailSize"), aspect = job.PixelAspect is > 0.01 and < 100 ? job.PixelAspect : 1;
        return new StyleSettings
        {
            Fidelity = job.Number("structureFidelity"),
            ScaleX = detail * Scale(job.RenderScaleX) / aspect,
            ScaleY = detail * Scale(job.RenderScaleY),
            Stability = job.Number("temporalStability"),
            Quality = job.IsInteractive ? QualityLevel.Draft : (QualityLevel)job.Integer("quality"),
            Seed = job.Integer("seed"),
            Encoding = (ColourEncoding)job.Integer("colourSpace"),
        };
    }

    /// <summary>Identity of the painting for a style picture and a frame size.</summary>
    public UInt128 Key(UInt128 style, int width, int height)
    {
        Span<byte> bytes = stackalloc byte[80];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, PaintVersion);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[4..], Fidelity);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[12..], ScaleX);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[20..], ScaleY);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[28..], Stability);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[36..], (int)Quality);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], Seed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[44..], (int)Encoding);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[48..], style);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[64..], width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[68..], height);
        return XxHash128.HashToUInt128(bytes[..72]);
    }

    /// <summary>Identity of a picture's content.</summary>
    public static UInt128 Hash(HostFrame frame) => Hash(frame.Picture, frame.Premultiplied ? 1 : 0);

    /// <summary>Identity of a picture's content.</summary>
    public static UInt128 Hash(Frame frame, int state = 0) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(frame.Pixels.AsSpan()), ((long)frame.Width << 32) + ((long)frame.Height << 1) + state);

    /// <summary>One identity of two and a number.</summary>
    public static UInt128 Combine(UInt128 one, UInt128 other, long number = 0)
    {
        Span<byte> bytes = stackalloc byte[40];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, one);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[16..], other);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], number);
        return XxHash128.HashToUInt128(bytes);
    }

    private static double Scale(double renderScale) => renderScale is > 0 and <= 16 ? renderScale : 1;
}
