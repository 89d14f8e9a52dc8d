using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>What of one painted frame can be carried over to the next, per pixel, and what has to be searched anew.</summary>
/// <remarks>Matches and positions are carried in fixed point: what a vector adds below a pixel is kept and adds up, so that strokes follow motions slower than
/// a pixel a frame.</remarks>
internal sealed class StyleCarry
{
    /// <summary>Pixels around a change within which young matches may still move.</summary>
    private const int WakeReach = 8;

    /// <summary>Fall of the outlines around a pixel from which its strokes answer what is no longer there: at least so much, and at least this part of what there
    /// was.</summary>
    private const int OutlineStep = 4, OutlineShare = 3;

    /// <summary>Difference from what was carried, as a multiple of what counts as unchanged, from which it shows something else.</summary>
    private const int ForeignSteps = 2;

    /// <summary>Distance from the camera's vector, in pixels, from which a pixel moves by itself.</summary>
    private const float OwnMotionMin = 0.3f;

    /// <summary>What <see cref="Unseen"/> says of a pixel.</summary>
    public const byte NotSeen = 1, Outlived = 2;

    private const int Unit = PaintedFrame.FractionUnit, Half = Unit / 2;

    private StyleCarry(int width, int height, bool hasPositions)
    {
        int pixels = width * height;
        Field = new MatchField(width, height);
        Fractions = new sbyte[2 * pixels];
        Reference = new byte[pixels];
        Age = new byte[pixels];
        MemoryMatches = new int[pixels];
        MemoryLuma = new byte[pixels];
        Outlines = new byte[pixels];
        MemoryOutlines = new byte[pixels];
        Active = new byte[pixels];
        Unseen = new byte[pixels];
        Positions = new ushort[hasPositions ? 2 * pixels : 0];
    }

    /// <summary>Carried matches; where <see cref="Active"/> is set they are only where the search starts.</summary>
    public MatchField Field { get; }

    /// <summary>What motion adds to each match: see <see cref="PaintedFrame.Fractions"/>.</summary>
    public sbyte[] Fractions { get; }

    /// <summary>Luma for which each match was chosen.</summary>
    public byte[] Reference { get; }

    /// <summary>Frames since it was chosen.</summary>
    public byte[] Age { get; }

    /// <summary>Older settled matches; −1 = none.</summary>
    public int[] MemoryMatches { get; }

    /// <summary>Luma for which those were chosen.</summary>
    public byte[] MemoryLuma { get; }

    /// <summary>How much of outlines there was around each pixel when its match was chosen.</summary>
    public byte[] Outlines { get; }

    /// <summary>The same for the older match.</summary>
    public byte[] MemoryOutlines { get; }

    /// <summary>1 = search anew.</summary>
    public byte[] Active { get; }

    /// <summary><see cref="NotSeen"/> = nothing in the frame before shows what is here: what was carried is a guess. <see cref="Outlived"/> = it is seen, but
    /// its strokes answered an outline that is gone.</summary>
    public byte[] Unseen { get; }

    /// <summary>Positions in the keyframe; empty where there is none.</summary>
    public ushort[] Positions { get; }

    /// <summary>Pixels that no motion explains.</summary>
    public int ChangedCount { get; private set; }

    /// <summary>Pixels to search anew.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Follows each pixel back: with the camera if that explains it, else along its own vector; marks the rest active.</summary>
    public static StyleCarry Follow(PaintChain before, byte[] luma, byte[] outlines, StyleMotion motion, StyleReference style, int threshold, byte settledAge,
        CancellationToken cancellation)
    {
        int width = before.Painted.Field.Width, height = before.Painted.Field.Height;
        StyleCarry carry = new(width, height, before.Positions.Length > 0);
        byte[] reference = before.Painted.Reference;
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < width; x++)
            {
                int index = y * width + x;
                (float cameraX, float cameraY) = motion.CameraAt(x, y);
                Step camera = new(x + cameraX, y + cameraY);
                if (!camera.IsInside(width, height))
                {
                    carry.Enter(before, index, camera, style.Work);
                    continue;
                }

                int from = camera.Y * width + camera.X;
                carry.Take(before, from, index, camera, style.Work);
                bool isStyleSteady = before.Style == style || style.IsAlike(before.Style, carry.Field.Matches[index], threshold);
                bool isOutlined = IsAsOutlined(outlines[index], carry.Outlines[index]);
                if (isStyleSteady && Math.Abs(luma[index] - reference[from]) <= threshold)
                {
                    if (isOutlined) continue;
                    carry.Mark(index, Outlived);
                    continue;
                }

                float ownX = motion.Back.X[index], ownY = motion.Back.Y[index];
                bool isSeen = motion.Believed[index] != 0, hasOwn = Math.Max(Math.Abs(ownX - cameraX), Math.Abs(ownY - cameraY)) >= OwnMotionMin;
                Step own = new(x + ownX, y + ownY);
                if (isStyleSteady && isSeen && hasOwn && own.IsInside(width, height))
                {
                    // Something passes: what it covers is remembered where it is, and what passes is never settled.
                    int ownFrom = own.Y * width + own.X;
                    carry.Remember(index, settledAge);
                    carry.Follow(before, ownFrom, index, own, style.Work);
                    carry.Reference[index] = reference[ownFrom];
                    carry.Outlines[index] = before.Outlines[ownFrom];
                    carry.Age[index] = 0;
                    isOutlined = IsAsOutlined(outlines[index], carry.Outlines[index]);
                    if (isOutlined && Math.Abs(luma[index] - reference[ownFrom]) <= threshold) continue;
                }

                bool isForeign = !isOutlined || Math.Abs(luma[index] - carry.Reference[index]) > ForeignSteps * threshold;
                carry.Mark(index, !isSeen ? NotSeen : isForeign ? Outlived : (byte)0);
            }
        }

        return carry;
    }

    /// <summary>Brings back remembered matches where the source looks as it did for them, widens what is left and remembers what it
    /// replaces.</summary>
    public void Settle(byte[] luma, byte[] outlines, int width, int dilation, int threshold, byte settledAge, CancellationToken cancellation)
    {
        for (int index = 0; index < luma.Length; index++)
        {
            if (Active[index] != 0 && Recalls(index)) Recall(index);
        }

        cancellation.ThrowIfCancellationRequested();
        Dilate(Active, width, dilation);
        cancellation.ThrowIfCancellationRequested();
        for (int index = 0; index < luma.Length; index++)
        {
            if (Active[index] == 0 && Age[index] < settledAge && Recalls(index)) Recall(index);
        }

        cancellation.ThrowIfCancellationRequested();
        WakeYoung(width, settledAge);
        cancellation.ThrowIfCancellationRequested();
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
            Outlines[index] = outlines[index];
            Fractions[2 * index] = Fractions[2 * index + 1] = 0;
        }

        bool Recalls(int index) => MemoryMatches[index] >= 0 && Math.Abs(luma[index] - MemoryLuma[index]) <= threshold
            && IsAsOutlined(outlines[index], MemoryOutlines[index]);

        void Recall(int index)
        {
            Field.Matches[index] = MemoryMatches[index];
            Reference[index] = MemoryLuma[index];
            Outlines[index] = MemoryOutlines[index];
            MemoryMatches[index] = -1;
            Fractions[2 * index] = Fractions[2 * index + 1] = 0;
            Unseen[index] = 0;
            Age[index] = settledAge;
            Active[index] = 0;
        }
    }

    /// <summary>Whether there is about as much of outlines around a pixel as there was.</summary>
    private static bool IsAsOutlined(byte now, byte then) => now + Math.Max(OutlineStep, then / OutlineShare) > then;

    private void Mark(int index, byte unseen)
    {
        Active[index] = 1;
        Unseen[index] = unseen;
        ChangedCount++;
    }

    private void Remember(int index, byte settledAge)
    {
        if (Age[index] < settledAge) return;
        MemoryMatches[index] = Field.Matches[index];
        MemoryLuma[index] = Reference[index];
        MemoryOutlines[index] = Outlines[index];
    }

    /// <summary>What comes into view has no past: the search starts from the strokes at the frame's edge, continued outwards.</summary>
    private void Enter(PaintChain before, int index, Step step, ChannelPicture style)
    {
        const int Radius = StyleReference.PatchWidth / 2;
        int fromX = Math.Clamp(step.X, 0, Field.Width - 1), fromY = Math.Clamp(step.Y, 0, Field.Height - 1);
        int from = fromY * Field.Width + fromX;
        (int matchX, int matchY) = before.Painted.Field[fromX, fromY];
        Field.Matches[index] = MatchField.Pack(Math.Clamp(matchX + step.X - fromX, Radius, style.Width - Radius - 1),
            Math.Clamp(matchY + step.Y - fromY, Radius, style.Height - Radius - 1));
        MemoryMatches[index] = -1;
        Mark(index, NotSeen);
        if (Positions.Length > 0) TakePosition(before.Positions, from, index, step.X - fromX, step.Y - fromY);
    }

    private void Take(PaintChain before, int from, int to, Step step, ChannelPicture style)
    {
        Follow(before, from, to, step, style);
        Reference[to] = before.Painted.Reference[from];
        Age[to] = before.Age[from];
        MemoryMatches[to] = before.MemoryMatches[from];
        MemoryLuma[to] = before.MemoryLuma[from];
        Outlines[to] = before.Outlines[from];
        MemoryOutlines[to] = before.MemoryOutlines[from];
    }

    /// <summary>Takes match and position of the pixel nearest to where a vector leads, moved by what is left of the vector.</summary>
    private void Follow(PaintChain before, int from, int to, Step step, ChannelPicture style)
    {
        const int Radius = StyleReference.PatchWidth / 2;
        int match = before.Painted.Field.Matches[from];
        sbyte[] fractions = before.Painted.Fractions;
        (int x, int fractionX) = Split(MatchField.X(match), fractions[2 * from] + step.RestX);
        (int y, int fractionY) = Split(MatchField.Y(match), fractions[2 * from + 1] + step.RestY);
        Field.Matches[to] = MatchField.Pack(Math.Clamp(x, Radius, style.Width - Radius - 1), Math.Clamp(y, Radius, style.Height - Radius - 1));
        Fractions[2 * to] = (sbyte)fractionX;
        Fractions[2 * to + 1] = (sbyte)fractionY;
        if (Positions.Length > 0) TakePosition(before.Positions, from, to, step.RestX / (float)Unit, step.RestY / (float)Unit);
    }

    private void TakePosition(ushort[] before, int from, int to, float restX, float restY)
    {
        Positions[2 * to] = Position(before[2 * from] + restX * ushort.MaxValue / Field.Width);
        Positions[2 * to + 1] = Position(before[2 * from + 1] + restY * ushort.MaxValue / Field.Height);
    }

    private static ushort Position(float value) => (ushort)Math.Clamp((int)(value + 0.5f), 0, ushort.MaxValue);

    /// <summary>Carries whole pixels over from a fraction.</summary>
    private static (int Whole, int Fraction) Split(int whole, int fraction) => fraction >= Half ? (whole + 1, fraction - Unit)
        : fraction < -Half ? (whole - 1, fraction + Unit) : (whole, fraction);

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

    /// <summary>Where a vector leads: the nearest pixel, and the rest in 1/128 pixel, −64 to 64.</summary>
    private readonly struct Step
    {
        public Step(float x, float y)
        {
            X = Whole(x);
            Y = Whole(y);
            RestX = Whole((x - X) * Unit);
            RestY = Whole((y - Y) * Unit);
        }

        public int X { get; }

        public int Y { get; }

        public int RestX { get; }

        public int RestY { get; }

        public bool IsInside(int width, int height) => (uint)X < (uint)width && (uint)Y < (uint)height;

        private static int Whole(float value) => (int)MathF.Floor(Math.Clamp(value, -1e6f, 1e6f) + 0.5f);
    }
}
