using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>What of one painted frame can be carried over to the next, per pixel, and what has to be searched anew.</summary>
internal sealed class StyleCarry
{
    /// <summary>Pixels around a change within which young matches may still move.</summary>
    private const int WakeReach = 8;

    private StyleCarry(int width, int height)
    {
        int pixels = width * height;
        Field = new MatchField(width, height);
        Reference = new byte[pixels];
        Age = new byte[pixels];
        MemoryMatches = new int[pixels];
        MemoryLuma = new byte[pixels];
        Active = new byte[pixels];
    }

    /// <summary>Carried matches; where <see cref="Active"/> is set they are only where the search starts.</summary>
    public MatchField Field { get; }

    /// <summary>Luma for which each match was chosen.</summary>
    public byte[] Reference { get; }

    /// <summary>Frames since it was chosen.</summary>
    public byte[] Age { get; }

    /// <summary>Older settled matches; −1 = none.</summary>
    public int[] MemoryMatches { get; }

    /// <summary>Luma for which those were chosen.</summary>
    public byte[] MemoryLuma { get; }

    /// <summary>1 = search anew.</summary>
    public byte[] Active { get; }

    /// <summary>Pixels that no motion explains.</summary>
    public int ChangedCount { get; private set; }

    /// <summary>Pixels to search anew.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Follows each pixel back: with the camera if that explains it, else with its block; marks the rest active.</summary>
    public static StyleCarry Follow(PaintChain before, byte[] luma, MotionEstimate motion, ChannelPicture style, int threshold, byte settledAge)
    {
        int width = before.Painted.Field.Width, height = before.Painted.Field.Height;
        StyleCarry carry = new(width, height);
        byte[] reference = before.Painted.Reference;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int index = y * width + x, camera = Displaced(x, y, motion.Dominant, width, height);
                if (camera < 0)
                {
                    carry.Enter(before, x, y, motion.Dominant, style);
                    continue;
                }

                carry.Take(before, camera, index);
                if (Math.Abs(luma[index] - reference[camera]) <= threshold) continue;

                int local = Displaced(x, y, motion.At(x, y), width, height);
                if (local >= 0 && local != camera)
                {
                    // Something passes: what it covers is remembered where it is, and what passes is never settled.
                    carry.Remember(index, settledAge);
                    carry.Field.Matches[index] = before.Painted.Field.Matches[local];
                    carry.Reference[index] = reference[local];
                    carry.Age[index] = 0;
                    if (Math.Abs(luma[index] - reference[local]) <= threshold) continue;
                }

                carry.Active[index] = 1;
                carry.ChangedCount++;
            }
        }

        return carry;
    }

    /// <summary>Brings back remembered matches where the source looks as it did for them, widens what is left and remembers what it
    /// replaces.</summary>
    public void Settle(byte[] luma, int width, int dilation, int threshold, byte settledAge)
    {
        for (int index = 0; index < luma.Length; index++)
        {
            if (Active[index] != 0 && Recalls(index)) Recall(index);
        }

        Dilate(Active, width, dilation);
        for (int index = 0; index < luma.Length; index++)
        {
            if (Active[index] == 0 && Age[index] < settledAge && Recalls(index)) Recall(index);
        }

        WakeYoung(width, settledAge);
        for (int index = 0; index < luma.Length; index++)
        {
            if (Active[index] == 0)
            {
                if (Age[index] < byte.MaxValue) Age[index]++;
                continue;
            }

            ActiveCount++;
            Remember(index, settledAge);
            Age[index] = 0;
            Reference[index] = luma[index];
        }

        bool Recalls(int index) => MemoryMatches[index] >= 0 && Math.Abs(luma[index] - MemoryLuma[index]) <= threshold;

        void Recall(int index)
        {
            Field.Matches[index] = MemoryMatches[index];
            Reference[index] = MemoryLuma[index];
            MemoryMatches[index] = -1;
            Age[index] = settledAge;
            Active[index] = 0;
        }
    }

    private static int Displaced(int x, int y, (int X, int Y) vector, int width, int height)
    {
        int fromX = x - vector.X, fromY = y - vector.Y;
        return (uint)fromX < (uint)width && (uint)fromY < (uint)height ? fromY * width + fromX : -1;
    }

    private void Remember(int index, byte settledAge)
    {
        if (Age[index] < settledAge) return;
        MemoryMatches[index] = Field.Matches[index];
        MemoryLuma[index] = Reference[index];
    }

    /// <summary>What comes into view has no past: the search starts from the strokes at the frame's edge, continued outwards.</summary>
    private void Enter(PaintChain before, int x, int y, (int X, int Y) vector, ChannelPicture style)
    {
        const int Radius = StyleReference.PatchWidth / 2;
        int index = y * Field.Width + x, fromX = Math.Clamp(x - vector.X, 0, Field.Width - 1), fromY = Math.Clamp(y - vector.Y, 0, Field.Height - 1);
        (int matchX, int matchY) = before.Painted.Field[fromX, fromY];
        matchX = Math.Clamp(matchX + x - vector.X - fromX, Radius, style.Width - Radius - 1);
        matchY = Math.Clamp(matchY + y - vector.Y - fromY, Radius, style.Height - Radius - 1);
        Field[x, y] = (matchX, matchY);
        MemoryMatches[index] = -1;
        Active[index] = 1;
        ChangedCount++;
    }

    private void Take(PaintChain before, int from, int to)
    {
        Field.Matches[to] = before.Painted.Field.Matches[from];
        Reference[to] = before.Painted.Reference[from];
        Age[to] = before.Age[from];
        MemoryMatches[to] = before.MemoryMatches[from];
        MemoryLuma[to] = before.MemoryLuma[from];
    }

    /// <summary>Lets young matches beside a change move with it: strips that were uncovered one after another become one piece.</summary>
    private void WakeYoung(int width, byte settledAge)
    {
        byte[] near = (byte[])Active.Clone();
        Dilate(near, width, WakeReach);
        for (int index = 0; index < near.Length; index++)
        {
            if (near[index] != 0 && Age[index] < settledAge) Active[index] = 1;
        }
    }

    private static void Dilate(byte[] mask, int width, int radius)
    {
        int height = mask.Length / width;
        byte[] rows = new byte[mask.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (mask[y * width + x] == 0) continue;
                int left = Math.Max(x - radius, 0), right = Math.Min(x + radius, width - 1);
                rows.AsSpan(y * width + left, right - left + 1).Fill(1);
            }
        }

        Array.Clear(mask);
        for (int y = 0; y < height; y++)
        {
            Span<byte> to = mask.AsSpan(y * width, width);
            for (int near = Math.Max(y - radius, 0); near <= Math.Min(y + radius, height - 1); near++)
            {
                ReadOnlySpan<byte> from = rows.AsSpan(near * width, width);
                for (int x = 0; x < width; x++) to[x] |= from[x];
            }
        }
    }
}
