using System.Diagnostics;
using System.Globalization;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Benchmarks;

/// <summary>What does a whole picture cost beyond the runtime's own runs: the pipeline from prompt to frame, with tokenizer, text encoder, guided denoising, sampler
/// and decoder, against the same runs of the same models and nothing else? Budget: 2 % of the time, no byte on the heap in a step.</summary>
internal static class StillRun
{
    private const int Steps = 20, Rounds = 20, Side = 32, Factor = 4, Tokens = ClosedFormPackage.Tokens;
    private const long PoolBytes = 1L << 30;

    /// <summary>Measures on a provider; the models are loaded and warm.</summary>
    public static IReadOnlyList<BenchRow> Measure(OnnxRuntime runtime, ProviderKind kind)
    {
        string folder = Directory.CreateTempSubdirectory("rfx-bench-still").FullName;
        try
        {
            ClosedFormPackage.Write(folder, new ClosedFormData(4, 4));
            RandomUnet network = new() { Channels = 64, TextFeatures = ClosedFormDenoiser.TextFeatures };
            File.WriteAllBytes(Path.Combine(folder, "unet", "model.onnx"), network.ToModel());
            ConvolutionalVae.OfWidth(24).Write(folder);
            SessionSettings settings = new() { Provider = kind };
            using SessionPool pool = new(runtime, PoolBytes);
            StillPipeline pipeline = new(ModelPackage.Open(folder), pool, settings, PackageTokenizer.Open);
            using Bare bare = new(runtime, folder, settings);
            return Measure(pipeline, bare, $"inference.{kind.Name()}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<BenchRow> Measure(StillPipeline pipeline, Bare bare, string name)
    {
        long before = 0, worst = 0;
        int steps = 0;
        StillSettings still = new()
        {
            Prompt = "a wave at night", NegativePrompt = "ramp", Steps = Steps, Guidance = 7.5, Width = Side * Factor, Height = Side * Factor,
            Preview = (_, _) =>
            {
                // The first steps of a run fill what is kept.
                long now = GC.GetAllocatedBytesForCurrentThread();
                if (++steps > 2) worst = Math.Max(worst, now - before);
                before = now;
            },
        };
        pipeline.Run(still, null, default);
        bare.Run();
        double ours = double.MaxValue, runs = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            // Alternating, so that both meet the same weather; the best of each counts.
            long start = Stopwatch.GetTimestamp();
            bare.Run();
            runs = Math.Min(runs, Stopwatch.GetElapsedTime(start).TotalSeconds);
            steps = 0;
            start = Stopwatch.GetTimestamp();
            pipeline.Run(still, null, default);
            ours = Math.Min(ours, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        List<BenchRow> rows =
        [
            new($"{name}.picture-bare-runs", runs, "s"), new($"{name}.picture", ours, "s"), new($"{name}.picture-overhead", ours / runs, "x", 1.02),
            new($"{name}.picture-bytes-per-step", worst, "bytes", 0),
        ];
        if (!File.Exists("/proc/self/clear_refs")) return rows;
        double bareMemory = Peak(bare.Run), memory = Peak(() => pipeline.Run(still with { Preview = null }, null, default));
        rows.Add(new($"{name}.picture-bare-memory", bareMemory, "MiB"));
        rows.Add(new($"{name}.picture-memory", memory, "MiB"));
        return rows;
    }

    /// <summary>What the process took at most while something ran, beyond what it had, in MiB.</summary>
    private static double Peak(Action run)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
        double before = Mebibytes();
        run();
        return Mebibytes() - before;
    }

    private static double Mebibytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024.0;

    /// <summary>The same models, bound once: two texts, the guided steps, the decoder.</summary>
    private sealed class Bare : IDisposable
    {
        private readonly ModelSession _text, _unet, _decoder;
        private readonly List<Tensor> _tensors = [];
        private readonly SessionBinding _encode, _decode;
        private readonly BareRun _denoise;
        private readonly JobRun _job;

        public Bare(OnnxRuntime runtime, string folder, SessionSettings settings)
        {
            _job = new JobRun(runtime, CancellationToken.None);
            (_text, _unet, _decoder) = (Load("text_encoder"), Load("unet"), Load("vae_decoder"));
            _encode = Bind(_text, "last_hidden_state", [1, Tokens, ClosedFormDenoiser.TextFeatures], 1, Tokens);
            _denoise = new BareRun(_unet, 2, (4, Side), (Tokens, ClosedFormDenoiser.TextFeatures));
            _decode = Bind(_decoder, "sample", [1, 3, Side * Factor, Side * Factor], 1, 4, Side, Side);

            ModelSession Load(string component) => ModelSession.Load(runtime, Path.Combine(folder, component, "model.onnx"), settings);
        }

        public void Run()
        {
            _encode.Run(_job);
            _encode.Run(_job);
            for (int step = 0; step < Steps; step++) _denoise.Run(_job);
            _decode.Run(_job);
        }

        public void Dispose()
        {
            foreach (IDisposable each in new IDisposable[] { _encode, _denoise, _decode, _job, _text, _unet, _decoder }) each.Dispose();
            foreach (Tensor tensor in _tensors) tensor.Dispose();
        }

        private SessionBinding Bind(ModelSession session, string output, long[] outputShape, params ReadOnlySpan<long> inputShape)
        {
            Tensor input = Tensor.For(session, session.Inputs[0], inputShape), result = Tensor.For(session, session.FindOutput(output)!, outputShape);
            _tensors.AddRange([input, result]);
            SessionBinding binding = new(session);
            binding.BindInput(session.Inputs[0].Name, input);
            binding.BindOutput(output, result);
            return binding;
        }
    }
}
