using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Pseudo numerical methods (Liu et al. 2022): Runge-Kutta for three steps, then linear multistep of order 4.</summary>
/// <remarks>A run that starts from a picture begins its multistep part with lower orders; the published code would step from the wrong level there.</remarks>
public sealed class PndmScheduler : TimestepScheduler
{
    private const int WarmUpSteps = 3;
    private const int CallsPerWarmUp = 4;
    private const int OutputsMax = 4;

    private readonly float _finalAlpha;
    private readonly OutputHistory _outputs = new(OutputsMax);
    private float[] _mean = [];
    private float[] _start = [];
    private int _warmUpCalls;
    private bool _isFromStart;

    internal PndmScheduler(SchedulerConfig config)
        : base(SchedulerKind.Pndm, config, DdpmBetas)
    {
        if (Prediction == PredictionType.Sample) throw Unsupported("prediction_type = \"sample\"");
        if (config.Thresholding) throw Unsupported("thresholding = true");
        _finalAlpha = config.SetAlphaToOne ?? false ? 1 : Schedule.Alpha(0);
    }

    private protected override int StepCount => Config.SkipPrkSteps ? Timesteps.Length - 1 : Run.Steps;

    private protected override int CallOfStep(int step)
    {
        if (Config.SkipPrkSteps) return step == 0 ? 0 : step + 1;
        return step < WarmUpSteps ? step * CallsPerWarmUp : step + WarmUpSteps * (CallsPerWarmUp - 1);
    }

    private protected override double[] LayTimesteps(SchedulerRun run)
    {
        int least = Config.SkipPrkSteps ? 2 : WarmUpSteps + 1;
        if (run.Steps < least) throw Unsupported($"{run.Steps} steps (at least {least})");
        double[] rising = Spacing.Whole(Config.TimestepSpacing ?? TimestepSpacing.Leading, Schedule.Count, run.Steps, Config.StepsOffset);
        Array.Reverse(rising);
        _outputs.Resize(run.Length);
        _mean = new float[run.Length];
        _start = new float[run.Length];
        return Config.SkipPrkSteps ? WithoutWarmUp(rising) : WithWarmUp(rising, Schedule.Count / run.Steps / 2);
    }

    private protected override void Restart(int call)
    {
        _outputs.Clear();
        _isFromStart = call == 0;
        Array.Clear(_mean);
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        Denoise(Schedule.Alpha(Whole(call)), modelOutput, sample);
        if (call < _warmUpCalls) AdvanceRungeKutta(call, modelOutput, sample);
        else AdvanceMultistep(call, modelOutput, sample);
    }

    private double[] WithoutWarmUp(double[] rising)
    {
        _warmUpCalls = 0;
        double[] timesteps = new double[rising.Length + 1];
        for (int i = 0; i < timesteps.Length; i++) timesteps[i] = rising[rising.Length - 1 - (i < 2 ? i : i - 1)];
        return timesteps;
    }

    /// <summary>Each warm-up step calls the model at its start, twice half-way, and at its end.</summary>
    private double[] WithWarmUp(double[] rising, int half)
    {
        _warmUpCalls = WarmUpSteps * CallsPerWarmUp;
        List<double> timesteps = [];
        for (int step = 0; step < WarmUpSteps; step++)
        {
            double start = rising[rising.Length - 1 - step], end = rising[rising.Length - 2 - step];
            timesteps.AddRange([start, end + half, end + half, end]);
        }

        for (int i = rising.Length - 1 - WarmUpSteps; i >= 0; i--) timesteps.Add(rising[i]);
        return [.. timesteps];
    }

    private void AdvanceRungeKutta(int call, ReadOnlySpan<float> modelOutput, Span<float> sample)
    {
        int phase = call % CallsPerWarmUp, half = Schedule.Count / Run.Steps / 2;
        int timestep = Whole(call - phase), previous = Whole(call) - (call % 2 == 0 ? half : 0);
        if (phase == 0)
        {
            _outputs.Add(modelOutput);
            sample.CopyTo(_start);
        }

        LatentMath.Add(_mean, phase is 0 or 3 ? 1.0 / 6 : 1.0 / 3, modelOutput);
        if (phase == CallsPerWarmUp - 1)
        {
            Transfer(timestep, previous, _mean, _start, sample);
            Array.Clear(_mean);
        }
        else
        {
            Transfer(timestep, previous, modelOutput, _start, sample);
        }
    }

    private void AdvanceMultistep(int call, ReadOnlySpan<float> modelOutput, Span<float> sample)
    {
        int ratio = Schedule.Count / Run.Steps, timestep = Whole(call), previous = timestep - ratio;
        bool corrects = _warmUpCalls == 0 && call == 1 && _isFromStart && _outputs.Count == 1;
        if (corrects)
        {
            // The second call repeats the first step with the mean of both ends.
            LatentMath.Combine(_mean, 0.5, modelOutput, 0.5, _outputs[0]);
            Transfer(timestep + ratio, timestep, _mean, _start, sample);
            return;
        }

        _outputs.Add(modelOutput);
        if (_warmUpCalls == 0 && call == 0) sample.CopyTo(_start);
        switch (_outputs.Count)
        {
            case 1:
                modelOutput.CopyTo(_mean);
                break;
            case 2:
                LatentMath.Combine(_mean, 3 / 2.0, _outputs[0], -1 / 2.0, _outputs[1]);
                break;
            case 3:
                LatentMath.Combine(_mean, 23 / 12.0, _outputs[0], -16 / 12.0, _outputs[1], 5 / 12.0, _outputs[2]);
                break;
            default:
                LatentMath.Combine(_mean, 55 / 24.0, _outputs[0], -59 / 24.0, _outputs[1], 37 / 24.0, _outputs[2]);
                LatentMath.Add(_mean, -9 / 24.0, _outputs[3]);
                break;
        }

        Transfer(timestep, previous, _mean, sample, sample);
    }

    /// <summary>Formula (9) of the paper, from one level to another.</summary>
    private void Transfer(int timestep, int previous, ReadOnlySpan<float> modelOutput, ReadOnlySpan<float> from, Span<float> sample)
    {
        double alpha = Schedule.Alpha(timestep), alphaPrevious = previous >= 0 ? Schedule.Alpha(previous) : _finalAlpha;
        double ofSample = Math.Sqrt(alphaPrevious / alpha);
        double ofNoise = -(alphaPrevious - alpha) / (alpha * Math.Sqrt(1 - alphaPrevious) + Math.Sqrt(alpha * (1 - alpha) * alphaPrevious));
        if (Prediction == PredictionType.Velocity)
        {
            ofSample += ofNoise * Math.Sqrt(1 - alpha);
            ofNoise *= Math.Sqrt(alpha);
        }

        LatentMath.Combine(sample, ofSample, from, ofNoise, modelOutput);
    }
}
