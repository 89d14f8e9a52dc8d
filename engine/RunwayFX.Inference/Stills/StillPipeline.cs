using System.Text.Json;
using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Weights;

namespace RunwayFX.Inference.Stills;

/// <summary>Makes pictures with a latent diffusion package: from text, from a picture, or within a mask.</summary>
/// <remarks>
/// Families: Stable Diffusion 1.x/2.x, Stable Diffusion XL (Turbo included), latent consistency models, Stable Diffusion 3, FLUX. The same settings give the
/// same bits on the same provider and runtime (<see cref="Identity"/>). Thread-safe. Each stage borrows one model and gives it back, so that a budget of the
/// largest suffices. Cancelling stops within one node of the graph.
/// </remarks>
/// <param name="package">The package.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
/// <param name="tokenizers">Opens the tokenizer in a folder of the package.</param>
public sealed class StillPipeline(ModelPackage package, SessionPool pool, SessionSettings settings, Func<string, IPromptTokenizer> tokenizers)
{
    private const double StrengthMin = 1e-3;
    private const int LevelsMax = 8;

    /// <summary>Opens a package's folder as its exporter wrote it, tokenizers included.</summary>
    /// <exception cref="InferenceException">The package is missing or broken; the message names the file.</exception>
    public static StillPipeline Open(string folder, SessionPool pool, SessionSettings? settings = null) =>
        new(ModelPackage.Open(folder), pool, settings ?? new SessionSettings(), PackageTokenizer.Open);

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
        VaeCodec vae = new(package, pool, settings, still.Memory);
        LatentLayout layout = Layout(vae, still);
        using LoraSet loras = LoraSet.Load(still.Loras, package, cancellation);
        bool isGuided = still.Guidance > 1 && package.Family is not (ModelFamily.Flux or ModelFamily.LatentConsistency);
        IReadOnlyList<ConditioningInput> text = new TextConditioner(package, pool, settings, tokenizers, loras).Encode(still, isGuided, job);
        IReadOnlyList<ReferenceTokens> seen = new ReferenceConditioner(package, pool, settings).Encode(still.References, job);
        float[]? painted = Painted(still, vae, layout, job);
        float[]? clean = still.Picture is null ? null : Repeat(vae.Encode(still.Picture, layout.Width, layout.Height, job), still.Batch);
        float[] latents = Denoise(still, vae, layout, (text, seen, painted, clean, loras), job, progress);
        Frame[] frames = new Frame[still.Batch];
        for (int index = 0; index < frames.Length; index++)
        {
            if (index == frames.Length - 1) job.ShrinkArenas();
            frames[index] = vae.Decode(latents.AsSpan(index * layout.Length, layout.Length), layout.Width, layout.Height, still.Width, still.Height, job);
            if (still.Mask is not null && still.KeepsOutside) KeepOutside(still.Picture!, still.Mask, frames[index]);
        }

        progress?.Report(1);
        return frames;
    }

    /// <summary>The first picture of a run as its latents show it, one pixel for each sample.</summary>
    /// <param name="preview">How this package's latents look.</param>
    /// <param name="still">What the run makes.</param>
    /// <param name="latents">What <see cref="StillSettings.Preview"/> was told.</param>
    /// <exception cref="ArgumentException">The latents are of another run.</exception>
    public Frame Preview(LatentPreview preview, StillSettings still, ReadOnlySpan<float> latents)
    {
        ArgumentNullException.ThrowIfNull(preview);
        ArgumentNullException.ThrowIfNull(still);
        VaeCodec vae = new(package, pool, settings, still.Memory);
        LatentLayout layout = Layout(vae, still);
        if (latents.Length < layout.Length) throw new ArgumentException($"{latents.Length} numbers are no latents of {layout.Length}.", nameof(latents));
        Frame whole = preview.ToFrame(latents[..layout.Length], layout.Width, layout.Height);
        int width = (still.Width + vae.Factor - 1) / vae.Factor, height = (still.Height + vae.Factor - 1) / vae.Factor;
        if (width == whole.Width && height == whole.Height) return whole;
        Frame shown = new(width, height);
        for (int y = 0; y < height; y++) whole.Row(y)[..(width * Frame.Channels)].CopyTo(shown.Row(y));
        return shown;
    }

    /// <summary>Latents large enough for the picture, their sides as the denoiser halves them.</summary>
    private LatentLayout Layout(VaeCodec vae, StillSettings still)
    {
        bool isPacked = package.Family == ModelFamily.Flux;
        int multiple = isPacked ? 2 : Multiple();
        return new LatentLayout(vae.Channels, Round(still.Height), Round(still.Width), isPacked);

        int Round(int pixels) => ((pixels + vae.Factor - 1) / vae.Factor + multiple - 1) / multiple * multiple;
    }

    private int Multiple()
    {
        string component = Component();
        if (!package.Exists($"{component}/config.json")) return 1;
        JsonElement config = package.Json($"{component}/config.json");
        if (config.ValueKind != JsonValueKind.Object) return 1;
        if (config.TryGetProperty("patch_size", out JsonElement patch) && patch.TryWhole(out int size) && size is > 0 and <= 1 << LevelsMax) return size;
        return config.TryGetProperty("block_out_channels", out JsonElement blocks) && blocks.ValueKind == JsonValueKind.Array && blocks.GetArrayLength() is > 0 and <= LevelsMax
            ? 1 << (blocks.GetArrayLength() - 1) : 1;
    }

    private string Component() => package.Exists("unet/model.onnx") || package.Family is not (ModelFamily.StableDiffusion3 or ModelFamily.Flux) ? "unet" : "transformer";

    private float[] Denoise(StillSettings still, VaeCodec vae, LatentLayout layout,
        (IReadOnlyList<ConditioningInput> Text, IReadOnlyList<ReferenceTokens> Seen, float[]? Painted, float[]? Clean, LoraSet Loras) given, JobRun job, IProgress<double>? progress)
    {
        Scheduler scheduler = Prepare(still, layout, given.Clean is not null);
        DenoisingLoop loop = new(scheduler, NoiseSource.ForBatch(still.Seed, still.Batch))
        {
            Keep = still.Mask is null ? null : LatentMask(still.Mask, vae, layout), Preview = still.Preview,
            Progress = progress is null ? null : share => progress.Report(0.95 * share),
        };
        float[] sample = loop.Start(still.Batch * layout.Length, given.Clean, still.Strength, Noise(still, layout));
        // The denoiser and its ControlNets are borrowed together: two jobs that hold one and wait for another would wait for ever.
        string component = Component();
        ControlInput[] outside = [.. still.Controls.Where(control => control.Package is not null)];
        ModelSource[] models =
        [
            new(package.PathOf($"{component}/model.onnx"), package.BytesOf(component), given.Loras.For(component)),
            .. outside.Select(control => new ModelSource(control.Package!.PathOf($"{control.Component}/model.onnx"), control.Package.BytesOf(control.Component))),
        ];
        float[]?[] controls = [.. still.Controls.Select(control => ControlLatents(control, vae, layout, job))];
        using SessionLeases leases = pool.BorrowAll(models, settings, job.Cancellation);
        ModelSession session = leases[0];
        Conditioning conditioning = Describe(still, layout, ReferenceConditioner.Join(given.Text, still.References, given.Seen, session), session, given.Painted);
        using Denoiser denoiser = new(session, still.Batch, layout.ItemShape, conditioning);
        using ControlNets? nets = still.Controls.Count == 0 ? null : new ControlNets(still.Controls,
            [.. still.Controls.Select(control => control.Package is null ? null : leases[1 + Array.IndexOf(outside, control)])], session, denoiser,
            new ControlShape(still.Batch, layout, vae.Factor, conditioning, controls));
        float[] packed = new float[layout.IsPacked ? sample.Length : 0], answer = new float[packed.Length];
        loop.Run(sample, (scaled, call, prediction) =>
        {
            // FLUX counts time from 0 to 1 and takes blocks of samples as tokens.
            float time = layout.IsPacked ? scheduler.Timesteps[call] / scheduler.Config.TrainTimesteps : scheduler.Timesteps[call];
            ReadOnlySpan<float> input = scaled;
            if (layout.IsPacked)
            {
                layout.Pack(scaled, packed);
                input = packed;
            }

            nets?.Apply(job, input, time, call, scheduler.Timesteps.Length);
            denoiser.Predict(job, input, time, layout.IsPacked ? answer : prediction);
            if (layout.IsPacked) layout.Unpack(answer, prediction);
        });
        return sample;
    }

    private static float[]? Noise(StillSettings still, LatentLayout layout)
    {
        if (still.Noise is null) return null;
        float[] noise = still.Noise(layout.Channels, layout.Height, layout.Width);
        return noise.Length == layout.Length ? Repeat(noise, still.Batch)
            : throw new InferenceException(InferenceError.SettingUnsupported, $"noise of {noise.Length} numbers for latents of {layout.Channels}×{layout.Height}×{layout.Width}");
    }

    /// <summary>A control picture's latents where its network takes those; the network's ports are looked at before the denoiser is borrowed.</summary>
    private float[]? ControlLatents(ControlInput control, VaeCodec vae, LatentLayout layout, JobRun job)
    {
        if (control.Package is not { } from) return null;
        bool takesLatents;
        using (SessionLease lease = pool.Borrow(from.PathOf($"{control.Component}/model.onnx"), from.BytesOf(control.Component), settings, job.Cancellation))
            takesLatents = ControlNet.TakesLatents(lease.Session, layout);
        return takesLatents ? vae.Encode(control.Picture, layout.Width, layout.Height, job) : null;
    }

    private Scheduler Prepare(StillSettings still, LatentLayout layout, bool hasPicture)
    {
        const string Path = "scheduler/scheduler_config.json";
        Scheduler scheduler = Scheduler.Create(SchedulerConfig.Parse(package.Text(Path), package.PathOf(Path)), still.Scheduler);
        bool isFlux = package.Family == ModelFamily.Flux;
        scheduler.Prepare(new SchedulerRun
        {
            Steps = still.Steps, Length = still.Batch * layout.Length, Batch = still.Batch, Strength = hasPicture ? Math.Max(still.Strength, StrengthMin) : 1,
            Mu = scheduler.Config.UseDynamicShifting ? TimeShift.Mu(scheduler.Config, layout.Tokens) : null,
            Sigmas = isFlux ? [.. Enumerable.Range(0, still.Steps).Select(step => step == 0 || still.Steps == 1 ? 1 : 1 + step * (1.0 / still.Steps - 1) / (still.Steps - 1))] : null,
        });
        return scheduler;
    }

    private Conditioning Describe(StillSettings still, LatentLayout layout, IReadOnlyList<ConditioningInput> text, ModelSession session, float[]? painted)
    {
        List<ConditioningInput> inputs = [.. text];
        // Distilled on guidance: they take the number and one half of the batch.
        bool isConsistency = session.FindInput("timestep_cond") is not null;
        if (isConsistency) inputs.Add(Consistency(session, still.Guidance));
        if (layout.IsPacked) inputs.Add(new ConditioningInput("img_ids", [layout.Tokens, 3], layout.Places()) { IsShared = true });
        return new Conditioning
        {
            Inputs = inputs, Guidance = isConsistency || package.Family is ModelFamily.Flux or ModelFamily.LatentConsistency ? 1 : (float)still.Guidance,
            ExtraChannels = painted,
        };
    }

    /// <summary>What models trained to paint see beside the sample: the mask, and the picture without what is painted.</summary>
    private float[]? Painted(StillSettings still, VaeCodec vae, LatentLayout layout, JobRun job)
    {
        string path = $"{Component()}/config.json";
        if (layout.IsPacked || !package.Exists(path) || package.Json(path) is not { ValueKind: JsonValueKind.Object } config
            || !config.TryGetProperty("in_channels", out JsonElement channels) || !channels.TryWhole(out int count) || count != 2 * layout.Channels + 1) return null;
        if (still.Picture is null || still.Mask is null)
        {
            throw new InferenceException(InferenceError.SettingUnsupported,
                $"package {package.Name} paints within a mask ({path} has in_channels {count}): it needs a picture and a mask");
        }

        Frame hollow = still.Picture.Clone();
        for (int i = 0; i < hollow.Pixels.Length; i += Frame.Channels)
        {
            if (still.Mask.Pixels[i] >= 0.5f) hollow.Pixels.AsSpan(i, 3).Fill(0.5f);
        }

        return [.. LatentMask(still.Mask, vae, layout), .. vae.Encode(hollow, layout.Width, layout.Height, job)];
    }

    /// <summary>1 where any pixel of a latent sample is painted.</summary>
    private static float[] LatentMask(Frame mask, VaeCodec vae, LatentLayout layout)
    {
        float[] result = new float[layout.Width * layout.Height];
        for (int y = 0; y < mask.Height; y++)
        {
            ReadOnlySpan<float> row = mask.Row(y);
            for (int x = 0; x < mask.Width; x++)
            {
                if (row[x * Frame.Channels] > 0) result[y / vae.Factor * layout.Width + x / vae.Factor] = 1;
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

    private static float[] Repeat(float[] latents, int count)
    {
        float[] repeated = new float[latents.Length * count];
        for (int index = 0; index < count; index++) latents.CopyTo(repeated, index * latents.Length);
        return repeated;
    }
}
