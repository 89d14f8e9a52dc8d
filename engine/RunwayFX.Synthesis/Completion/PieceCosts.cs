namespace RunwayFX.Synthesis.Completion;

/// <summary>From where, on the guide, a place is copied: the source's column and row less its own.</summary>
internal readonly record struct PatchOffset(int X, int Y);

/// <summary>What it costs to copy a hole pixel from an offset, and to let two offsets meet.</summary>
/// <remarks>Whole numbers; safe to use from several threads as long as nobody writes the guide.</remarks>
internal sealed class PieceCosts
{
    /// <summary>Cost of an offset that leads nowhere; never reached by others.</summary>
    public const int Impossible = 1 << 24;

    /// <summary>Weights: of the distance to the guide's vote; of a difference between the two sides of a seam.</summary>
    private const int VoteWeight = 6, SeamWeight = 32;

    /// <summary>Weight of a difference in tone to the nearest known place, and from where on it counts no more.</summary>
    private const int ToneWeight = 60, ToneMax = 150;

    /// <summary>Depth in the hole, pixels, at which tone counts half.</summary>
    private const int ToneDepth = 8;

    /// <summary>Weight of what is unusual, per step of <see cref="Salience"/>, and the depth in the hole at which it counts in full, as a part of the picture's
    /// smaller side: nearer to the border the picture may need it to go on.</summary>
    private const int SalienceWeight = 60;
    private const double SalienceDepthShare = 1.0 / 24;

    /// <summary>How far around a place of the border is looked for what is usual there, as a part of the picture's smaller side.</summary>
    private const double UsualShare = 1.0 / 34;

    private readonly CompletionLevel _level;
    private readonly PieceRules _rules;
    private readonly int _width;
    private readonly byte[] _values;
    private readonly byte[]? _tones;
    private readonly byte[]? _usual;
    private readonly Salience? _salience;
    private readonly int _salienceDepth;

    /// <param name="level">The level.</param>
    /// <param name="rules">What counts.</param>
    /// <param name="salience">Null where the guide's holes hold a vote that the pieces should show. Else the tone of what lies nearest stands in, and what is
    /// unusual is not repeated.</param>
    public PieceCosts(CompletionLevel level, PieceRules rules, Salience? salience)
    {
        (_level, _rules, _width, _values, _salience) = (level, rules, level.Width, level.Guide.Values, salience);
        _salienceDepth = Math.Max(1, (int)(Math.Min(level.CanvasWidth, level.Height) * SalienceDepthShare));
        if (salience is null) return;
        _tones = Tones(level);
        if (rules.GoesOnFromBorder) _usual = Usual(level, salience);
    }

    /// <summary>Centre of the patch that stands for a pixel: the pixel itself but at the picture's edges.</summary>
    public int Centre(int p)
    {
        int y = Math.DivRem(p, _width, out int x);
        return Math.Clamp(y, PatchGuide.Radius, _level.Height - 1 - PatchGuide.Radius) * _width
            + Math.Clamp(x, PatchGuide.Radius, _level.CanvasWidth - 1 - PatchGuide.Radius);
    }

    /// <summary>The centre to which an offset leads; false where the patch there is not known.</summary>
    public bool TrySource(int centre, PatchOffset offset, out int source)
    {
        int y = Math.DivRem(centre, _width, out int x);
        (x, y) = (x + offset.X, y + offset.Y);
        source = y * _width + x;
        return (uint)x < (uint)_width && (uint)y < (uint)_level.Height && _level.IsSource[source];
    }

    /// <summary>Cost of a hole pixel alone.</summary>
    public int Pixel(int p, PatchOffset offset)
    {
        int centre = Centre(p);
        if (!TrySource(centre, offset, out int source)) return Impossible;
        long cost = _tones is null
            ? (long)VoteWeight * _level.Guide.Distance(centre, source, int.MaxValue) / (PatchGuide.Side * PatchGuide.Side)
            : Tone(p, source + p - centre);
        if (Depth(p) <= PatchGuide.Radius) cost += (long)_rules.Border * Border(centre, source);
        return (int)Math.Min(cost, Impossible / 4);
    }

    /// <summary>Cost of a seam beside what it shows.</summary>
    public int SeamBase => _rules.SeamBase;

    /// <summary>Cost of the seam between two neighbouring pixels of different offsets, given as differences of indices.</summary>
    public int Seam(int p, int q, int a, int b) => a == b ? 0 : Step(p, a, b) + Step(q, a, b) + SeamBase;

    /// <summary>How much it shows at one pixel whether it is taken from one place or another.</summary>
    public int Step(int p, int a, int b)
    {
        const int StepMax = Impossible / 64;
        if (a == b) return 0;
        int from = p + a, to = p + b;
        if ((uint)from >= (uint)_level.Holes.Length || (uint)to >= (uint)_level.Holes.Length) return StepMax;
        return Math.Min(SeamWeight * Squared(from, to), StepMax);
    }

    private int Depth(int p) => Math.Max(Math.Abs((int)_level.NearestX[p]), Math.Abs((int)_level.NearestY[p]));

    /// <summary>How badly a source shows what is known in the patch around a pixel.</summary>
    private int Border(int centre, int source)
    {
        int sum = 0;
        for (int v = -PatchGuide.Radius; v <= PatchGuide.Radius; v++)
        {
            for (int u = -PatchGuide.Radius; u <= PatchGuide.Radius; u++)
            {
                int q = centre + v * _width + u;
                if (!_level.Holes[q]) sum += Squared(q, q - centre + source);
            }
        }

        return sum;
    }

    private int Tone(int p, int source)
    {
        int nearest = p + _level.NearestY[p] * _width + _level.NearestX[p], sum = 0;
        for (int c = 0; c < PatchGuide.Channels; c++)
            sum += Math.Abs(_tones![PatchGuide.Channels * nearest + c] - _tones[PatchGuide.Channels * source + c]);
        int unusual = Math.Max(0, _salience!.At(_level.CanvasX(source % _width), source / _width) - (_usual?[nearest] ?? 0));
        return SalienceWeight * unusual * Math.Min(_salienceDepth, Depth(p)) / _salienceDepth + ToneWeight * Math.Min(sum, ToneMax) * ToneDepth / (ToneDepth + Depth(p));
    }

    /// <summary>Mean of what is known around every pixel, shape (H, W, 4).</summary>
    private static byte[] Tones(CompletionLevel level)
    {
        byte[] tones = new byte[PatchGuide.Channels * level.Holes.Length];
        Span<int> sum = stackalloc int[PatchGuide.Channels];
        for (int y = 0; y < level.Height; y++)
        {
            for (int x = 0; x < level.Width; x++)
            {
                int p = y * level.Width + x, count = 0;
                if (level.Holes[p]) continue;
                sum.Clear();
                for (int v = Math.Max(0, y - PatchGuide.Radius); v <= Math.Min(level.Height - 1, y + PatchGuide.Radius); v++)
                {
                    for (int u = Math.Max(0, x - PatchGuide.Radius); u <= Math.Min(level.Width - 1, x + PatchGuide.Radius); u++)
                    {
                        int q = v * level.Width + u;
                        if (level.Holes[q]) continue;
                        count++;
                        for (int c = 0; c < sum.Length; c++) sum[c] += level.Guide.Values[PatchGuide.Channels * q + c];
                    }
                }

                for (int c = 0; c < sum.Length; c++) tones[PatchGuide.Channels * p + c] = (byte)(sum[c] / count);
            }
        }

        return tones;
    }

    /// <summary>Up to which <see cref="Salience"/> things are usual around every known pixel beside a hole, 0 elsewhere.</summary>
    private static byte[] Usual(CompletionLevel level, Salience salience)
    {
        byte[] usual = new byte[level.Holes.Length];
        int reach = Math.Max(1, (int)Math.Round(Math.Min(level.CanvasWidth, level.Height) * UsualShare));
        List<int> measured = [];
        for (int p = 0; p < usual.Length; p++)
        {
            int y = Math.DivRem(p, level.Width, out int x);
            if (level.KnownDepth[p] != 1 || x >= level.CanvasWidth) continue;
            measured.Clear();
            for (int v = Math.Max(0, y - reach); v <= Math.Min(level.Height - 1, y + reach); v++)
            {
                for (int u = Math.Max(0, x - reach); u <= Math.Min(level.CanvasWidth - 1, x + reach); u++)
                {
                    if (level.IsSource[v * level.Width + u]) measured.Add(salience.At(u, v));
                }
            }

            usual[p] = (byte)Salience.Usual(measured);
        }

        return usual;
    }

    /// <summary>Squared difference of two pixels' colours.</summary>
    private int Squared(int a, int b)
    {
        int sum = 0;
        for (int c = 0; c < 3; c++)
        {
            int step = _values[PatchGuide.Channels * a + c] - _values[PatchGuide.Channels * b + c];
            sum += step * step;
        }

        return sum;
    }
}
