namespace RunwayFX.Synthesis.Completion;

/// <summary>What the known picture shows along its border, carried into the hole along the lines that run into it: a wall that meets the border goes on
/// as a wall and a lawn as a lawn, however well something else would join there.</summary>
/// <remarks>Measured on a coarse level. Whole numbers but for the lines; safe to use from several threads.</remarks>
internal sealed class BorderContent
{
    /// <summary>Half the side of the squares whose mean colour and texture are compared, and the distance between those that are.</summary>
    private const int Radius = 2, Stride = 2;

    /// <summary>How far into the known picture its border is looked at, as a part of the picture's smaller side.</summary>
    private const double BandShare = 1.0 / 12;

    /// <summary>By how many pixels along the border a place may be off for every pixel of its depth: the deeper, the less the border says.</summary>
    private const double OffShare = 1.0 / 12;

    private readonly CompletionLevel _level;
    private readonly Salience _salience;
    private readonly int _shrink;
    private readonly byte[] _means;
    private readonly List<Side> _sides;
    private readonly (short Side, short Index)[] _origins;

    private BorderContent(CompletionLevel level, Salience salience, byte[] means, List<Side> sides, (short Side, short Index)[] origins, int shrink) =>
        (_level, _salience, _means, _sides, _origins, _shrink) = (level, salience, means, sides, origins, shrink);

    /// <summary>Measures a level.</summary>
    public static BorderContent Measure(CompletionLevel level, Salience salience, ParallelOptions parallel)
    {
        (short, short)[] origins = new (short, short)[level.Holes.Length];
        Array.Fill(origins, ((short)-1, (short)0));
        BorderContent content = new(level, salience, Means(level, parallel), [], origins, 0);
        foreach (BorderLine line in BorderLine.All(level)) content.Add(line);
        return content;
    }

    /// <summary>The same for a level so many times twice as large.</summary>
    public BorderContent For(int halvings) => new(_level, _salience, _means, _sides, _origins, halvings);

    /// <summary>Compares what stands at a known place with what the border lets expect at a hole pixel.</summary>
    /// <param name="x">The hole pixel's column.</param>
    /// <param name="y">Its row.</param>
    /// <param name="sourceX">The known place.</param>
    /// <param name="sourceY">The same.</param>
    /// <returns>How far mean colour and texture are off, 0 to 255; and up to which <see cref="Salience"/> things are usual there. Zeros where no
    /// border says anything.</returns>
    public (int Off, int Usual) Compare(int x, int y, int sourceX, int sourceY)
    {
        int p = Shrunk(x, y), source = PatchGuide.Channels * Shrunk(sourceX, sourceY), off = int.MaxValue, usual = 0;
        (int at, int index) = _origins[p];
        if (at < 0) return (0, 0);
        Side side = _sides[at];
        int depth = Math.Max(Math.Abs((int)_level.NearestX[p]), Math.Abs((int)_level.NearestY[p])), steps = (1 + (int)(OffShare * depth)) / Stride;
        for (int i = Math.Max(index - Stride * steps, index % Stride); i <= Math.Min(side.Usual.Length - 1, index + Stride * steps); i += Stride)
        {
            usual = Math.Max(usual, side.Usual[i]);
            foreach (int known in side.Samples[i])
            {
                int sum = 0;
                for (int c = 0; c < PatchGuide.Channels; c++) sum += Math.Abs(_means[known + c] - _means[source + c]);
                off = Math.Min(off, sum);
            }
        }

        return (off == int.MaxValue ? 0 : off / PatchGuide.Channels, usual);
    }

    /// <summary>Mean guide values of the known pixels around each known pixel.</summary>
    public static byte[] Means(CompletionLevel level, ParallelOptions parallel)
    {
        byte[] means = new byte[PatchGuide.Channels * level.Holes.Length], values = level.Guide.Values;
        Parallel.For(0, level.Height, parallel, y =>
        {
            Span<int> sums = stackalloc int[PatchGuide.Channels];
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                int p = y * level.Width + x, count = 0;
                if (level.Holes[p]) continue;
                sums.Clear();
                for (int v = Math.Max(0, y - Radius); v <= Math.Min(level.Height - 1, y + Radius); v++)
                {
                    for (int u = Math.Max(0, x - Radius); u <= Math.Min(level.CanvasWidth - 1, x + Radius); u++)
                    {
                        int q = v * level.Width + u;
                        if (level.Holes[q]) continue;
                        count++;
                        for (int c = 0; c < PatchGuide.Channels; c++) sums[c] += values[PatchGuide.Channels * q + c];
                    }
                }

                for (int c = 0; c < PatchGuide.Channels; c++) means[PatchGuide.Channels * p + c] = (byte)(sums[c] / count);
            }
        });
        return means;
    }

    private int Shrunk(int x, int y) => Math.Min(y >> _shrink, _level.Height - 1) * _level.Width + Math.Min(x >> _shrink, _level.CanvasWidth - 1);

    private void Add(BorderLine line)
    {
        int band = Math.Max(Stride, (int)(Math.Min(_level.CanvasWidth, _level.Height) * BandShare));
        Side side = new(new int[line.Count][], new int[line.Count]);
        List<int> samples = [], saliences = [];
        for (int i = 0; i < line.Count; i++)
        {
            samples.Clear();
            saliences.Clear();
            for (int depth = 0; depth < band; depth++)
            {
                (int x, int y) = line.At(i);
                (x, y) = (x - (depth + Radius) * line.StepX, y - (depth + Radius) * line.StepY);
                if ((uint)x >= (uint)_level.CanvasWidth || (uint)y >= (uint)_level.Height || _level.Holes[y * _level.Width + x]) break;
                saliences.Add(_salience.At(x, y));
                if (depth % Stride == 0) samples.Add(PatchGuide.Channels * (y * _level.Width + x));
            }

            side.Samples[i] = [.. samples];
            side.Usual[i] = Salience.Usual(saliences);
        }

        _sides.Add(side);
        Follow(line);
    }

    /// <summary>Remembers for every hole pixel beside a border from where a line would come there.</summary>
    private void Follow(BorderLine line)
    {
        BorderSlopes slopes = BorderSlopes.Measure(_level, _means, line);
        for (int depth = 1; depth <= slopes.Depth; depth++)
        {
            int index = 0;
            for (int i = 0; i < line.Count; i++)
            {
                while (index + 1 < line.Count && Math.Abs(slopes.At(index + 1, depth) - i) <= Math.Abs(slopes.At(index, depth) - i)) index++;
                (int x, int y) = line.At(i);
                (x, y) = (x + depth * line.StepX, y + depth * line.StepY);
                if ((uint)x >= (uint)_level.CanvasWidth || (uint)y >= (uint)_level.Height) continue;
                int p = y * _level.Width + x;
                bool isNearest = _level.NearestX[p] == -depth * line.StepX && _level.NearestY[p] == -depth * line.StepY;
                if (_level.Holes[p] && isNearest) _origins[p] = ((short)(_sides.Count - 1), (short)index);
            }
        }
    }

    /// <summary>Per pixel of a border: places of the band behind it, as index of their means, and up to which salience things are usual there.</summary>
    private sealed record Side(int[][] Samples, int[] Usual);
}
