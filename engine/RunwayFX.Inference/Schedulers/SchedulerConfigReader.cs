using System.Globalization;
using System.Text.Json;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Reads the values of a scheduler's configuration and says which key holds what it cannot use.</summary>
internal sealed class SchedulerConfigReader
{
    private const double NumberMax = 1e9;
    private const int DisabledMax = SchedulerRun.StepsMax;

    private readonly JsonElement _root;
    private readonly string _name;

    public SchedulerConfigReader(JsonElement root, string name)
    {
        _name = name;
        if (root.ValueKind != JsonValueKind.Object) throw Broken("the file", root.ValueKind.ToString(), "an object");
        _root = root;
    }

    public SchedulerConfig Read()
    {
        SchedulerConfig defaults = new();
        bool flow = Flag("use_flow_sigmas") ?? false;
        int trainTimesteps = Integer("num_train_timesteps", 2, SchedulerConfig.TrainTimestepsMax) ?? defaults.TrainTimesteps;
        Refuse("solver_p");
        return new SchedulerConfig
        {
            Kind = Text("_class_name") is { } className ? SchedulerNames.Parse(className, _name) : null,
            TrainTimesteps = trainTimesteps,
            BetaStart = Number("beta_start", 0, 1),
            BetaEnd = Number("beta_end", 0, 1),
            BetaSchedule = ReadBetaSchedule(),
            TrainedBetas = Numbers("trained_betas", trainTimesteps),
            RescaleBetasZeroSnr = Flag("rescale_betas_zero_snr") ?? false,
            Prediction = ReadPrediction(),
            TimestepSpacing = ReadTimestepSpacing(),
            StepsOffset = Integer("steps_offset", 0, trainTimesteps - 1) ?? 0,
            SigmaSpacing = ReadSigmaSpacing(),
            UseFlowSigmas = flow,
            SigmaMin = Number("sigma_min", 1e-9, NumberMax),
            SigmaMax = Number("sigma_max", 1e-9, NumberMax),
            EndsAtSigmaMin = Choice<bool?>("final_sigmas_type", ("zero", false), ("sigma_min", true)),
            InterpolatesLogSigmas = Choice("interpolation_type", ("linear", false), ("log_linear", true)),
            ContinuousTimesteps = Choice("timestep_type", ("discrete", false), ("continuous", true)),
            ClipSample = Flag("clip_sample"),
            ClipSampleRange = Number("clip_sample_range", 0, NumberMax) ?? defaults.ClipSampleRange,
            Thresholding = Flag("thresholding") ?? false,
            DynamicThresholdingRatio = Number("dynamic_thresholding_ratio", 0, 1) ?? defaults.DynamicThresholdingRatio,
            SampleMaxValue = Number("sample_max_value", 1e-9, NumberMax) ?? defaults.SampleMaxValue,
            SetAlphaToOne = Flag("set_alpha_to_one") ?? Flag("set_alpha_to_zero"),
            VarianceType = Known("variance_type", "fixed_small", "fixed_small_log", "fixed_large"),
            SkipPrkSteps = Flag("skip_prk_steps") ?? false,
            SolverOrder = Integer("solver_order", 1, 3) ?? defaults.SolverOrder,
            AlgorithmType = Known("algorithm_type", "dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver", "deis"),
            SolverType = Known("solver_type", "midpoint", "heun", "bh1", "bh2", "logrho"),
            LowerOrderFinal = Flag("lower_order_final"),
            EulerAtFinal = Flag("euler_at_final") ?? false,
            LambdaMinClipped = ReadLambdaMin(),
            PredictX0 = Flag("predict_x0") ?? true,
            DisableCorrector = ReadDisabled(),
            OriginalInferenceSteps = Integer("original_inference_steps", 1, trainTimesteps) ?? Math.Min(defaults.OriginalInferenceSteps, trainTimesteps),
            TimestepScaling = Number("timestep_scaling", 0, NumberMax) ?? defaults.TimestepScaling,
            SigmaData = Number("sigma_data", 1e-9, NumberMax) ?? defaults.SigmaData,
            Rho = Number("rho", 1e-3, 1000) ?? defaults.Rho,
            EdmExponential = Choice("sigma_schedule", ("karras", false), ("exponential", true)),
            Shift = Number("shift", 1e-6, NumberMax) ?? Number("flow_shift", 1e-6, NumberMax) ?? defaults.Shift,
            UseDynamicShifting = Flag("use_dynamic_shifting") ?? false,
            LinearTimeShift = Choice("time_shift_type", ("exponential", false), ("linear", true)),
            ShiftTerminal = Number("shift_terminal", 0, 0.999) is { } terminal && terminal > 0 ? terminal : null,
            BaseShift = Number("base_shift", -NumberMax, NumberMax) ?? defaults.BaseShift,
            MaxShift = Number("max_shift", -NumberMax, NumberMax) ?? defaults.MaxShift,
            BaseImageSequence = Integer("base_image_seq_len", 1, int.MaxValue) ?? defaults.BaseImageSequence,
            MaxImageSequence = Integer("max_image_seq_len", 1, int.MaxValue) ?? defaults.MaxImageSequence,
            InvertSigmas = Flag("invert_sigmas") ?? false,
            StochasticSampling = Flag("stochastic_sampling") ?? false,
        };
    }

    private BetaSchedule? ReadBetaSchedule() => Choice<BetaSchedule?>("beta_schedule", ("linear", BetaSchedule.Linear),
        ("scaled_linear", BetaSchedule.ScaledLinear), ("squaredcos_cap_v2", BetaSchedule.SquaredCosine), ("exp", BetaSchedule.Exponential),
        ("sigmoid", BetaSchedule.Sigmoid), ("laplace", BetaSchedule.Laplace));

    private PredictionType? ReadPrediction() => Choice<PredictionType?>("prediction_type", ("epsilon", PredictionType.Epsilon),
        ("sample", PredictionType.Sample), ("original_sample", PredictionType.Sample), ("v_prediction", PredictionType.Velocity),
        ("flow_prediction", PredictionType.Flow));

    private TimestepSpacing? ReadTimestepSpacing() => Choice<TimestepSpacing?>("timestep_spacing", ("linspace", TimestepSpacing.Linspace),
        ("leading", TimestepSpacing.Leading), ("trailing", TimestepSpacing.Trailing));

    private SigmaSpacing ReadSigmaSpacing()
    {
        SigmaSpacing spacing = SigmaSpacing.Timesteps;
        string taken = "";
        foreach (var (key, value) in new[]
                 {
                     ("use_karras_sigmas", SigmaSpacing.Karras), ("use_exponential_sigmas", SigmaSpacing.Exponential),
                     ("use_beta_sigmas", SigmaSpacing.Beta), ("use_lu_lambdas", SigmaSpacing.LogSnr),
                 })
        {
            if (Flag(key) != true) continue;
            if (taken.Length > 0)
                throw new InferenceException(InferenceError.SettingUnsupported, $"{_name}: {taken} and {key} exclude each other, both are true.");
            taken = key;
            spacing = value;
        }

        return spacing;
    }

    private double ReadLambdaMin()
    {
        if (Find("lambda_min_clipped") is not { } element) return double.NegativeInfinity;
        if (element.ValueKind == JsonValueKind.String && element.GetString() is "-inf" or "-Infinity") return double.NegativeInfinity;
        return Number("lambda_min_clipped", -NumberMax, NumberMax) ?? double.NegativeInfinity;
    }

    private int[] ReadDisabled()
    {
        IReadOnlyList<double>? steps = Numbers("disable_corrector", null, DisabledMax);
        return steps is null ? [] : [.. steps.Select(step => (int)Math.Clamp(step, -1, SchedulerRun.StepsMax))];
    }

    private JsonElement? Find(string key)
        => _root.TryGetProperty(key, out JsonElement element) && element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? element : null;

    private string? Text(string key)
    {
        if (Find(key) is not { } element) return null;
        return element.ValueKind == JsonValueKind.String ? element.GetString() : throw Broken(key, Show(element), "a text");
    }

    private bool? Flag(string key)
    {
        if (Find(key) is not { } element) return null;
        return element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Broken(key, Show(element), "true or false"),
        };
    }

    private double? Number(string key, double min, double max)
    {
        if (Find(key) is not { } element) return null;
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out double value)) throw Broken(key, Show(element), "a number");
        return value >= min && value <= max ? value : throw Broken(key, Show(element), string.Create(CultureInfo.InvariantCulture, $"{min}..{max}"));
    }

    private int? Integer(string key, int min, int max)
    {
        if (Number(key, min, max) is not { } value) return null;
        return value == Math.Floor(value) ? (int)value : throw Broken(key, value.ToString(CultureInfo.InvariantCulture), "a whole number");
    }

    private double[]? Numbers(string key, int? count, int max = SchedulerConfig.TrainTimestepsMax)
    {
        if (Find(key) is not { } element) return null;
        if (element.ValueKind != JsonValueKind.Array) throw Broken(key, Show(element), "a list of numbers");
        int length = element.GetArrayLength();
        if (length > max || (count is { } wanted && length != wanted))
            throw Broken(key, $"{length} numbers", count is null ? $"at most {max}" : $"{count} numbers");
        double[] values = new double[length];
        for (int i = 0; i < length; i++)
        {
            if (element[i].ValueKind != JsonValueKind.Number || !element[i].TryGetDouble(out values[i]))
                throw Broken($"{key}[{i}]", Show(element[i]), "a number");
        }

        return values;
    }

    private string? Known(string key, params string[] values)
    {
        if (Text(key) is not { } value) return null;
        return Array.IndexOf(values, value) >= 0 ? value : throw Unsupported(key, value, values);
    }

    private T? Choice<T>(string key, params (string Text, T Value)[] choices)
    {
        if (Text(key) is not { } text) return default;
        foreach (var (name, value) in choices)
        {
            if (name == text) return value;
        }

        throw Unsupported(key, text, choices.Select(choice => choice.Text));
    }

    private void Refuse(string key)
    {
        if (Find(key) is { } element)
            throw new InferenceException(InferenceError.SettingUnsupported, $"{_name}: {key} = {Show(element)} is not supported; only null is.");
    }

    private static string Show(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }

    private InferenceException Unsupported(string key, string value, IEnumerable<string> known)
    {
        string shown = value.Length <= 60 ? value : string.Concat(value.AsSpan(0, 57), "...");
        return new(InferenceError.SettingUnsupported, $"{_name}: {key} = \"{shown}\" is not supported; known are {string.Join(", ", known)}.");
    }

    private InferenceException Broken(string key, string found, string wanted)
        => new(InferenceError.PackageBroken, $"{_name}: {key} is {found}, wanted {wanted}.");
}
