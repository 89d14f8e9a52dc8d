using CsCheck;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Tests.Schedulers;

/// <summary>Configurations as published packages carry them, and broken ones.</summary>
public sealed class SchedulerConfigTests
{
    [Test]
    public void StableDiffusion15_IsRead()
    {
        SchedulerConfig config = SchedulerConfig.Parse("""
            {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
             "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null, "clip_sample": false}
            """);
        Assert.That(config.Kind, Is.EqualTo(SchedulerKind.Pndm));
        var scheduler = Scheduler.Create(config);
        scheduler.Prepare(new SchedulerRun { Steps = 20, Length = 4 });
        Assert.That(scheduler.Timesteps[..3].ToArray(), Is.EqualTo(new float[] { 951, 901, 901 }));
        Assert.That(Scheduler.Create(config, SchedulerKind.Euler).Kind, Is.EqualTo(SchedulerKind.Euler), "another sampler of the same file");
    }

    [Test]
    public void StableVideoDiffusion_SpeaksInLogSigma()
    {
        var scheduler = Scheduler.Create(SchedulerConfig.Parse("""
            {"_class_name": "EulerDiscreteScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "interpolation_type": "linear",
             "num_train_timesteps": 1000, "prediction_type": "v_prediction", "sigma_max": 700.0, "sigma_min": 0.002, "steps_offset": 1,
             "timestep_spacing": "leading", "timestep_type": "continuous", "use_karras_sigmas": true}
            """));
        scheduler.Prepare(new SchedulerRun { Steps = 25, Length = 4 });
        Assert.That(scheduler.Sigmas[0], Is.EqualTo(700).Within(1e-3));
        Assert.That(scheduler.Timesteps[0], Is.EqualTo(0.25 * Math.Log(700)).Within(1e-5));
        Assert.That(scheduler.InitNoiseSigma, Is.EqualTo(Math.Sqrt(700 * 700 + 1)).Within(1e-3));
    }

    [TestCase("""{"_class_name": "NoSuchScheduler"}""", "_class_name", "NoSuchScheduler")]
    [TestCase("""{"beta_schedule": "wavy"}""", "beta_schedule", "wavy")]
    [TestCase("""{"prediction_type": "vibes"}""", "prediction_type", "vibes")]
    [TestCase("""{"variance_type": "learned_range"}""", "variance_type", "learned_range")]
    [TestCase("""{"solver_p": {"a": 1}}""", "solver_p", "{\"a\": 1}")]
    [TestCase("""{"use_karras_sigmas": true, "use_beta_sigmas": true}""", "use_karras_sigmas", "use_beta_sigmas")]
    public void UnsupportedValue_IsNamed(string json, string key, string value)
        => Assert.That(() => SchedulerConfig.Parse(json, "file.json"), Throws.TypeOf<InferenceException>()
            .With.Property("Code").EqualTo(InferenceError.SettingUnsupported)
            .And.Message.Contains("file.json").And.Message.Contains(key).And.Message.Contains(value));

    [TestCase("[1]", "an object")]
    [TestCase("{", "not JSON")]
    [TestCase("""{"beta_start": "0.1"}""", "beta_start")]
    [TestCase("""{"beta_start": 2}""", "0..1")]
    [TestCase("""{"num_train_timesteps": 1}""", "num_train_timesteps")]
    [TestCase("""{"num_train_timesteps": 10.5}""", "a whole number")]
    [TestCase("""{"num_train_timesteps": 1e300}""", "num_train_timesteps")]
    [TestCase("""{"trained_betas": [0.1, 0.2]}""", "2 numbers")]
    [TestCase("""{"clip_sample": 1}""", "clip_sample")]
    public void BrokenValue_IsNamed(string json, string part)
        => Assert.That(() => SchedulerConfig.Parse(json), Throws.TypeOf<InferenceException>()
            .With.Property("Code").EqualTo(InferenceError.PackageBroken).And.Message.Contains(part));

    [Test]
    public void UnknownKeys_ArePassedOver() => Assert.That(SchedulerConfig.Parse("""{"made_up": {"x": [1, 2]}, "steps_offset": 1}""").StepsOffset, Is.EqualTo(1));

    [Test]
    public void DamagedText_NeverThrowsAnythingElse()
    {
        const string sample = """{"_class_name": "DDIMScheduler", "beta_start": 0.00085, "trained_betas": [0.1], "clip_sample": true, "lambda_min_clipped": "-inf"}""";
        Gen.Select(Gen.Int[0, sample.Length - 1], Gen.Char[' ', '~'], Gen.Int[0, sample.Length]).Sample((place, letter, length) =>
        {
            char[] text = sample.ToCharArray();
            text[place] = letter;
            try
            {
                SchedulerConfig.Parse(new string(text)[..length]);
            }
            catch (InferenceException)
            {
                // What it may throw.
            }
        }, iter: 3000);
    }

    [Test]
    public void Names_GoBothWays([Values] SchedulerKind kind)
    {
        Assert.That(SchedulerNames.Parse(SchedulerNames.ClassName(kind), "x"), Is.EqualTo(kind));
        Assert.That(SchedulerNames.Parse(SchedulerNames.ShortName(kind), "x"), Is.EqualTo(kind));
    }
}
