using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>One border of the picture beyond which there is fill, with coordinates of its own: u counts pixels inward from the border (0 is the
/// border's own column or row, negative ones lie in the fill), v runs along it.</summary>
/// <param name="Side">0 left, 1 right, 2 top, 3 bottom.</param>
/// <param name="X1">The picture's left in the source, pixels, top-down.</param>
/// <param name="Y1">Its top.</param>
/// <param name="X2">Its right, exclusive.</param>
/// <param name="Y2">Its bottom, exclusive.</param>
/// <param name="FillDepth">Pixels of fill beyond the border.</param>
internal readonly record struct PictureBorder(int Side, int X1, int Y1, int X2, int Y2, int FillDepth)
{
    /// <summary>The band's depth as a share of the picture's other side: an object that is taken from a neighbouring frame fits into it.</summary>
    private const double DepthShare = 0.25;

    private bool IsUpright => Side < 2;

    /// <summary>Pixels along the border.</summary>
    public int Length => IsUpright ? Y2 - Y1 : X2 - X1;

    /// <summary>Pixels inward that are looked at.</summary>
    public int Depth => (int)Math.Max(1, Math.Min(IsUpright ? X2 - X1 : Y2 - Y1, Math.Max(X2 - X1, Y2 - Y1) * DepthShare));

    /// <summary>The borders of a canvas beyond which there is fill.</summary>
    public static IEnumerable<PictureBorder> Of(ExtendCanvas canvas, PixelWindow source)
    {
        (PixelWindow whole, PixelWindow picture) = (canvas.Canvas, canvas.Picture);
        ReadOnlySpan<int> fills = [picture.X1 - whole.X1, whole.X2 - picture.X2, whole.Y2 - picture.Y2, picture.Y1 - whole.Y1];
        List<PictureBorder> borders = [];
        for (int side = 0; side < fills.Length; side++)
        {
            if (fills[side] > 0)
                borders.Add(new(side, picture.X1 - source.X1, source.Y2 - picture.Y2, picture.X2 - source.X1, source.Y2 - picture.Y1, fills[side]));
        }

        return borders;
    }

    /// <summary>The source pixel of a place in the band or, for negative <paramref name="u"/>, beyond it.</summary>
    public (int X, int Y) At(int u, int v) => Side switch
    {
        0 => (X1 + u, Y1 + v),
        1 => (X2 - 1 - u, Y1 + v),
        2 => (X1 + v, Y1 + u),
        _ => (X1 + v, Y2 - 1 - u),
    };

    /// <summary>The band of a source-sized picture: its columns are u, its rows v.</summary>
    public Frame Cut(Frame source)
    {
        Frame band = new(Depth, Length);
        for (int v = 0; v < band.Height; v++)
        {
            Span<float> row = band.Row(v);
            for (int u = 0; u < band.Width; u++)
            {
                (int x, int y) = At(u, v);
                source.Row(y).Slice(Frame.Channels * x, Frame.Channels).CopyTo(row[(Frame.Channels * u)..]);
            }
        }

        return band;
    }
}

/// <summary>What one frame shows along a border, and which of it is not the plate.</summary>
internal sealed class BorderBand
{
    /// <summary>Display-like difference to the plate, smoothed, that makes an object, and the one that belongs to it where it is connected.</summary>
    private const float ObjectMin = 0.11f, EdgeMin = 0.05f;

    /// <summary>In pixels; grain is averaged away, a limb is not.</summary>
    private const double SmoothSigma = 1;

    private BorderBand(Frame pixels, byte[] guide, bool[] foreground) => (Pixels, Guide, Foreground) = (pixels, guide, foreground);

    /// <summary>The frame's own values.</summary>
    public Frame Pixels { get; }

    /// <summary>Display-like red, green and blue, 0..255.</summary>
    public byte[] Guide { get; }

    /// <summary>Whether a pixel shows something that is not in the plate.</summary>
    public bool[] Foreground { get; }

    /// <summary>Pixels inward.</summary>
    public int Depth => Pixels.Width;

    /// <summary>Pixels along the border.</summary>
    public int Length => Pixels.Height;

    /// <summary>Looks at a band.</summary>
    /// <param name="pixels">The frame's band.</param>
    /// <param name="plate">The plate's band, as bright as the frame.</param>
    /// <param name="toGuide">Gives display-like values.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static BorderBand Create(Frame pixels, Frame plate, Func<Frame, Frame> toGuide, CancellationToken cancellation)
    {
        Frame frameGuide = toGuide(pixels), difference = toGuide(plate);
        byte[] guide = new byte[3 * pixels.Width * pixels.Height];
        for (int p = 0; p < guide.Length / 3; p++)
        {
            for (int c = 0; c < 3; c++)
            {
                int i = Frame.Channels * p + c;
                guide[3 * p + c] = (byte)Math.Clamp(255 * frameGuide.Pixels[i] + 0.5f, 0, 255);
                float value = frameGuide.Pixels[i] - difference.Pixels[i];
                difference.Pixels[i] = float.IsFinite(value) ? Math.Clamp(value, -1, 1) : 0;
            }

            difference.Pixels[Frame.Channels * p + 3] = 0;
        }

        difference = GaussianBlur.Apply(difference, SmoothSigma, cancellation);
        return new(pixels, guide, Hysteresis(difference));
    }

    /// <summary>All foreground that is connected to seeds (8 neighbours), the seeds among them, nearest first.</summary>
    /// <param name="seeds">Pixel indices; those not in the foreground are skipped.</param>
    public List<int> Connected(IEnumerable<int> seeds) => Grow(seeds, new bool[Foreground.Length], p => Foreground[p], Depth, Length);

    /// <summary>The part of a connected piece of foreground that is nearer, on the way through it, to its seeds than to the border.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="seeds">Pixels of it.</param>
    /// <returns>That part, and how many of its pixels touch the rest.</returns>
    public (List<int> Pixels, int Contact) WithoutBorder(List<int> piece, IEnumerable<int> seeds)
    {
        int[] owner = new int[Foreground.Length];
        List<int> queue = [];
        foreach (int p in seeds.Where(p => Foreground[p] && p % Depth > 0)) Take(p, 1);
        foreach (int p in piece.Where(p => p % Depth == 0)) Take(p, 2);
        for (int next = 0; next < queue.Count; next++)
        {
            int p = queue[next], x = p % Depth, y = p / Depth;
            if (x > 0) Take(p - 1, owner[p]);
            if (x < Depth - 1) Take(p + 1, owner[p]);
            if (y > 0) Take(p - Depth, owner[p]);
            if (y < Length - 1) Take(p + Depth, owner[p]);
        }

        List<int> own = [.. piece.Where(p => owner[p] == 1)];
        return (own, own.Count(p => IsOthers(p, -1, 0) || IsOthers(p, 1, 0) || IsOthers(p, 0, -1) || IsOthers(p, 0, 1)));

        bool IsOthers(int p, int x, int y)
        {
            (x, y) = (p % Depth + x, p / Depth + y);
            return x >= 0 && x < Depth && y >= 0 && y < Length && owner[y * Depth + x] == 2;
        }

        void Take(int p, int who)
        {
            if (owner[p] != 0 || !Foreground[p]) return;
            owner[p] = who;
            queue.Add(p);
        }
    }

    private static bool[] Hysteresis(Frame difference)
    {
        float[] strength = new float[difference.Width * difference.Height];
        for (int p = 0; p < strength.Length; p++)
        {
            int i = Frame.Channels * p;
            strength[p] = Math.Max(Math.Abs(difference.Pixels[i]), Math.Max(Math.Abs(difference.Pixels[i + 1]), Math.Abs(difference.Pixels[i + 2])));
        }

        bool[] foreground = new bool[strength.Length];
        Grow(Enumerable.Range(0, strength.Length).Where(p => strength[p] > ObjectMin), foreground, p => strength[p] > EdgeMin, difference.Width,
            difference.Height);
        return foreground;
    }

    private static List<int> Grow(IEnumerable<int> seeds, bool[] seen, Func<int, bool> belongs, int width, int height)
    {
        List<int> found = [];
        foreach (int seed in seeds)
        {
            if (seen[seed] || !belongs(seed)) continue;
            seen[seed] = true;
            found.Add(seed);
        }

        for (int next = 0; next < found.Count; next++)
        {
            int x = found[next] % width, y = found[next] / width;
            for (int ny = Math.Max(0, y - 1); ny <= Math.Min(height - 1, y + 1); ny++)
            {
                for (int nx = Math.Max(0, x - 1); nx <= Math.Min(width - 1, x + 1); nx++)
                {
                    int neighbour = ny * width + nx;
                    if (seen[neighbour] || !belongs(neighbour)) continue;
                    seen[neighbour] = true;
                    found.Add(neighbour);
                }
            }
        }

        return found;
    }
}
