using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>One resolution of a completion: the guide, its holes, and which patch centres may give and which must take.</summary>
/// <remarks>Centres lie at least <see cref="PatchGuide.Radius"/> from every edge. Sources: the whole patch is known. Targets: the patch touches a
/// hole.</remarks>
internal sealed class CompletionLevel
{
    private readonly float[] _values;
    private readonly float[] _weights;

    private CompletionLevel(int canvasWidth, int height, bool mirrors, float[] values, float[] weights, CancellationToken cancellation)
    {
        (CanvasWidth, Width, Height, _values, _weights) = (canvasWidth, mirrors ? 2 * canvasWidth : canvasWidth, height, values, weights);
        Guide = new PatchGuide(Width, height);
        bool[] unknown = new bool[Width * height];
        Holes = new bool[unknown.Length];
        for (int p = 0; p < unknown.Length; p++)
        {
            int from = p / Width * canvasWidth + CanvasX(p % Width);
            unknown[p] = weights[from] < 0.5f;
            Holes[p] = unknown[p] && p % Width < canvasWidth;
            for (int c = 0; c < PatchGuide.Channels && !unknown[p]; c++)
                Guide.Values[PatchGuide.Channels * p + c] = Quantize(values[PatchGuide.Channels * from + c]);
        }

        // By symmetry, what is nearest to a pixel never lies in the other half.
        (NearestX, NearestY) = NearestKnown.Find(Width, height, unknown, cancellation);
        KnownDepth = Depths(Width, height, unknown, cancellation);
        IsSource = new bool[unknown.Length];
        IsTarget = new bool[unknown.Length];
        int[] unknownBefore = Count(unknown);
        List<int> sources = [], targets = [];
        for (int y = PatchGuide.Radius; y < height - PatchGuide.Radius; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = PatchGuide.Radius; x < Width - PatchGuide.Radius; x++)
            {
                // Patches that reach over the mirror show what is nowhere in the picture.
                if (x >= canvasWidth - PatchGuide.Radius && x < canvasWidth + PatchGuide.Radius) continue;
                int p = y * Width + x;
                bool touches = InPatch(unknownBefore, x, y) > 0;
                if (touches && x >= canvasWidth) continue;
                (touches ? targets : sources).Add(p);
                (touches ? IsTarget : IsSource)[p] = true;
            }
        }

        Sources = [.. sources];
        Targets = [.. targets];
    }

    private CompletionLevel(CompletionLevel whole, bool[] part, CancellationToken cancellation)
    {
        (CanvasWidth, Width, Height, _values, _weights) = (whole.CanvasWidth, whole.Width, whole.Height, whole._values, whole._weights);
        (Guide, Holes, IsSource, Sources, KnownDepth) = (whole.Guide, part, whole.IsSource, whole.Sources, whole.KnownDepth);
        (NearestX, NearestY) = NearestKnown.Find(Width, Height, part, cancellation);
        IsTarget = new bool[part.Length];
        int[] before = Count(part);
        List<int> targets = [];
        foreach (int target in whole.Targets)
        {
            IsTarget[target] = InPatch(before, target % Width, target / Width) > 0;
            if (IsTarget[target]) targets.Add(target);
        }

        Targets = [.. targets];
    }

    /// <summary>Columns of the canvas.</summary>
    public int CanvasWidth { get; }

    /// <summary>Columns of the guide: the canvas and, to its right, the canvas mirrored left-right, from which patches are only taken.</summary>
    public int Width { get; }

    public int Height { get; }

    public PatchGuide Guide { get; }

    /// <summary>Pixels to be made up; never in the mirrored half.</summary>
    public bool[] Holes { get; }

    /// <summary>Centres of wholly known patches, in scan order.</summary>
    public int[] Sources { get; }

    /// <summary>Centres of patches that touch a hole, in scan order.</summary>
    public int[] Targets { get; }

    public bool[] IsSource { get; }

    public bool[] IsTarget { get; }

    /// <summary>Horizontal distance to the nearest known pixel; 0 at known pixels.</summary>
    public short[] NearestX { get; }

    /// <summary>Vertical distance to the nearest known pixel.</summary>
    public short[] NearestY { get; }

    /// <summary>Distance of a known pixel to the nearest hole, the longer of its two components; 0 in holes.</summary>
    public short[] KnownDepth { get; }

    /// <summary>The canvas column that a column of the guide shows.</summary>
    public int CanvasX(int x) => x < CanvasWidth ? x : 2 * CanvasWidth - 1 - x;

    /// <summary>The finest level, from a display-like picture (0..1).</summary>
    public static CompletionLevel Create(Frame guide, HoleMask mask, CompletionOptions options, CancellationToken cancellation)
    {
        int count = guide.Width * guide.Height;
        float[] values = new float[count * PatchGuide.Channels], weights = new float[count];
        for (int p = 0; p < count; p++)
        {
            if (mask.Holes[p]) continue;
            weights[p] = 1;
            for (int c = 0; c < 3; c++) values[PatchGuide.Channels * p + c] = guide.Pixels[Frame.Channels * p + c] * 255;
        }

        TextureFeature.Fill(values, guide.Width, guide.Height, weights, (float)options.TextureGain, cancellation);
        return new(guide.Width, guide.Height, options.MirrorCost >= 0, values, weights, cancellation);
    }

    /// <summary>A part of the holes to be filled anew; what the guide shows in the others then counts as known, but is no source. Shares the guide.</summary>
    /// <param name="holes">Hole pixels of this level, shape (H, W).</param>
    /// <param name="cancellation">Asked once per row.</param>
    public CompletionLevel Part(bool[] holes, CancellationToken cancellation) => new(this, holes, cancellation);

    /// <summary>The next level, half as large; hole pixels do not count in the means.</summary>
    public CompletionLevel Halve(CancellationToken cancellation)
    {
        int width = (CanvasWidth + 1) / 2, height = (Height + 1) / 2;
        float[] values = new float[width * height * PatchGuide.Channels], weights = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < width; x++)
            {
                int p = y * width + x;
                Shrink(x, y, values.AsSpan(p * PatchGuide.Channels, PatchGuide.Channels), out weights[p]);
            }
        }

        return new(width, height, Width > CanvasWidth, values, weights, cancellation);
    }

    private static short[] Depths(int width, int height, bool[] holes, CancellationToken cancellation)
    {
        (short[] x, short[] y) = NearestKnown.Find(width, height, [.. holes.Select(hole => !hole)], cancellation);
        for (int p = 0; p < x.Length; p++) x[p] = Math.Max(Math.Abs(x[p]), Math.Abs(y[p]));
        return x;
    }

    private void Shrink(int x, int y, Span<float> mean, out float weight)
    {
        float sum = 0;
        int seen = 0;
        for (int v = 2 * y; v < Math.Min(2 * y + 2, Height); v++)
        {
            for (int u = 2 * x; u < Math.Min(2 * x + 2, CanvasWidth); u++)
            {
                int p = v * CanvasWidth + u;
                seen++;
                sum += _weights[p];
                for (int c = 0; c < PatchGuide.Channels; c++) mean[c] += _weights[p] * _values[PatchGuide.Channels * p + c];
            }
        }

        for (int c = 0; c < PatchGuide.Channels && sum > 0; c++) mean[c] /= sum;
        weight = sum / seen;
    }

    private int[] Count(bool[] unknown)
    {
        int[] before = new int[(Width + 1) * (Height + 1)];
        for (int y = 0; y < Height; y++)
        {
            int row = 0;
            for (int x = 0; x < Width; x++)
            {
                row += unknown[y * Width + x] ? 1 : 0;
                before[(y + 1) * (Width + 1) + x + 1] = before[y * (Width + 1) + x + 1] + row;
            }
        }

        return before;
    }

    private int InPatch(int[] before, int x, int y)
    {
        int left = x - PatchGuide.Radius, top = y - PatchGuide.Radius, right = x + PatchGuide.Radius + 1, bottom = y + PatchGuide.Radius + 1,
            stride = Width + 1;
        return before[bottom * stride + right] - before[top * stride + right] - before[bottom * stride + left] + before[top * stride + left];
    }

    private static byte Quantize(float value) => (byte)(Math.Clamp(value, 0, 255) + 0.5f);
}
