using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>ControlNets, references and previews over the closed-form model.</summary>
public sealed class ControlTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormStills s_stills = new();
    private static readonly ClosedFormData s_data = new();
    private static readonly string s_package = s_stills.Write(folder => ClosedFormPackage.Write(folder, s_data, ports: new DenoiserPorts { HasControl = true }));
    private static readonly ModelPackage s_scaled = Net(takesScale: true), s_plain = Net(takesScale: false);

    [OneTimeTearDown]
    public void Remove() => s_stills.Dispose();

    [Test]
    public void Control_DecidesThePicture([Values(0, 1, 2)] int word, [Values] bool takesScale, [Values(1, 7.5)] double guidance)
    {
        Frame made = Run(Settings() with { Guidance = guidance, Controls = [new ControlInput(Picture(word), takesScale ? s_scaled : s_plain)] })[0];
        Assert.That(ClosedFormStills.Worst(made, Picture(word)), Is.LessThan(Tolerance));
    }

    [Test]
    public void TwoControls_AddUpByTheirScales([Values] bool takesScale)
    {
        ModelPackage net = takesScale ? s_scaled : s_plain;
        Frame made = Run(Settings() with { Controls = [new ControlInput(Picture(0), net) { Scale = 0.5 }, new ControlInput(Picture(2), net) { Scale = 1.5 }] })[0];
        Assert.That(ClosedFormStills.Worst(made, Picture(2)), Is.LessThan(Tolerance));
    }

    /// <summary>Stable Diffusion 3 and FLUX: the ControlNet sees the picture's latents, in the denoiser's own order.</summary>
    [Test]
    public void Transformers_AreSteeredByThePicturesLatents(
        [Values(ModelLayout.StableDiffusion3, ModelLayout.Flux)] ModelLayout layout, [Values(0, 1, 2)] int word, [Values] bool takesScale, [Values(1, 7.5)] double guidance)
    {
        ClosedFormData data = new(8, 8, channels: 16, scale: 1.5f, shift: 0.0625f);
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, data, layout, ports: new DenoiserPorts { HasControl = true }));
        ModelPackage net = Package(ClosedFormControl.BuildFlow(data, layout, takesScale));
        Frame shown = ClosedFormStills.Picture(data, word), other = ClosedFormStills.Picture(data, (word + 1) % 3);
        StillSettings settings = new() { Width = data.Width, Height = data.Height, Steps = 8, Guidance = guidance, Seed = 2, Controls = [new ControlInput(shown, net)] };
        Assert.That(ClosedFormStills.Worst(s_stills.Open(folder).Run(settings, null, default)[0], shown), Is.LessThan(Tolerance));
        StillSettings two = settings with { Controls = [new ControlInput(other, net) { Scale = 0.5 }, new ControlInput(shown, net) { Scale = 1.5 }] };
        Assert.That(ClosedFormStills.Worst(s_stills.Open(folder).Run(two, null, default)[0], shown), Is.LessThan(Tolerance), "two add up by their scales");
    }

    [TestCase(ModelLayout.StableDiffusionXl)]
    [TestCase(ModelLayout.LatentConsistency)]
    public void OtherUnets_AreSteeredToo(ModelLayout layout)
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_data, layout, ports: new DenoiserPorts { HasControl = true }));
        Frame made = s_stills.Open(folder).Run(Settings() with { Controls = [new ControlInput(Picture(2), s_scaled)] }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, Picture(2)), Is.LessThan(Tolerance));
    }

    /// <summary>Every step, computed here: what the model is told in each call, and DDIM.</summary>
    [TestCase(0.0, 1.0, 0.02)]
    [TestCase(0.3, 1.0, 0.05)]
    [TestCase(0.0, 0.45, 0.05)]
    [TestCase(0.25, 0.6, 1.0)]
    [TestCase(0.0, 1.0, 0.0)]
    public void Range_SteersInItsStepsOnly(double start, double end, double scale)
    {
        const int Steps = 10;
        List<float[]> previews = [];
        Run(Settings() with
        {
            Steps = Steps, Seed = 9, Preview = (latents, _) => previews.Add(latents.ToArray()), Scheduler = SchedulerKind.Ddim,
            Controls = [new ControlInput(Picture(1), s_scaled) { Scale = scale, Start = start, End = end }],
        });
        double[] control = ClosedFormControl.Logits(s_data, s_data.Pictures[1]);
        float[] sigmas = ClosedFormDenoiser.Sigmas(), noise = new float[s_data.LatentLength];
        new NoiseSource(9).FillNormal(noise);
        double[] x = [.. noise.Select(value => (double)value)];
        for (int step = 0; step < Steps; step++)
        {
            int time = (Steps - 1 - step) * (1000 / Steps);
            double signal = 1 / Math.Sqrt(1 + sigmas[time] * sigmas[time]), level = sigmas[time] * signal;
            double previous = step == Steps - 1 ? 1 : 1 / Math.Sqrt(1 + Math.Pow(sigmas[time - 1000 / Steps], 2));
            bool isOn = (double)step / Steps >= start && (double)(step + 1) / Steps <= end;
            double[] clean = Clean(x, signal, level, isOn ? [.. control.Select(value => value * scale)] : new double[3]);
            for (int i = 0; i < x.Length; i++)
            {
                Assert.That(previews[step][i], Is.EqualTo(clean[i]).Within(2e-3), $"step {step}, number {i}");
                x[i] = previous * clean[i] + Math.Sqrt(1 - previous * previous) * (x[i] - signal * clean[i]) / level;
            }
        }
    }

    [Test]
    public void BuiltInControls_AddUpByTheirScales()
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_data, ports: new DenoiserPorts { MergedControls = 2 }));
        StillSettings settings = Settings() with { Guidance = 3, Controls = [new ControlInput(Picture(0)) { Scale = 1.5 }, new ControlInput(Picture(1)) { Scale = 0.5 }] };
        Assert.That(ClosedFormStills.Worst(s_stills.Open(folder).Run(settings, null, default)[0], Picture(0)), Is.LessThan(Tolerance));
        Assert.That(() => s_stills.Open(folder).Run(settings with { Controls = [settings.Controls[0]] }, null, default), Throws.TypeOf<InferenceException>().With.Message.Contains("2 ControlNets"));
    }

    [Test]
    public void Misfits_AreNamed()
    {
        ModelPackage extra = Net(takesScale: true, extraOutput: true);
        Assert.That(() => Run(Settings() with { Controls = [new ControlInput(Picture(0), extra)] }), Throws.TypeOf<InferenceException>().With.Message.Contains("down 2"));
        Assert.That(() => Run(Settings() with { Controls = [new ControlInput(new Frame(3, 3), s_scaled)] }), Throws.TypeOf<InferenceException>().With.Message.Contains("3×3"));
        Assert.That(() => Run(Settings() with { Controls = [new ControlInput(Picture(0), s_scaled) { Start = 0.7, End = 0.2 }] }), Throws.TypeOf<InferenceException>().With.Message.Contains("0.7"));
        Assert.That(() => Run(Settings()), Throws.TypeOf<InferenceException>().With.Message.Contains("mid_block_additional_residual"), "a denoiser that wants a ControlNet says so");
    }

    [TestCase("down_block_res_samples.3", "down 3")]
    [TestCase("down_block_res_samples_3", "down 3")]
    [TestCase("down_block_additional_residual_11", "down 11")]
    [TestCase("mid_block_res_sample", "mid")]
    [TestCase("mid_block_additional_residual", "mid")]
    [TestCase("controlnet_block_samples.4", "block 4")]
    [TestCase("controlnet_single_block_samples.4", "single 4")]
    [TestCase("encoder_hidden_states", null)]
    [TestCase("hidden_states", null)]
    [TestCase("timestep", null)]
    public void ResidualNames_AreKnown(string port, string? kind) => Assert.That(ControlNets.Kind(port), Is.EqualTo(kind));

    [Test]
    public void Reference_GivesWhatItShows([Values(0, 1, 2)] int word, [Values(1, 5)] double guidance, [Values(16, 64)] int size,
        [Values(ModelLayout.StableDiffusion, ModelLayout.StableDiffusionXl)] ModelLayout layout)
    {
        string folder = s_stills.Write(path =>
        {
            ClosedFormPackage.Write(path, s_data, layout);
            ClosedFormReference.Write(path, s_data);
        });
        Frame shown = size == 16 ? Picture(word) : Larger(Picture(word), size / 16);
        Frame made = s_stills.Open(folder).Run(Settings() with { Guidance = guidance, References = [new ReferenceInput(shown)] }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, Picture(word)), Is.LessThan(Tolerance));
        Assert.That(() => s_stills.Open(folder).Run(Settings() with { References = [new ReferenceInput(shown) { Scale = 0.5 }] }, null, default),
            Throws.TypeOf<InferenceException>().With.Message.Contains("ip_adapter_scale"));
    }

    [Test]
    public void Preview_IsThePictureInSmall()
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_data));
        LatentPreview preview = LatentPreview.Fit(ModelPackage.Open(folder), s_stills.Pool, new(), default);
        Frame small = preview.ToFrame(s_data.Latents[1], s_data.LatentWidth, s_data.LatentHeight);
        Frame expected = Resampling.Resize(Picture(1), s_data.LatentWidth, s_data.LatentHeight, ResamplingFilter.Area);
        Assert.That(ClosedFormStills.Worst(small, expected), Is.LessThan(1e-4), "this decoder is linear");
        Assert.That(() => preview.ToFrame(new float[5], 1, 1), Throws.ArgumentException);
    }

    private static ModelPackage Net(bool takesScale, bool extraOutput = false) => Package(ClosedFormControl.Build(s_data, takesScale, extraOutput));

    private static ModelPackage Package(byte[] network) => ModelPackage.Open(s_stills.Write(folder =>
    {
        Directory.CreateDirectory(Path.Combine(folder, "controlnet"));
        File.WriteAllText(Path.Combine(folder, "runwayfx.json"), """{"family":"controlnet"}""");
        File.WriteAllBytes(Path.Combine(folder, "controlnet/model.onnx"), network);
    }));

    private static Frame[] Run(StillSettings settings) => s_stills.Open(s_package).Run(settings, null, default);

    private static StillSettings Settings() => new() { Width = s_data.Width, Height = s_data.Height, Steps = 8, Guidance = 1, Seed = 2 };

    private static Frame Picture(int word) => ClosedFormStills.Picture(s_data, word);

    private static Frame Larger(Frame frame, int times)
    {
        Frame large = new(frame.Width * times, frame.Height * times);
        for (int i = 0; i < large.Pixels.Length; i++) large.Pixels[i] = frame.Row(i / 4 / large.Width / times)[i / 4 % large.Width / times * 4 + i % 4];
        return large;
    }

    private static double[] Clean(double[] x, double signal, double level, double[] prior)
    {
        double[] logits = [.. s_data.Latents.Select((mu, k) => prior[k] + mu.Select((m, i) => signal * x[i] * m - 0.5 * signal * signal * m * m).Sum() / (level * level))];
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        return [.. x.Select((_, i) => weights.Select((weight, k) => weight * s_data.Latents[k][i]).Sum() / weights.Sum())];
    }
}
