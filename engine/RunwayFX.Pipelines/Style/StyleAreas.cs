using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>Which colour the areas of a style have, and how pieces of different areas that lie side by side in a painted frame come to share one.</summary>
/// <remarks>A style paints one tone in several colours, each in an area of its own (a sky, a tree). Pieces of both answer one even ground, and where they meet a border shows that
/// the clip does not have. So what a piece's area has of colour is replaced by what the areas of the pieces about it have at this tone (He et al., "Guided Image Filtering", 2010, guided by
/// the clip's tone); what strokes have beyond their area stays theirs. Held in cells of <see cref="Cell"/> pixels. Immutable; the same bits for any number of threads.</remarks>
internal sealed class StyleAreas
{
    /// <summary>Side of a cell, in pixels of the working resolution.</summary>
    public const int Cell = 4;

    /// <summary>Width of an area of the style, and of what lies about a piece, in cells.</summary>
    private const double AreaSigma = 3, AroundSigma = 12;

    /// <summary>Width over which the colour that is added changes, in cells: pieces are votes of patches.</summary>
    private const double JoinSigma = 0.7;

    /// <summary>Variance of tone from which surroundings count as crossed by an outline.</summary>
    private const float OutlineSpread = 0.0005f;

    private const int Parts = 2, RowsPerBand = 16;
    private readonly int _columns;
    private readonly int _rows;

    /// <summary>Red and blue less luma, by cell.</summary>
    private readonly float[] _chroma;

    /// <summary>Measures a style.</summary>
    /// <param name="small">The style at the working resolution, display-like.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public StyleAreas(Frame small, CancellationToken cancellation)
    {
        (_columns, _rows) = (Cells(small.Width), Cells(small.Height));
        _chroma = Means(small.Width, small.Height, Parts, (x, y, values) =>
        {
            ReadOnlySpan<float> pixel = small.Row(y).Slice(Frame.Channels * x, 3);
            float luma = Rec709Luma.Of(pixel[0], pixel[1], pixel[2]);
            values[0] = Math.Clamp(pixel[0] - luma, -1, 1);
            values[1] = Math.Clamp(pixel[2] - luma, -1, 1);
        });
        GaussianBlur.Apply(_chroma, _columns, _rows, Parts, AreaSigma, cancellation);
    }

    /// <summary>Memory it holds.</summary>
    public long Bytes => _chroma.Length * 4L;

    /// <summary>Finds what pieces lack to the colour that the areas of those about them have between them, in red and blue, by cell. Where nothing changed since the frame before, that stays
    /// as it was: what goes on elsewhere must not be seen here.</summary>
    /// <param name="field">Matches at the working resolution.</param>
    /// <param name="reference">Luma (0–255) at which they were chosen: where it changes at once, colour may.</param>
    /// <param name="tone">The clip's tones on the style's scale.</param>
    /// <param name="before">The frame before, of the same style and size; null where there is none.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public float[] Changes(MatchField field, byte[] reference, ToneMap tone, PaintedFrame? before, CancellationToken cancellation)
    {
        int columns = Cells(field.Width), rows = Cells(field.Height);
        float[] areas = Means(field.Width, field.Height, Parts + 1, (x, y, values) =>
        {
            (int matchX, int matchY) = field[x, y];
            int at = Parts * (matchY / Cell * _columns + matchX / Cell);
            (values[0], values[1]) = (_chroma[at], _chroma[at + 1]);
            values[2] = tone.Apply(reference[y * field.Width + x] / 255f);
        });
        cancellation.ThrowIfCancellationRequested();
        float[] changes = Around(areas, columns, rows, cancellation);
        for (int at = 0; at < changes.Length; at++) changes[at] -= areas[(Parts + 1) * (at / Parts) + at % Parts];
        GaussianBlur.Apply(changes, columns, rows, Parts, JoinSigma, cancellation);
        if (before is not null && before.Colours.Length == changes.Length) Keep(changes, field, before);
        return changes;
    }

    /// <summary>Adds a frame's changes, interpolated between the middles of cells, as far as no pixel leaves 0 to 1 for them. Luma stays.</summary>
    /// <param name="result">The painted frame at full resolution, display-like; changed in place.</param>
    /// <param name="painted">Its matches and changes.</param>
    /// <param name="strength">0 leaves every piece its colour, 1 shares it.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Asked once a few rows.</param>
    public static void Add(Frame result, PaintedFrame painted, float strength, int threads, CancellationToken cancellation)
    {
        MatchField field = painted.Field;
        int columns = Cells(field.Width), rows = Cells(field.Height), stride = Parts * columns;
        float cellWidth = (float)result.Width / field.Width * Cell, cellHeight = (float)result.Height / field.Height * Cell;
        int bands = (result.Height + RowsPerBand - 1) / RowsPerBand;
        Parallel.For(0, bands, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, band =>
        {
            float[] mixed = new float[stride];
            for (int y = band * RowsPerBand; y < Math.Min((band + 1) * RowsPerBand, result.Height); y++)
            {
                (int above, int below, float weight) = Between(y, cellHeight, rows);
                ReadOnlySpan<float> upper = painted.Colours.AsSpan(above * stride, stride), lower = painted.Colours.AsSpan(below * stride, stride);
                for (int at = 0; at < stride; at++) mixed[at] = strength * (upper[at] + (lower[at] - upper[at]) * weight);
                Span<float> row = result.Row(y);
                for (int x = 0; x < result.Width; x++)
                {
                    (int left, int right, float part) = Between(x, cellWidth, columns);
                    float red = mixed[Parts * left] + (mixed[Parts * right] - mixed[Parts * left]) * part;
                    float blue = mixed[Parts * left + 1] + (mixed[Parts * right + 1] - mixed[Parts * left + 1]) * part;
                    Span<float> pixel = row.Slice(Frame.Channels * x, 3);
                    float green = -(Rec709Luma.Red * red + Rec709Luma.Blue * blue) / Rec709Luma.Green, share = Math.Min(Math.Min(Share(pixel[0], red), Share(pixel[1], green)), Share(pixel[2], blue));
                    pixel[0] += share * red;
                    pixel[1] += share * green;
                    pixel[2] += share * blue;
                }
            }
        });
    }

    /// <summary>Takes over the changes of cells all of whose matches are as they were.</summary>
    private static void Keep(float[] changes, MatchField field, PaintedFrame before)
    {
        int columns = Cells(field.Width);
        bool[] isNew = new bool[changes.Length / Parts];
        for (int at = 0; at < field.Matches.Length; at++)
        {
            if (field.Matches[at] != before.Field.Matches[at]) isNew[at / field.Width / Cell * columns + at % field.Width / Cell] = true;
        }

        for (int at = 0; at < changes.Length; at++)
        {
            if (!isNew[at / Parts]) changes[at] = before.Colours[at];
        }
    }

    /// <summary>The colours about each cell, as far as they follow tone.</summary>
    /// <param name="areas">Two colours and tone, by cell.</param>
    /// <param name="columns">Cells a row.</param>
    /// <param name="rows">Rows of cells.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    private static float[] Around(float[] areas, int columns, int rows, CancellationToken cancellation)
    {
        // Means of tone, its square, both colours and their products with tone.
        const int Sums = 2 + 2 * Parts;
        float[] sums = new float[Sums * columns * rows];
        for (int at = 0; at < columns * rows; at++)
        {
            ReadOnlySpan<float> cell = areas.AsSpan((Parts + 1) * at, Parts + 1);
            Span<float> sum = sums.AsSpan(Sums * at, Sums);
            (sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]) = (cell[2], cell[2] * cell[2], cell[0], cell[1], cell[0] * cell[2], cell[1] * cell[2]);
        }

        GaussianBlur.Apply(sums, columns, rows, Sums, AroundSigma, cancellation);
        float[] lines = new float[2 * Parts * columns * rows];
        for (int at = 0; at < columns * rows; at++)
        {
            ReadOnlySpan<float> sum = sums.AsSpan(Sums * at, Sums);
            float spread = Math.Max(sum[1] - sum[0] * sum[0], 0) + OutlineSpread;
            for (int part = 0; part < Parts; part++)
            {
                float slope = (sum[2 + Parts + part] - sum[0] * sum[2 + part]) / spread;
                lines[2 * (Parts * at + part)] = slope;
                lines[2 * (Parts * at + part) + 1] = sum[2 + part] - slope * sum[0];
            }
        }

        GaussianBlur.Apply(lines, columns, rows, 2 * Parts, AroundSigma, cancellation);
        float[] around = new float[Parts * columns * rows];
        for (int at = 0; at < around.Length; at++) around[at] = lines[2 * at] * areas[(Parts + 1) * (at / Parts) + Parts] + lines[2 * at + 1];
        return around;
    }

    /// <summary>How much of a change a value takes without leaving 0 to 1: black strokes stay black.</summary>
    private static float Share(float value, float change) =>
        value + change < 0 ? Math.Max(value, 0) / -change : value + change > 1 ? Math.Max(1 - value, 0) / change : 1;

    /// <summary>The two cells between whose middles a pixel lies, and how far.</summary>
    private static (int First, int Second, float Weight) Between(int pixel, float cell, int cells)
    {
        float at = Math.Clamp((pixel + 0.5f) / cell - 0.5f, 0, cells - 1);
        int first = (int)at;
        return (first, Math.Min(first + 1, cells - 1), at - first);
    }

    private static int Cells(int side) => (side + Cell - 1) / Cell;

    /// <summary>Means over cells of what is read at each pixel.</summary>
    private static float[] Means(int width, int height, int parts, Reader read)
    {
        int columns = Cells(width);
        float[] means = new float[parts * columns * Cells(height)];
        Span<float> values = stackalloc float[parts];
        for (int y = 0; y < height; y++)
        {
            int tall = Math.Min(Cell, height - y / Cell * Cell);
            for (int x = 0; x < width; x++)
            {
                int wide = Math.Min(Cell, width - x / Cell * Cell), to = parts * (y / Cell * columns + x / Cell);
                read(x, y, values);
                for (int part = 0; part < parts; part++) means[to + part] += values[part] / (wide * tall);
            }
        }

        return means;
    }

    private delegate void Reader(int x, int y, Span<float> values);
}
