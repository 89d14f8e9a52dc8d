using System.Runtime.Intrinsics;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Rebuilds a picture from its match field: a pixel is the plain mean of what the patches that cover it say.</summary>
/// <remarks>Sums run in a fixed order per pixel and rows are independent, so the bits do not depend on the number of threads.</remarks>
public static class PatchVote
{
    private const int RowsPerBand = 16;

    /// <summary>Votes 8-bit channels: the first <paramref name="count"/> channels of source patches into those of the target, rounded to nearest;
    /// then extends the target's border.</summary>
    /// <param name="source">Where matches point to.</param>
    /// <param name="target">Receives the votes.</param>
    /// <param name="field">Matches of the target's pixels.</param>
    /// <param name="patchWidth">Odd patch width.</param>
    /// <param name="count">Number of channels, 1 to 8 and at most the picture's.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    public static void Channels(ChannelPicture source, ChannelPicture target, MatchField field, int patchWidth, int count, int threads, CancellationToken cancellation)
    {
        if (count is < 1 or > 8 || count > source.Channels) throw new ArgumentOutOfRangeException(nameof(count), count, $"{count} voted channels are outside 1..8");
        ForRows(field.Height, threads, y => ChannelsRow(source, target, field, patchWidth / 2, count, y), cancellation);
        target.ExtendBorder();
    }

    /// <summary>Votes original float pixels, RGB of interleaved RGBA, so that depth and range of the source survive. Alpha becomes 1.</summary>
    /// <param name="source">RGBA pixels of the picture that matches point into, row by row.</param>
    /// <param name="sourceWidth">Its width in pixels.</param>
    /// <param name="target">Receives RGBA, shape of <paramref name="field"/>.</param>
    /// <param name="field">Matches of the target's pixels.</param>
    /// <param name="patchWidth">Odd patch width.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    public static void Pixels(float[] source, int sourceWidth, float[] target, MatchField field, int patchWidth, int threads, CancellationToken cancellation)
    {
        if (target.Length != field.Matches.Length * 4) throw new ArgumentException($"{target.Length} values do not hold a {field.Width}×{field.Height} RGBA picture", nameof(target));
        ForRows(field.Height, threads, y => PixelsRow(source, sourceWidth, target, field, patchWidth / 2, y), cancellation);
    }

    private static unsafe void ChannelsRow(ChannelPicture source, ChannelPicture target, MatchField field, int radius, int count, int y)
    {
        int top = Math.Max(y - radius, 0), bottom = Math.Min(y + radius, field.Height - 1);
        fixed (byte* from = source.Bytes)
        {
            for (int x = 0; x < field.Width; x++)
            {
                int left = Math.Max(x - radius, 0), right = Math.Min(x + radius, field.Width - 1);
                Vector128<ushort> sum = Vector128<ushort>.Zero;
                for (int row = top; row <= bottom; row++)
                {
                    for (int column = left; column <= right; column++)
                    {
                        int match = field.Matches[row * field.Width + column];
                        byte* pixel = from + source.Offset(MatchField.X(match) + x - column, MatchField.Y(match) + y - row);
                        sum += Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)pixel).AsByte());
                    }
                }

                int voters = (right - left + 1) * (bottom - top + 1), offset = target.Offset(x, y);
                for (int channel = 0; channel < count; channel++) target.Bytes[offset + channel] = (byte)((sum[channel] + voters / 2) / voters);
            }
        }
    }

    private static void PixelsRow(float[] source, int sourceWidth, float[] target, MatchField field, int radius, int y)
    {
        int top = Math.Max(y - radius, 0), bottom = Math.Min(y + radius, field.Height - 1);
        for (int x = 0; x < field.Width; x++)
        {
            int left = Math.Max(x - radius, 0), right = Math.Min(x + radius, field.Width - 1);
            Vector128<float> sum = Vector128<float>.Zero;
            for (int row = top; row <= bottom; row++)
            {
                for (int column = left; column <= right; column++)
                {
                    int match = field.Matches[row * field.Width + column];
                    int index = (MatchField.Y(match) + y - row) * sourceWidth + MatchField.X(match) + x - column;
                    sum += Vector128.Create(source, index * 4);
                }
            }

            sum /= Vector128.Create((float)((right - left + 1) * (bottom - top + 1)));
            sum.WithElement(3, 1f).CopyTo(target, (y * field.Width + x) * 4);
        }
    }

    private static void ForRows(int height, int threads, Action<int> row, CancellationToken cancellation)
    {
        int bands = (height + RowsPerBand - 1) / RowsPerBand;
        if (threads <= 1 || bands == 1)
        {
            for (int y = 0; y < height; y++)
            {
                cancellation.ThrowIfCancellationRequested();
                row(y);
            }

            return;
        }

        Parallel.For(0, bands, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, band =>
        {
            for (int y = band * RowsPerBand; y < Math.Min((band + 1) * RowsPerBand, height); y++) row(y);
        });
    }
}
