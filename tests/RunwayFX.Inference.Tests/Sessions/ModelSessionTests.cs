using RunwayFX.Inference.Sessions;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>Loading, binding and running models.</summary>
public sealed class ModelSessionTests
{
    private static readonly OnnxRuntime s_runtime = OnnxRuntime.Shared;

    [Test]
    public void Runtime_SpeaksTheInterfaceAndHasTheProcessor()
    {
        Assert.That(s_runtime.Version, Does.Match(@"^1\.\d+"));
        Assert.That(s_runtime.Providers, Does.Contain("CPUExecutionProvider"));
    }

    [Test]
    public void FolderWithoutRuntime_IsNamed()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-none").FullName;
        InferenceException e = Assert.Throws<InferenceException>(() => OnnxRuntime.Open(folder))!;
        Assert.That(e.Code, Is.EqualTo(InferenceError.RuntimeMissing));
        Assert.That(e.Message, Does.Contain(folder).And.Contain("onnxruntime"));
        Directory.Delete(folder);
    }

    [Test]
    public void Ports_AreDescribedWithNamesTypesAndFreeSizes()
    {
        using ModelSession session = Denoiser(new ClosedFormData());
        Assert.That(session.Inputs.Select(input => input.ToString()), Is.EqualTo(new[]
        {
            "sample Float32[batch_size,12,height,width]", "timestep Float32[steps]", "encoder_hidden_states Float32[batch_size,sequence_length,8]",
        }));
        Assert.That(session.Outputs.Single().ToString(), Is.EqualTo("out_sample Float32[batch_size,12,height,width]"));
    }

    [Test]
    public void WrongType_SaysFileInputExpectedAndFound()
    {
        using ModelSession session = Denoiser(new ClosedFormData());
        using SessionBinding binding = new(session);
        using Tensor wrong = new(s_runtime, ElementType.Float16, 1, 12, 8, 8);
        InferenceException e = Assert.Throws<InferenceException>(() => binding.BindInput("sample", wrong))!;
        Assert.That(e.Message, Is.EqualTo("'denoiser' input 'sample': expected sample Float32[batch_size,12,height,width], found Float16[1,12,8,8]"));
    }

    [Test]
    public void UnboundInput_IsNamed()
    {
        using ModelSession session = Denoiser(new ClosedFormData());
        using SessionBinding binding = new(session);
        using Tensor sample = new(s_runtime, ElementType.Float32, 1, 12, 8, 8);
        binding.BindInput("sample", sample);
        using JobRun job = new(s_runtime, default);
        Assert.That(() => binding.Run(job), Throws.TypeOf<InferenceException>().With.Message.Contains("timestep").And.Message.Not.Contains("sample Float"));
    }

    [TestCase(ElementType.Float32, 1e-6)]
    [TestCase(ElementType.Float16, 3e-3)]
    [TestCase(ElementType.BFloat16, 2e-2)]
    public void ClosedFormDenoiser_FindsTheNoise(ElementType type, double tolerance)
    {
        ClosedFormData data = new();
        OnnxType onnx = (OnnxType)(int)type;
        using ModelSession session = Load(ClosedFormDenoiser.Build(data, ModelLayout.StableDiffusion, type: onnx), "denoiser");
        const int Step = 300;
        float sigma = ClosedFormDenoiser.Sigmas()[Step], signal = 1 / MathF.Sqrt(sigma * sigma + 1);
        float[] noise = Noise(data.LatentLength), noisy = new float[noise.Length], found = new float[noise.Length];
        for (int i = 0; i < noise.Length; i++) noisy[i] = signal * (data.Latents[1][i] + sigma * noise[i]);
        using Tensor sample = Tensor.From(s_runtime, type, noisy, 1, 12, 8, 8), time = Tensor.From(s_runtime, type, [Step], 1);
        using Tensor text = new(s_runtime, type, 1, 77, 8), output = new(s_runtime, type, 1, 12, 8, 8);
        using SessionBinding binding = Bind(session, sample, time, text, output);
        using JobRun job = new(s_runtime, default);
        binding.Run(job);
        output.Read(found);
        double worst = noise.Zip(found, (a, b) => Math.Abs(a - (double)b)).Max();
        Assert.That(worst, Is.LessThan(tolerance * 4));
    }

    [Test]
    public void Runs_AllocateNothing()
    {
        ClosedFormData data = new();
        using ModelSession session = Denoiser(data);
        using Tensor sample = new(s_runtime, ElementType.Float32, 1, 12, 8, 8), time = Tensor.From(s_runtime, ElementType.Float32, [500], 1);
        using Tensor text = new(s_runtime, ElementType.Float32, 1, 77, 8), output = new(s_runtime, ElementType.Float32, 1, 12, 8, 8);
        using SessionBinding binding = Bind(session, sample, time, text, output);
        using JobRun job = new(s_runtime, default);
        for (int i = 0; i < 10; i++) binding.Run(job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) binding.Run(job);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void CancelledJob_Stops_AndTheSessionRunsOn()
    {
        using ModelSession session = Load(LongModel(), "long");
        using Tensor x = new(s_runtime, ElementType.Float32, 256, 256), y = new(s_runtime, ElementType.Float32, 256, 256);
        using SessionBinding binding = new(session);
        binding.BindInput("x", x);
        binding.BindOutput("y", y);
        using CancellationTokenSource source = new();
        using (JobRun job = new(s_runtime, source.Token))
        {
            source.CancelAfter(50);
            Assert.That(() => { for (int i = 0; i < 1000; i++) binding.Run(job); }, Throws.InstanceOf<OperationCanceledException>());
            Assert.That(() => binding.Run(job), Throws.InstanceOf<OperationCanceledException>(), "a cancelled job stays cancelled");
        }

        using JobRun next = new(s_runtime, default);
        Assert.That(() => binding.Run(next), Throws.Nothing);
    }

    [Test]
    public void CancelledLoad_Throws()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.That(() => ModelSession.Load(s_runtime, LongModel(), "long", new SessionSettings(), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void ExternalData_IsFoundBesideTheFile_AndReplaceable()
    {
        OnnxGraph graph = new("external") { ExternalFile = "model.onnx_data" };
        graph.Input("x", 4);
        graph.Output("y", 4);
        graph.Node("Mul", ["x", graph.Weight("w", [1, 2, 3, 4], 4)], "y");
        string folder = Directory.CreateTempSubdirectory("rfx-external").FullName;
        try
        {
            string path = Path.Combine(folder, "model.onnx");
            File.WriteAllBytes(path, graph.ToModel());
            File.WriteAllBytes(Path.Combine(folder, "model.onnx_data"), graph.ExternalData);
            using (ModelSession session = ModelSession.Load(s_runtime, path, new SessionSettings())) Assert.That(Run(session), Is.EqualTo(new float[] { 1, 2, 3, 4 }));
            using (ModelSession session = ModelSession.Load(s_runtime, graph.ToModel(), "memory", new SessionSettings { ExternalDataFolder = folder }))
                Assert.That(Run(session), Is.EqualTo(new float[] { 1, 2, 3, 4 }));
            using Tensor other = Tensor.From(s_runtime, ElementType.Float32, [5, 6, 7, 8], 4);
            SessionSettings replaced = new() { ExternalWeights = new Dictionary<string, Tensor> { ["w"] = other } };
            using (ModelSession session = ModelSession.Load(s_runtime, path, replaced)) Assert.That(Run(session), Is.EqualTo(new float[] { 5, 6, 7, 8 }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static float[] Run(ModelSession session)
        {
            using Tensor x = Tensor.From(s_runtime, ElementType.Float32, [1, 1, 1, 1], 4), y = new(s_runtime, ElementType.Float32, 4);
            using SessionBinding binding = new(session);
            binding.BindInput("x", x);
            binding.BindOutput("y", y);
            using JobRun job = new(s_runtime, default);
            binding.Run(job);
            return y.AsSpan<float>().ToArray();
        }
    }

    [TestCase(0)]
    [TestCase(40)]
    [TestCase(1000)]
    public void TruncatedModel_IsRefusedByName(int length)
    {
        byte[] model = ClosedFormDenoiser.Build(new ClosedFormData(), ModelLayout.StableDiffusion)[..length];
        Assert.That(() => Load(model, "short.onnx"), Throws.TypeOf<InferenceException>().With.Message.Contains("short.onnx")
            .And.Property(nameof(InferenceException.Code)).EqualTo(InferenceError.ModelUnreadable));
    }

    private static ModelSession Denoiser(ClosedFormData data) => Load(ClosedFormDenoiser.Build(data, ModelLayout.StableDiffusion), "denoiser");

    private static ModelSession Load(byte[] model, string name) => ModelSession.Load(s_runtime, model, name, new SessionSettings());

    private static SessionBinding Bind(ModelSession session, Tensor sample, Tensor time, Tensor text, Tensor output)
    {
        SessionBinding binding = new(session);
        binding.BindInput("sample", sample);
        binding.BindInput("timestep", time);
        binding.BindInput("encoder_hidden_states", text, InputUse.Constant);
        binding.BindOutput("out_sample", output);
        return binding;
    }

    private static float[] Noise(int length)
    {
        System.Random random = new(7);
        float[] noise = new float[length];
        for (int i = 0; i < length; i++) noise[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return noise;
    }

    /// <summary>Sixty-four matrix products in a row.</summary>
    private static byte[] LongModel()
    {
        OnnxGraph graph = new("long");
        string x = graph.Input("x", 256, 256);
        graph.Output("y", 256, 256);
        for (int i = 0; i < 64; i++) x = graph.Node("Tanh", [graph.Node("MatMul", [x, x])]);
        graph.Node("Identity", [x], "y");
        return graph.ToModel();
    }
}
