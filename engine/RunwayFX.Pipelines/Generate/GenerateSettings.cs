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
    private const int Version = 3;

    /// <summary>Variation and motion of the effect count in these steps.</summary>
    private const int Steps = 1000;

    public required int Variation { get; init; }

    public required int Motion { get; init; }

    public required QualityLevel Quality { get; init; }

    public required int Seed { get; init; }

    public required ColourEncoding Encoding { get; init; }

    /// <summary>Full size of the reference's frames.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Full size of the result.</summary>
    public required int ResultWidth { get; init; }

    public required int ResultHeight { get; init; }

    /// <summary>Which reference frames make which frames of the result.</summary>
    public required GenerateTiming Timing { get; init; }

    /// <summary>Most pixels per frame of the clip on which the arrangement is decided.</summary>
    public int WorkPixelsMax => Quality switch { QualityLevel.Draft => 12_288, QualityLevel.High => 82_944, _ => 36_864 };

    /// <summary>Most pixels per frame of the guides to which the arrangement is lifted; above, several pixels move as one.</summary>
    public int LiftPixelsMax => Quality switch { QualityLevel.Draft => 150_000, QualityLevel.High => 2_100_000, _ => 600_000 };

    /// <summary>Size of the reference on which the arrangement is decided.</summary>
    public (int Width, int Height) WorkSize => Within(Width, Height, WorkPixelsMax);

    /// <summary>Size of the result on which it is decided.</summary>
    public (int Width, int Height) ResultWorkSize => Within(ResultWidth, ResultHeight, WorkPixelsMax);

    /// <summary>Size of the reference to which the arrangement is lifted.</summary>
    public (int Width, int Height) LiftSize => Within(Width, Height, LiftPixelsMax);

    /// <summary>Size of the result to which it is lifted.</summary>
    public (int Width, int Height) ResultLiftSize => Within(ResultWidth, ResultHeight, LiftPixelsMax);

    /// <summary>Reads a job's parameters.</summary>
    /// <param name="job">The job.</param>
    /// <param name="width">Width of the reference.</param>
    /// <param name="height">Its height.</param>
    /// <param name="result">Size of the result.</param>
    public static GenerateSettings From(RenderJob job, int width, int height, (int Width, int Height) result) => new()
    {
        Variation = (int)Math.Round(job.Number(EffectCatalog.VariationName) * Steps),
        Motion = (int)Math.Round(job.Number("motion") * Steps),
        Quality = job.IsInteractive ? QualityLevel.Draft : (QualityLevel)job.Integer("quality"),
        Seed = job.Integer("seed"),
        Encoding = (ColourEncoding)job.Integer("colourSpace"),
        Width = width,
        Height = height,
        ResultWidth = result.Width,
        ResultHeight = result.Height,
        Timing = TimingOf(job),
    };

    /// <summary>Size of the result where there is a picture of a size at hand.</summary>
    public static (int Width, int Height) ResultSize(RenderJob job, int width, int height) => (
        GenerateCanvas.Side(job.Integer("targetWidth"), job.RenderScaleX, width), GenerateCanvas.Side(job.Integer("targetHeight"), job.RenderScaleY, height));

    /// <summary>Which reference frames make which frames of the result.</summary>
    public static GenerateTiming TimingOf(RenderJob job)
    {
        int frames = job.Integer(EffectCatalog.FramesName);
        // The whole clip of a host that does not say how long that is has no other length.
        if (job.Integer("referenceRange") == (int)ReferenceRange.WholeClip) return GenerateTiming.Endless;
        double first = job.Number("firstReferenceFrame"), last = job.Number("lastReferenceFrame");
        return new GenerateTiming(Math.Min(first, last), Math.Max(first, last), frames);
    }

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
        Span<int> numbers =
            [Version, Variation, Motion, (int)Quality, Seed, (int)Encoding, Width, Height, ResultWidth, ResultHeight, (int)Timing.First, (int)Timing.Last, Timing.Frames];
        Span<byte> bytes = stackalloc byte[4 * numbers.Length];
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

    /// <summary>Reference and result are made smaller alike, as far as the larger of the two asks for.</summary>
    private (int Width, int Height) Within(int width, int height, int pixels)
    {
        double most = Math.Max((double)Width * Height, (double)ResultWidth * ResultHeight), side = Math.Max(Math.Max(Width, Height), Math.Max(ResultWidth, ResultHeight));
        double scale = Math.Min(1, Math.Min(Math.Sqrt(pixels / most), SpaceTimeVolume.SideMax / side));
        return (Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)));
    }
}
