using System.Runtime.CompilerServices;
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

    /// <summary>Largest weight of a patch's vote.</summary>
    public const int ConfidenceMax = 4096;

    /// <summary>Odd number of frames of a patch; 1 for stills.</summary>
    public int PatchFrames { get; init; } = 1;

    /// <summary>Weight of each target pixel's patch in the vote, 0 to <see cref="ConfidenceMax"/>; null = all alike. Where all weights are 0 all
    /// count alike.</summary>
    public ushort[]? Confidence { get; init; }

    /// <summary>Watches the work, in tests.</summary>
    internal PatchWorkMeter? Meter { get; init; }
}

/// <summary>Rebuilds a picture from its match field: a pixel is the mean of what the patches that cover it say.</summary>
/// <remarks>Sums run in a fixed order per pixel and rows are independent, so the bits do not depend on the number of threads.</remarks>
public static class PatchVote
{
    /// <summary>Voters up to which sums of bytes fit 16 bits.</summary>
    private const int NarrowVotersMax = ushort.MaxValue / byte.MaxValue;

    /// <summary>Votes 8-bit channels: the first channels of source patches into those of the target, rounded to nearest; then extends the
    /// target's border.</summary>
    /// <param name="source">Where matches point to.</param>
    /// <param name="target">Receives the votes.</param>
    /// <param name="field">Matches of the target's pixels.</param>
    /// <param name="options">Patch size, channels and which pixels.</param>
    /// <param name="cancellation">Checked every row.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together, or a match is no patch centre of the source.</exception>
    public static void Channels(ChannelPicture source, ChannelPicture target, MatchField field, PatchVoteOptions options,
        CancellationToken cancellation)
    {
        PatchWork work = new(options.Threads, cancellation, options.Meter);
        Validate(source, target, field, options);

        // Matches are followed without further checks.
        field.CheckInside(new SourceRegion(source, new PatchWeights(options.PatchWidth, [1], options.PatchFrames)), work);
        byte[]? touched = options.Active is null ? null : VoteReach.Find(options.Active, field, options.PatchWidth / 2, options.PatchFrames / 2);
        bool isNarrow = options.Confidence is null && options.PatchFrames == 1 && source.Frames == 1 && options.PatchWidth * options.PatchWidth <= NarrowVotersMax;
        long units = (long)field.Width * options.PatchWidth * options.PatchWidth * options.PatchFrames / 32 + 1;
        work.ForRows(target.Rows, units, row =>
        {
            if (isNarrow) NarrowRow(source, target, field, options, touched, row);
            else WideRow(source, target, field, options, touched, row);
        });
        target.ExtendBorder();
    }

    private static void Validate(ChannelPicture source, ChannelPicture target, MatchField field, PatchVoteOptions options)
    {
        int most = Math.Min(PatchVoteOptions.ChannelsMax, Math.Min(source.Channels, target.Channels));
        if (options.Channels < 1 || options.Channels > most)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Channels, $"{options.Channels} voted channels are outside 1..{most}");
        }

        if (field.Width != target.Width || field.Height != target.Height || field.Frames != target.Frames)
        {
            throw new ArgumentException($"a {field.Width}×{field.Height}×{field.Frames} field does not fit a {target.Width}×{target.Height}×{target.Frames} target", nameof(field));
        }

        if (source.Frames > 1 && (source.Border > 0 || source.TimeBorder > 0))
        {
            throw new ArgumentException($"a source clip has borders {source.Border} and {source.TimeBorder}; it must have none", nameof(source));
        }

        if ((options.Active ?? []).Length is var active && active > 0 && active != field.Matches.Length)
        {
            throw new ArgumentException($"an active mask of {active} pixels does not fit a field of {field.Matches.Length}", nameof(options));
        }

        if (options.Confidence is not { } confidence) return;
        if (confidence.Length != field.Matches.Length)
        {
            throw new ArgumentException($"{confidence.Length} confidences do not fit a field of {field.Matches.Length}", nameof(options));
        }

        foreach (ushort value in confidence)
        {
            if (value > PatchVoteOptions.ConfidenceMax)
            {
                throw new ArgumentOutOfRangeException(nameof(options), value, $"confidence {value} is over {PatchVoteOptions.ConfidenceMax}");
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void NarrowRow(ChannelPicture source, ChannelPicture target, MatchField field, PatchVoteOptions options, byte[]? touched,
        int y)
    {
        int radius = options.PatchWidth / 2, count = options.Channels, width = field.Width, rowBytes = source.RowBytes, pixelBytes = source.Channels;
        int top = Math.Max(y - radius, 0), bottom = Math.Min(y + radius, field.Height - 1);
        fixed (byte* from = &source.Bytes[source.Offset(0, 0)])
        fixed (byte* to = &target.Bytes[target.Offset(0, y)])
        fixed (int* matches = field.Matches)
        {
            for (int x = 0; x < width; x++)
            {
                if (touched is not null && touched[y * width + x] == 0) continue;
                int left = Math.Max(x - radius, 0), right = Math.Min(x + radius, width - 1);
                Vector128<ushort> sum = Vector128<ushort>.Zero;
                for (int row = top; row <= bottom; row++)
                {
                    int* match = matches + row * width;
                    byte* shifted = from + (y - row) * rowBytes;
                    for (int column = left; column <= right; column++)
                    {
                        byte* pixel = shifted + MatchField.Y(match[column]) * rowBytes + (MatchField.X(match[column]) + x - column) * pixelBytes;
                        sum += Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)pixel).AsByte());
                    }
                }

                int voters = (right - left + 1) * (bottom - top + 1);
                byte* voted = to + x * target.Channels;
                for (int channel = 0; channel < count; channel++) voted[channel] = (byte)((sum[channel] + voters / 2) / voters);
            }
        }
    }

    /// <summary>Space-time and weighted votes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void WideRow(ChannelPicture source, ChannelPicture target, MatchField field, PatchVoteOptions options, byte[]? touched,
        int stackedRow)
    {
        (int frame, int y) = Math.DivRem(stackedRow, field.Height);
        int radius = options.PatchWidth / 2, timeRadius = options.PatchFrames / 2, width = field.Width;
        int top = Math.Max(y - radius, 0), bottom = Math.Min(y + radius, field.Height - 1);
        int earliest = Math.Max(frame - timeRadius, 0), latest = Math.Min(frame + timeRadius, field.Frames - 1);
        fixed (byte* from = &source.Bytes[source.Offset(0, 0)])
        fixed (int* matches = field.Matches)
        {
            for (int x = 0; x < width; x++)
            {
                if (touched is not null && touched[stackedRow * width + x] == 0) continue;
                int left = Math.Max(x - radius, 0), right = Math.Min(x + radius, width - 1);
                Vector128<uint> sumLow, sumHigh;
                uint total;
                ushort[]? confidence = options.Confidence;
                do
                {
                    (sumLow, sumHigh, total) = (Vector128<uint>.Zero, Vector128<uint>.Zero, 0);
                    for (int time = earliest; time <= latest; time++)
                    {
                        for (int row = top; row <= bottom; row++)
                        {
                            int line = (time * field.Height + row) * width;
                            byte* shifted = from + (y - row + (frame - time) * source.Height) * source.RowBytes;
                            for (int column = left; column <= right; column++)
                            {
                                int match = matches[line + column];
                                byte* pixel = shifted + MatchField.Y(match) * source.RowBytes + (MatchField.X(match) + x - column) * source.Channels;
                                Vector128<ushort> values = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)pixel).AsByte());
                                uint weight = confidence is null ? 1u : confidence[line + column];
                                sumLow += Vector128.WidenLower(values) * Vector128.Create(weight);
                                sumHigh += Vector128.WidenUpper(values) * Vector128.Create(weight);
                                total += weight;
                            }
                        }
                    }

                    confidence = null;
                }
                while (total == 0);

                int offset = target.Offset(x, y, frame);
                for (int channel = 0; channel < options.Channels; channel++)
                {
                    uint sum = channel < 4 ? sumLow[channel] : sumHigh[channel - 4];
                    target.Bytes[offset + channel] = (byte)(((ulong)sum + total / 2) / total);
                }
            }
        }
    }
}
