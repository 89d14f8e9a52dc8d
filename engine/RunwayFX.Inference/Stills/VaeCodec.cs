using System.Text.Json;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>Between pictures and latents: the encoder and decoder of a package, with its scale and shift.</summary>
internal sealed class VaeCodec
{
    private readonly ModelPackage _package;
    private readonly SessionPool _pool;
    private readonly SessionSettings _settings;
    private readonly float _scale, _shift;

    public VaeCodec(ModelPackage package, SessionPool pool, SessionSettings settings)
    {
        (_package, _pool, _settings) = (package, pool, settings);
        JsonElement config = package.Json("vae_decoder/config.json");
        _scale = Number(config, "scaling_factor") ?? 0.18215f;
        _shift = Number(config, "shift_factor") ?? 0;
        int levels = config.TryGetProperty("block_out_channels", out JsonElement blocks) && blocks.ValueKind == JsonValueKind.Array ? blocks.GetArrayLength() : 4;
        if (levels is < 1 or > 8 || _scale == 0 || !float.IsFinite(_scale))
            throw new InferenceException(InferenceError.PackageBroken, $"'{package.PathOf("vae_decoder/config.json")}' has {levels} levels and scale {_scale}");
        Factor = 1 << (levels - 1);
        Channels = (int)(Number(config, "latent_channels") ?? 4);
    }

    /// <summary>Pixels per latent sample along a side.</summary>
    public int Factor { get; }

    /// <summary>Channels of the latents.</summary>
    public int Channels { get; }

    /// <summary>A picture (display encoded, RGBA) as latents (C, h, w) by the distribution's mean; beyond its edges it is repeated.</summary>
    public float[] Encode(Frame picture, int latentWidth, int latentHeight, JobRun job)
    {
        int width = latentWidth * Factor, height = latentHeight * Factor;
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

        RunResult result = Run("vae_encoder", [1, 3, height, width], planes, job);
        int length = Channels * latentWidth * latentHeight;
        // Mean and log-variance one after the other, or the mean alone.
        if (result.Values.Length != length && result.Values.Length != 2 * length)
        {
            throw new InferenceException(InferenceError.ModelMismatch,
                $"'{_package.PathOf("vae_encoder/model.onnx")}' gave {Tensor.Describe(result.Shape)} for {width}×{height} pixels, expected [1,{Channels} or {2 * Channels},{latentHeight},{latentWidth}]");
        }

        float[] latents = result.Values[..length];
        for (int i = 0; i < length; i++) latents[i] = (latents[i] - _shift) * _scale;
        return latents;
    }

    /// <summary>Latents (C, h, w) as a picture of the size wanted, alpha 1.</summary>
    public Frame Decode(ReadOnlySpan<float> latents, int latentWidth, int latentHeight, int width, int height, JobRun job)
    {
        float[] plain = latents.ToArray();
        for (int i = 0; i < plain.Length; i++) plain[i] = plain[i] / _scale + _shift;
        RunResult result = Run("vae_decoder", [1, Channels, latentHeight, latentWidth], plain, job);
        int wide = latentWidth * Factor, high = latentHeight * Factor;
        if (result.Values.Length != 3 * wide * high)
        {
            throw new InferenceException(InferenceError.ModelMismatch,
                $"'{_package.PathOf("vae_decoder/model.onnx")}' gave {Tensor.Describe(result.Shape)}, expected [1,3,{high},{wide}]");
        }

        Frame frame = new(width, height);
        for (int y = 0; y < height; y++)
        {
            Span<float> row = frame.Row(y);
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    float value = result.Values[(channel * high + y) * wide + x];
                    row[x * Frame.Channels + channel] = float.IsNaN(value) ? 0 : Math.Clamp(value / 2 + 0.5f, 0, 1);
                }

                row[x * Frame.Channels + 3] = 1;
            }
        }

        return frame;
    }

    private static float? Number(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetSingle() : null;

    private RunResult Run(string component, ReadOnlySpan<long> shape, float[] values, JobRun job)
    {
        using SessionLease lease = _pool.Borrow(_package.PathOf($"{component}/model.onnx"), _package.BytesOf(component), _settings, job.Cancellation);
        TensorDescription port = lease.Session.Inputs[0];
        using Tensor input = new(lease.Session.Runtime, port.Type, shape);
        input.Write(values);
        return SingleRun.Run(lease.Session, job, [(port.Name, input)], lease.Session.Outputs[0].Name)[0];
    }
}
