using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>Runs a denoising network step by step with guidance: a U-Net or transformer whose ports are bound once, by name.</summary>
/// <remarks>Element types, ranks and batch sizes come from the model. With guidance the unwanted and the wanted half go through the network together, as
/// one batch. A step allocates nothing. Not thread-safe: one per job.</remarks>
public sealed class Denoiser : IDisposable
{
    private static readonly string[] s_samples = ["sample", "hidden_states", "latent", "latents", "latent_model_input"];
    private static readonly string[] s_times = ["timestep", "t", "timesteps"];
    private static readonly string[] s_outputs = ["out_sample", "out_hidden_states", "noise_pred", "output", "sample"];

    private readonly ModelSession _session;
    private readonly SessionBinding _binding;
    private readonly List<Tensor> _tensors = [];
    private readonly Tensor _sample, _time, _output;
    private readonly int _batch, _itemLength, _extraLength;
    private readonly bool _isGuided;
    private readonly float _guidance, _rescale;
    private readonly float[] _times, _both, _predictions;

    /// <summary>Binds a network for a job.</summary>
    /// <param name="session">The network.</param>
    /// <param name="batch">Pictures at once.</param>
    /// <param name="itemShape">Sizes of one sample, without the batch and without <see cref="Conditioning.ExtraChannels"/>.</param>
    /// <param name="conditioning">What stays the same over the steps.</param>
    /// <exception cref="InferenceException">The network's ports do not fit; the message names file, input, expected and found.</exception>
    public Denoiser(ModelSession session, int batch, ReadOnlySpan<long> itemShape, Conditioning conditioning)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(conditioning);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        _session = session;
        (_batch, _guidance, _rescale) = (batch, conditioning.Guidance, conditioning.GuidanceRescale);
        _isGuided = conditioning.Guidance != 1;
        int items = _isGuided ? batch * 2 : batch;
        _itemLength = 1;
        foreach (long size in itemShape) _itemLength = checked(_itemLength * (int)size);
        long[] shape = [items, .. itemShape];
        if (conditioning.ExtraChannels is { } extra)
        {
            _extraLength = extra.Length;
            shape[1] += extra.Length / (_itemLength / itemShape[0]);
        }

        _binding = new SessionBinding(session);
        try
        {
            string sample = Port(session.Inputs, s_samples, "input", "noisy sample"), time = Port(session.Inputs, s_times, "input", "timestep");
            string output = Port(session.Outputs, s_outputs, "output", "prediction");
            _sample = Bind(sample, InputUse.EachRun, shape);
            _time = Bind(time, InputUse.EachRun, TimeShape(session.FindInput(time)!, items));
            _times = new float[_time.Length];
            shape[1] = itemShape[0];
            _output = Keep(new Tensor(session.Runtime, session.FindOutput(output)!.Type, shape));
            _binding.BindOutput(output, _output);
            _both = new float[items * (_itemLength + _extraLength)];
            for (int item = 0; item < items && _extraLength > 0; item++)
                conditioning.ExtraChannels.CopyTo(_both.AsSpan(item * (_itemLength + _extraLength) + _itemLength, _extraLength));
            _predictions = new float[_isGuided ? 2 * Length : 0];
            foreach (ConditioningInput input in conditioning.Inputs) Bind(input, items);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Numbers of the whole batch.</summary>
    public int Length => _batch * _itemLength;

    /// <summary>Predicts what the network was trained to predict, with guidance. Allocates nothing.</summary>
    /// <param name="job">The job.</param>
    /// <param name="sample">Scaled noisy samples (B, …).</param>
    /// <param name="time">The timestep as the network counts it.</param>
    /// <param name="prediction">Overwritten, of the sample's length.</param>
    public void Predict(JobRun job, ReadOnlySpan<float> sample, float time, Span<float> prediction)
    {
        if (sample.Length != Length || prediction.Length != Length)
            throw new ArgumentException($"{sample.Length} and {prediction.Length} numbers are no batch of {Length}.", nameof(sample));
        if (_extraLength == 0 && !_isGuided)
        {
            _sample.Write(sample);
        }
        else
        {
            int items = _isGuided ? _batch * 2 : _batch, width = _itemLength + _extraLength;
            for (int item = 0; item < items; item++) sample.Slice(item % _batch * _itemLength, _itemLength).CopyTo(_both.AsSpan(item * width, _itemLength));
            _sample.Write(_both);
        }

        _times.AsSpan().Fill(time);
        _time.Write(_times);
        _binding.Run(job);
        if (!_isGuided)
        {
            _output.Read(prediction);
            return;
        }

        _output.Read(_predictions);
        Guide(_predictions.AsSpan(0, Length), _predictions.AsSpan(Length), prediction);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        foreach (Tensor tensor in _tensors) tensor.Dispose();
    }

    private void Guide(ReadOnlySpan<float> unwanted, ReadOnlySpan<float> wanted, Span<float> prediction)
    {
        for (int i = 0; i < prediction.Length; i++) prediction[i] = unwanted[i] + _guidance * (wanted[i] - unwanted[i]);
        if (_rescale <= 0) return;
        for (int item = 0; item < _batch; item++)
        {
            Span<float> guided = prediction.Slice(item * _itemLength, _itemLength);
            double factor = Spread(wanted.Slice(item * _itemLength, _itemLength)) / Math.Max(1e-12, Spread(guided));
            float blended = (float)(_rescale * factor + (1 - _rescale));
            for (int i = 0; i < guided.Length; i++) guided[i] *= blended;
        }
    }

    private static double Spread(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
        }

        return Math.Sqrt(Math.Max(0, (squares - sum * sum / values.Length) / Math.Max(1, values.Length - 1)));
    }

    private string Port(IReadOnlyList<TensorDescription> ports, string[] names, string kind, string what) =>
        names.FirstOrDefault(name => ports.Any(port => port.Name == name)) ?? throw new InferenceException(InferenceError.ModelMismatch,
            $"'{_session.Name}' has no {kind} for the {what}: expected one of {string.Join(", ", names)}, found {string.Join("; ", ports)}");

    private static long[] TimeShape(TensorDescription time, int items) => time.Rank switch
    {
        0 => [],
        1 when time.Dimensions[0] > 0 => [time.Dimensions[0]],
        1 => [time.Symbols[0].StartsWith("batch", StringComparison.Ordinal) ? items : 1],
        _ => [items, .. Enumerable.Repeat(1L, time.Rank - 1)],
    };

    private void Bind(ConditioningInput input, int items)
    {
        TensorDescription? port = _session.FindInput(input.Name);
        if (port is null) return;
        int each = input.Wanted.Length;
        float[] values = new float[input.IsShared ? each : each * items];
        for (int at = 0, item = 0; at < values.Length; at += each, item++)
            (_isGuided && item < _batch ? input.Unwanted ?? input.Wanted : input.Wanted).CopyTo(values, at);
        // Older exports take the places of tokens with a batch before them, newer ones without.
        long[] shape = input.IsShared ? [.. Enumerable.Repeat(1L, Math.Max(0, port.Rank - input.Shape.Count)), .. input.Shape] : [items, .. input.Shape];
        Tensor tensor = Keep(new Tensor(_session.Runtime, port.Type, shape));
        tensor.Write(values);
        _binding.BindInput(input.Name, tensor, InputUse.Constant);
    }

    private Tensor Bind(string name, InputUse use, ReadOnlySpan<long> shape)
    {
        Tensor tensor = Keep(new Tensor(_session.Runtime, _session.FindInput(name)!.Type, shape));
        _binding.BindInput(name, tensor, use);
        return tensor;
    }

    private Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor);
        return tensor;
    }
}
