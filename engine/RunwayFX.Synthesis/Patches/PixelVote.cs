using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Where the original pixels lie that a field points into.</summary>
public sealed record PixelVoteOptions
{
    /// <summary>Width in pixels of the picture that matches point into.</summary>
    public required int SourceWidth { get; init; }

    /// <summary>Height of one of its frames.</summary>
    public required int SourceHeight { get; init; }

    /// <summary>Odd patch width.</summary>
    public required int PatchWidth { get; init; }

    /// <summary>Odd number of frames of a patch; 1 for stills.</summary>
    public int PatchFrames { get; init; } = 1;

    /// <summary>Weight of each target pixel's patch in the vote; null = all alike. Where all weights are 0 all count alike.</summary>
    public ushort[]? Confidence { get; init; }

    /// <summary>Most threads used; the bits do not depend on it.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Rebuilds a picture in the depth and range of its source: the mean of original float pixels along a match field.</summary>
/// <remarks>Pixels are interleaved RGBA, frame by frame, row by row; alpha becomes 1. Values below 0 and above 1 count as they are. A value that is
/// not finite has no vote, unless there is none else: then the centre of the pixel's own patch decides. Sums run in a fixed order, without
/// multiply-add, so equal input gives equal bits on every machine and for any number of threads.</remarks>
public static class PixelVote
{
    private const int Channels = 4;

    /// <summary>Votes.</summary>
    /// <param name="source">RGBA pixels of the source.</param>
    /// <param name="target">Receives RGBA, shape of <paramref name="field"/>.</param>
    /// <param name="field">Matches of the target's pixels.</param>
    /// <param name="options">Sizes and weights.</param>
    /// <param name="cancellation">Checked every row.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together, or a patch lies outside the source.</exception>
    public static void Run(float[] source, float[] target, MatchField field, PixelVoteOptions options, CancellationToken cancellation)
    {
        if (target.Length != field.Matches.Length * Channels)
        {
            throw new ArgumentException($"{target.Length} values do not hold a {field.Width}×{field.Height}×{field.Frames} RGBA picture", nameof(target));
        }

        int framePixels = checked(options.SourceWidth * options.SourceHeight);
        if (framePixels < 1 || source.Length % (framePixels * Channels) != 0)
        {
            throw new ArgumentException($"{source.Length} values are no RGBA frames of {options.SourceWidth}×{options.SourceHeight}", nameof(source));
        }

        if (options.Confidence is { } confidence && confidence.Length != field.Matches.Length)
        {
            throw new ArgumentException($"{confidence.Length} confidences do not fit a field of {field.Matches.Length}", nameof(options));
        }

        PatchWork work = new(options.Threads, cancellation);
        long units = (long)field.Width * options.PatchWidth * options.PatchWidth * options.PatchFrames / 32 + 1;
        work.ForRows(field.Height * field.Frames, units, row => VoteRow(source, target, field, options, row));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void VoteRow(float[] source, float[] target, MatchField field, PixelVoteOptions options, int stackedRow)
    {
        Window window = new(field, options, stackedRow);
        for (int x = 0; x < field.Width; x++)
        {
            window.MoveTo(x);
            Vector128<float> sum = Vector128<float>.Zero, total = Vector128<float>.Zero;
            for (int time = window.Earliest; time <= window.Latest; time++)
            {
                for (int row = window.Top; row <= window.Bottom; row++)
                {
                    int line = (time * field.Height + row) * field.Width;
                    for (int column = window.Left; column <= window.Right; column++)
                    {
                        Vector128<float> value = Vector128.Create(source, window.SourceIndex(time, row, column, field.Matches[line + column]) * Channels);
                        if (options.Confidence is { } confidence)
                        {
                            Vector128<float> weight = Vector128.Create((float)confidence[line + column]);
                            sum += value * weight;
                            total += weight;
                        }
                        else
                        {
                            sum += value;
                            total += Vector128<float>.One;
                        }
                    }
                }
            }

            Vector128<float> mean = (sum / total).WithElement(3, 1f);

            // Also where a source value, or a sum of them, is not finite: infinity less infinity is not a number.
            if (!Vector128.EqualsAll(mean - mean, Vector128<float>.Zero)) mean = Careful(source, field, options, window, mean);
            mean.CopyTo(target, (stackedRow * field.Width + x) * Channels);
        }
    }

    /// <summary>The vote where a sum was not finite.</summary>
    private static Vector128<float> Careful(float[] source, MatchField field, PixelVoteOptions options, Window window, Vector128<float> mean)
    {
        for (int channel = 0; channel < Channels - 1; channel++)
        {
            if (float.IsFinite(mean[channel])) continue;
            double weighted = 0, weights = 0, plain = 0, count = 0;
            for (int time = window.Earliest; time <= window.Latest; time++)
            {
                for (int row = window.Top; row <= window.Bottom; row++)
                {
                    for (int column = window.Left; column <= window.Right; column++)
                    {
                        int index = (time * field.Height + row) * field.Width + column;
                        float value = source[window.SourceIndex(time, row, column, field.Matches[index]) * Channels + channel];
                        if (!float.IsFinite(value)) continue;
                        double weight = options.Confidence?[index] ?? 1;
                        weighted += weight * value;
                        weights += weight;
                        plain += value;
                        count++;
                    }
                }
            }

            float voted = weights > 0 ? (float)(weighted / weights) : (float)(plain / count);
            if (count == 0) voted = source[window.SourceIndex(window.Frame, window.Y, window.X, field.Matches[window.Index]) * Channels + channel];
            mean = mean.WithElement(channel, voted);
        }

        return mean;
    }

    /// <summary>The target pixels whose patches cover one target pixel.</summary>
    private struct Window
    {
        private readonly int _width;
        private readonly int _height;
        private readonly int _sourceWidth;
        private readonly int _sourceHeight;
        private readonly int _radius;

        public Window(MatchField field, PixelVoteOptions options, int stackedRow)
        {
            (Frame, Y) = Math.DivRem(stackedRow, field.Height);
            (_width, _height, _sourceWidth, _sourceHeight) = (field.Width, field.Height, options.SourceWidth, options.SourceHeight);
            _radius = options.PatchWidth / 2;
            Top = Math.Max(Y - _radius, 0);
            Bottom = Math.Min(Y + _radius, field.Height - 1);
            Earliest = Math.Max(Frame - options.PatchFrames / 2, 0);
            Latest = Math.Min(Frame + options.PatchFrames / 2, field.Frames - 1);
        }

        public readonly int Frame { get; }

        public readonly int Y { get; }

        public int X { get; private set; }

        public readonly int Top { get; }

        public readonly int Bottom { get; }

        public readonly int Earliest { get; }

        public readonly int Latest { get; }

        public int Left { get; private set; }

        public int Right { get; private set; }

        public readonly int Index => (Frame * _height + Y) * _width + X;

        public void MoveTo(int x)
        {
            X = x;
            Left = Math.Max(x - _radius, 0);
            Right = Math.Min(x + _radius, _width - 1);
        }

        /// <summary>The source pixel that a voter's patch holds for this target pixel.</summary>
        public readonly int SourceIndex(int time, int row, int column, int match) =>
            (MatchField.Y(match) + Y - row + (Frame - time) * _sourceHeight) * _sourceWidth + MatchField.X(match) + X - column;
    }
}
