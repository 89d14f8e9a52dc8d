using System.Globalization;
using System.Runtime.InteropServices;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Benchmarks;

/// <summary>How exact and how fast is optical flow beside OpenCV's DIS, on the same 8-bit pictures, on two threads, in one run? Budget: no worse than its
/// "medium" preset in error and in time, and a cost per pixel that hardly grows with the size. An absent peer counts as not met.</summary>
internal sealed class FlowBench : IBench
{
    private const int Threads = 2, Runs = 7;

    /// <summary>Runs one preset: arguments are folder, width, height, preset, runs.</summary>
    private const string Peer = """
        import sys, time, cv2, numpy as np
        folder, w, h, preset, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
        a, b = (np.fromfile(folder + '/' + n, np.uint8).reshape(h, w) for n in ('a.raw', 'b.raw'))
        cv2.setNumThreads(2)
        dis = cv2.DISOpticalFlow_create(preset)
        best = 1e9
        for _ in range(runs + 1):
            t = time.perf_counter(); f = dis.calc(a, b, None); best = min(best, time.perf_counter() - t)
        f.astype(np.float32).tofile(folder + '/flow.raw')
        print(best)
        """;

    private readonly List<BenchRow> _rows = [];

    private enum Preset
    {
        Ultrafast = 0,
        Medium = 2,
    }

    /// <inheritdoc/>
    public string Name => "flow";

    /// <inheritdoc/>
    public string Question => "how exact and how fast optical flow is beside OpenCV's DIS";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-flow-").FullName;
        try
        {
            RubberWhale(folder);
            Aloe(folder);
            KnownMotions(folder);
            Speed(folder);
            return _rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A real pair; its truth is not in the package, so the error is the mean difference (0–255) after warping.</summary>
    private void RubberWhale(string folder)
    {
        if (MovingPictures.Still("rubberwhale1.png") is not { } first || MovingPictures.Still("rubberwhale2.png") is not { } second)
        {
            Add("flow.rubberwhale.warp-error", double.NaN, "0-255", double.NaN);
            return;
        }

        byte[] a = MovingPictures.Grey(first), b = MovingPictures.Grey(second);
        Compare("flow.rubberwhale.warp-error", "0-255", folder, a, b, first.Width, first.Height, motion => WarpError(motion, a, b));
    }

    /// <summary>A real stereo pair with measured disparities, up to 211 pixels: the end-point error where the truth is known and inside the picture.</summary>
    private void Aloe(string folder)
    {
        if (MovingPictures.Still("aloeL.jpg") is not { } left || MovingPictures.Still("aloeR.jpg") is not { } right
            || MovingPictures.Still("aloeGT.png") is not { } disparity)
        {
            Add("flow.aloe.error", double.NaN, "px", double.NaN);
            return;
        }

        Compare("flow.aloe.error", "px", folder, MovingPictures.Grey(left), MovingPictures.Grey(right), left.Width, left.Height, motion => EndPointError(motion, (x, y) =>
        {
            float value = MathF.Round(255 * disparity.Row(y)[4 * x]);
            return value > 0 ? (-value, 0) : null;
        }));
    }

    private void KnownMotions(string folder)
    {
        const int Width = 1280, Height = 720;
        if (MovingPictures.Still("building.jpg") is not { } small)
        {
            Add("flow.pan.error", double.NaN, "px", double.NaN);
            return;
        }

        Frame picture = Resampling.Resize(small, 2 * Width, 2 * Height, ResamplingFilter.Lanczos3);
        byte[] before = MovingPictures.Grey(MovingPictures.View(picture, Width, Height, Width, Height, 1));
        foreach ((string name, double moveX, double moveY, double scale, double turn) in new (string, double, double, double, double)[]
        {
            ("pan", 13.3, -7.6, 1, 0), ("zoom", 0, 0, 1 / 1.05, 0), ("turn", 0, 0, 1, 0.0523598775598),
        })
        {
            double cosine = Math.Cos(turn), sine = Math.Sin(turn);
            byte[] after = MovingPictures.Grey(MovingPictures.View(picture, Width, Height, Width + moveX, Height + moveY, scale, cosine, sine));
            Compare($"flow.{name}.error", "px", folder, before, after, Width, Height, motion => EndPointError(motion, (x, y) =>
            {
                // The place q of the second view that shows what (x, y) of the first shows: move + scale · turn · (q − middle) = (x, y) − middle.
                double dx = (x - 0.5 * Width - moveX) / scale, dy = (y - 0.5 * Height - moveY) / scale;
                return (cosine * dx + sine * dy + 0.5 * Width - x, -sine * dx + cosine * dy + 0.5 * Height - y);
            }));
        }
    }

    private void Speed(string folder)
    {
        double standard720 = 0;
        foreach ((int width, int height) in new[] { (1280, 720), (1920, 1080), (3840, 2160) })
        {
            if (MovingPictures.Still("building.jpg") is not { } small) return;
            Frame picture = Resampling.Resize(small, width + 64, height + 64, ResamplingFilter.Lanczos3);
            double centreX = 0.5 * width + 20, centreY = 0.5 * height + 20;
            byte[] a = MovingPictures.Grey(MovingPictures.View(picture, width, height, centreX, centreY, 1));
            byte[] b = MovingPictures.Grey(MovingPictures.View(picture, width, height, centreX + 6.3, centreY + 2.4, 1 / 1.01));
            bool isLarge = height > 1080;
            foreach ((FlowQuality quality, Preset? preset) in new (FlowQuality, Preset?)[]
            {
                (FlowQuality.Draft, Preset.Ultrafast), (FlowQuality.Standard, Preset.Medium), (FlowQuality.High, null),
            })
            {
                double seconds = Seconds(a, b, width, height, quality, isLarge ? 3 : Runs);
                Add($"flow.{height}p.{quality.ToString().ToLowerInvariant()}", seconds * 1000, "ms");
                if (quality == FlowQuality.Standard && height == 720) standard720 = seconds / (width * height);
                if (quality == FlowQuality.Standard && isLarge) Add("flow.2160p-to-720p.per-pixel", seconds / (width * height) / standard720, "x", 1.3);
                if (preset is not { } peer || isLarge) continue;
                double? theirs = RunPeer(folder, a, b, width, height, peer, Runs)?.Seconds;
                Add($"flow.{height}p.dis-{peer.ToString().ToLowerInvariant()}", theirs * 1000 ?? double.NaN, "ms");
                Add($"flow.{height}p.{quality.ToString().ToLowerInvariant()}-to-dis", seconds / theirs ?? double.NaN, "x", 1);
            }
        }
    }

    /// <summary>Our error and time in every quality, DIS's, and the ratio that gates.</summary>
    private void Compare(string name, string unit, string folder, byte[] a, byte[] b, int width, int height, Func<FlowField, double> error)
    {
        FlowPicture first = Picture(a, width, height), second = Picture(b, width, height);
        double standard = 0;
        foreach (FlowQuality quality in Enum.GetValues<FlowQuality>())
        {
            double value = error(OpticalFlow.Estimate(first, second, new FlowOptions { Quality = quality, Threads = Threads }));
            if (quality == FlowQuality.Standard) standard = value;
            Add($"{name}.{quality.ToString().ToLowerInvariant()}", value, unit);
        }

        double theirs = RunPeer(folder, a, b, width, height, Preset.Medium, 1) is { } peer ? error(peer.Motion) : double.NaN;
        Add($"{name}.dis-medium", theirs, unit);
        Add($"{name}.standard-to-dis", standard / theirs, "x", 1);
    }

    private void Add(string name, double value, string unit, double? limit = null) => _rows.Add(new BenchRow(name, value, unit, limit));

    private static FlowPicture Picture(byte[] grey, int width, int height) => FlowPicture.FromLightness(width, height, [.. grey.Select(value => value / 255f)]);

    private static double Seconds(byte[] a, byte[] b, int width, int height, FlowQuality quality, int runs)
    {
        FlowPicture first = Picture(a, width, height), second = Picture(b, width, height);
        FlowOptions options = new() { Quality = quality, Threads = Threads };
        // Enough runs beforehand for the compiler to be done with its second pass over the kernels.
        for (int run = 0; run < runs; run++) _ = OpticalFlow.Estimate(first, second, options);
        return Yardstick.Best(runs, () => _ = OpticalFlow.Estimate(first, second, options));
    }

    private static (FlowField Motion, double Seconds)? RunPeer(string folder, byte[] a, byte[] b, int width, int height, Preset preset, int runs)
    {
        File.WriteAllBytes(Path.Combine(folder, "a.raw"), a);
        File.WriteAllBytes(Path.Combine(folder, "b.raw"), b);
        string[] numbers = [.. new[] { width, height, (int)preset, runs }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        if (ToolRun.Python(Peer, [folder, .. numbers]) is not { } output) return null;
        float[] vectors = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "flow.raw"))).ToArray();
        FlowField motion = new(width, height);
        for (int i = 0; i < motion.X.Length; i++) (motion.X[i], motion.Y[i]) = (vectors[2 * i], vectors[2 * i + 1]);
        return (motion, double.Parse(output.Trim(), CultureInfo.InvariantCulture));
    }

    private static double WarpError(FlowField motion, byte[] a, byte[] b)
    {
        Frame there = new(motion.Width, motion.Height);
        for (int i = 0; i < b.Length; i++) there.Pixels[4 * i] = b[i];
        Frame warped = motion.Warp(there);
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - warped.Pixels[4 * i]);
        return sum / a.Length;
    }

    private static double EndPointError(FlowField motion, Func<int, int, (double X, double Y)?> truth)
    {
        double sum = 0;
        long count = 0;
        for (int y = 0; y < motion.Height; y++)
        {
            for (int x = 0; x < motion.Width; x++)
            {
                if (truth(x, y) is not { } known) continue;
                double toX = x + known.X, toY = y + known.Y;
                // What leaves the picture cannot be followed.
                if (toX < 0 || toY < 0 || toX > motion.Width - 1 || toY > motion.Height - 1) continue;
                double offX = motion.X[y * motion.Width + x] - known.X, offY = motion.Y[y * motion.Width + x] - known.Y;
                sum += Math.Sqrt(offX * offX + offY * offY);
                count++;
            }
        }

        return sum / count;
    }
}
