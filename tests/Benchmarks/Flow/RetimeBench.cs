using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Retime;

namespace RunwayFX.Benchmarks;

/// <summary>How close do frames made in between come to the true ones, when three of four are taken away? PSNR over the missing frames, 8 bits, against
/// mixing the two neighbours and against ffmpeg's minterpolate (motion compensated, the better of its default and its best settings). Budget: 6 dB above
/// mixing for a known pan and zoom, above both for a static camera with walkers, 2 dB above mixing for moving cameras.</summary>
internal sealed class RetimeBench : IBench
{
    private const int Step = 4, ShiftMax = 8;

    private static readonly string[] PeerSettings =
    [
        "minterpolate=fps=40:mi_mode=mci",
        "minterpolate=fps=40:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1",
    ];

    private readonly List<BenchRow> _rows = [];

    /// <inheritdoc/>
    public string Name => "retime";

    /// <inheritdoc/>
    public string Question => "how true frames in between are, beside mixing and ffmpeg's minterpolate";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-retime-").FullName;
        try
        {
            if (MovingPictures.Still("building.jpg") is { } picture)
            {
                Measure("pan", Views(index => MovingPictures.View(picture, 640, 360, 380 + 2.3 * index, 260 + 0.7 * index, 1)), folder, aboveBlend: 6);
                Measure("zoom", Views(index => MovingPictures.View(picture, 640, 360, 434, 300, Math.Pow(1.008, -index))), folder, aboveBlend: 6);
            }
            else Absent("pan");

            Measure("vtest", MovingPictures.Clip("vtest.avi", 0, 41, folder), folder, aboveBlend: 0, abovePeer: 0);
            Measure("camera.megamind", MovingPictures.Clip("Megamind.avi", 156, 37, folder), folder, aboveBlend: 2);
            Measure("camera.cup", MovingPictures.Clip("cup.mp4", 48, 33, folder), folder, aboveBlend: 2);
            Measure("camera.box", MovingPictures.Clip("box.mp4", 60, 33, folder), folder, aboveBlend: 2);
            Measure("leaves", MovingPictures.Clip("tree.avi", 0, 33, folder), folder);
            return _rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Frame[] Views(Func<int, Frame> view) => [.. Enumerable.Range(0, 21).Select(view)];

    private void Absent(string name) => _rows.Add(new BenchRow($"retime.{name}.above-blend", double.NaN, "dB", 0) { IsFloor = true });

    private void Measure(string name, Frame[] truth, string folder, double? aboveBlend = null, double? abovePeer = null)
    {
        if (truth.Length == 0)
        {
            Absent(name);
            return;
        }

        (double blend, _) = Score(truth, RetimeMethod.Blend);
        (double motion, double seconds) = Score(truth, RetimeMethod.Motion);
        double peer = PeerSettings.Max(settings => ScorePeer(truth, settings, folder));
        _rows.Add(new BenchRow($"retime.{name}.psnr-motion", motion, "dB"));
        _rows.Add(new BenchRow($"retime.{name}.psnr-blend", blend, "dB"));
        _rows.Add(new BenchRow($"retime.{name}.psnr-minterpolate", peer, "dB"));
        _rows.Add(new BenchRow($"retime.{name}.above-blend", motion - blend, "dB", aboveBlend) { IsFloor = true });
        _rows.Add(new BenchRow($"retime.{name}.above-minterpolate", motion - peer, "dB", abovePeer) { IsFloor = true });
        _rows.Add(new BenchRow($"retime.{name}.seconds-per-frame", seconds, "s"));
    }

    private static (double Psnr, double SecondsPerFrame) Score(Frame[] truth, RetimeMethod method)
    {
        RetimePipeline pipeline = new();
        ThinnedClip clip = new(truth);
        double sum = 0, seconds = 0;
        int count = 0;
        for (int index = 0; index < (truth.Length - 1) / Step * Step; index++)
        {
            if (index % Step == 0) continue;
            RenderJob job = clip.Job(index / (double)Step, method);
            long start = Stopwatch.GetTimestamp();
            Frame made = pipeline.Render(job, clip, clip, clip, CancellationToken.None);
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            sum += SquaredError(MovingPictures.Rgb(made), MovingPictures.Rgb(truth[index]));
            count++;
        }

        return (Psnr(sum / count), seconds / count);
    }

    /// <summary>The peer's PSNR; its frames are aligned with ours by the frames that were not taken away. −∞ where there is no peer.</summary>
    private static double ScorePeer(Frame[] truth, string settings, string folder)
    {
        int width = truth[0].Width, height = truth[0].Height, last = (truth.Length - 1) / Step * Step;
        string input = Path.Combine(folder, "thinned.raw"), output = Path.Combine(folder, "peer.raw");
        using (FileStream file = File.Create(input))
        {
            for (int index = 0; index <= last; index += Step) file.Write(MovingPictures.Rgb(truth[index]));
        }

        string size = string.Create(CultureInfo.InvariantCulture, $"{width}x{height}");
        string[] raw = ["-f", "rawvideo", "-pix_fmt", "rgb24"];
        if (ToolRun.Output("ffmpeg", ["-v", "error", "-y", .. raw, "-s", size, "-r", "10", "-i", input, "-vf", settings, .. raw, output]) is null) return double.NegativeInfinity;
        byte[] made = File.ReadAllBytes(output);
        byte[][] wanted = [.. truth.Select(MovingPictures.Rgb)];
        int bytes = width * height * 3, frames = made.Length / bytes, best = 0;
        double least = double.PositiveInfinity;
        for (int shift = -ShiftMax; shift <= ShiftMax; shift++)
        {
            double error = Mean(index => index % Step == 0, shift);
            if (error < least) (best, least) = (shift, error);
        }

        return Psnr(Mean(index => index % Step != 0, best));

        double Mean(Func<int, bool> isWanted, int shift)
        {
            double sum = 0;
            int count = 0;
            for (int index = 0; index < last; index++)
            {
                int at = index + shift;
                if (!isWanted(index) || at < 0 || at >= frames) continue;
                sum += SquaredError(made.AsSpan(at * bytes, bytes), wanted[index]);
                count++;
            }

            // A shift that leaves only few frames to compare says nothing.
            return count > last / (2 * Step) ? sum / count : double.PositiveInfinity;
        }
    }

    private static double SquaredError(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum / (double)a.Length;
    }

    private static double Psnr(double meanSquare) => 10 * Math.Log10(255 * 255 / Math.Max(meanSquare, 1e-3));

    /// <summary>A host that has every fourth frame, numbered from 0.</summary>
    private sealed class ThinnedClip(Frame[] truth) : IHostFrames, IPictureReader, IProgress<double>
    {
        public bool HasTemporalAccess => true;

        private PixelWindow Window { get; } = new(0, 0, truth[0].Width, truth[0].Height);

        public RenderJob Job(double moment, RetimeMethod method)
        {
            EffectDefinition effect = EffectCatalog.Retime;
            double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
            numbers[effect.IndexOf("timing")] = (double)RetimeTiming.SourceFrame;
            numbers[effect.IndexOf("sourceFrame")] = moment;
            numbers[effect.IndexOf("method")] = (double)method;
            return new RenderJob { Effect = effect, Numbers = numbers, Texts = [.. numbers.Select(_ => "")], Time = -1, OutputWindow = Window };
        }

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            int index = (int)time * Step;
            frame = index >= 0 && index < truth.Length ? new HostFrame(truth[index], Window, false) : null;
            return frame is not null;
        }

        public Frame Read(string path) => throw new FileNotFoundException(path);

        public void Report(double value)
        {
        }
    }
}
