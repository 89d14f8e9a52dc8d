using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Imaging.Flow;

/// <summary>Writes the vectors of a row that exist only row by row.</summary>
/// <param name="y">Which row, 0 = top.</param>
/// <param name="moveX">Receives horizontal parts.</param>
/// <param name="moveY">Receives vertical parts.</param>
public delegate void VectorRow(int y, Span<float> moveX, Span<float> moveY);

/// <summary>Where every pixel of one picture has gone in another: the content at (x, y) lies at (x + X, y + Y) there.</summary>
/// <remarks>Pixels at full size, y down as the rows are. Always finite. Owns its buffers.</remarks>
public sealed class FlowField
{
    /// <summary>Rows that <see cref="WarpSharpInPlace"/> rewrites at once.</summary>
    private const int InPlaceRows = 128;

    /// <summary>A field without motion.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="Frame.SideMax"/>.</exception>
    public FlowField(int width, int height)
        : this(width, height, new float[Checked(width, height)], new float[Checked(width, height)])
    {
    }

    /// <summary>Wraps vectors.</summary>
    /// <exception cref="ArgumentException">They do not fill the field.</exception>
    public FlowField(int width, int height, float[] x, float[] y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int length = Checked(width, height);
        if (x.Length != length || y.Length != length) throw new ArgumentException($"{x.Length} and {y.Length} values do not fill {width}×{height} vectors.", nameof(x));
        Width = width;
        Height = height;
        X = x;
        Y = y;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Horizontal parts, row by row from the top.</summary>
    public float[] X { get; }

    /// <summary>Vertical parts, row by row from the top; positive is down.</summary>
    public float[] Y { get; }

    /// <summary>Fetches the other picture along the vectors, which shows it as this field's own picture would look: linear between pixels, edges
    /// repeat.</summary>
    /// <param name="picture">A picture that the vectors point into; any size.</param>
    /// <param name="threads">Threads that may work; the result is the same for any number.</param>
    /// <param name="cancellation">Asked now and then.</param>
    /// <returns>A picture of this field's size.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Frame Warp(Frame picture, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        Frame result = new(Width, Height);
        Bands.Run(Height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int y = first; y < end; y++) WarpRow(picture, result, y);
        }, cancellation);
        return result;
    }

    /// <summary>The same with Catmull-Rom between pixels, limited to the range of the pixels it is made from: fine texture stays sharp. Where a vector is whole,
    /// the pixel's own bits.</summary>
    /// <inheritdoc cref="Warp"/>
    public Frame WarpSharp(Frame picture, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        Frame result = new(Width, Height);
        Bands.Run(Height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int at = first * Width; at < end * Width; at++)
                CubicSampler.Sample(picture, at % Width + X[at], at / Width + Y[at]).CopyTo(result.Pixels, Frame.Channels * at);
        }, cancellation);
        return result;
    }

    /// <summary>The same along vectors that exist only row by row, which a large picture has no room for beside itself.</summary>
    /// <param name="picture">A picture that the vectors point into; the result has its size.</param>
    /// <param name="vectors">Writes a row's vectors: its number, then as many horizontal and vertical parts as the picture is wide. Called from several threads.</param>
    /// <param name="threads">Threads that may work; the result is the same for any number.</param>
    /// <param name="cancellation">Asked now and then.</param>
    /// <returns>A frame of <see cref="FramePool"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Frame WarpSharp(Frame picture, VectorRow vectors, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(vectors);
        Frame result = FramePool.Rent(picture.Width, picture.Height);
        Bands.Run(picture.Height, Bands.RowsDefault, threads, (first, end) =>
        {
            float[] moveX = new float[picture.Width], moveY = new float[picture.Width];
            for (int y = first; y < end; y++)
            {
                vectors(y, moveX, moveY);
                for (int x = 0; x < moveX.Length; x++)
                    CubicSampler.Sample(picture, x + moveX[x], y + moveY[x]).CopyTo(result.Pixels, Frame.Channels * (y * picture.Width + x));
            }
        }, cancellation);
        return result;
    }

    /// <summary>The same in the picture itself, for whoever has no room for a second one. The bits are those of <see cref="WarpSharp(Frame, VectorRow, int, CancellationToken)"/>.</summary>
    /// <param name="picture">Overwritten.</param>
    /// <param name="vectors">As there.</param>
    /// <param name="reach">Most pixels that a vector leads up or down, at least 0; rows farther away are not there any more.</param>
    /// <param name="threads">Threads that may work; the result is the same for any number.</param>
    /// <param name="cancellation">Asked now and then; cancelled, the picture is neither the old one nor the new one.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void WarpSharpInPlace(Frame picture, VectorRow vectors, int reach, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentOutOfRangeException.ThrowIfNegative(reach);
        int width = picture.Width, height = picture.Height, stride = Frame.Channels * width, margin = reach + CubicSampler.Reach;
        // The old rows that a strip looks at: those above it are overwritten by then, so they are taken from the strip before.
        float[] old = new float[Math.Min(height, InPlaceRows + 2 * margin) * stride];
        int oldFirst = 0, oldEnd = 0;
        for (int first = 0; first < height; first += InPlaceRows)
        {
            int end = Math.Min(first + InPlaceRows, height), from = Math.Max(first - margin, 0), to = Math.Min(end + margin, height);
            if (oldEnd > from) old.AsSpan((from - oldFirst) * stride, (oldEnd - from) * stride).CopyTo(old);
            int known = Math.Max(oldEnd, from);
            picture.Pixels.AsSpan(known * stride, (to - known) * stride).CopyTo(old.AsSpan((known - from) * stride));
            (oldFirst, oldEnd) = (from, to);
            Bands.Run(end - first, Bands.RowsDefault, threads, (bandFirst, bandEnd) =>
            {
                ReadOnlySpan<Vector128<float>> rows = MemoryMarshal.Cast<float, Vector128<float>>(old.AsSpan(0, (to - from) * stride));
                float[] moveX = new float[width], moveY = new float[width];
                for (int y = first + bandFirst; y < first + bandEnd; y++)
                {
                    vectors(y, moveX, moveY);
                    for (int x = 0; x < width; x++)
                        CubicSampler.Sample(rows, from, width, height, x + moveX[x], y + moveY[x]).CopyTo(picture.Pixels, Frame.Channels * (y * width + x));
                }
            }, cancellation);
        }
    }

    /// <summary>Which vectors are believed: going there and back by the opposite field ends near the start, within the pictures.</summary>
    /// <param name="back">The field from the other picture to this one.</param>
    /// <param name="threads">Threads that may work; the result is the same for any number.</param>
    /// <param name="cancellation">Asked now and then.</param>
    /// <returns>1 where both agree, 0 where content is hidden, leaves the picture or could not be followed; shape (height, width).</returns>
    /// <remarks>Agreement: |there + back|² ≤ 0.01 (|there|² + |back|²) + 0.5, after Sundaram, Brox and Keutzer (ECCV 2010).</remarks>
    /// <exception cref="ArgumentException">The fields differ in size.</exception>
    public byte[] Consistency(FlowField back, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(back);
        if (back.Width != Width || back.Height != Height)
            throw new ArgumentException($"a field of {back.Width}×{back.Height} does not lead back to one of {Width}×{Height}", nameof(back));
        byte[] result = new byte[Width * Height];
        Bands.Run(Height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int i = first * Width; i < end * Width; i++)
            {
                float x = i % Width + X[i], y = i / Width + Y[i];
                if (!(x > -0.5f && y > -0.5f && x < Width - 0.5f && y < Height - 0.5f)) continue;
                (float backX, float backY) = back.At(x, y);
                float offX = X[i] + backX, offY = Y[i] + backY;
                float allowed = 0.01f * (X[i] * X[i] + Y[i] * Y[i] + (backX * backX + backY * backY)) + 0.5f;
                if (offX * offX + offY * offY <= allowed) result[i] = 1;
            }
        }, cancellation);
        return result;
    }

    /// <summary>The vector at a place between pixels, linear; edges repeat.</summary>
    public (float X, float Y) At(float x, float y)
    {
        (int left, int right, float fractionX) = Neighbours(x, Width);
        (int top, int bottom, float fractionY) = Neighbours(y, Height);
        int a = top * Width + left, b = top * Width + right, c = bottom * Width + left, d = bottom * Width + right;
        return (Mix(Mix(X[a], X[b], fractionX), Mix(X[c], X[d], fractionX), fractionY), Mix(Mix(Y[a], Y[b], fractionX), Mix(Y[c], Y[d], fractionX), fractionY));
    }

    internal static (int Low, int High, float Fraction) Neighbours(float at, int length)
    {
        float clamped = at > 0 ? at < length - 1 ? at : length - 1 : 0;
        int low = (int)clamped;
        return (low, Math.Min(low + 1, length - 1), clamped - low);
    }

    private static float Mix(float from, float to, float fraction) => from + (to - from) * fraction;

    private static int Checked(int width, int height)
    {
        if (width is < 1 or > Frame.SideMax) throw new ArgumentOutOfRangeException(nameof(width), width, $"width {width} is outside 1..{Frame.SideMax}");
        if (height is < 1 or > Frame.SideMax) throw new ArgumentOutOfRangeException(nameof(height), height, $"height {height} is outside 1..{Frame.SideMax}");
        return width * height;
    }

    private void WarpRow(Frame picture, Frame result, int y)
    {
        ReadOnlySpan<float> from = picture.Pixels;
        Span<float> to = result.Row(y);
        for (int x = 0; x < Width; x++)
        {
            (int left, int right, float fractionX) = Neighbours(x + X[y * Width + x], picture.Width);
            (int top, int bottom, float fractionY) = Neighbours(y + Y[y * Width + x], picture.Height);
            int a = 4 * (top * picture.Width + left), b = 4 * (top * picture.Width + right);
            int c = 4 * (bottom * picture.Width + left), d = 4 * (bottom * picture.Width + right);
            for (int channel = 0; channel < Frame.Channels; channel++)
                to[4 * x + channel] = Mix(Mix(from[a + channel], from[b + channel], fractionX), Mix(from[c + channel], from[d + channel], fractionX), fractionY);
        }
    }
}

/// <summary>Motion between two pictures in both directions, and where each can be believed.</summary>
/// <param name="Forward">From the first picture to the second.</param>
/// <param name="Backward">From the second to the first.</param>
/// <param name="ForwardConsistent">1 where a pixel of the first picture is seen in the second: <see cref="FlowField.Consistency"/>.</param>
/// <param name="BackwardConsistent">1 where a pixel of the second picture is seen in the first.</param>
public sealed record FlowPair(FlowField Forward, FlowField Backward, byte[] ForwardConsistent, byte[] BackwardConsistent);
