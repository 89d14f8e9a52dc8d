using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Videos;

/// <summary>Makes clips with a video diffusion package.</summary>
/// <remarks>
/// Families: Stable Video Diffusion (a picture comes to life), AnimateDiff (text or clip; long clips in overlapping windows), Wan 2.1 (text; first and last
/// frame), Wan 2.2 (two denoisers by noise level), Wan VACE (control clip, mask, references, first and last frame), LTX-Video (text; first and last frame). The same settings give the same bits on the same
/// provider and runtime (<see cref="Identity"/>). Thread-safe. Each stage borrows one model and gives it back. Cancelling stops within one node of the graph.
/// </remarks>
/// <param name="package">The package.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
/// <param name="tokenizers">Opens the tokenizer in a folder of the package.</param>
public sealed class VideoPipeline(ModelPackage package, SessionPool pool, SessionSettings settings, Func<string, IPromptTokenizer> tokenizers)
{
    private const string SchedulerPath = "scheduler/scheduler_config.json";
    private const string PlacesPort = "video_coords";
    private const double StrengthMin = 1e-3;

    /// <summary>What the bits of a result depend on besides the settings.</summary>
    public string Identity => $"{package.Name}; onnxruntime {pool.Runtime.Version} {settings.Provider.Name()} {settings.Threads} threads";

    /// <summary>Makes the clip.</summary>
    /// <returns>As many frames as wanted, display encoded, alpha 1.</returns>
    /// <exception cref="InferenceException">A setting is out of range or not for this family, or the package is broken; the message names the file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Frame[] Run(VideoSettings video, IProgress<double>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(video);
        video.Check();
        VideoModel model = VideoModel.Read(package);
        Check(video, model.Family);
        using JobRun job = new(pool.Runtime, cancellation);
        VideoVae vae = new(package, model, pool, settings, video.Memory);
        VideoLatents clip = new(model.Channels, model.LatentFrames(video.Frames), model.LatentSide(video.Height), model.LatentSide(video.Width), model.Family == ModelFamily.StableVideoDiffusion);
        VideoLatents layout = clip with { Frames = clip.Frames + video.References.Count };
        NoiseSource source = new(video.Seed);
        Prepared prepared = Prepare(video, model, vae, clip, layout, source, job);
        float[] latents = Denoise(video, model, layout, prepared, source, job, progress);
        if (video.References.Count > 0) latents = layout.Cut(latents, video.References.Count, clip.Frames);
        job.ShrinkArenas();
        Frame[] frames = vae.Decode(latents, clip, (video.Width, video.Height, video.Frames), job);
        progress?.Report(1);
        return frames;
    }

    /// <summary>What is known before the denoiser is borrowed.</summary>
    private sealed record Prepared(Conditioning Conditioning)
    {
        /// <summary>A clip to start from.</summary>
        public float[]? Clean { get; init; }

        /// <summary>Latents of which some are known and stay.</summary>
        public float[]? Known { get; init; }

        /// <summary>0 where they are known.</summary>
        public float[]? Keep { get; init; }

        /// <summary>Tokens before the clip's own that show what lies elsewhere in it, (N, C).</summary>
        public float[] Shown { get; init; } = [];
    }

    private static void Check(VideoSettings video, ModelFamily family)
    {
        bool isVace = family == ModelFamily.WanVace;
        Allow(video.FirstFrame is not null, family != ModelFamily.AnimateDiff, "a first frame");
        Allow(video.LastFrame is not null, isVace || family is ModelFamily.Wan or ModelFamily.Ltx, "a last frame");
        Allow(video.Source is not null, family == ModelFamily.AnimateDiff, "a clip to start from");
        Allow(video.Control is not null, isVace, "a control clip");
        Allow(video.References.Count > 0, isVace, "reference pictures");
        if (family == ModelFamily.StableVideoDiffusion && video.FirstFrame is null) throw VideoSettings.Unsupported($"{family} needs a first frame");
        if (family == ModelFamily.Wan && video.LastFrame is not null && video.FirstFrame is null) throw VideoSettings.Unsupported($"{family} takes a last frame only with a first frame");

        void Allow(bool isGiven, bool isKnown, string what)
        {
            if (isGiven && !isKnown) throw VideoSettings.Unsupported($"{family} does not take {what}");
        }
    }

    private Prepared Prepare(VideoSettings video, VideoModel model, VideoVae vae, VideoLatents clip, VideoLatents layout, NoiseSource source, JobRun job)
    {
        VideoConditioner conditioner = new(package, model, pool, settings, tokenizers);
        bool isGuided = Math.Max(video.Guidance, video.GuidanceLow ?? 0) > 1;
        if (model.Family == ModelFamily.StableVideoDiffusion) return ComeToLife(video, model, vae, conditioner, layout, source, job);
        List<ConditioningInput> inputs = conditioner.Text(video, isGuided, job);
        Conditioning conditioning = new() { Inputs = inputs, Guidance = (float)video.Guidance };
        WanConditions wan = new(model, vae);
        switch (model.Family)
        {
            case ModelFamily.AnimateDiff:
                return new Prepared(conditioning) { Clean = video.Source is null ? null : vae.Encode(Planes(video.Source, model, layout), video.Frames, layout, job) };
            case ModelFamily.Wan when video.FirstFrame is not null:
                if (conditioner.LookAt(video, job) is { } seen) inputs.Add(seen);
                return new Prepared(conditioning with { ExtraChannels = wan.KnownFrames(video, layout, job) });
            case ModelFamily.WanVace:
                inputs.Add(new ConditioningInput("control_hidden_states", [2 * clip.Channels + model.SpatialFactor * model.SpatialFactor, layout.Frames, clip.Height, clip.Width], wan.Control(video, clip, job)));
                return new Prepared(conditioning);
            case ModelFamily.Ltx: return Ltx(video, model, vae, conditioning, layout, job);
            default: return new Prepared(conditioning);
        }
    }

    /// <summary>The picture through CLIP, its latents with some noise beside every frame, and rate, motion and noise as numbers.</summary>
    private static Prepared ComeToLife(VideoSettings video, VideoModel model, VideoVae vae, VideoConditioner conditioner, VideoLatents layout, NoiseSource source, JobRun job)
    {
        float[] planes = VaeCodec.ToPlanes(video.FirstFrame!, layout.Width * model.SpatialFactor, layout.Height * model.SpatialFactor), noise = new float[planes.Length];
        ConditioningInput seen = conditioner.Look(video.FirstFrame!, job);
        source.FillNormal(noise);
        for (int i = 0; i < planes.Length; i++) planes[i] += (float)video.NoiseAugmentation * noise[i];
        float[] still = vae.EncodeRaw(planes, layout, job), extra = new float[layout.Length];
        for (int frame = 0; frame < layout.Frames; frame++) still.CopyTo(extra, frame * still.Length);
        // The model was trained on one frame a second less than it was told.
        float[] numbers = [(float)(video.Rate - 1), video.MotionBucket, (float)video.NoiseAugmentation];
        float[] ramp = [.. Enumerable.Range(0, layout.Frames).Select(frame =>
            (float)(video.GuidanceFirst + (video.Guidance - video.GuidanceFirst) * frame / Math.Max(1, layout.Frames - 1)))];
        return new Prepared(new Conditioning
        {
            Inputs = [seen, new ConditioningInput("added_time_ids", [3], numbers)], GuidanceRamp = ramp, ChannelAxis = 1, ExtraChannels = extra, ExtraChannelsUnwanted = new float[extra.Length],
        });
    }

    private static Prepared Ltx(VideoSettings video, VideoModel model, VideoVae vae, Conditioning conditioning, VideoLatents layout, JobRun job)
    {
        // A last frame lies before the clip as tokens without noise, whose places say where it belongs.
        int shown = video.LastFrame is null ? 0 : layout.Plane;
        float[] factors = new float[shown + layout.Frames * layout.Plane];
        factors.AsSpan(shown).Fill(1);
        List<ConditioningInput> inputs =
        [
            .. conditioning.Inputs, Number("num_frames", layout.Frames), Number("height", layout.Height), Number("width", layout.Width),
            new("rope_interpolation_scale", [3], [(float)(model.TemporalFactor / video.Rate), model.SpatialFactor, model.SpatialFactor]) { IsShared = true },
            new(PlacesPort, [3, factors.Length], Places(video, model, layout, shown)),
        ];
        VideoLatents one = layout with { Frames = 1 };
        Prepared prepared = new(conditioning with { Inputs = inputs, TimeFactors = factors });
        if (video.LastFrame is not null)
        {
            float[] tokens = new float[one.Length];
            one.Pack(Still(video.LastFrame), tokens);
            prepared = prepared with { Shown = tokens };
        }

        if (video.FirstFrame is null) return prepared;
        factors.AsSpan(shown, layout.Plane).Clear();
        float[] still = Still(video.FirstFrame), known = new float[layout.Length], keep = new float[layout.Length];
        for (int channel = 0; channel < layout.Channels; channel++)
        {
            for (int frame = 0; frame < layout.Frames; frame++)
            {
                still.AsSpan(channel * layout.Plane, layout.Plane).CopyTo(known.AsSpan(layout.At(channel, frame)));
                keep.AsSpan(layout.At(channel, frame), layout.Plane).Fill(frame == 0 ? 0 : 1);
            }
        }

        return prepared with { Known = known, Keep = keep };

        float[] Still(Frame frame) => vae.Encode(VaeCodec.ToPlanes(frame, layout.Width * model.SpatialFactor, layout.Height * model.SpatialFactor), 1, one, job);

        static ConditioningInput Number(string name, float value) => new(name, [], [value]) { IsShared = true };
    }

    /// <summary>Where LTX's tokens lie: seconds, row and column in pixels, one after the other; those of the last frame first. The first latent frame is one
    /// frame, so that times begin at 0 and go on a factor later.</summary>
    private static float[] Places(VideoSettings video, VideoModel model, VideoLatents layout, int shown)
    {
        int count = shown + layout.Frames * layout.Plane;
        float[] places = new float[3 * count];
        for (int token = 0; token < count; token++)
        {
            int own = token - shown, at = (own + layout.Plane) % layout.Plane;
            int frame = own < 0 ? video.Frames - 1 : Math.Max(0, own / layout.Plane * model.TemporalFactor + 1 - model.TemporalFactor);
            places[token] = (float)(frame / video.Rate);
            places[count + token] = at / layout.Width * model.SpatialFactor;
            places[2 * count + token] = at % layout.Width * model.SpatialFactor;
        }

        return places;
    }

    private float[] Denoise(VideoSettings video, VideoModel model, VideoLatents layout, Prepared prepared, NoiseSource source, JobRun job, IProgress<double>? progress)
    {
        Scheduler scheduler = Scheduler(video, model, layout, prepared.Clean is not null);
        DenoisingLoop loop = new(scheduler, source)
        {
            Keep = prepared.Keep, KeepsClean = prepared.Keep is not null, Preview = video.Preview, Progress = progress is null ? null : share => progress.Report(0.9 * share),
        };
        float[] sample = prepared.Known is null ? loop.Start(layout.Length, prepared.Clean, video.Strength) : loop.StartAround(layout.Length, prepared.Known);
        bool isPacked = model.Family == ModelFamily.Ltx;
        int shown = prepared.Shown.Length;
        float[] packed = new float[isPacked ? shown + sample.Length : 0], answer = new float[packed.Length];
        prepared.Shown.CopyTo(packed, 0);
        DenoiserStage? stage = null;
        try
        {
            loop.Run(sample, (scaled, call, prediction) =>
            {
                float time = scheduler.Timesteps[call];
                bool isLow = model.Boundary > 0 && time < model.Boundary * scheduler.Config.TrainTimesteps;
                if (stage?.IsLow != isLow)
                {
                    // One of two denoisers at a time: the first is given back before the second is borrowed.
                    stage?.Dispose();
                    stage = null;
                    stage = Open(video, model, layout, prepared, isLow, job);
                }

                if (!isPacked)
                {
                    stage.Windows.Predict(scaled, time, prediction);
                    return;
                }

                layout.Pack(scaled, packed.AsSpan(shown));
                stage.Denoiser.Predict(job, packed, time, answer);
                layout.Unpack(answer.AsSpan(shown), prediction);
            });
        }
        finally
        {
            stage?.Dispose();
        }

        return sample;
    }

    private DenoiserStage Open(VideoSettings video, VideoModel model, VideoLatents layout, Prepared prepared, bool isLow, JobRun job)
    {
        string component = isLow ? "transformer_2" : package.Exists("transformer/model.onnx") ? "transformer" : "unet";
        SessionLease lease = pool.Borrow(package.PathOf($"{component}/model.onnx"), package.BytesOf(component), settings, job.Cancellation);
        try
        {
            Conditioning conditioning = isLow && video.GuidanceLow is { } low ? prepared.Conditioning with { Guidance = (float)low } : prepared.Conditioning;
            if (lease.Session.FindInput("control_hidden_states_scale") is { } port)
                conditioning = conditioning with { Inputs = [.. conditioning.Inputs, ControlScale(port, (float)video.ControlScale)] };
            bool isPacked = model.Family == ModelFamily.Ltx;
            if (isPacked && video.LastFrame is not null && lease.Session.FindInput(PlacesPort) is null)
            {
                throw new InferenceException(InferenceError.ModelMismatch,
                    $"'{lease.Session.Name}' takes no last frame: expected an input {PlacesPort}, found {string.Join("; ", lease.Session.Inputs)}");
            }

            VideoLatents window = model.ContextFrames > 0 && model.ContextFrames < layout.Frames ? layout with { Frames = model.ContextFrames } : layout;
            long tokens = prepared.Shown.Length / layout.Channels + layout.Frames * layout.Plane;
            Denoiser denoiser = new(lease.Session, 1, isPacked ? [tokens, layout.Channels] : window.Shape, conditioning);
            return new DenoiserStage(lease, denoiser, new WindowedDenoiser(denoiser, layout, window, model.ContextOverlap, job), isLow);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>A denoiser that is borrowed for some of the steps.</summary>
    private sealed record DenoiserStage(SessionLease Lease, Denoiser Denoiser, WindowedDenoiser Windows, bool IsLow) : IDisposable
    {
        public void Dispose()
        {
            Denoiser.Dispose();
            Lease.Dispose();
        }
    }

    private Scheduler Scheduler(VideoSettings video, VideoModel model, VideoLatents layout, bool hasClip)
    {
        Scheduler scheduler = Schedulers.Scheduler.Create(SchedulerConfig.Parse(package.Text(SchedulerPath), package.PathOf(SchedulerPath)), video.Scheduler);
        bool isLtx = model.Family == ModelFamily.Ltx;
        scheduler.Prepare(new SchedulerRun
        {
            Steps = video.Steps, Length = layout.Length, Strength = hasClip ? Math.Max(video.Strength, StrengthMin) : 1,
            Mu = scheduler.Config.UseDynamicShifting ? TimeShift.Mu(scheduler.Config, layout.Frames * layout.Plane) : null,
            Sigmas = isLtx ? [.. Enumerable.Range(0, video.Steps).Select(step => step == 0 || video.Steps == 1 ? 1 : 1 + step * (1.0 / video.Steps - 1) / (video.Steps - 1))] : null,
        });
        return scheduler;
    }

    /// <summary>One scale for each layer that looks at the control clip.</summary>
    private ConditioningInput ControlScale(TensorDescription port, float scale)
    {
        int layers = 1;
        if (port.Rank == 1 && port.Dimensions[0] > 0) layers = (int)port.Dimensions[0];
        else if (package.Exists("transformer/config.json") && package.Json("transformer/config.json") is { ValueKind: System.Text.Json.JsonValueKind.Object } config
            && config.TryGetProperty("vace_layers", out System.Text.Json.JsonElement list) && list.ValueKind == System.Text.Json.JsonValueKind.Array) layers = list.GetArrayLength();
        return new ConditioningInput(port.Name, port.Rank == 0 ? [] : [layers], [.. Enumerable.Repeat(scale, port.Rank == 0 ? 1 : layers)]) { IsShared = true };
    }

    private static float[] Planes(IReadOnlyList<Frame> frames, VideoModel model, VideoLatents layout)
    {
        int wide = layout.Width * model.SpatialFactor, high = layout.Height * model.SpatialFactor, plane = wide * high;
        float[] clip = new float[3 * frames.Count * plane];
        for (int frame = 0; frame < frames.Count; frame++)
        {
            float[] planes = VaeCodec.ToPlanes(frames[frame], wide, high);
            for (int channel = 0; channel < 3; channel++) planes.AsSpan(channel * plane, plane).CopyTo(clip.AsSpan((channel * frames.Count + frame) * plane));
        }

        return clip;
    }
}
