namespace RunwayFX.Synthesis.Completion;

/// <summary>By how much a piece of the picture is shifted: a hole pixel at (x, y) shows what stands at (x + X, y + Y), or at (X − x, y + Y) where the
/// piece is mirrored left-right.</summary>
internal readonly record struct PieceShift(int X, int Y, bool IsMirrored = false)
{
    /// <summary>The column that is shown at a column.</summary>
    public int Column(int x) => IsMirrored ? X - x : x + X;
}

/// <summary>What it costs on one level to take a hole pixel from a shifted place, and to let two shifts meet.</summary>
/// <remarks>The known picture counts as a piece that is not shifted: the step at its border is judged like any other seam, and beyond that by how
/// well a shift shows what stands on the known side. Whole numbers; safe to use from several threads.</remarks>
internal sealed class ShiftCosts
{
    /// <summary>Cost of a shift that leads nowhere; never reached by others.</summary>
    public const int Impossible = 1 << 20;

    /// <summary>Fixed point of costs. A cost of 1 is one 8-bit step in one channel.</summary>
    public const int Scale = 16;

    /// <summary>A step, summed over four channels, up to which its cost grows with its square, because texture hides small ones.</summary>
    private const int StepBend = 64;

    /// <summary>The same for steps of the gradient, summed over both directions.</summary>
    private const int GradientBend = 32;

    /// <summary>Cost of a step to where nothing is known.</summary>
    private const int NowhereCost = 2000;

    /// <summary>Cost of a seam beside what it shows.</summary>
    private const int SeamCost = 6;

    /// <summary>Weight of seams against what a pixel costs alone.</summary>
    private const int SeamWeight = 2;

    /// <summary>The same for seams with the known picture, which are long and straight.</summary>
    private const int BorderWeight = 3;

    /// <summary>The same for what a mirror at the border bends: a line that runs into it aslant comes back as a V, an object as its own twin.</summary>
    private const int MirrorWeight = 128;

    /// <summary>The known band that is compared: pixels away from the border, and to both sides.</summary>
    private const int BandDepth = 4, BandSide = 2;

    /// <summary>Cost of a shift sideways of the way into the hole, in 8-bit steps for a quarter of the picture's smaller side.</summary>
    private const double SidewaysCost = 10;

    /// <summary>Weight of what the border does not let expect, per step of <see cref="BorderContent"/>; steps that tone and texture make anyway, and from
    /// where on something is simply something else.</summary>
    private const double ContentWeight = 1.5;
    private const int ContentMin = 6, ContentMax = 46;

    /// <summary>Weight of what is more unusual than the border is, per step of <see cref="Salience"/>.</summary>
    private const double SalienceWeight = 0.4;

    /// <summary>Cost of a mirrored piece deep in the hole, along a line as long as the picture's smaller side; so it weighs the same against a seam on
    /// every level. Next to the border, a mirror completes what the border cuts.</summary>
    private const double MirrorCost = 8000;

    /// <summary>Depth in the hole at which a mirror costs its full price, as a part of the picture's smaller side.</summary>
    private const double MirrorDepthShare = 1.0 / 8;

    /// <summary>Depth in the hole at which salience counts in full, as a part of the picture's smaller side: nearer to the border the picture may
    /// need
    /// it to go on.</summary>
    private const double SalienceDepthShare = 1.0 / 24;

    /// <summary>Cost of the farthest bend along the border.</summary>
    private const int BendCost = 120;

    private readonly int _bendMax;
    private readonly List<BorderLine> _borders;
    private readonly CompletionLevel _level;
    private readonly Salience _salience;
    private readonly BorderContent _content;
    private readonly int _stride;
    private readonly short[] _gradientX;
    private readonly short[] _gradientY;
    private readonly double _reach;
    private readonly double _salienceDepth;
    private readonly double _mirrorDepth;
    private readonly double _mirrorCost;

    public ShiftCosts(CompletionLevel level, Salience salience, BorderContent content)
    {
        (_level, _salience, _content, _stride) = (level, salience, content, level.Width);
        _bendMax = BorderLine.BendMax(level);
        _borders = BorderLine.All(level);
        _reach = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) / 4.0);
        _salienceDepth = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) * SalienceDepthShare);
        _mirrorCost = MirrorCost / Math.Min(level.CanvasWidth, level.Height);
        _mirrorDepth = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) * MirrorDepthShare);
        _gradientX = new short[level.Holes.Length];
        _gradientY = new short[level.Holes.Length];
        for (int y = 0; y < level.Height; y++)
        {
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                int p = y * _stride + x;
                if (level.Holes[p]) continue;
                _gradientX[p] = (short)Gradient(x > 0 ? p - 1 : p, p, x < level.CanvasWidth - 1 ? p + 1 : p);
                _gradientY[p] = (short)Gradient(y > 0 ? p - _stride : p, p, y < level.Height - 1 ? p + _stride : p);
            }
        }
    }

    /// <summary>Whether a shift leads from a pixel to a known one of the canvas.</summary>
    public bool IsValid(int p, PieceShift shift) => Source(p, shift) >= 0;

    /// <summary>The known pixel to which a shift leads, −1 where there is none.</summary>
    private int Source(int p, PieceShift shift)
    {
        int y = Math.DivRem(p, _stride, out int x);
        (x, y) = (shift.Column(x), y + shift.Y);
        int source = y * _stride + x;
        return (uint)x < (uint)_level.CanvasWidth && (uint)y < (uint)_level.Height && !_level.Holes[source] ? source : -1;
    }

    /// <summary>Cost of one hole pixel alone: where it is taken from, and how well that continues the known picture next to it.</summary>
    public int Pixel(int p, PieceShift shift, sbyte[]? bends = null)
    {
        int source = Source(p, shift);
        if (source < 0) return Impossible;
        int towardsX = _level.NearestX[p], towardsY = _level.NearestY[p], depth = Math.Max(Math.Abs(towardsX), Math.Abs(towardsY));
        int x = source % _stride, y = source / _stride;
        double across = (double)(x - p % _stride) * towardsY - (double)(y - p / _stride) * towardsX;
        double cost = SidewaysCost * across * across / (_reach * _reach * Math.Max(1, towardsX * towardsX + towardsY * towardsY));
        (int off, int usual) = _content.Compare(p % _stride, p / _stride, x, y);
        cost += SalienceWeight * Math.Min(1, depth / _salienceDepth) * Math.Max(0, _salience.At(x, y) - usual);
        cost += ContentWeight * (Math.Clamp(off, ContentMin, ContentMax) - ContentMin);
        if (shift.IsMirrored) cost += _mirrorCost * Math.Min(1, depth / _mirrorDepth);
        return (int)Math.Min(Scale * cost, Impossible / 8) + Border(p, shift, bends);
    }

    /// <summary>Cost of the seams between a hole pixel and its known neighbours; 0 where it has none.</summary>
    public int Border(int p, PieceShift shift, sbyte[]? bends = null)
    {
        if (Math.Abs((int)_level.NearestX[p]) + Math.Abs((int)_level.NearestY[p]) != 1) return 0;
        int x = p % _stride, y = p / _stride, cost = 0;
        if (IsKnown(x - 1, y)) cost += BorderSeam(p, p - 1, shift, -1, 0, bends);
        if (IsKnown(x + 1, y)) cost += BorderSeam(p, p + 1, shift, 1, 0, bends);
        if (IsKnown(x, y - 1)) cost += BorderSeam(p, p - _stride, shift, 0, -1, bends);
        if (IsKnown(x, y + 1)) cost += BorderSeam(p, p + _stride, shift, 0, 1, bends);
        return cost;
    }

    /// <summary>Cost of the seam between two neighbouring hole pixels of different shifts.</summary>
    public int Seam(int p, int q, PieceShift a, PieceShift b) => a == b ? 0 : Step(p, a, b) + Step(q, a, b) + SeamBase;

    /// <summary>How much it shows at one pixel whether it is taken from one place or another.</summary>
    public int Step(int p, PieceShift a, PieceShift b)
    {
        if (a == b) return 0;
        return SeamWeight * Scale * Visible(Source(p, a), a.IsMirrored, Source(p, b), b.IsMirrored);
    }

    /// <summary>Of a seam, the part that does not depend on what it shows.</summary>
    public static int SeamBase => SeamWeight * Scale * SeamCost;

    private int BorderSeam(int p, int known, PieceShift shift, int stepX, int stepY, sbyte[]? bends)
    {
        // A mirror at the border shows no step there, but bends lines that run into it aslant.
        if (shift.IsMirrored) return Scale * (MirrorWeight * Visible(known, false, Source(p, shift), true) + SeamWeight * SeamCost);
        if (bends is not null) return BorderWeight * Scale * (Bent(known, shift, stepX, stepY, bends[known]) + SeamCost);
        int best = int.MaxValue;
        for (int bend = -_bendMax; bend <= _bendMax; bend++) best = Math.Min(best, Bent(known, shift, stepX, stepY, bend));
        return BorderWeight * Scale * (best + SeamCost);
    }

    private int Bent(int known, PieceShift shift, int stepX, int stepY, int bend)
    {
        PieceShift bent = new(shift.X + bend * Math.Abs(stepY), shift.Y + bend * Math.Abs(stepX));
        int seen = Visible(known, false, Source(known, bent), false) + Band(known, bent, stepX, stepY);
        return seen + Math.Abs(bend) * BendCost / Math.Max(1, _bendMax);
    }

    /// <summary>How a shift has to bend at every known pixel beside a hole to continue the known picture best; null where no border is long
    /// enough.</summary>
    public sbyte[]? Bends(PieceShift shift)
    {
        if (shift.IsMirrored || _bendMax == 0 || _borders.Count == 0) return null;
        sbyte[] bends = new sbyte[_level.Holes.Length];
        foreach (BorderLine border in _borders)
        {
            sbyte[] line = border.Bend(_bendMax, (index, bend) => Continuation(border, index, bend, shift));
            for (int i = 0; i < line.Length; i++)
            {
                (int x, int y) = border.At(i);
                bends[y * _stride + x] = line[i];
            }
        }

        return bends;
    }

    /// <summary>How well a bent shift shows what stands at and behind a pixel of a border.</summary>
    public int Continuation(BorderLine border, int index, int bend, PieceShift shift)
    {
        (int x, int y) = border.At(index);
        PieceShift bent = new(shift.X + (border.IsUpright ? 0 : bend), shift.Y + (border.IsUpright ? bend : 0));
        return Band(y * _stride + x, bent, -border.StepX, -border.StepY);
    }

    /// <summary>Mean visible step of a shift over a band of the known picture next to a hole.</summary>
    /// <param name="known">A known pixel beside a hole.</param>
    /// <param name="shift">Not mirrored.</param>
    /// <param name="stepX">The way away from the hole.</param>
    /// <param name="stepY">The same.</param>
    private int Band(int known, PieceShift shift, int stepX, int stepY)
    {
        int x = known % _stride, y = known / _stride, count = 0, sum = 0;
        for (int depth = 0; depth < BandDepth; depth++)
        {
            for (int side = -BandSide; side <= BandSide; side++)
            {
                int u = x + depth * stepX + side * stepY, v = y + depth * stepY + side * stepX, q = v * _stride + u;
                if (!IsKnown(u, v)) continue;
                count++;
                sum += Visible(q, false, Source(q, shift), false);
            }
        }

        return sum / Math.Max(1, count);
    }

    /// <summary>How much a step between two pixels of pieces shows; −1 stands for nowhere.</summary>
    private int Visible(int a, bool mirrorsA, int b, bool mirrorsB)
    {
        if (a < 0 || b < 0) return NowhereCost;
        int across = mirrorsA == mirrorsB ? _gradientX[a] - _gradientX[b] : _gradientX[a] + _gradientX[b];
        return Bent(_level.Guide.Step(a, b), StepBend) + Bent(Math.Abs(across) + Math.Abs(_gradientY[a] - _gradientY[b]), GradientBend);
    }

    /// <summary>Half the square up to a bend, then straight on, in units of a quarter of the bend.</summary>
    private static int Bent(int value, int bend) => value <= bend ? 2 * value * value / bend : 4 * value - 2 * bend;

    private bool IsKnown(int x, int y) => (uint)x < (uint)_level.CanvasWidth && (uint)y < (uint)_level.Height && !_level.Holes[y * _stride + x];

    /// <summary>Half the step of luma from one neighbour to the other, or the whole one where the other is a hole.</summary>
    private int Gradient(int before, int p, int after)
    {
        bool hasBefore = !_level.Holes[before], hasAfter = !_level.Holes[after];
        int step = Luma(hasAfter ? after : p) - Luma(hasBefore ? before : p);
        return hasBefore && hasAfter ? step / 2 : step;
    }

    private int Luma(int p)
    {
        byte[] values = _level.Guide.Values;
        int i = PatchGuide.Channels * p;
        return (2 * values[i] + 5 * values[i + 1] + values[i + 2]) / 8;
    }
}
