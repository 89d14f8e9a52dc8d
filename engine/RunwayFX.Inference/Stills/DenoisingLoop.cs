using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Stills;

/// <summary>What a model says of a scaled sample at a call of the scheduler.</summary>
internal delegate void PredictStep(ReadOnlySpan<float> scaled, int call, Span<float> prediction);

/// <summary>Takes latents from noise, or from a picture with noise, to the clean sample.</summary>
/// <param name="scheduler">Prepared for the run.</param>
/// <param name="source">Where noise comes from.</param>
internal sealed class DenoisingLoop(Scheduler scheduler, NoiseSource source)
{
    private float[] _clean = [], _noise = [];
    private int _first;

    /// <summary>Where known content is kept: 0 keeps it, per number of one plane that repeats over channels; null for nowhere.</summary>
    public float[]? Keep { get; init; }

    /// <summary>Whether known content stays without noise, as models want that were trained on known frames.</summary>
    public bool KeepsClean { get; init; }

    /// <summary>Told the estimate of the clean latents after each call.</summary>
    public Action<ReadOnlyMemory<float>, int>? Preview { get; init; }

    /// <summary>Told the share of the calls that were made.</summary>
    public Action<double>? Progress { get; init; }

    /// <summary>Starts from noise, but for what is known.</summary>
    /// <param name="length">Numbers of the batch.</param>
    /// <param name="known">What <see cref="Keep"/> keeps.</param>
    public float[] StartAround(int length, float[] known)
    {
        float[] sample = Start(length, null, 1), room = new float[length];
        _clean = known;
        if (Keep is not null) Restore(Keep, sample, room);
        return sample;
    }

    /// <summary>The sample that a run starts with.</summary>
    /// <param name="length">Numbers of the batch.</param>
    /// <param name="clean">What to start from; null for noise alone.</param>
    /// <param name="strength">How far the result may leave it.</param>
    /// <param name="noise">Noise to start with; null draws it.</param>
    public float[] Start(int length, float[]? clean, double strength, float[]? noise = null)
    {
        float[] sample = new float[length];
        _noise = noise ?? new float[length];
        if (noise is null) source.FillNormal(_noise);
        _clean = clean ?? [];
        // Consistency samplers spread their own timesteps over the strength.
        bool isConsistency = scheduler.Kind is SchedulerKind.Lcm or SchedulerKind.Tcd;
        _first = clean is null ? 0 : isConsistency ? (strength > 0 ? 0 : scheduler.Timesteps.Length) : scheduler.FirstCall(strength);
        if (clean is null) for (int i = 0; i < length; i++) sample[i] = _noise[i] * scheduler.InitNoiseSigma;
        else scheduler.AddNoise(clean, _noise, sample, _first);
        scheduler.Begin(_first);
        return sample;
    }

    /// <summary>Makes every call.</summary>
    public void Run(float[] sample, PredictStep predict)
    {
        float[] scaled = new float[sample.Length], prediction = new float[sample.Length], preview = Preview is null ? [] : new float[sample.Length];
        while (scheduler.CallIndex < scheduler.Timesteps.Length)
        {
            int call = scheduler.CallIndex;
            scheduler.ScaleModelInput(sample, scaled);
            predict(scaled, call, prediction);
            scheduler.Step(prediction, sample, scheduler.IsStochastic ? source : null);
            if (Keep is not null) Restore(Keep, sample, scaled);
            Progress?.Invoke((call + 1 - _first) / (double)Math.Max(1, scheduler.Timesteps.Length - _first));
            if (Preview is null) continue;
            scheduler.Denoised.CopyTo(preview);
            Preview(preview, call);
        }

        // TCD stops one training step above no noise; its estimate of the clean sample is the picture.
        if (scheduler.Kind == SchedulerKind.Tcd && _first < scheduler.Timesteps.Length) scheduler.Denoised.CopyTo(sample);
    }

    /// <summary>Where nothing is painted the sample is the picture's, with the noise that belongs to the step.</summary>
    private void Restore(float[] keep, float[] sample, float[] known)
    {
        if (KeepsClean) _clean.CopyTo(known, 0);
        else scheduler.AddNoise(_clean, _noise, known, scheduler.CallIndex);
        for (int item = 0; item < sample.Length; item += keep.Length)
        {
            for (int i = 0; i < keep.Length; i++) sample[item + i] = known[item + i] + keep[i] * (sample[item + i] - known[item + i]);
        }
    }
}
