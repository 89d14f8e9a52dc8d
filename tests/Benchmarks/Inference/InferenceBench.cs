using System.Diagnostics;
using System.Globalization;
using RunwayFX.Inference;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Benchmarks;

/// <summary>What does our denoising loop cost beyond the runtime's own runs, and how fast and how exact is each provider? A random-weight U-Net with the
/// real mix of layers, and the closed-form denoiser whose answer is known. Budget: a minute on two processor cores.</summary>
/// <param name="providers">Providers to measure, separated by commas; null for all that work here. One that is named and does not work fails the run.</param>
/// <param name="size">Size of the network: small (for devices emulated on the processor), normal, or large, which has the width of Stable Diffusion 1.5's
/// first levels at 512 × 512 pixels.</param>
internal sealed class InferenceBench(string? providers, string size) : IBench
{
    private const int StepsMax = 20, Rounds = 20, Guided = 2, Tokens = 77;
    private const double RoundMs = 1500;

    /// <inheritdoc/>
    public string Name => "inference";

    /// <inheritdoc/>
    public string Question => "what our denoising loop costs beyond bare runs, and how fast and exact each provider is";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        OnnxRuntime runtime = OnnxRuntime.Shared;
        ProviderSelection selection = ProviderSelection.Shared;
        Console.WriteLine($"runtime: ONNX Runtime {runtime.Version} ({runtime.LibraryPath}), built in: {string.Join(", ", runtime.Providers)}");
        foreach (string device in GraphicsDevices.Describe()) Console.WriteLine($"device: {device}");
        foreach (string fault in selection.PluginFaults) Console.WriteLine($"plug-in: {fault}");
        List<BenchRow> rows = [];
        foreach (BenchRow row in TilingRun.Measure()) Add(rows, row);
        Reference? reference = null;
        List<ProviderKind> wanted = providers is null ? [.. ProviderKinds.Preferred] : [.. providers.Split(',').Select(ProviderKinds.Parse)];
        // The processor goes first: the others are compared with it.
        foreach (ProviderKind kind in wanted.Prepend(ProviderKind.Cpu).Distinct())
        {
            ProviderStatus status = selection.Probe(kind);
            // One that is asked for must work; the others are listed either way, so that a table says what it is without.
            rows.Add(new BenchRow($"inference.{kind.Name()}.usable", status.IsUsable ? 1 : 0, "", providers is null ? null : 1) { IsFloor = true });
            if (!status.IsUsable)
            {
                Console.WriteLine($"{kind.Name()}: absent: {status.Reason}");
                continue;
            }

            Measure(runtime, kind, rows, ref reference);
            foreach (BenchRow row in StillRun.Measure(runtime, kind)) Add(rows, row);
        }

        return rows;
    }

    private void Measure(OnnxRuntime runtime, ProviderKind kind, List<BenchRow> rows, ref Reference? reference)
    {
        string name = $"inference.{kind.Name()}";
        Add(rows, new BenchRow($"{name}.closed-form-error", ClosedFormRun.Error(runtime, kind), "", kind == ProviderKind.Cpu ? 1e-5 : 1e-3));
        (RandomUnet network, int side) = size switch
        {
            "small" => (new RandomUnet { Channels = 16 }, 16),
            "large" => (new RandomUnet { Channels = 320, Blocks = 2, Groups = 32, Heads = 8, TextFeatures = 768 }, 64),
            _ => (new RandomUnet { Channels = 64, TextFeatures = 64 }, 32),
        };
        foreach ((OnnxType type, string suffix) in new[] { (OnnxType.Float, ""), (OnnxType.Half, "-half") })
        {
            // Half precision on a processor is emulated: nobody would use it.
            if (kind == ProviderKind.Cpu && type == OnnxType.Half) continue;
            try
            {
                foreach (BenchRow row in Measure(runtime, kind, network, (side, type, name, suffix), ref reference)) Add(rows, row);
            }
            catch (InferenceException e)
            {
                Console.WriteLine($"{kind.Name()}{suffix}: {e.Message}");
                Add(rows, new BenchRow($"{name}.failed{suffix}", 1, "", 0));
            }
        }
    }

    /// <summary>Says a row at once too: a slow provider that is stopped has said something by then.</summary>
    private static void Add(List<BenchRow> rows, BenchRow row)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measured {row.Name} {row.Value:G6} {row.Unit}"));
        rows.Add(row);
    }

    private static List<BenchRow> Measure(
        OnnxRuntime runtime, ProviderKind kind, RandomUnet network, (int Side, OnnxType Type, string Name, string Suffix) what, ref Reference? reference)
    {
        byte[] model = network.ToModel(what.Type);
        long start = Stopwatch.GetTimestamp();
        using ModelSession session = ModelSession.Load(runtime, model, "random", new SessionSettings { Provider = kind, HasFixedShapes = true });
        double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Conditioning conditioning = new()
        {
            Inputs = [new("encoder_hidden_states", [Tokens, network.TextFeatures], Numbers(Tokens * network.TextFeatures, 1), Numbers(Tokens * network.TextFeatures, 2))],
            Guidance = 7.5f,
        };
        using Denoiser denoiser = new(session, 1, [network.LatentChannels, what.Side, what.Side], conditioning);
        using BareRun bare = new(session, Guided, (network.LatentChannels, what.Side), (Tokens, network.TextFeatures));
        using JobRun job = new(runtime, CancellationToken.None);
        float[] sample = Numbers(denoiser.Length, 3), prediction = new float[sample.Length];
        start = Stopwatch.GetTimestamp();
        denoiser.Predict(job, sample, 500, prediction);
        double first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        // On the processor this is the reference, elsewhere it is compared with it.
        float[] answer = (float[])prediction.Clone();
        reference ??= new Reference(answer);
        bare.Run(job);
        start = Stopwatch.GetTimestamp();
        bare.Run(job);
        int steps = (int)Math.Clamp(RoundMs / Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1, StepsMax);

        // Alternating rounds, so that both sides meet the same weather; the best of each counts.
        double bareStep = double.MaxValue, ourStep = double.MaxValue;
        long bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            start = Stopwatch.GetTimestamp();
            for (int step = 0; step < steps; step++) bare.Run(job);
            bareStep = Math.Min(bareStep, Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps);
            long before = GC.GetAllocatedBytesForCurrentThread();
            start = Stopwatch.GetTimestamp();
            for (int step = 0; step < steps; step++)
            {
                denoiser.Predict(job, sample, 1000 - step * 50, prediction);
                for (int i = 0; i < sample.Length; i++) sample[i] -= 0.01f * prediction[i];
            }

            ourStep = Math.Min(ourStep, Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps);
            bytes = Math.Max(bytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        string name = what.Name, suffix = what.Suffix;
        return
        [
            new($"{name}.load{suffix}", load, "s"),
            new($"{name}.first-run{suffix}", first, "s"),
            new($"{name}.bare-step{suffix}", bareStep, "ms"),
            new($"{name}.step{suffix}", ourStep, "ms"),
            // A device moves the changing inputs and the prediction over the bus in both cases, so the limit holds there too.
            new($"{name}.overhead{suffix}", ourStep / bareStep, "x", 1.02),
            new($"{name}.bytes-per-step{suffix}", bytes / (double)steps, "bytes", 0),
            new($"{name}.difference{suffix}", reference.Difference(answer), "x", suffix.Length > 0 ? 0.05 : 1e-3),
        ];
    }

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = random.NextSingle() * 2 - 1;
        return numbers;
    }

    /// <summary>What the processor says, in single precision.</summary>
    private sealed record Reference(float[] Answer)
    {
        /// <summary>Worst difference over the largest value.</summary>
        public double Difference(float[] other) =>
            Answer.Zip(other, (a, b) => Math.Abs(a - (double)b)).Max() / Answer.Max(value => Math.Abs((double)value));
    }
}
