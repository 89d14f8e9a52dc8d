using System.Runtime.Intrinsics;

namespace RunwayFX.Synthesis.Patches;

/// <summary>What a vote over 8-bit channels covers.</summary>
/// <param name="PatchWidth">Odd patch width.</param>
/// <param name="Channels">Number of channels from the first, 1 to <see cref="ChannelsMax"/>.</param>
/// <param name="Active">One byte per target pixel: only pixels near a non-zero one are voted; null = all.</param>
/// <param name="Threads">Most threads used; the bits do not depend on it.</param>
public sealed record PatchVoteOptions(int PatchWidth, int Channels, byte[]? Active, int Threads)
{
    /// <summary>Most channels in one vote.</summary>
    public const int ChannelsMax = 8;
}

/// <summary>Rebuilds a picture from its match field: a pixel is the plain mean of what the patches that cover it say.</summary>
/// <remarks>Sums run in a fixed order per pixel and rows are independent, so the bits do not depend on the number of threads.</remarks>
public static class PatchVote
{
    private const int RowsPerBand = 16;

    /// <summary>Votes 8-bit channels: the first channels of source patches into those of the target, rounded to nearest; then extends the
    /// target's border.</summary>
    /// <param name="source">Where matches point to.</param>
    /// <param name="target">Receives the votes.</param>
    /// <param name="field">Matches of the target's pixels.</param>
    /// <param name="options">Patch width, channels and which pixels.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    public static void Channels(ChannelPicture source, ChannelPicture target, MatchField field, PatchVoteOptions options,
        CancellationToken cancellation)
    {
        int count = options.Channels;
        if (count is < 1 or > PatchVoteOptions.ChannelsMax || count > source.Channels)
        {
            throw new ArgumentOutOfRangeException(nameof(options), count,
                $"{count} voted channels are outside 1..{Math.Min(PatchVoteOptions.ChannelsMax, source.Channels)}");
        }

        if (options.Active is null)
        {
            ForRows(field.Height, options.Threads, y => ChannelsRow(source, target, field, options, null, y), cancellation);
        }
        else
        {
            byte[] touched = Reach(options.Active, field.Width, field.Height, options.PatchWidth / 2);
            ForRows(field.Height, options.Threads, y => ChannelsRow(source, target, field, options, touched, y), cancellation);
        }

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
    public static void Pixels(float[] source, int sourceWidth, float[] target, MatchField field, int patchWidth, int threads,
        CancellationToken cancellation)
    {
        if (target.Length != field.Matches.Length * 4)
        {
            throw new ArgumentException($"{target.Length} values do not hold a {field.Width}×{field.Height} RGBA picture", nameof(target));
        }

        ForRows(field.Height, threads, y => PixelsRow(source, sourceWidth, target, field, patchWidth / 2, y), cancellation);
    }

    private static unsafe void ChannelsRow(ChannelPicture source, ChannelPicture target, MatchField field, PatchVoteOptions options,
        byte[]? touched, int y)
    {
        int radius = options.PatchWidth / 2, count = options.Channels;
        int top = Math.Max(y - radius, 0), bottom = Math.Min(y + radius, field.Height - 1);
        fixed (byte* from = source.Bytes)
        {
            for (int x = 0; x < field.Width; x++)
            {
                if (touched is not null && touched[y * field.Width + x] == 0) continue;
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

    /// <summary>Pixels that some patch centred on an active pixel covers.</summary>
    private static byte[] Reach(byte[] active, int width, int height, int radius)
    {
        byte[] rows = new byte[active.Length], reach = new byte[active.Length];
        for (int y = 0; y < height; y++)
        {
            int until = -1;
            for (int x = -radius; x < width; x++)
            {
                if (x + radius < width && active[y * width + x + radius] != 0) until = x + 2 * radius;
                if (x >= 0 && x <= until) rows[y * width + x] = 1;
            }
        }

        for (int y = 0; y < height; y++)
        {
            Span<byte> to = reach.AsSpan(y * width, width);
            for (int near = Math.Max(y - radius, 0); near <= Math.Min(y + radius, height - 1); near++)
            {
                ReadOnlySpan<byte> from = rows.AsSpan(near * width, width);
                for (int x = 0; x < width; x++) to[x] |= from[x];
            }
        }

        return reach;
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
