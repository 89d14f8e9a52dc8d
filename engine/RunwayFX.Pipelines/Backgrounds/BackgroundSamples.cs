using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Backgrounds;

/// <summary>Collects what the frames of a shot show at each place of a canvas: several samples where an object is to be removed or passes by, one elsewhere.</summary>
/// <remarks>A value is always that of one sample, so noise and sharpness stay; the median leaves out who passes by. Holds 16 bytes a canvas pixel and
/// sample, for wanted pixels and others alike one at least.</remarks>
internal sealed class BackgroundSamples(BackgroundCanvas canvas, int width, int height, int samplesMax)
{
    private readonly bool[] _isWanted = new bool[canvas.Width * canvas.Height];
    private readonly byte[] _counts = new byte[canvas.Width * canvas.Height];
    private readonly int[] _slots = new int[canvas.Width * canvas.Height];
    private readonly Frame _first = new(canvas.Width, canvas.Height);
    private float[] _more = [];

    /// <summary>Whether every wanted place has all its samples, and every other one.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Marks where a frame's hole lies, or something else that has to go, and what lies so near that a sample would touch it.</summary>
    /// <param name="hole">Of the frame, shape (H, W).</param>
    /// <param name="toCanvas">From the frame's pixels to the canvas's.</param>
    /// <param name="cancellation">Asked row by row.</param>
    public void Want(bool[] hole, CameraStep toCanvas, CancellationToken cancellation)
    {
        (int minX, int minY, int maxX, int maxY) = Bounds(hole);
        CameraStep back = toCanvas.Inverse();
        Parallel.For(0, canvas.Height, new ParallelOptions { CancellationToken = cancellation }, row =>
        {
            for (int p = row * canvas.Width; p < (row + 1) * canvas.Width; p++)
            {
                if (_isWanted[p]) continue;
                (double x, double y) = back.Apply(p % canvas.Width + canvas.Left, row + canvas.Top);
                int left = Math.Max((int)Math.Floor(x) - 1, minX), top = Math.Max((int)Math.Floor(y) - 1, minY);
                int right = Math.Min((int)Math.Floor(x) + 2, maxX), bottom = Math.Min((int)Math.Floor(y) + 2, maxY);
                for (int v = top; v <= bottom && !_isWanted[p]; v++)
                {
                    for (int u = left; u <= right; u++) _isWanted[p] |= hole[v * width + u];
                }
            }
        });
    }

    /// <summary>Adds what a frame shows.</summary>
    public void Add(Frame picture, bool[] hole, CameraStep toCanvas, CancellationToken cancellation)
    {
        if (_more.Length == 0) Reserve();
        CameraStep back = toCanvas.Inverse();
        if (toCanvas.IsWholeShift) back = new(1, 0, Math.Round(back.X), Math.Round(back.Y));
        bool[] unusable = new bool[hole.Length];
        for (int p = 0; p < hole.Length; p++)
        {
            unusable[p] = hole[p];
            for (int c = 0; c < 4; c++) unusable[p] |= !float.IsFinite(picture.Pixels[4 * p + c]);
        }

        int[] lacking = new int[canvas.Height];
        Parallel.For(0, canvas.Height, new ParallelOptions { CancellationToken = cancellation }, row =>
        {
            Span<float> value = stackalloc float[4];
            for (int p = row * canvas.Width; p < (row + 1) * canvas.Width; p++)
            {
                int most = _isWanted[p] ? samplesMax : 1;
                if (_counts[p] >= most) continue;
                (double x, double y) = back.Apply(p % canvas.Width + canvas.Left, row + canvas.Top);
                if (BackgroundCanvas.TrySample(picture, unusable, x, y, value))
                {
                    Span<float> to = _counts[p] == 0 ? _first.Pixels.AsSpan(4 * p, 4) : _more.AsSpan(4 * ((samplesMax - 1) * _slots[p] + _counts[p] - 1), 4);
                    value.CopyTo(to);
                    _counts[p]++;
                }

                if (_counts[p] < most) lacking[row]++;
            }
        });
        IsComplete = lacking.All(count => count == 0);
    }

    /// <summary>The median of the samples, and the places without any.</summary>
    /// <param name="cancellation">Asked row by row.</param>
    public (Frame Picture, bool[] Unseen) ToPicture(CancellationToken cancellation)
    {
        bool[] unseen = new bool[_counts.Length];
        Parallel.For(0, canvas.Height, new ParallelOptions { CancellationToken = cancellation }, row =>
        {
            Span<float> values = stackalloc float[samplesMax];
            for (int p = row * canvas.Width; p < (row + 1) * canvas.Width; p++)
            {
                unseen[p] = _counts[p] == 0;
                if (_counts[p] < 2) continue;
                for (int c = 0; c < 4; c++)
                {
                    values[0] = _first.Pixels[4 * p + c];
                    for (int s = 1; s < _counts[p]; s++) values[s] = _more[4 * ((samplesMax - 1) * _slots[p] + s - 1) + c];
                    Span<float> taken = values[.._counts[p]];
                    taken.Sort();
                    _first.Pixels[4 * p + c] = taken[(taken.Length - 1) / 2];
                }
            }
        });
        return (_first, unseen);
    }

    /// <summary>First and last column and row of a hole; of none, the last lie before the first.</summary>
    private (int MinX, int MinY, int MaxX, int MaxY) Bounds(bool[] hole)
    {
        (int minX, int minY, int maxX, int maxY) = (width, height, -1, -1);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<bool> row = hole.AsSpan(y * width, width);
            int first = row.IndexOf(true);
            if (first < 0) continue;
            (minX, maxX) = (Math.Min(minX, first), Math.Max(maxX, row.LastIndexOf(true)));
            (minY, maxY) = (Math.Min(minY, y), y);
        }

        return (minX, minY, maxX, maxY);
    }

    private void Reserve()
    {
        int wanted = 0;
        for (int p = 0; p < _isWanted.Length; p++)
        {
            if (_isWanted[p]) _slots[p] = wanted++;
        }

        _more = new float[Math.Max(1, checked(wanted * 4 * (samplesMax - 1)))];
    }
}
