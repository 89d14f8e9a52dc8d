namespace RunwayFX.Imaging.Fields;

/// <summary>Which lines of a picture belong to which field.</summary>
/// <remarks>OpenFX counts rows from below: the lower field has rows 0, 2, 4…, the upper one 1, 3, 5…. A picture that begins elsewhere than at row 0 has its
/// lines where they lie, so that a cut-out belongs to the fields of the whole.</remarks>
public static class FieldLines
{
    /// <summary>Whether a row, 0 = top, belongs to the upper field.</summary>
    public static bool IsUpper(PixelWindow window, int row) => ((window.Y2 - 1 - row) & 1) != 0;

    /// <summary>The whole picture of one field's moment: its own lines are the frame's bits, the others too where nothing moved, else they are made from the lines
    /// above and below.</summary>
    /// <param name="frame">The frame with both fields.</param>
    /// <param name="window">Where it lies.</param>
    /// <param name="upper">Which field.</param>
    /// <param name="moved">Where the fields show different moments.</param>
    /// <param name="plane">The frame's lightness, along which edges are followed.</param>
    /// <param name="cancellation">Asked once a row.</param>
    public static Frame Complete(Frame frame, PixelWindow window, bool upper, MovedRegion moved, FieldPlane plane, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(moved);
        ArgumentNullException.ThrowIfNull(plane);
        Frame whole = FramePool.Rent(frame.Width, frame.Height);
        Parallel.For(0, frame.Height, new ParallelOptions { CancellationToken = cancellation }, y =>
        {
            frame.Row(y).CopyTo(whole.Row(y));
            if (IsUpper(window, y) == upper || frame.Height == 1) return;
            int above = y > 0 ? y - 1 : y + 1, below = y + 1 < frame.Height ? y + 1 : y - 1;
            for (int x = 0; x < frame.Width; x++)
            {
                if (moved[x, y]) Between(frame, plane, x, above, below, whole.Row(y).Slice(Frame.Channels * x, Frame.Channels));
            }
        });
        return whole;
    }

    /// <summary>Takes one field's lines from another picture of the same place.</summary>
    /// <param name="to">Changed.</param>
    /// <param name="from">Of the same size.</param>
    /// <param name="window">Where both lie.</param>
    /// <param name="upper">Which field's lines.</param>
    public static void Take(Frame to, Frame from, PixelWindow window, bool upper)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(from);
        for (int y = 0; y < to.Height; y++)
        {
            if (IsUpper(window, y) == upper) from.Row(y).CopyTo(to.Row(y));
        }
    }

    /// <summary>Mean of the pixels above and below along the direction in which they are most alike (edge-based line averaging).</summary>
    private static void Between(Frame frame, FieldPlane plane, int x, int above, int below, Span<float> pixel)
    {
        const float Margin = 0.02f;
        int best = 0;
        float least = Math.Abs(plane.Values[above * plane.Width + x] - plane.Values[below * plane.Width + x]) - Margin;
        for (int lean = -1; lean <= 1; lean += 2)
        {
            if (x + lean < 0 || x + lean >= frame.Width || x - lean < 0 || x - lean >= frame.Width) continue;
            float difference = Math.Abs(plane.Values[above * plane.Width + x + lean] - plane.Values[below * plane.Width + x - lean]);
            if (difference < least) (least, best) = (difference, lean);
        }

        ReadOnlySpan<float> up = frame.Row(above).Slice(Frame.Channels * (x + best), Frame.Channels), down = frame.Row(below).Slice(Frame.Channels * (x - best), Frame.Channels);
        for (int channel = 0; channel < Frame.Channels; channel++) pixel[channel] = (up[channel] + down[channel]) * 0.5f;
    }
}
