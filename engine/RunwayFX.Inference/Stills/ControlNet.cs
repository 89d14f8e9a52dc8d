using RunwayFX.Imaging;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>What a job looks like to a ControlNet.</summary>
/// <param name="Batch">Pictures at once.</param>
/// <param name="Layout">How latents lie.</param>
/// <param name="Factor">Pixels per latent sample.</param>
/// <param name="Conditioning">What the denoiser is told.</param>
/// <param name="Latents">The control pictures' latents (C, h, w) by their place among the controls, for networks that take those instead of pixels; null where
/// one takes pixels.</param>
internal sealed record ControlShape(int Batch, LatentLayout Layout, int Factor, Conditioning Conditioning, IReadOnlyList<float[]?> Latents)
{
    public int PictureWidth => Layout.Width * Factor;

    public int PictureHeight => Layout.Height * Factor;

    /// <summary>Latents in the order in which the denoiser takes its own.</summary>
    public float[] Arranged(float[] latents)
    {
        if (!Layout.IsPacked) return latents;
        float[] tokens = new float[latents.Length];
        Layout.Pack(latents, tokens);
        return tokens;
    }

    /// <summary>A control picture as planes in 0…1.</summary>
    public float[] Planes(Frame picture)
    {
        float[] planes = VaeCodec.ToPlanes(picture, PictureWidth, PictureHeight);
        for (int i = 0; i < planes.Length; i++) planes[i] = planes[i] / 2 + 0.5f;
        return planes;
    }
}

/// <summary>One ControlNet bound for a job.</summary>
internal sealed class ControlNet : IDisposable
{
    private static readonly string[] s_pictures = ["controlnet_cond", "conditioning_image", "control_image"];

    private readonly ModelSession _session;
    private readonly List<(string Name, Tensor Tensor)> _inputs = [];
    private readonly List<(string Name, string Kind)> _outputs = [];
    private readonly Tensor _sample, _time;
    private readonly Tensor? _scale;
    private readonly float[] _both, _times;

    /// <summary>Whether a network takes its picture as latents, as those of Stable Diffusion 3 and FLUX do: its port has the latents' channels, or tokens.</summary>
    public static bool TakesLatents(ModelSession session, LatentLayout layout) =>
        s_pictures.Select(session.FindInput).FirstOrDefault(port => port is not null) is { } picture
        && (picture.Rank == 3 || (picture.Rank == 4 && picture.Dimensions[1] == layout.Channels && layout.Channels != 3));

    public ControlNet(ModelSession session, ControlInput control, ControlShape shape, int index)
    {
        _session = session;
        bool isGuided = shape.Conditioning.IsGuided;
        int items = isGuided ? 2 * shape.Batch : shape.Batch;
        try
        {
            string sample = Denoiser.SamplePort(session), time = Denoiser.TimePort(session);
            _sample = Keep(sample, [items, .. shape.Layout.ItemShape]);
            _time = Keep(time, Denoiser.TimeShape(session.FindInput(time)!, items));
            (_both, _times) = (new float[_sample.Length], new float[_time.Length]);
            string picture = s_pictures.FirstOrDefault(name => session.FindInput(name) is not null) ?? throw Mismatch(
                $"has no input for its picture: expected one of {string.Join(", ", s_pictures)}, found {string.Join("; ", session.Inputs)}");
            (long[] size, float[] numbers) = shape.Latents[index] is { } latents ? (shape.Layout.ItemShape, shape.Arranged(latents))
                : ([3, shape.PictureHeight, shape.PictureWidth], shape.Planes(control.Picture));
            Keep(picture, [items, .. size]).Write([.. Enumerable.Repeat(numbers, items).SelectMany(each => each)]);
            if (session.FindInput("conditioning_scale") is { } scale) _scale = Keep("conditioning_scale", [.. Enumerable.Repeat(1L, scale.Rank)]);
            foreach (ConditioningInput input in shape.Conditioning.Inputs)
            {
                if (session.FindInput(input.Name) is { } port)
                    Keep(input.Name, Denoiser.ShapeOf(input, port, items)).Write(Denoiser.Spread(input, shape.Batch, isGuided));
            }

            foreach (TensorDescription output in session.Outputs)
            {
                if (ControlNets.Kind(output.Name) is { } kind) _outputs.Add((output.Name, kind));
            }

            if (_outputs.Count == 0) throw Mismatch($"gives no residuals: expected down_block_res_samples.N and mid_block_res_sample, found {string.Join("; ", session.Outputs)}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name => _session.Name;

    /// <summary>What it says of a noisy sample, and what each is still to be multiplied by.</summary>
    public IEnumerable<(string Kind, RunResult Residual, float Factor)> Run(JobRun job, ReadOnlySpan<float> scaled, float time, float scale)
    {
        for (int at = 0; at < _both.Length; at += scaled.Length) scaled.CopyTo(_both.AsSpan(at));
        _sample.Write(_both);
        _times.AsSpan().Fill(time);
        _time.Write(_times);
        _scale?.Write([scale]);
        RunResult[] results = SingleRun.Run(_session, job, _inputs, [.. _outputs.Select(output => output.Name)]);
        return results.Select((result, index) => (_outputs[index].Kind, result, scale == 0 ? 0 : _scale is null ? scale : 1));
    }

    public void Dispose()
    {
        foreach ((string _, Tensor tensor) in _inputs) tensor.Dispose();
    }

    private Tensor Keep(string name, ReadOnlySpan<long> shape)
    {
        Tensor tensor = new(_session.Runtime, _session.FindInput(name)!.Type, shape);
        _inputs.Add((name, tensor));
        return tensor;
    }

    private InferenceException Mismatch(string what) => new(InferenceError.ModelMismatch, $"'{_session.Name}' {what}");
}
