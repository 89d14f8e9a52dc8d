using System.Runtime.CompilerServices;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Completion;

/// <summary>The picture on which patches are compared: four 8-bit channels per pixel (red, green, blue as displayed, and how textured the place
/// is).</summary>
/// <remarks>Shape (H, W, 4). Patches are 7×7; sums are integers, so the same bits come out with and without vector instructions.</remarks>
internal sealed unsafe class PatchGuide
{
    public const int Channels = PixelPatchDistance.Channels;
    public const int Radius = 3;
    public const int Side = 2 * Radius + 1;

    /// <summary>Values a patch distance sums over.</summary>
    public const int PatchValues = Side * Side * Channels;

    private readonly PixelPatchDistance _distance;
    private readonly byte* _pixels;
    private readonly nint _corner;

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="kernel">Implementation of the distance; the result does not depend on it.</param>
    public PatchGuide(int width, int height, PatchKernelKind kernel = PatchKernelKind.Auto)
    {
        (Width, Height) = (width, height);
        // Does not move in memory and lives as long as this object.
        Values = GC.AllocateArray<byte>(checked(width * height * Channels + PixelPatchDistance.RowBytesRead), pinned: true);
        _pixels = (byte*)Unsafe.AsPointer(ref Values[0]);
        _corner = -(Radius * (nint)width + Radius) * Channels;
        _distance = new PixelPatchDistance(new PatchShape(1, Side), (width, height), (width, height), kernel);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Interleaved values, with a few unused bytes at the end.</summary>
    public byte[] Values { get; }

    /// <summary>Sum of squared differences between the patches around two centres, both at least <see cref="Radius"/> from every edge. Stops early
    /// once
    /// <paramref name="limit"/> is reached; the result is then some number at or above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(int a, int b, int limit) =>
        _distance.Of(_pixels + (nint)a * Channels + _corner, _pixels + (nint)b * Channels + _corner, limit);

    /// <summary>Sum of absolute differences between two pixels.</summary>
    public int Step(int a, int b)
    {
        int sum = 0;
        for (int c = 0; c < Channels; c++) sum += Math.Abs(Values[Channels * a + c] - Values[Channels * b + c]);
        return sum;
    }
}
