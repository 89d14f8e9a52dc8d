using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Videos;

/// <summary>Between clips and latents: frame by frame, several frames that know of each other (Stable Video Diffusion), or causally over the whole clip, where
/// memory is short in overlapping tiles of space and time.</summary>
/// <remarks>A causal decoder makes one frame of its first latent frame and <see cref="VideoModel.TemporalFactor"/> of each that follows. A part of the clip is
/// decoded with latent frames before it: the first half of these, where the past is missing, is thrown away, over the second half the parts are blended. A
/// decoder that looks back no further than that first half gives what it gives whole.</remarks>
internal sealed class VideoVae(ModelPackage package, VideoModel model, SessionPool pool, SessionSettings settings, VaeMemory memory)
{
    private const double BytesPerPixel = 256 * sizeof(float) * 3.5;

    /// <summary>Told each time a model ran.</summary>
    internal Action? Ran { get; set; }

    /// <summary>A clip (3, F, H, W) in −1…1 as normal latents in a layout; pixels are <see cref="VideoModel.SpatialFactor"/> times as many.</summary>
    public float[] Encode(float[] planes, int frames, VideoLatents layout, JobRun job)
    {
        float[] latents = model.IsCausal ? EncodeCausal(planes, frames, layout, job) : EncodeFrames(planes, frames, layout, job);
        for (int channel = 0; channel < layout.Channels; channel++)
        {
            for (int frame = 0; frame < layout.Frames; frame++)
            {
                foreach (ref float value in latents.AsSpan(layout.At(channel, frame), layout.Plane)) value = (value - model.Mean[channel]) * model.Scales[channel];
            }
        }

        return latents;
    }

    /// <summary>One picture (3, H, W) as the encoder gives it, neither shifted nor scaled.</summary>
    public float[] EncodeRaw(float[] planes, VideoLatents layout, JobRun job) => EncodeFrames(planes, 1, layout with { Frames = 1 }, job);

    /// <summary>Normal latents as pictures cut to a size and count.</summary>
    public Frame[] Decode(ReadOnlySpan<float> latents, VideoLatents layout, (int Width, int Height, int Count) wanted, JobRun job)
    {
        float[] plain = latents.ToArray();
        for (int channel = 0; channel < layout.Channels; channel++)
        {
            for (int frame = 0; frame < layout.Frames; frame++)
            {
                foreach (ref float value in plain.AsSpan(layout.At(channel, frame), layout.Plane)) value = value / model.Scales[channel] + model.Mean[channel];
            }
        }

        int frames = model.FramesOf(layout.Frames), wide = layout.Width * model.SpatialFactor, high = layout.Height * model.SpatialFactor, plane = wide * high;
        float[] planes = model.IsCausal ? DecodeCausal(plain, layout, job) : DecodeFrames(plain, layout, job);
        Frame[] result = new Frame[Math.Min(frames, wanted.Count)];
        float[] one = new float[3 * plane];
        for (int frame = 0; frame < result.Length; frame++)
        {
            for (int channel = 0; channel < 3; channel++) planes.AsSpan((channel * frames + frame) * plane, plane).CopyTo(one.AsSpan(channel * plane));
            result[frame] = VaeCodec.ToFrame(one, wide, high, wanted.Width, wanted.Height);
        }

        return result;
    }

    private float[] EncodeFrames(float[] planes, int frames, VideoLatents layout, JobRun job)
    {
        int wide = layout.Width * model.SpatialFactor, high = layout.Height * model.SpatialFactor, plane = wide * high;
        float[] result = new float[layout.Length], one = new float[3 * plane];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int channel = 0; channel < 3; channel++) planes.AsSpan((channel * frames + frame) * plane, plane).CopyTo(one.AsSpan(channel * plane));
            TiledPlanes.Sizes sizes = new(layout.Width, layout.Height, model.SpatialFactor, 1, 3, layout.Channels);
            float[] latent = TiledPlanes.Run(one, sizes, Tile(layout, 1), memory.Overlap, (part, height, width) =>
                Run("vae_encoder", [1, 3, height * model.SpatialFactor, width * model.SpatialFactor], part, layout.Channels * height * width, job));
            for (int channel = 0; channel < layout.Channels; channel++) latent.AsSpan(channel * layout.Plane, layout.Plane).CopyTo(result.AsSpan(layout.At(channel, frame)));
        }

        return result;
    }

    /// <summary>Frames by themselves, or as many together as the decoder's <c>num_frames</c> and the memory allow; (3, F, H, W).</summary>
    private float[] DecodeFrames(float[] plain, VideoLatents layout, JobRun job)
    {
        int factor = model.SpatialFactor, plane = layout.Plane * factor * factor;
        float[] result = new float[3 * layout.Frames * plane];
        bool isTemporal = model.Family == ModelFamily.StableVideoDiffusion;
        int together = !isTemporal ? 1 : model.DecodeFrames > 0 ? model.DecodeFrames : (int)Math.Clamp(memory.BudgetBytes / Bytes(layout.Width, layout.Height), 1, layout.Frames);
        for (int start = 0; start < layout.Frames; start += together)
        {
            int count = Math.Min(together, layout.Frames - start);
            float[] chunk = layout.Cut(plain, start, count), ordered = new float[chunk.Length];
            VideoLatents mixed = layout with { Frames = count }, sorted = mixed with { FramesFirst = true };
            for (int channel = 0; channel < layout.Channels; channel++)
            {
                for (int frame = 0; frame < count; frame++) chunk.AsSpan(mixed.At(channel, frame), layout.Plane).CopyTo(ordered.AsSpan(sorted.At(channel, frame)));
            }

            TiledPlanes.Sizes sizes = new(layout.Width, layout.Height, 1, factor, count * layout.Channels, count * 3);
            float[] decoded = TiledPlanes.Run(ordered, sizes, Tile(layout, count), memory.Overlap, (part, height, width) =>
                Run("vae_decoder", [count, layout.Channels, height, width], part, count * 3 * height * width * factor * factor, job, count));
            for (int frame = 0; frame < count; frame++)
            {
                for (int channel = 0; channel < 3; channel++)
                    decoded.AsSpan((frame * 3 + channel) * plane, plane).CopyTo(result.AsSpan((channel * layout.Frames + start + frame) * plane));
            }
        }

        return result;
    }

    private float[] EncodeCausal(float[] planes, int frames, VideoLatents layout, JobRun job)
    {
        int factor = model.SpatialFactor, plane = layout.Plane * factor * factor;
        float[] result = new float[layout.Length];
        foreach ((int start, int end) in Windows(layout))
        {
            int first = start * model.TemporalFactor, count = model.FramesOf(end - start);
            float[] part = new float[3 * count * plane];
            for (int channel = 0; channel < 3; channel++) planes.AsSpan((channel * frames + first) * plane, count * plane).CopyTo(part.AsSpan(channel * count * plane));
            TiledPlanes.Sizes sizes = new(layout.Width, layout.Height, factor, 1, 3 * count, layout.Channels * (end - start));
            float[] latents = TiledPlanes.Run(part, sizes, Tile(layout, end - start), memory.Overlap, (tile, height, width) =>
                Run("vae_encoder", [1, 3, count, height * factor, width * factor], tile, layout.Channels * (end - start) * height * width, job));
            for (int frame = 0; frame < end - start; frame++)
            {
                float share = Share(start, frame);
                for (int channel = 0; channel < layout.Channels; channel++)
                    Blend(latents.AsSpan((channel * (end - start) + frame) * layout.Plane, layout.Plane), result.AsSpan(layout.At(channel, start + frame), layout.Plane), share);
            }
        }

        return result;
    }

    private float[] DecodeCausal(float[] plain, VideoLatents layout, JobRun job)
    {
        int factor = model.SpatialFactor, plane = layout.Plane * factor * factor, frames = model.FramesOf(layout.Frames), step = model.TemporalFactor;
        float[] result = new float[3 * frames * plane];
        foreach ((int start, int end) in Windows(layout))
        {
            int count = end - start, made = model.FramesOf(count);
            TiledPlanes.Sizes sizes = new(layout.Width, layout.Height, 1, factor, layout.Channels * count, 3 * made);
            float[] decoded = TiledPlanes.Run(layout.Cut(plain, start, count), sizes, Tile(layout, count), memory.Overlap, (tile, height, width) =>
                Run("vae_decoder", [1, layout.Channels, count, height, width], tile, 3 * made * height * width * factor * factor, job, made));
            for (int frame = 0; frame < made; frame++)
            {
                // Latent frame 0 holds one frame, each other as many as the factor says.
                float share = Share(start, (frame + step - 1) / step, (frame + step - 1) % step, step);
                for (int channel = 0; channel < 3; channel++)
                    Blend(decoded.AsSpan((channel * made + frame) * plane, plane), result.AsSpan((channel * frames + start * step + frame) * plane, plane), share);
            }
        }

        return result;
    }

    /// <summary>Parts of a clip in latent frames, each with those before it that it shares with the part before.</summary>
    private IEnumerable<(int Start, int End)> Windows(VideoLatents layout)
    {
        int tile = memory.TileSide ?? memory.TileMin, least = model.DecodeOverlap + 1;
        double each = Bytes(Math.Min(tile, layout.Width), Math.Min(tile, layout.Height)) * model.TemporalFactor;
        int length = model.DecodeFrames > 0 ? Math.Max(model.DecodeFrames, least) : (int)Math.Clamp(memory.BudgetBytes / each, least, Math.Max(least, layout.Frames));
        for (int start = 0, end = 0; end < layout.Frames; start = end - model.DecodeOverlap)
        {
            end = Math.Min(start + length, layout.Frames);
            yield return (start, end);
        }
    }

    /// <summary>How much a frame of a part counts against the part before: not while its past is missing.</summary>
    private float Share(int start, int latentFrame, int within = 0, int step = 1)
    {
        if (start == 0) return 1;
        int dropped = Math.Max(1, model.DecodeOverlap / 2), blended = model.DecodeOverlap - dropped;
        if (latentFrame < dropped) return 0;
        return latentFrame >= model.DecodeOverlap ? 1 : (float)((latentFrame - dropped) * step + within + 0.5) / (blended * step);
    }

    /// <summary>Exact where the two are equal and where one counts alone.</summary>
    private static void Blend(ReadOnlySpan<float> from, Span<float> to, float share)
    {
        if (share <= 0) return;
        for (int i = 0; i < to.Length; i++) to[i] = share >= 1 ? from[i] : to[i] + share * (from[i] - to[i]);
    }

    private double Bytes(double width, double height) => width * height * model.SpatialFactor * model.SpatialFactor * BytesPerPixel;

    private int Tile(VideoLatents layout, int frames) => memory.Tile(layout.Width, layout.Height, (width, height) => Bytes(width, height) * frames * model.TemporalFactor);

    private float[] Run(string component, ReadOnlySpan<long> shape, float[] values, int length, JobRun job, int frames = 0)
    {
        string path = package.PathOf($"{component}/model.onnx");
        using SessionLease lease = pool.Borrow(path, package.BytesOf(component), settings, job.Cancellation);
        ModelSession session = lease.Session;
        TensorDescription port = session.FindInput("latent_sample") ?? session.FindInput("sample") ?? session.Inputs[0];
        using Tensor input = Tensor.From(session.Runtime, port.Type, values, shape);
        List<(string, Tensor)> inputs = [(port.Name, input)];
        List<Tensor> extra = [];
        try
        {
            // How many frames belong together, and for decoders that also take noise away, that there is none.
            foreach ((string name, float value) in new[] { ("num_frames", (float)frames), ("timestep", 0), ("temb", 0) })
            {
                if (session.FindInput(name) is not { } number) continue;
                extra.Add(Tensor.From(session.Runtime, number.Type, [value], [.. Enumerable.Repeat(1L, number.Rank)]));
                inputs.Add((name, extra[^1]));
            }

            RunResult result = SingleRun.Run(session, job, inputs, session.Outputs[0].Name)[0];
            Ran?.Invoke();
            if (result.Values.Length == length) return result.Values;
            // Encoders give means, or means and log-variances one after the other.
            return component == "vae_encoder" && result.Values.Length == 2 * length ? result.Values[..length] : throw new InferenceException(InferenceError.ModelMismatch,
                $"'{path}' gave {Tensor.Describe(result.Shape)} for {Tensor.Describe(shape)}, expected {length} numbers");
        }
        finally
        {
            foreach (Tensor tensor in extra) tensor.Dispose();
        }
    }
}
