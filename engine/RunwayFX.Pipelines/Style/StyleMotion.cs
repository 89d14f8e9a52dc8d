using RunwayFX.Imaging.Flow;

namespace RunwayFX.Pipelines.Style;

/// <summary>Motion between a frame and the one painted before it: the camera's, and each pixel's own. Lets strokes travel with what they paint.</summary>
/// <remarks>Vectors point from the new frame to the old one, in pixels of the working resolution, y down. The same bits for any number of threads.</remarks>
internal sealed class StyleMotion
{
    /// <summary>Pixels that the camera may move the picture's middle by and still count as standing still: what flow finds in noise.</summary>
    private const double StillMax = 0.1;

    /// <summary>The same for the corners, which a little turn or zoom moves more.</summary>
    private const double StillCornerMax = 0.3;

    /// <summary>Distance of the vectors that the camera is fitted to, in pixels.</summary>
    private const int GridStep = 4;

    /// <summary>Times the camera is fitted anew with weights of the fit before.</summary>
    private const int FitRounds = 8;

    /// <summary>Slope of luma (0–255 over two pixels) from which a vector says something about the camera.</summary>
    private const int TextureMin = 8;

    /// <summary>Vectors needed for a fit.</summary>
    private const int VectorsMin = 12;

    private readonly Similarity _camera;

    private StyleMotion(FlowField back, byte[] believed, Similarity camera, bool isStill)
    {
        Back = back;
        Believed = believed;
        _camera = camera;
        CameraIsStill = isStill;
    }

    /// <summary>Each pixel's own vector.</summary>
    public FlowField Back { get; }

    /// <summary>1 where the pixel is seen in the old frame.</summary>
    public byte[] Believed { get; }

    /// <summary>Whether the camera stands still.</summary>
    public bool CameraIsStill { get; }

    /// <summary>The vector that the camera alone gives a pixel.</summary>
    public (float X, float Y) CameraAt(int x, int y)
    {
        if (CameraIsStill) return (0, 0);
        (double toX, double toY) = _camera.Apply(x - Back.Width * 0.5, y - Back.Height * 0.5);
        return ((float)toX, (float)toY);
    }

    /// <summary>Compares two luma planes (0–255) of one size.</summary>
    public static StyleMotion Between(byte[] before, byte[] now, int width, int height, int threads, CancellationToken cancellation)
    {
        FlowPicture old = Picture(before, width, height), young = Picture(now, width, height);
        FlowOptions options = new() { Quality = FlowQuality.Standard, Threads = threads };
        FlowPair pair = OpticalFlow.EstimateBoth(young, old, options, null, cancellation);
        Similarity camera = Fit(pair, now);
        bool isStill = true;
        foreach ((int x, int y) in (ReadOnlySpan<(int, int)>)[(-1, -1), (1, -1), (-1, 1), (1, 1), (0, 0)])
        {
            (double moveX, double moveY) = camera.Apply(x * width * 0.5, y * height * 0.5);
            isStill &= Math.Max(Math.Abs(moveX), Math.Abs(moveY)) <= (x == 0 ? StillMax : StillCornerMax);
        }

        return new StyleMotion(pair.Forward, pair.ForwardConsistent, camera, isStill);
    }

    private static FlowPicture Picture(byte[] luma, int width, int height)
    {
        float[] values = new float[luma.Length];
        for (int index = 0; index < values.Length; index++) values[index] = luma[index] / 255f;
        return FlowPicture.FromLightness(width, height, values);
    }

    /// <summary>Shift, turn and zoom that most vectors share: least squares with weights that fall with the distance from the fit before.</summary>
    private static Similarity Fit(FlowPair pair, byte[] luma)
    {
        (int width, int height) = (pair.Forward.Width, pair.Forward.Height);
        List<int> places = [];
        for (int y = GridStep / 2; y < height - 1; y += GridStep)
        {
            for (int x = GridStep / 2; x < width - 1; x += GridStep)
            {
                int at = y * width + x;
                int slope = Math.Abs(luma[at + 1] - luma[Math.Max(at - 1, 0)]) + Math.Abs(luma[at + width] - luma[Math.Max(at - width, 0)]);
                if (pair.ForwardConsistent[at] != 0 && slope >= TextureMin) places.Add(at);
            }
        }

        if (places.Count < VectorsMin) return default;
        Similarity camera = new(0, 0, Median(places, pair.Forward.X), Median(places, pair.Forward.Y));
        for (int round = 0; round < FitRounds; round++) camera = Refit(camera, places, pair.Forward);
        return camera;
    }

    private static Similarity Refit(Similarity camera, List<int> places, FlowField flow)
    {
        // Unknowns: zoom − 1, turn, shift; (dx, dy) = (a x − b y + c, b x + a y + d).
        double sum = 0, sumX = 0, sumY = 0, square = 0, moveX = 0, moveY = 0, along = 0, across = 0;
        foreach (int at in places)
        {
            double x = at % flow.Width - flow.Width * 0.5, y = at / flow.Width - flow.Height * 0.5;
            (double fitX, double fitY) = camera.Apply(x, y);
            double offX = flow.X[at] - fitX, offY = flow.Y[at] - fitY, weight = 1 / (1 + 4 * (offX * offX + offY * offY));
            weight *= weight;
            (sum, sumX, sumY) = (sum + weight, sumX + weight * x, sumY + weight * y);
            (moveX, moveY) = (moveX + weight * flow.X[at], moveY + weight * flow.Y[at]);
            square += weight * (x * x + y * y);
            along += weight * (x * flow.X[at] + y * flow.Y[at]);
            across += weight * (x * flow.Y[at] - y * flow.X[at]);
        }

        double spread = square - (sumX * sumX + sumY * sumY) / sum;
        double zoom = 0, turn = 0;
        if (spread > 1e-6 * square)
        {
            zoom = (along - (sumX * moveX + sumY * moveY) / sum) / spread;
            turn = (across - (sumX * moveY - sumY * moveX) / sum) / spread;
        }

        return new Similarity(zoom, turn, (moveX - zoom * sumX + turn * sumY) / sum, (moveY - turn * sumX - zoom * sumY) / sum);
    }

    private static double Median(List<int> places, float[] values)
    {
        float[] sorted = [.. places.Select(at => values[at])];
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }

    private readonly record struct Similarity(double Zoom, double Turn, double X, double Y)
    {
        public (double X, double Y) Apply(double x, double y) => (Zoom * x - Turn * y + X, Turn * x + Zoom * y + Y);
    }
}
