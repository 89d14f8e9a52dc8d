namespace RunwayFX.Pipelines.Style;

/// <summary>Coarse motion between two frames by block matching, in whole numbers: enough to let strokes travel with what they paint.</summary>
/// <remarks>A vector (x, y) says that content at p in the new frame was at p − (x, y) in the old one. Reach ± <see cref="ReachMax"/>
/// pixels.</remarks>
internal sealed class MotionEstimate
{
    /// <summary>Side of a block in pixels.</summary>
    public const int BlockSide = 16;

    /// <summary>Longest vector component found, in pixels.</summary>
    public const int ReachMax = 40;

    private const int CoarseReach = 8;

    /// <summary>Mean difference below which a block counts as unmoved.</summary>
    private const int StillMean = 2;

    /// <summary>Spread of luma from which a block says something about the camera.</summary>
    private const int TextureMin = 6;

    private readonly int _columns;
    private readonly int[] _x;
    private readonly int[] _y;

    private MotionEstimate(int columns, int[] x, int[] y, (int X, int Y) dominant)
    {
        _columns = columns;
        _x = x;
        _y = y;
        Dominant = dominant;
    }

    /// <summary>The vector that most textured blocks share: the camera's.</summary>
    public (int X, int Y) Dominant { get; }

    /// <summary>The vector of the block that holds a pixel.</summary>
    public (int X, int Y) At(int x, int y)
    {
        int block = (y / BlockSide) * _columns + x / BlockSide;
        return (_x[block], _y[block]);
    }

    /// <summary>Compares two luma planes of one size.</summary>
    public static MotionEstimate Between(byte[] before, byte[] now, int width, int height, CancellationToken cancellation)
    {
        Plane fineBefore = new(before, width, height), fineNow = new(now, width, height);
        Plane halfBefore = fineBefore.Halved(), halfNow = fineNow.Halved(), coarseBefore = halfBefore.Halved(), coarseNow = halfNow.Halved();
        int columns = (width + BlockSide - 1) / BlockSide, rows = (height + BlockSide - 1) / BlockSide;
        int[] vectorX = new int[columns * rows], vectorY = new int[columns * rows];
        Dictionary<(int X, int Y), int> votes = [];
        for (int row = 0; row < rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int column = 0; column < columns; column++)
            {
                int left = column * BlockSide, top = row * BlockSide, block = row * columns + column;
                int still = fineNow.Difference(fineBefore, left, top, BlockSide, 0, 0, int.MaxValue);
                (int X, int Y) vector = (0, 0);
                if (still > StillMean * BlockSide * BlockSide)
                {
                    // Windows of 8 coarse pixels reach beyond the block, which steadies the coarse search.
                    vector = Search(coarseBefore, coarseNow, left / 4 - 2, top / 4 - 2, 8, (0, 0), CoarseReach);
                    vector = Search(halfBefore, halfNow, left / 2, top / 2, 8, (vector.X * 2, vector.Y * 2), 2);
                    vector = Search(fineBefore, fineNow, left, top, BlockSide, (vector.X * 2, vector.Y * 2), 2);
                    int moved = fineNow.Difference(fineBefore, left, top, BlockSide, vector.X, vector.Y, int.MaxValue);
                    if (moved + moved / 4 + BlockSide * BlockSide > still) vector = (0, 0);
                }

                (vectorX[block], vectorY[block]) = vector;
                if (fineNow.Spread(left, top, BlockSide) >= TextureMin) votes[vector] = votes.GetValueOrDefault(vector) + 1;
            }
        }

        return new MotionEstimate(columns, vectorX, vectorY, MostVoted(votes));
    }

    private static (int X, int Y) MostVoted(Dictionary<(int X, int Y), int> votes)
    {
        (int X, int Y) best = (0, 0);
        int most = votes.GetValueOrDefault(best);
        foreach (((int X, int Y) vector, int count) in votes.OrderBy(vote => Math.Abs(vote.Key.X) + Math.Abs(vote.Key.Y)).ThenBy(vote => vote.Key))
        {
            if (count > most) (best, most) = (vector, count);
        }

        return best;
    }

    private static (int X, int Y) Search(Plane before, Plane now, int left, int top, int side, (int X, int Y) centre, int reach)
    {
        (int X, int Y) best = centre;
        int least = now.Difference(before, left, top, side, centre.X, centre.Y, int.MaxValue);
        for (int y = centre.Y - reach; y <= centre.Y + reach; y++)
        {
            for (int x = centre.X - reach; x <= centre.X + reach; x++)
            {
                int difference = now.Difference(before, left, top, side, x, y, least);
                if (difference < least) (best, least) = ((x, y), difference);
            }
        }

        return best;
    }

    private sealed record Plane(byte[] Values, int Width, int Height)
    {
        public Plane Halved()
        {
            int width = Math.Max(Width / 2, 1), height = Math.Max(Height / 2, 1);
            byte[] half = new byte[width * height];
            for (int y = 0; y < height; y++)
            {
                int top = 2 * y * Width, bottom = Math.Min(2 * y + 1, Height - 1) * Width;
                for (int x = 0; x < width; x++)
                {
                    int left = 2 * x, right = Math.Min(2 * x + 1, Width - 1);
                    half[y * width + x] = (byte)((Values[top + left] + Values[top + right] + Values[bottom + left] + Values[bottom + right] + 2) >> 2);
                }
            }

            return new Plane(half, width, height);
        }

        /// <summary>Sum of absolute differences of a window here and, displaced by −(x, y), there; stops once it reaches the limit.</summary>
        public int Difference(Plane before, int left, int top, int side, int x, int y, int limit)
        {
            int sum = 0;
            for (int row = top; row < top + side && sum < limit; row++)
            {
                int here = Math.Clamp(row, 0, Height - 1) * Width, there = Math.Clamp(row - y, 0, Height - 1) * Width;
                bool inside = left >= 0 && left + side <= Width && left - x >= 0 && left - x + side <= Width;
                for (int column = left; column < left + side; column++)
                {
                    int nowColumn = inside ? column : Math.Clamp(column, 0, Width - 1);
                    int beforeColumn = inside ? column - x : Math.Clamp(column - x, 0, Width - 1);
                    sum += Math.Abs(Values[here + nowColumn] - before.Values[there + beforeColumn]);
                }
            }

            return sum;
        }

        /// <summary>Mean absolute difference of neighbouring pixels times 4: how much a window tells.</summary>
        public int Spread(int left, int top, int side)
        {
            int sum = 0, right = Math.Min(left + side, Width - 1), bottom = Math.Min(top + side, Height - 1);
            for (int row = top; row < bottom; row++)
            {
                for (int column = left; column < right; column++)
                {
                    int index = row * Width + column;
                    sum += Math.Abs(Values[index] - Values[index + 1]) + Math.Abs(Values[index] - Values[index + Width]);
                }
            }

            return 2 * sum / (side * side);
        }
    }
}
