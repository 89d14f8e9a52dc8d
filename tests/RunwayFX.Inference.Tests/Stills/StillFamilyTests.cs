using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>What one family wants and others do not: its text encoders, times, sizes and channels. The models here spoil the picture where they are told
/// anything else.</summary>
public sealed class StillFamilyTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormStills s_stills = new();
    private static readonly ClosedFormData s_data = new(), s_flow = new(8, 6, channels: 16, scale: 0.3611f, shift: 0.1159f);

    [OneTimeTearDown]
    public void Remove() => s_stills.Dispose();

    [Test]
    public void Velocity_GivesThePicture(
        [Values(SchedulerKind.Ddim, SchedulerKind.Euler, SchedulerKind.Heun, SchedulerKind.DpmMultistep, SchedulerKind.UniPc)] SchedulerKind kind, [Values(1, 7.5)] double guidance)
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_data, prediction: Prediction.Velocity));
        Frame made = s_stills.Open(folder).Run(Settings("ramp") with { Scheduler = kind, Guidance = guidance }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, ClosedFormStills.Picture(s_data, 2)), Is.LessThan(Tolerance));
    }

    [Test]
    public void Turbo_NeedsFewStepsAndNoGuidance([Values(1, 2, 3, 4)] int steps, [Values(0, 1)] double guidance)
    {
        string folder = s_stills.Write(path =>
        {
            ClosedFormPackage.Write(path, s_data, ModelLayout.StableDiffusionXl, ports: new DenoiserPorts { TimeIds = [s_data.Height, s_data.Width, 0, 0, s_data.Height, s_data.Width] });
            File.WriteAllText(Path.Combine(path, "scheduler/scheduler_config.json"), ClosedFormPackage.SchedulerJson.Replace("DDIMScheduler", "EulerAncestralDiscreteScheduler")
                .Replace("\"prediction_type\"", "\"timestep_spacing\":\"trailing\",\"prediction_type\""));
        });
        Frame made = s_stills.Open(folder).Run(Settings("wave") with { Steps = steps, Guidance = guidance, Seed = 4 }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, ClosedFormStills.Picture(s_data, 1)), Is.LessThan(Tolerance));
    }

    [TestCase(16, 14, true)]
    [TestCase(16, 13, false)]
    public void XlSizes_AreThoseOfThePicture(int width, int height, bool areExpected)
    {
        ClosedFormData data = new(8, 7);
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, data, ModelLayout.StableDiffusionXl, ports: new DenoiserPorts { TimeIds = [14, 16, 0, 0, 14, 16] }));
        Frame made = s_stills.Open(folder).Run(new StillSettings { Prompt = "wave", Width = width, Height = height, Steps = 8 }, null, default)[0];
        double worst = ClosedFormStills.Worst(made, ClosedFormStills.Picture(data, 1, width, height));
        Assert.That(worst, areExpected ? Is.LessThan(Tolerance) : Is.GreaterThan(0.1));
    }

    [TestCase(1)]
    [TestCase(7.5)]
    public void Sd3_WithoutItsLargeEncoder_SeesZeros(double guidance)
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_flow, ModelLayout.StableDiffusion3, hasThirdEncoder: false));
        Frame made = s_stills.Open(folder).Run(Flow("ramp") with { Guidance = guidance }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, ClosedFormStills.Picture(s_flow, 2)), Is.LessThan(Tolerance));
    }

    /// <summary>Whole packages in 16 bits: text encoder and denoiser take and give halves or bfloat16.</summary>
    [Test]
    public void SixteenBits_GiveThePicture([Values(OnnxType.Half, OnnxType.BFloat16)] OnnxType type, [Values(0, 1, 2)] int word, [Values(1, 5)] double guidance)
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_data, type: type));
        Frame made = s_stills.Open(folder).Run(Settings(ClosedFormData.Words[word]) with { Guidance = guidance }, null, default)[0];
        // 11 and 8 bits of the prediction, a few steps of it.
        Assert.That(ClosedFormStills.Worst(made, ClosedFormStills.Picture(s_data, word)), Is.LessThan(type == OnnxType.Half ? 0.01 : 0.08));
    }

    [TestCase(3.5, true)]
    [TestCase(4.0, false)]
    public void FluxGuidance_IsToldToTheNetwork(double guidance, bool isExpected)
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_flow, ModelLayout.Flux, ports: new DenoiserPorts { Guidance = 3.5f }));
        Frame made = s_stills.Open(folder).Run(Flow("wave") with { Guidance = guidance }, null, default)[0];
        double worst = ClosedFormStills.Worst(made, ClosedFormStills.Picture(s_flow, 1));
        Assert.That(worst, isExpected ? Is.LessThan(Tolerance) : Is.GreaterThan(0.1));
    }

    /// <summary>Every step of a flow, computed here: noise, noise levels with their shift, the model, Euler.</summary>
    [Test]
    public void Flow_GoesThePublishedWay([Values(ModelLayout.StableDiffusion3, ModelLayout.Flux)] ModelLayout layout, [Values(1, 6)] int steps)
    {
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, s_flow, layout));
        List<float[]> previews = [];
        s_stills.Open(folder).Run(Flow("") with { Guidance = 1, Steps = steps, Seed = 77, Preview = (latents, _) => previews.Add(latents.ToArray()) }, null, default);
        double[] sigmas = layout == ModelLayout.Flux ? FluxSigmas(steps, s_flow.LatentWidth / 2 * (s_flow.LatentHeight / 2)) : Sd3Sigmas(steps);
        float[] noise = new float[s_flow.LatentLength];
        new NoiseSource(77).FillNormal(noise);
        double[] x = [.. noise.Select(value => (double)value)];
        Assert.That(previews, Has.Count.EqualTo(steps));
        for (int step = 0; step < steps; step++)
        {
            double[] clean = Clean(x, sigmas[step]);
            for (int i = 0; i < x.Length; i++) Assert.That(previews[step][i], Is.EqualTo(clean[i]).Within(2e-3), $"step {step}, number {i}");
            for (int i = 0; i < x.Length; i++) x[i] += (sigmas[step + 1] - sigmas[step]) * (x[i] - clean[i]) / sigmas[step];
        }
    }

    [Test]
    public void PaintingModel_SeesMaskAndHollowPicture()
    {
        Frame picture = ClosedFormStills.Picture(s_data, 0), mask = new(s_data.Width, s_data.Height);
        float[] hollow = (float[])s_data.Pictures[0].Clone(), plane = new float[s_data.LatentWidth * s_data.LatentHeight];
        for (int y = 4; y < 10; y++)
        {
            for (int x = 6; x < 16; x++)
            {
                mask.Row(y)[x * 4] = 1;
                for (int channel = 0; channel < 3; channel++) hollow[(channel * s_data.Height + y) * s_data.Width + x] = 0;
                plane[y / 2 * s_data.LatentWidth + x / 2] = 1;
            }
        }

        DenoiserPorts ports = new() { ExtraChannels = 1 + s_data.Channels, Extra = [.. plane, .. s_data.Encode(hollow)] };
        string folder = s_stills.Write(path =>
        {
            ClosedFormPackage.Write(path, s_data, ports: ports);
            File.WriteAllText(Path.Combine(path, "unet/config.json"), $"{{\"in_channels\":{2 * s_data.Channels + 1}}}");
        });
        Frame made = s_stills.Open(folder).Run(Settings("checker") with { Picture = picture, Mask = mask, Strength = 1 }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, picture), Is.LessThan(Tolerance));
        Assert.That(() => s_stills.Open(folder).Run(Settings("checker"), null, default), Throws.TypeOf<InferenceException>().With.Message.Contains("mask"));
    }

    [Test]
    public void Sizes_FollowTheLevelsOfTheUnet()
    {
        ClosedFormData data = new(12, 8);
        string folder = s_stills.Write(path =>
        {
            ClosedFormPackage.Write(path, data);
            File.WriteAllText(Path.Combine(path, "unet/config.json"), """{"block_out_channels":[8,8,8]}""");
        });
        Frame made = s_stills.Open(folder).Run(new StillSettings { Prompt = "wave", Width = 18, Height = 15, Steps = 8 }, null, default)[0];
        Assert.That(ClosedFormStills.Worst(made, ClosedFormStills.Picture(data, 1, 18, 15)), Is.LessThan(Tolerance), "9×8 latents become 12×8");
    }

    private static StillSettings Settings(string prompt) => new() { Prompt = prompt, Width = s_data.Width, Height = s_data.Height, Steps = 12 };

    private static StillSettings Flow(string prompt) => new() { Prompt = prompt, Width = s_flow.Width, Height = s_flow.Height, Steps = 8 };

    private static double[] Sd3Sigmas(int steps)
    {
        static double Shift(double sigma) => 3 * sigma / (1 + 2 * sigma);
        double least = Shift(0.001);
        return [.. Enumerable.Range(0, steps).Select(i => Shift(steps == 1 ? 1 : 1 + (least - 1) * i / (steps - 1))), 0];
    }

    private static double[] FluxSigmas(int steps, int tokens)
    {
        double mu = 0.5 + (1.15 - 0.5) / (4096 - 256) * (tokens - 256);
        return [.. Enumerable.Range(0, steps).Select(i => steps == 1 ? 1 : 1 + (1.0 / steps - 1) * i / (steps - 1)).Select(t => Math.Exp(mu) / (Math.Exp(mu) + (1 / t - 1))), 0];
    }

    private static double[] Clean(double[] x, double sigma)
    {
        double[] logits = [.. s_flow.Latents.Select(mu => mu.Select((m, i) => (1 - sigma) * x[i] * m - 0.5 * (1 - sigma) * (1 - sigma) * m * m).Sum() / (sigma * sigma))];
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        return [.. x.Select((_, i) => weights.Select((weight, k) => weight * s_flow.Latents[k][i]).Sum() / weights.Sum())];
    }
}
