using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Imaging.Flow;

/// <summary>Makes pictures between two pictures: content travels along its motion, and what only one of them shows comes from that one.</summary>
/// <remarks>
/// <para>Made once per pair; any number of moments can be rendered from it, on any thread. The same bits for any number of threads and any instruction
/// set. Holds the two pictures by reference and about 60 bytes per pixel besides.</para>
/// <para>For a moment, both fields are carried to it (<see cref="MotionSplat"/>). Where a believed vector arrives, both pictures are fetched along it and
/// mixed by nearness in time. Where only disbelieved ones do, the pixel is hidden in one picture: what arrived from the first comes from the first, what
/// arrived from the second from the second, and where both did they are mixed. Places that nothing reaches take their neighbours' vectors.</para>
/// </remarks>
public sealed class MotionInterpolator
{
    /// <summary>Side of the window in which vectors are compared, in pixels to each side.</summary>
    private const int WindowReach = 1;

    /// <summary>Mean difference, in lightness steps of 1/255, by which a vector must beat standing still.</summary>
    private const float StillBonus = 1f;

    /// <summary>Difference in lightness, in steps of 1/255, beyond which a vector is not believed.</summary>
    private const float UnlikeMin = 40;

    /// <summary>How much more doubtful one of two hidden pixels must be to be left out, as ranks count.</summary>
    private const int DoubtMargin = 16 * 20;

    /// <summary>Neighbours of eight that a choice must resemble; else it is a speck and takes theirs.</summary>
    private const int SupportMin = 3;

    /// <summary>Vectors whose squares are shorter may give way to standing still, in pixels squared.</summary>
    private const float StillSquareMax = 1;

    /// <summary>Vectors that differ by less need no comparison, in pixels squared.</summary>
    private const float AlikeSquare = 0.06f;

    private readonly Frame _first;
    private readonly Frame _second;
    private readonly float[] _firstLight;
    private readonly float[] _secondLight;
    private readonly FlowPair _motion;
    private readonly int[] _firstRank;
    private readonly int[] _secondRank;

    private MotionInterpolator(Frame first, Frame second, float[] firstLight, float[] secondLight, FlowPair motion, int threads, CancellationToken cancellation)
    {
        (_first, _second, _firstLight, _secondLight, _motion) = (first, second, firstLight, secondLight, motion);
        byte[] firstBelieved = Believed(motion.Forward, motion.ForwardConsistent, firstLight, secondLight, threads, cancellation);
        byte[] secondBelieved = Believed(motion.Backward, motion.BackwardConsistent, secondLight, firstLight, threads, cancellation);
        int[] firstCosts = OcclusionFill.Fill(motion.Forward, firstBelieved, firstLight, cancellation);
        int[] secondCosts = OcclusionFill.Fill(motion.Backward, secondBelieved, secondLight, cancellation);
        _firstRank = RanksOf(motion.Forward, firstBelieved, firstCosts, firstLight, secondLight, threads, cancellation);
        _secondRank = RanksOf(motion.Backward, secondBelieved, secondCosts, secondLight, firstLight, threads, cancellation);
    }

    /// <summary>Columns.</summary>
    public int Width => _first.Width;

    /// <summary>Rows.</summary>
    public int Height => _first.Height;

    /// <summary>The motion, with hidden pixels moving as the surface behind.</summary>
    public FlowPair Motion => _motion;

    /// <summary>Bytes held besides the two pictures.</summary>
    public long Bytes => 34L * _first.Width * _first.Height;

    /// <summary>Finds the motion between two pictures.</summary>
    /// <param name="first">The earlier picture, in any encoding; straight alpha below 1 must have been premultiplied. Kept, not copied.</param>
    /// <param name="second">The later picture; of the same size.</param>
    /// <param name="firstLight">The earlier picture's lightness; motion is found on it.</param>
    /// <param name="secondLight">The later picture's lightness.</param>
    /// <param name="options">How much work is spent; null for the defaults.</param>
    /// <param name="progress">Told the part that is done, 0..1.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The pictures differ in size.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MotionInterpolator Create(
        Frame first, Frame second, FlowPicture firstLight, FlowPicture secondLight, FlowOptions? options = null, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(firstLight);
        ArgumentNullException.ThrowIfNull(secondLight);
        Require(first, second.Width, second.Height, nameof(second));
        Require(first, firstLight.Width, firstLight.Height, nameof(firstLight));
        Require(first, secondLight.Width, secondLight.Height, nameof(secondLight));
        FlowPair motion = OpticalFlow.EstimateBoth(firstLight, secondLight, options, progress, cancellation);
        return new MotionInterpolator(first, second, LightOf(firstLight), LightOf(secondLight), motion, (options ?? new FlowOptions()).Threads, cancellation);
    }

    /// <summary>The picture at a moment.</summary>
    /// <param name="moment">0 is the first picture, 1 the second; clamped.</param>
    /// <param name="threads">Threads that may work; the result is the same for any number.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Frame Render(double moment, int threads = 1, CancellationToken cancellation = default)
    {
        if (!(moment > 0)) return _first.Clone();
        if (moment >= 1) return _second.Clone();
        float share = (float)moment;
        MotionSplat[] splats = new MotionSplat[2];
        Bands.Run(2, 1, threads, (which, _) => splats[which] = which == 0
            ? MotionSplat.Create(_motion.Forward, _firstRank, share, cancellation)
            : MotionSplat.Create(_motion.Backward, _secondRank, 1 - share, cancellation), cancellation);
        Choice[] choices = new Choice[Width * Height];
        Bands.Run(Height, Bands.RowsDefault, threads, (first, end) => Choose(splats[0], splats[1], share, choices, first, end), cancellation);
        FillHoles(choices, cancellation);
        Choice[] clean = new Choice[choices.Length];
        Bands.Run(Height, Bands.RowsDefault, threads, (first, end) => RemoveSpecks(choices, clean, first, end), cancellation);
        Frame result = new(Width, Height);
        Bands.Run(Height, Bands.RowsDefault, threads, (first, end) => Compose(clean, share, result, first, end), cancellation);
        return result;
    }

    private static void Require(Frame first, int width, int height, string name)
    {
        if (width != first.Width || height != first.Height)
            throw new ArgumentException($"a picture of {width}×{height} does not go with one of {first.Width}×{first.Height}", name);
    }

    private static float[] LightOf(FlowPicture picture)
    {
        float[] light = new float[picture.Width * picture.Height];
        for (int y = 0; y < picture.Height; y++) picture.Level(0).Image.Row(y).CopyTo(light.AsSpan(y * picture.Width));
        return light;
    }

    /// <summary>Vectors that lead back and to a like lightness, with neighbours that do: at contours, pixels are mixtures whose vectors belong to neither
    /// side.</summary>
    private static byte[] Believed(FlowField field, byte[] consistent, float[] here, float[] there, int threads, CancellationToken cancellation)
    {
        int width = field.Width, height = field.Height;
        byte[] alike = (byte[])consistent.Clone();
        Bands.Run(height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int at = first * width; at < end * width; at++)
            {
                if (alike[at] == 0) continue;
                float x = at % width + field.X[at], y = at / width + field.Y[at];
                if (Math.Abs(here[at] - Sample(there, width, height, x, y)) > UnlikeMin) alike[at] = 0;
            }
        }, cancellation);
        byte[] believed = new byte[alike.Length];
        Bands.Run(height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int at = first * width; at < end * width; at++)
            {
                int x = at % width, y = at / width, stepX = x + 1 < width ? 1 : 0, stepY = y + 1 < height ? width : 0, backX = x > 0 ? 1 : 0, backY = y > 0 ? width : 0;
                believed[at] = (byte)(alike[at] & alike[at - backX] & alike[at + stepX] & alike[at - backY] & alike[at + stepY]);
            }
        }, cancellation);
        return believed;
    }

    /// <summary>Difference in lightness along each vector, in sixteenths of a step; for vectors that are not believed, more, and how unlike the pixel is
    /// to what it took its vector from.</summary>
    private static int[] RanksOf(FlowField field, byte[] believed, int[] costs, float[] here, float[] there, int threads, CancellationToken cancellation)
    {
        int[] ranks = new int[believed.Length];
        Bands.Run(field.Height, Bands.RowsDefault, threads, (first, end) =>
        {
            for (int at = first * field.Width; at < end * field.Width; at++)
            {
                ranks[at] = MotionSplat.Disbelieved + 16 * costs[at];
                if (believed[at] == 0) continue;
                float x = at % field.Width + field.X[at], y = at / field.Width + field.Y[at];
                float difference = Math.Abs(here[at] - Sample(there, field.Width, field.Height, x, y));
                ranks[at] = (int)(16 * difference);
            }
        }, cancellation);
        return ranks;
    }

    private static float Sample(float[] plane, int width, int height, float x, float y)
    {
        (int left, int right, float fractionX) = FlowField.Neighbours(x, width);
        (int top, int bottom, float fractionY) = FlowField.Neighbours(y, height);
        float upper = plane[top * width + left] + (plane[top * width + right] - plane[top * width + left]) * fractionX;
        float lower = plane[bottom * width + left] + (plane[bottom * width + right] - plane[bottom * width + left]) * fractionX;
        return upper + (lower - upper) * fractionY;
    }

    private void Choose(MotionSplat first, MotionSplat second, float share, Choice[] choices, int firstRow, int endRow)
    {
        for (int y = firstRow; y < endRow; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int place = y * Width + x, rankA = first.Rank[place], rankB = second.Rank[place];
                (float ax, float ay) = rankA == MotionSplat.Nothing ? default : (_motion.Forward.X[first.SourceOf(place)], _motion.Forward.Y[first.SourceOf(place)]);
                (float bx, float by) = rankB == MotionSplat.Nothing ? default
                    : (-_motion.Backward.X[second.SourceOf(place)], -_motion.Backward.Y[second.SourceOf(place)]);
                choices[place] = Decide(x, y, share, (ax, ay, rankA), (bx, by, rankB));
            }
        }
    }

    private Choice Decide(int x, int y, float share, (float X, float Y, int Rank) a, (float X, float Y, int Rank) b)
    {
        bool believedA = a.Rank < MotionSplat.Disbelieved, believedB = b.Rank < MotionSplat.Disbelieved;
        if (believedA || believedB)
        {
            (float X, float Y) best = believedA ? (a.X, a.Y) : (b.X, b.Y);
            if (believedA && believedB && SquareOf(a.X - b.X, a.Y - b.Y) > AlikeSquare && Cost(x, y, b.X, b.Y, share) < Cost(x, y, a.X, a.Y, share))
                best = (b.X, b.Y);
            if (SquareOf(best.X, best.Y) < StillSquareMax && Cost(x, y, 0, 0, share) <= Cost(x, y, best.X, best.Y, share) + StillBonus) best = default;
            return new Choice(best.X, best.Y, best.X, best.Y, Sides.Both);
        }

        if (a.Rank != MotionSplat.Nothing && b.Rank != MotionSplat.Nothing)
        {
            // Of two that are hidden in the other picture, one that looks like nothing around it is a left-over of a contour.
            if (a.Rank > b.Rank + DoubtMargin) return new Choice(b.X, b.Y, b.X, b.Y, Sides.Second);
            if (b.Rank > a.Rank + DoubtMargin) return new Choice(a.X, a.Y, a.X, a.Y, Sides.First);
            return new Choice(a.X, a.Y, b.X, b.Y, Sides.Both);
        }

        if (a.Rank != MotionSplat.Nothing) return new Choice(a.X, a.Y, a.X, a.Y, Sides.First);
        if (b.Rank != MotionSplat.Nothing) return new Choice(b.X, b.Y, b.X, b.Y, Sides.Second);
        return default;
    }

    private static float SquareOf(float x, float y) => x * x + y * y;

    /// <summary>Mean difference of the two pictures in a window along a vector.</summary>
    private float Cost(int x, int y, float moveX, float moveY, float share)
    {
        float sum = 0;
        for (int down = -WindowReach; down <= WindowReach; down++)
        {
            for (int right = -WindowReach; right <= WindowReach; right++)
            {
                float atX = x + right, atY = y + down;
                sum += Math.Abs(Sample(_firstLight, Width, Height, atX - share * moveX, atY - share * moveY)
                    - Sample(_secondLight, Width, Height, atX + (1 - share) * moveX, atY + (1 - share) * moveY));
            }
        }

        return sum / ((2 * WindowReach + 1) * (2 * WindowReach + 1));
    }

    /// <summary>Places that nothing reached take the choice of the neighbour that was decided first, ring by ring.</summary>
    private void FillHoles(Choice[] choices, CancellationToken cancellation)
    {
        List<int> ring = [];
        for (int place = 0; place < choices.Length; place++)
        {
            if (choices[place].From == Sides.None && NeighbourOf(choices, place) >= 0) ring.Add(place);
        }

        while (ring.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            List<(int Place, Choice Choice)> filled = [];
            foreach (int place in ring)
            {
                if (choices[place].From == Sides.None) filled.Add((place, choices[NeighbourOf(choices, place)]));
            }

            List<int> next = [];
            foreach ((int place, Choice choice) in filled) choices[place] = choice;
            foreach ((int place, _) in filled)
            {
                foreach (int neighbour in Around(place))
                {
                    if (choices[neighbour].From == Sides.None) next.Add(neighbour);
                }
            }

            ring = next;
        }
    }

    /// <summary>Choices that hardly any neighbour shares take the neighbours' most shared one.</summary>
    private void RemoveSpecks(Choice[] choices, Choice[] clean, int firstRow, int endRow)
    {
        Span<Choice> around = stackalloc Choice[8];
        for (int y = firstRow; y < endRow; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int place = y * Width + x;
                clean[place] = choices[place];
                if (x == 0 || y == 0 || x == Width - 1 || y == Height - 1) continue;
                if (choices[place - 1].Resembles(choices[place]) && choices[place + 1].Resembles(choices[place]) && choices[place - Width].Resembles(choices[place])) continue;
                int count = 0, best = -1, most = 0;
                for (int down = -Width; down <= Width; down += Width)
                {
                    for (int right = -1; right <= 1; right++)
                    {
                        if (down != 0 || right != 0) around[count++] = choices[place + down + right];
                    }
                }

                if (Support(around, choices[place]) >= SupportMin) continue;
                for (int i = 0; i < around.Length; i++)
                {
                    int support = Support(around, around[i]);
                    if (support > most) (best, most) = (i, support);
                }

                clean[place] = around[best];
            }
        }
    }

    private static int Support(ReadOnlySpan<Choice> around, in Choice choice)
    {
        int count = 0;
        foreach (ref readonly Choice other in around)
        {
            if (other.Resembles(choice)) count++;
        }

        return count;
    }

    private int NeighbourOf(Choice[] choices, int place)
    {
        foreach (int neighbour in Around(place))
        {
            if (choices[neighbour].From != Sides.None) return neighbour;
        }

        return -1;
    }

    private IEnumerable<int> Around(int place)
    {
        int x = place % Width, y = place / Width;
        if (x > 0) yield return place - 1;
        if (x + 1 < Width) yield return place + 1;
        if (y > 0) yield return place - Width;
        if (y + 1 < Height) yield return place + Width;
    }

    private void Compose(Choice[] choices, float share, Frame result, int firstRow, int endRow)
    {
        for (int y = firstRow; y < endRow; y++)
        {
            Span<Vector128<float>> row = MemoryMarshal.Cast<float, Vector128<float>>(result.Row(y));
            for (int x = 0; x < Width; x++)
            {
                Choice choice = choices[y * Width + x];
                Vector128<float> first = choice.From == Sides.Second ? default
                    : CubicSampler.Sample(_first, x - share * choice.FirstX, y - share * choice.FirstY);
                Vector128<float> second = choice.From == Sides.First ? default
                    : CubicSampler.Sample(_second, x + (1 - share) * choice.SecondX, y + (1 - share) * choice.SecondY);
                row[x] = choice.From switch
                {
                    Sides.First => first,
                    Sides.Second => second,
                    _ => first * (1 - share) + second * share,
                };
            }
        }
    }

    private enum Sides : byte
    {
        None,
        First,
        Second,
        Both,
    }

    /// <summary>Along which vectors a place is fetched from the two pictures, and from which of them.</summary>
    private readonly record struct Choice(float FirstX, float FirstY, float SecondX, float SecondY, Sides From)
    {
        public bool Resembles(in Choice other) =>
            From == other.From && SquareOf(FirstX - other.FirstX, FirstY - other.FirstY) < 1 && SquareOf(SecondX - other.SecondX, SecondY - other.SecondY) < 1;
    }
}
