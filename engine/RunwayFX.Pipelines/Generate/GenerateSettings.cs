using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>What of a job decides which source pixel each pixel of the result copies. Mix is left out: turning it costs no new search.</summary>
internal sealed record GenerateSettings
{
    /// <summary>Grows when the same settings give another picture.</summary>
    private const int Version = 2;

    /// <summary>Variation and motion of the effect count in these steps.</summary>
    private const int Steps = 1000;

    public required int Variation { get; init; }

    public required int Motion { get; init; }

    public required QualityLevel Quality { get; init; }

    public required int Seed { get; init; }

    public required ColourEncoding Encoding { get; init; }

    /// <summary>Full size of the frames.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Most pixels per frame of the clip on which the arrangement is decided.</summary>
    public int WorkPixelsMax => Quality switch { QualityLevel.Draft => 12_288, QualityLevel.High => 82_944, _ => 36_864 };

    /// <summary>Most pixels per frame of the guides to which the arrangement is lifted; above, several pixels move as one.</summary>
    public int LiftPixelsMax => Quality switch { QualityLevel.Draft => 150_000, QualityLevel.High => 2_100_000, _ => 600_000 };

    /// <summary>Size on which the arrangement is decided.</summary>
    public (int Width, int Height) WorkSize => Within(WorkPixelsMax);

    /// <summary>Size to which it is lifted.</summary>
    public (int Width, int Height) LiftSize => Within(LiftPixelsMax);

    /// <summary>Reads a job's parameters.</summary>
    public static GenerateSettings From(RenderJob job, Frame source) => From(job, source.Width, source.Height);

    /// <summary>Reads a job's parameters, for frames of a size.</summary>
    public static GenerateSettings From(RenderJob job, int width, int height) => new()
    {
        Variation = (int)Math.Round(job.Number(EffectCatalog.VariationName) * Steps),
        Motion = (int)Math.Round(job.Number("motion") * Steps),
        Quality = job.IsInteractive ? QualityLevel.Draft : (QualityLevel)job.Integer("quality"),
        Seed = job.Integer("seed"),
        Encoding = (ColourEncoding)job.Integer("colourSpace"),
        Width = width,
        Height = height,
    };

    /// <summary>Settings of the synthesis.</summary>
    /// <param name="seed">Draws of this piece of the result.</param>
    /// <param name="isStill">Whether it is a still.</param>
    public ClipVariationOptions Options(ulong seed, bool isStill) => new()
    {
        Seed = seed,
        Variation = (double)Variation / Steps,
        Motion = (double)Motion / Steps,
        Iterations = Quality == QualityLevel.Draft ? 2 : isStill ? 10 : ClipVariationOptions.ClipIterations,
        CoarsestSide = isStill ? ClipVariationOptions.StillCoarsestSide : ClipVariationOptions.ClipCoarsestSide,
        Completeness = ClipVariationOptions.StillCompleteness,
        CompletenessShare = isStill && Quality != QualityLevel.Draft ? 1 : ClipVariationOptions.ClipCompletenessShare,
        Threads = Threads,
    };

    /// <summary>Threads of one job.</summary>
    public static int Threads => Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Identity of the settings.</summary>
    public UInt128 Key()
    {
        Span<byte> bytes = stackalloc byte[32];
        Span<int> numbers = [Version, Variation, Motion, (int)Quality, Seed, (int)Encoding, Width, Height];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], numbers[i]);
        return XxHash128.HashToUInt128(bytes);
    }

    /// <summary>Identity of a key and what follows it.</summary>
    public static UInt128 Join(UInt128 key, params ReadOnlySpan<UInt128> parts)
    {
        byte[] bytes = new byte[16 * (parts.Length + 1)];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, key);
        for (int i = 0; i < parts.Length; i++) BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(16 * (i + 1)), parts[i]);
        return XxHash128.HashToUInt128(bytes);
    }

    /// <summary>Identity of a picture's content; never 0.</summary>
    public static UInt128 Hash(Frame frame, bool premultiplied)
    {
        UInt128 hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(frame.Pixels.AsSpan()),
            ((long)frame.Width << 32) + ((long)frame.Height << 1) + (premultiplied ? 1 : 0));
        return hash == 0 ? 1 : hash;
    }

    private (int Width, int Height) Within(int pixels)
    {
        double scale = Math.Min(1, Math.Min(Math.Sqrt((double)pixels / Width / Height), (double)SpaceTimeVolume.SideMax / Math.Max(Width, Height)));
        return (Math.Max(1, (int)(Width * scale)), Math.Max(1, (int)(Height * scale)));
    }
}
