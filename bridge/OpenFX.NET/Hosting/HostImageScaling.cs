namespace OpenFX.Hosting;

/// <summary>Proxy making: brings an image to another render scale.</summary>
internal static class HostImageScaling
{
    /// <summary>Fills <paramref name="target"/> from <paramref name="source"/>: the mean of the covered source pixels when shrinking, the nearest one
    /// when growing; transparent black outside.</summary>
    public static void Resample(HostImage source, HostImage target)
    {
        double stepX = source.Format.Scale.X / target.Format.Scale.X, stepY = source.Format.Scale.Y / target.Format.Scale.Y;
        float[] output = new float[target.Width * 4];
        var rows = new Dictionary<int, float[]>();
        for (int y = target.Bounds.Y1; y < target.Bounds.Y2; y++)
        {
            (int firstRow, int lastRow) = Covered(y, stepY, source.Bounds.Y1, source.Bounds.Y2);
            foreach (int stale in rows.Keys.Where(key => key < firstRow || key > lastRow).ToArray()) rows.Remove(stale);
            for (int row = firstRow; row <= lastRow; row++) rows.TryAdd(row, Decode(source, row));
            Array.Clear(output);
            for (int x = target.Bounds.X1; x < target.Bounds.X2; x++)
            {
                (int first, int last) = Covered(x, stepX, source.Bounds.X1, source.Bounds.X2);
                Average(rows, firstRow, lastRow, first - source.Bounds.X1, last - source.Bounds.X1, output.AsSpan((x - target.Bounds.X1) * 4, 4));
            }

            HostImageConversion.EncodeRow(output, target.Row(y), target.Format.Depth, target.Format.Components);
        }
    }

    private static float[] Decode(HostImage source, int y)
    {
        float[] row = new float[source.Width * 4];
        HostImageConversion.DecodeRow(source.Row(y), row, source.Format.Depth, source.Format.Components);
        return row;
    }

    /// <summary>Source indices under a target pixel; last before first where there are none.</summary>
    private static (int First, int Last) Covered(int index, double step, int minimum, int maximum)
    {
        int first = (int)Math.Floor(index * step + 1e-6);
        int last = Math.Max(first, (int)Math.Ceiling((index + 1) * step - 1e-6) - 1);
        return (Math.Max(first, minimum), Math.Min(last, maximum - 1));
    }

    private static void Average(Dictionary<int, float[]> rows, int firstRow, int lastRow, int first, int last, Span<float> pixel)
    {
        int count = (lastRow - firstRow + 1) * (last - first + 1);
        if (lastRow < firstRow || last < first) return;
        for (int c = 0; c < 4; c++)
        {
            double sum = 0;
            for (int row = firstRow; row <= lastRow; row++)
            {
                float[] values = rows[row];
                for (int x = first; x <= last; x++) sum += values[x * 4 + c];
            }

            pixel[c] = (float)(sum / count);
        }
    }
}
