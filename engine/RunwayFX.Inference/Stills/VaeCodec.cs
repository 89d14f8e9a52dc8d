using System.Text.Json;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>Between pictures and latents: the encoder and decoder of a package, with its scale and shift, in tiles where memory is short.</summary>
internal sealed class VaeCodec
{
    /// <summary>Latent samples that neighbouring tiles share.</summary>
    public const int OverlapDefault = 16;

    /// <summary>Buffers of the widest layer that a run keeps at once.</summary>
    private const double Buffers = 3.5;

    private const int ChannelsDefault = 256;

    private readonly ModelPackage _package;
    private readonly SessionPool _pool;
    private readonly SessionSettings _settings;
    private readonly VaeMemory _memory;
    private readonly float _scale, _shift;
    private readonly double _widest;
    private readonly bool _attends;

    public VaeCodec(ModelPackage package, SessionPool pool, SessionSettings settings, VaeMemory? memory = null)
    {
        (_package, _pool, _settings, _memory) = (package, pool, settings, memory ?? new VaeMemory());
        JsonElement config = package.Json("vae_decoder/config.json");
        _scale = Number(config, "scaling_factor") ?? 0.18215f;
        _shift = Number(config, "shift_factor") ?? 0;
        bool hasBlocks = config.ValueKind == JsonValueKind.Object && config.TryGetProperty("block_out_channels", out JsonElement blocks) && blocks.ValueKind == JsonValueKind.Array;
        int[] channels = hasBlocks ? [.. config.GetProperty("block_out_channels").EnumerateArray().Select(block => block.TryWhole(out int value) ? value : 0)] : [];
        int levels = hasBlocks ? channels.Length : 4;
        if (levels is < 1 or > 8 || _scale == 0 || !float.IsFinite(_scale) || !float.IsFinite(_shift))
            throw new InferenceException(InferenceError.PackageBroken, $"'{package.PathOf("vae_decoder/config.json")}' has {levels} levels, scale {_scale} and shift {_shift}");
        Factor = 1 << (levels - 1);
        Channels = (int)(Number(config, "latent_channels") ?? 4);
        if (Channels is < 1 or > 1024) throw new InferenceException(InferenceError.PackageBroken, $"'{package.PathOf("vae_decoder/config.json")}' has {Channels} latent channels");
        // At full size the decoder first works with the channels of the level below.
        _widest = channels.Length > 1 ? Math.Max(channels[0], channels[1]) : channels.Length == 1 ? channels[0] : ChannelsDefault;
        _attends = !(config.ValueKind == JsonValueKind.Object && config.TryGetProperty("mid_block_add_attention", out JsonElement attention) && attention.ValueKind == JsonValueKind.False);
    }

    /// <summary>Pixels per latent sample along a side.</summary>
    public int Factor { get; }

    /// <summary>Channels of the latents.</summary>
    public int Channels { get; }

    /// <summary>A picture (display encoded, RGBA) as latents (C, h, w) by the distribution's mean; beyond its edges it is repeated.</summary>
    public float[] Encode(Frame picture, int latentWidth, int latentHeight, JobRun job) => EncodePlanes(ToPlanes(picture, latentWidth * Factor, latentHeight * Factor), latentWidth, latentHeight, job);

    /// <summary>Planes (3, H, W) in −1…1 as latents.</summary>
    public float[] EncodePlanes(float[] planes, int latentWidth, int latentHeight, JobRun job)
    {
        TiledPlanes.Sizes sizes = new(latentWidth, latentHeight, Factor, 1, 3, Channels);
        float[] latents = TiledPlanes.Run(planes, sizes, Tile(latentWidth, latentHeight), Overlap, (part, height, width) =>
        {
            RunResult result = Run("vae_encoder", [1, 3, height * Factor, width * Factor], part, job);
            int length = Channels * width * height;
            // Mean and log-variance one after the other, or the mean alone.
            return result.Values.Length == length || result.Values.Length == 2 * length ? result.Values[..length] : throw new InferenceException(InferenceError.ModelMismatch,
                $"'{_package.PathOf("vae_encoder/model.onnx")}' gave {Tensor.Describe(result.Shape)} for {width * Factor}×{height * Factor} pixels, expected [1,{Channels} or {2 * Channels},{height},{width}]");
        });
        for (int i = 0; i < latents.Length; i++) latents[i] = (latents[i] - _shift) * _scale;
        return latents;
    }

    /// <summary>Latents (C, h, w) as a picture of the size wanted, alpha 1.</summary>
    public Frame Decode(ReadOnlySpan<float> latents, int latentWidth, int latentHeight, int width, int height, JobRun job) =>
        ToFrame(DecodePlanes(latents, latentWidth, latentHeight, job), latentWidth * Factor, latentHeight * Factor, width, height);

    /// <summary>Latents as planes (3, H, W), as the decoder gives them: about −1…1.</summary>
    public float[] DecodePlanes(ReadOnlySpan<float> latents, int latentWidth, int latentHeight, JobRun job)
    {
        float[] plain = latents.ToArray();
        for (int i = 0; i < plain.Length; i++) plain[i] = plain[i] / _scale + _shift;
        TiledPlanes.Sizes sizes = new(latentWidth, latentHeight, 1, Factor, Channels, 3);
        return TiledPlanes.Run(plain, sizes, Tile(latentWidth, latentHeight), Overlap, (part, high, wide) =>
        {
            RunResult result = Run("vae_decoder", [1, Channels, high, wide], part, job);
            return result.Values.Length == 3 * wide * Factor * high * Factor ? result.Values : throw new InferenceException(InferenceError.ModelMismatch,
                $"'{_package.PathOf("vae_decoder/model.onnx")}' gave {Tensor.Describe(result.Shape)}, expected [1,3,{high * Factor},{wide * Factor}]");
        });
    }

    /// <summary>A display-encoded picture as planes in −1…1, its edges repeated up to a size.</summary>
    public static float[] ToPlanes(Frame picture, int width, int height)
    {
        float[] planes = new float[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = picture.Row(Math.Min(y, picture.Height - 1));
            for (int x = 0; x < width; x++)
            {
                int at = Math.Min(x, picture.Width - 1) * Frame.Channels;
                for (int channel = 0; channel < 3; channel++) planes[(channel * height + y) * width + x] = Math.Clamp(row[at + channel], 0, 1) * 2 - 1;
            }
        }

        return planes;
    }

    /// <summary>Planes in −1…1 as a picture cut to a size, alpha 1.</summary>
    public static Frame ToFrame(ReadOnlySpan<float> planes, int planeWidth, int planeHeight, int width, int height)
    {
        Frame frame = new(width, height);
        for (int y = 0; y < height; y++)
        {
            Span<float> row = frame.Row(y);
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    float value = planes[(channel * planeHeight + y) * planeWidth + x];
                    row[x * Frame.Channels + channel] = float.IsNaN(value) ? 0 : Math.Clamp(value / 2 + 0.5f, 0, 1);
                }

                row[x * Frame.Channels + 3] = 1;
            }
        }

        return frame;
    }

    /// <summary>Told each time a model ran.</summary>
    internal Action? Ran { get; set; }

    private int Overlap => _memory.Overlap;

    private static float? Number(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetSingle() : null;

    /// <summary>Bytes that a run over a tile takes: the widest layer at full size, and attention between all latent samples.</summary>
    private double Bytes(double width, double height)
    {
        double samples = width * height;
        return samples * Factor * Factor * _widest * sizeof(float) * Buffers + (_attends ? samples * samples * 2 * sizeof(float) : 0);
    }

    private int Tile(int width, int height) => _memory.Tile(width, height, Bytes);

    private RunResult Run(string component, ReadOnlySpan<long> shape, float[] values, JobRun job)
    {
        using SessionLease lease = _pool.Borrow(_package.PathOf($"{component}/model.onnx"), _package.BytesOf(component), _settings, job.Cancellation);
        TensorDescription port = lease.Session.Inputs[0];
        using Tensor input = Tensor.For(lease.Session, port, shape);
        input.Write(values);
        RunResult result = SingleRun.Run(lease.Session, job, [(port.Name, input)], lease.Session.Outputs[0].Name)[0];
        Ran?.Invoke();
        return result;
    }
}
