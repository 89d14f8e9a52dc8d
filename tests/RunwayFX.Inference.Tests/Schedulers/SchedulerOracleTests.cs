using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Tests.Schedulers;

/// <summary>Numbers published in the tests of huggingface/diffusers (Apache-2.0). A row that is not understood fails.</summary>
public sealed partial class SchedulerOracleTests
{
    private static IEnumerable<TestCaseData> FullLoops => OracleFile.Rows(root => root.GetProperty("full_loops").EnumerateArray()
        .Select(row => ($"{row.GetProperty("scheduler").GetString()} {row.GetProperty("test").GetString()}", row)));

    private static IEnumerable<TestCaseData> ScheduleRows => OracleFile.Rows(root => root.GetProperty("schedule_values").EnumerateArray()
        .Select(row => ($"{row.GetProperty("file").GetString()!.Split('/')[^1]} {row.GetProperty("test").GetString()}", row)));

    private static IEnumerable<TestCaseData> FlowRows => OracleFile.Rows(root => root.GetProperty("flow_match_derived").GetProperty("cases")
        .EnumerateObject().Select(row => (row.Name, JsonSerializer.SerializeToElement(new { name = row.Name, row = row.Value }))));

    private static IEnumerable<TestCaseData> EmbeddingRows => OracleFile.Rows(root => root.GetProperty("timestep_embedding").GetProperty("cases")
        .EnumerateArray().Select((row, index) => ($"{index}", row)));

    private static IEnumerable<TestCaseData> Files => OracleFile.Rows(root => [("", root)]);

    [TestCaseSource(nameof(FullLoops))]
    public void FullLoop_EndsOnThePublishedSums(JsonElement row)
    {
        string loop = row.GetProperty("loop").GetString()!;
        // "same" repeats the row before, which is loop A; the one that refers to its file feeds the model as pipelines do.
        string text = loop switch { "same" => "A", "see file (init_noise_sigma, sigma_data=0.5)" => "B", _ => loop };
        Match match = LoopPattern().Match(text);
        Assert.That(match.Success, $"unknown loop '{loop}'");
        var scheduler = Scheduler.Create(ReadConfig(row), SchedulerNames.Parse(row.GetProperty("scheduler").GetString()!, "oracle"));
        scheduler.Prepare(new SchedulerRun
        {
            Steps = row.GetProperty("num_inference_steps").GetInt32(), Length = Dummy.Length, Batch = 4,
            Eta = match.Groups["eta"].Success ? double.Parse(match.Groups["eta"].Value, CultureInfo.InvariantCulture) : null,
        });
        if (row.TryGetProperty("timesteps", out JsonElement timesteps))
            Assert.That(scheduler.Timesteps.ToArray(), Is.EqualTo(timesteps.EnumerateArray().Select(t => t.GetSingle())));

        float[] sample = Dummy.Sample();
        if (match.Groups["kind"].Value == "B") Scale(sample, scheduler.InitNoiseSigma);
        if (match.Groups["start"].Success)
        {
            int start = int.Parse(match.Groups["start"].Value, CultureInfo.InvariantCulture);
            scheduler.AddNoise(sample, Dummy.Noise(), sample, start);
            scheduler.Begin(start);
        }

        // One generator for the whole batch, as the published tests draw.
        NoiseSource? noise = match.Groups["seed"].Success ? new NoiseSource(ulong.Parse(match.Groups["seed"].Value, CultureInfo.InvariantCulture)) : null;
        Assert.That(scheduler.IsStochastic, Is.EqualTo(noise is not null), $"whether noise is drawn in '{loop}'");
        Dummy.Loop(scheduler, sample, text == loop || loop == "same" ? Dummy.Feeding.ScaledToBoth : Dummy.Feeding.ScaledToModel, noise);
        CheckSums(row, sample);
    }

    [TestCaseSource(nameof(ScheduleRows))]
    public void ScheduleValues_AreThePublished(JsonElement row)
    {
        string file = row.GetProperty("file").GetString()!, test = row.GetProperty("test").GetString()!;
        SchedulerKind kind = file.Split('/')[^1] switch
        {
            "test_scheduler_unipc.py" => SchedulerKind.UniPc,
            "test_scheduler_ddim.py" => SchedulerKind.Ddim,
            "test_scheduler_ddim_inverse.py" => SchedulerKind.DdimInverse,
            "test_scheduler_pndm.py" => SchedulerKind.Pndm,
            _ => throw new AssertionException($"unknown file '{file}'"),
        };
        SchedulerConfig config = row.TryGetProperty("config", out _) ? ReadConfig(row) : new SchedulerConfig { StepsOffset = 1 };
        var scheduler = Scheduler.Create(config, kind);
        if (test == "test_variance")
        {
            foreach (JsonProperty expected in row.GetProperty("expected").EnumerateObject())
            {
                int[] steps = [.. expected.Name.Trim('(', ')').Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
                Assert.That(((DdimScheduler)scheduler).Variance(steps[0], steps[1]),
                    Is.EqualTo(expected.Value.GetDouble()).Within(row.GetProperty("tolerance").GetDouble()));
            }

            return;
        }

        Assert.That(test, Is.EqualTo("test_steps_offset").Or.EqualTo("test_flow_and_karras_sigmas_values"), "unknown row");
        scheduler.Prepare(new SchedulerRun { Steps = row.GetProperty("num_inference_steps").GetInt32(), Length = 16 });
        JsonElement timesteps = row.GetProperty("expected_timesteps");
        if (timesteps.ValueKind == JsonValueKind.Array)
        {
            Assert.That(scheduler.Timesteps.ToArray(), Is.EqualTo(timesteps.EnumerateArray().Select(t => t.GetSingle())));
            return;
        }

        Assert.That(timesteps.GetString(), Is.EqualTo("int64(sigma*1000)"));
        float[] sigmas = Floats(row, "expected_sigmas");
        Assert.That(scheduler.Sigmas.ToArray(), Is.EqualTo(sigmas).Within(1e-6));
        Assert.That(scheduler.Timesteps.ToArray(), Is.EqualTo(sigmas[..^1].Select(sigma => MathF.Truncate(sigma * 1000))));
    }

    [TestCaseSource(nameof(FlowRows))]
    public void FlowRun_HasTheDerivedLevelsAndSums(JsonElement named)
    {
        string name = named.GetProperty("name").GetString()!;
        JsonElement row = named.GetProperty("row");
        float[] sigmas = Floats(row, "sigmas"), timesteps = Floats(row, "timesteps");
        int steps = timesteps.Length;
        double? mu = row.TryGetProperty("mu", out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        double[] even = [.. Enumerable.Range(0, steps).Select(i => 1 - i / (double)steps)];
        SchedulerConfig dynamic = new() { UseDynamicShifting = true };
        var (config, kind, given) = name switch
        {
            "default_shift1_n10" => (new SchedulerConfig(), SchedulerKind.FlowMatchEuler, null),
            "sd3_shift3_n10" => (new SchedulerConfig { Shift = 3 }, SchedulerKind.FlowMatchEuler, null),
            "wan21_shift8_n10" => (new SchedulerConfig { Shift = 8 }, SchedulerKind.FlowMatchEuler, null),
            "flux_dev_1024_n10" => (dynamic, SchedulerKind.FlowMatchEuler, even),
            "flux_schnell_shift1_n4" => (new SchedulerConfig(), SchedulerKind.FlowMatchEuler, even),
            "ltx_704x480x161_n10_terminal0.1" => (dynamic with { ShiftTerminal = 0.1 }, SchedulerKind.FlowMatchEuler, even),
            "unipc_flow_shift3.0_n10" => (UniPcFlow(3), SchedulerKind.UniPc, (double[]?)null),
            "unipc_flow_shift5.0_n10" => (UniPcFlow(5), SchedulerKind.UniPc, null),
            "unipc_flow_shift8.0_n10" => (UniPcFlow(8), SchedulerKind.UniPc, null),
            _ => throw new AssertionException($"unknown row '{name}'"),
        };
        var scheduler = Scheduler.Create(config, kind);
        scheduler.Prepare(new SchedulerRun { Steps = steps, Length = Dummy.Length, Batch = 4, Mu = mu, Sigmas = given });
        Assert.That(scheduler.Sigmas.ToArray(), Is.EqualTo(sigmas).Within(2e-7));
        Assert.That(scheduler.Timesteps.ToArray(), Is.EqualTo(timesteps).Within(2e-4));
        float[] sample = Dummy.Sample();
        Dummy.Loop(scheduler, sample, Dummy.Feeding.ScaledToBoth, null);
        Assert.That(sample.Sum(x => (double)x), Is.EqualTo(row.GetProperty("loop_sum").GetDouble()).Within(1e-3));
        Assert.That(sample.Average(x => (double)x), Is.EqualTo(row.GetProperty("loop_mean").GetDouble()).Within(2e-6));
    }

    [TestCaseSource(nameof(Files))]
    public void ShiftOfAPictureSize_IsOnThePublishedLine(JsonElement root)
    {
        JsonElement flow = root.GetProperty("flow_match_derived");
        Assert.That(flow.GetProperty("calculate_shift").GetString(), Does.Contain("mu(512x512 -> 1024)=0.63"));
        Assert.That(TimeShift.Mu(new SchedulerConfig(), 4096), Is.EqualTo(1.15).Within(1e-12));
        Assert.That(TimeShift.Mu(new SchedulerConfig(), 1024), Is.EqualTo(0.63).Within(1e-12));
        SchedulerConfig ltx = new() { BaseShift = 0.95, MaxShift = 2.05, BaseImageSequence = 1024, MaxImageSequence = 4096 };
        double mu = flow.GetProperty("cases").GetProperty("ltx_704x480x161_n10_terminal0.1").GetProperty("mu").GetDouble();
        Assert.That(TimeShift.Mu(ltx, 704 / 32 * (480 / 32) * ((161 - 1) / 8 + 1)), Is.EqualTo(mu).Within(1e-9));
    }

    [TestCaseSource(nameof(EmbeddingRows))]
    public void TimestepEmbedding_IsThePublished(JsonElement row)
    {
        const int dimension = 64;
        double scale = row.TryGetProperty("scale", out JsonElement value) ? value.GetDouble() : 1;
        float[] embedding = new float[dimension];
        List<float> found = [];
        for (int timestep = 23; timestep < 26; timestep++)
        {
            SinusoidalEmbedding.Fill(timestep, embedding, row.GetProperty("downscale_freq_shift").GetDouble(), row.GetProperty("flip_sin_to_cos").GetBoolean(),
                scale);
            found.AddRange(embedding[47..50]);
        }

        Assert.That(found, Is.EqualTo(Floats(row, "expected")).Within(1e-3));
    }

    [TestCaseSource(nameof(Files))]
    public void UpsampledNoise_IsThePublished(JsonElement root)
    {
        const int side = 32;
        float[] noise = new float[32 * side * side];
        new TorchRandom(0).FillNormal(noise);
        float[] plane = noise[^(side * side)..];
        List<float> found = [];
        for (int y = 2 * side - 3; y < 2 * side; y++)
        {
            for (int x = 2 * side - 3; x < 2 * side; x++) found.Add(plane[y / 2 * side + x / 2]);
        }

        Assert.That(found, Is.EqualTo(Floats(root.GetProperty("nearest_upsample_and_rng"), "expected")).Within(1e-4));
    }

    [Test]
    public void OwnCopy_HoldsEveryRow()
    {
        JsonElement root = OracleFile.All().First().Root;
        Assert.That(root.GetProperty("full_loops").GetArrayLength(), Is.EqualTo(39));
        Assert.That(root.GetProperty("schedule_values").GetArrayLength(), Is.EqualTo(5));
        Assert.That(root.GetProperty("flow_match_derived").GetProperty("cases").EnumerateObject().Count(), Is.EqualTo(9));
    }

    [Test]
    public void SharedCopy_WasRead()
    {
        if (SharedData.Find("scheduler_oracles.json") is null) Assert.Ignore(SharedData.AbsentReason("scheduler_oracles.json"));
        Assert.That(FullLoops.Count(), Is.GreaterThan(39));
    }

    private static SchedulerConfig UniPcFlow(double shift) => new() { UseFlowSigmas = true, Shift = shift, Prediction = PredictionType.Flow };

    private static SchedulerConfig ReadConfig(JsonElement row) => SchedulerConfig.Parse(row.GetProperty("config").GetRawText(), "oracle");

    private static float[] Floats(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(value => value.GetSingle())];

    private static void Scale(float[] sample, float factor)
    {
        for (int i = 0; i < sample.Length; i++) sample[i] *= factor;
    }

    private static void CheckSums(JsonElement row, float[] sample)
    {
        double sum = sample.Sum(value => (double)Math.Abs(value)), mean = sum / sample.Length;
        bool isRelative = row.TryGetProperty("note", out JsonElement note) && note.GetString()!.Contains("relative tolerance 2e-6", StringComparison.Ordinal);
        TestContext.Out.WriteLine($"sum {sum} mean {mean}");
        if (row.GetProperty("expected_abs_sum").ValueKind == JsonValueKind.Number)
        {
            double expected = row.GetProperty("expected_abs_sum").GetDouble();
            Assert.That(sum, Is.EqualTo(expected).Within(isRelative ? expected * 2e-6 : 0.01));
        }

        Assert.That(mean, Is.EqualTo(row.GetProperty("expected_abs_mean").GetDouble()).Within(0.001));
    }

    /// <summary>Loop A or B, where it starts, its share of noise, its seed, and remarks that change nothing here.</summary>
    [GeneratedRegex(@"^(?<kind>A|B)(-img2img t_start=(?<start>\d+))?( eta=(?<eta>[\d.]+))?( over t=999\.\.0)?( \+ torch RNG seed (?<seed>\d+))?"
        + @"( \((randn [^)]*|no draw at t=0|no noise drawn on last step|2nd-order: 19 model calls|add_noise: alpha_t\*x\+sigma_t\*noise)\)"
        + @"|: all prk_timesteps through step_prk then plms_timesteps through step_plms)?$")]
    private static partial Regex LoopPattern();
}
