using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>Makes pictures with a latent diffusion package: from text, from a picture, or within a mask.</summary>
/// <remarks>
/// Families: Stable Diffusion 1.x/2.x, Stable Diffusion XL (Turbo included), latent consistency models. The same settings give the same bits on the same
/// provider and runtime (<see cref="Identity"/>). Thread-safe. Each stage borrows one model and gives it back, so that a budget of the largest suffices.
/// Cancelling stops within one node of the graph.
/// </remarks>
/// <param name="package">The package.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
/// <param name="tokenizers">Opens the tokenizer in a folder of the package.</param>
public sealed class StillPipeline(ModelPackage package, SessionPool pool, SessionSettings settings, Func<string, IPromptTokenizer> tokenizers)
{
    /// <summary>What the bits of a result depend on besides the settings.</summary>
    public string Identity => $"{package.Name}; onnxruntime {pool.Runtime.Version} {settings.Provider.Name()} {settings.Threads} threads";

    /// <summary>Makes the pictures.</summary>
    /// <exception cref="InferenceException">A setting is out of range, or the package is broken; the message names the file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Frame[] Run(StillSettings still, IProgress<double>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(still);
        still.Check();
        using JobRun job = new(pool.Runtime, cancellation);
        VaeCodec vae = new(package, pool, settings);
        int width = (still.Width + vae.Factor - 1) / vae.Factor, height = (still.Height + vae.Factor - 1) / vae.Factor;
        IReadOnlyList<ConditioningInput> text = new TextConditioner(package, pool, settings, tokenizers).Encode(still, job);
        float[]? clean = still.Picture is null ? null : Repeat(vae.Encode(still.Picture, width, height, job), still.Batch);
        float[] latents = Denoise(still, vae, (width, height), text, clean, job, progress);
        int each = latents.Length / still.Batch;
        Frame[] frames = new Frame[still.Batch];
        for (int index = 0; index < frames.Length; index++)
        {
            frames[index] = vae.Decode(latents.AsSpan(index * each, each), width, height, still.Width, still.Height, job);
            if (still.Mask is not null) KeepOutside(still.Picture!, still.Mask, frames[index]);
        }

        progress?.Report(1);
        return frames;
    }

    private float[] Denoise(
        StillSettings still, VaeCodec vae, (int Width, int Height) size, IReadOnlyList<ConditioningInput> text, float[]? clean, JobRun job, IProgress<double>? progress)
    {
        Scheduler scheduler = Scheduler.Create(SchedulerConfig.Parse(package.Text("scheduler/scheduler_config.json"), package.PathOf("scheduler/scheduler_config.json")), still.Scheduler);
        int length = still.Batch * vae.Channels * size.Width * size.Height;
        double strength = clean is null ? 1 : still.Strength;
        scheduler.Prepare(new SchedulerRun { Steps = still.Steps, Length = length, Batch = still.Batch, Strength = Math.Max(strength, 1e-3) });
        NoiseSource source = NoiseSource.ForBatch(still.Seed, still.Batch);
        float[] noise = new float[length], sample = new float[length], scaled = new float[length], prediction = new float[length];
        source.FillNormal(noise);
        int first = clean is null ? 0 : scheduler.Kind is SchedulerKind.Lcm or SchedulerKind.Tcd ? (strength > 0 ? 0 : scheduler.Timesteps.Length) : scheduler.FirstCall(strength);
        if (clean is null) for (int i = 0; i < length; i++) sample[i] = noise[i] * scheduler.InitNoiseSigma;
        else scheduler.AddNoise(clean, noise, sample, first);
        scheduler.Begin(first);
        float[]? keep = still.Mask is null ? null : LatentMask(still.Mask, vae, size);
        string component = package.Exists("unet/model.onnx") ? "unet" : "transformer";
        using SessionLease lease = pool.Borrow(package.PathOf($"{component}/model.onnx"), package.BytesOf(component), settings, job.Cancellation);
        bool isConsistency = lease.Session.FindInput("timestep_cond") is not null;
        Conditioning conditioning = new() { Inputs = isConsistency ? [.. text, Consistency(lease.Session, still.Guidance)] : text, Guidance = isConsistency ? 1 : (float)still.Guidance };
        using Denoiser denoiser = new(lease.Session, still.Batch, [vae.Channels, size.Height, size.Width], conditioning);
        float[] preview = still.Preview is null ? [] : new float[length];
        while (scheduler.CallIndex < scheduler.Timesteps.Length)
        {
            int call = scheduler.CallIndex;
            scheduler.ScaleModelInput(sample, scaled);
            denoiser.Predict(job, scaled, scheduler.Timesteps[call], prediction);
            scheduler.Step(prediction, sample, scheduler.IsStochastic ? source : null);
            if (keep is not null) Restore(scheduler, clean!, noise, sample, scaled, keep);
            progress?.Report(0.95 * (call + 1 - first) / Math.Max(1, scheduler.Timesteps.Length - first));
            if (still.Preview is null) continue;
            scheduler.Denoised.CopyTo(preview);
            still.Preview(preview, call);
        }

        // TCD stops one training step above no noise; its estimate of the clean sample is the picture.
        if (scheduler.Kind == SchedulerKind.Tcd && first < scheduler.Timesteps.Length) scheduler.Denoised.CopyTo(sample);
        return sample;
    }

    /// <summary>Where nothing is painted the sample is the picture's, with the noise that belongs to the step.</summary>
    private static void Restore(Scheduler scheduler, float[] clean, float[] noise, float[] sample, float[] known, float[] keep)
    {
        scheduler.AddNoise(clean, noise, known, scheduler.CallIndex);
        int plane = keep.Length, items = sample.Length / plane;
        for (int item = 0; item < items; item++)
        {
            for (int i = 0; i < plane; i++)
            {
                int at = item * plane + i;
                sample[at] = known[at] + keep[i] * (sample[at] - known[at]);
            }
        }
    }

    /// <summary>1 where any pixel of a latent sample is painted.</summary>
    private static float[] LatentMask(Frame mask, VaeCodec vae, (int Width, int Height) size)
    {
        float[] result = new float[size.Width * size.Height];
        for (int y = 0; y < mask.Height; y++)
        {
            ReadOnlySpan<float> row = mask.Row(y);
            for (int x = 0; x < mask.Width; x++)
            {
                if (row[x * Frame.Channels] > 0) result[y / vae.Factor * size.Width + x / vae.Factor] = 1;
            }
        }

        return result;
    }

    private static void KeepOutside(Frame picture, Frame mask, Frame result)
    {
        for (int i = 0; i < result.Pixels.Length; i += Frame.Channels)
        {
            float share = mask.Pixels[i];
            if (share > 0)
            {
                if (share >= 1) continue;
                for (int channel = 0; channel < Frame.Channels; channel++)
                    result.Pixels[i + channel] = picture.Pixels[i + channel] + share * (result.Pixels[i + channel] - picture.Pixels[i + channel]);
                continue;
            }

            picture.Pixels.AsSpan(i, Frame.Channels).CopyTo(result.Pixels.AsSpan(i));
        }
    }

    private static ConditioningInput Consistency(ModelSession session, double guidance)
    {
        long width = session.FindInput("timestep_cond")!.Dimensions is [_, > 0 and <= 65_536] sizes ? sizes[1] : 256;
        float[] embedding = new float[width];
        SinusoidalEmbedding.FillGuidance(guidance, embedding);
        return new ConditioningInput("timestep_cond", [width], embedding);
    }

    private static float[] Repeat(float[] latents, int batch)
    {
        float[] repeated = new float[latents.Length * batch];
        for (int index = 0; index < batch; index++) latents.CopyTo(repeated, index * latents.Length);
        return repeated;
    }
}
