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
    private readonly int _batch, _items, _itemLength, _extraLength, _groups;
    private readonly bool _isGuided;
    private readonly float _guidance, _rescale;
    private readonly float[] _ramp, _times, _timeFactors, _input, _predictions;

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
        (_batch, _guidance, _rescale, _ramp) = (batch, conditioning.Guidance, conditioning.GuidanceRescale, [.. conditioning.GuidanceRamp]);
        _isGuided = conditioning.IsGuided;
        _items = _isGuided ? batch * 2 : batch;
        _itemLength = 1;
        foreach (long size in itemShape) _itemLength = checked(_itemLength * (int)size);
        if (_ramp.Length > 0 && _itemLength % _ramp.Length != 0)
            throw new ArgumentException($"{_ramp.Length} guidances do not divide an item of {_itemLength} numbers.", nameof(conditioning));
        long[] shape = [_items, .. itemShape];
        _groups = conditioning.ChannelAxis == 0 ? 1 : (int)itemShape[0];
        if (conditioning.ExtraChannels is { } extra)
        {
            _extraLength = extra.Length;
            shape[1 + conditioning.ChannelAxis] += extra.Length / (_itemLength / itemShape[conditioning.ChannelAxis]);
        }

        _binding = new SessionBinding(session);
        try
        {
            string sample = Port(session.Inputs, s_samples, "input", "noisy sample"), time = Port(session.Inputs, s_times, "input", "timestep");
            string output = Port(session.Outputs, s_outputs, "output", "prediction");
            _sample = Bind(sample, InputUse.EachRun, shape);
            TensorDescription timePort = session.FindInput(time)!;
            // A time for each token, where the network takes that.
            _timeFactors = timePort.Rank == 2 && conditioning.TimeFactors is { } factors ? factors : [];
            _time = Bind(time, InputUse.EachRun, _timeFactors.Length > 0 ? [_items, _timeFactors.Length] : TimeShape(timePort, _items));
            _times = new float[_time.Length];
            _output = Keep(Tensor.For(session, session.FindOutput(output)!, [_items, .. itemShape]));
            _binding.BindOutput(output, _output);
            _input = new float[_items * (_itemLength + _extraLength)];
            if (_extraLength > 0) PlaceExtra(conditioning);
            _predictions = new float[_isGuided ? 2 * Length : 0];
            foreach (ConditioningInput input in conditioning.Inputs) Bind(input);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Numbers of the whole batch.</summary>
    public int Length => _batch * _itemLength;

    /// <summary>Items that go through the network: the batch, or twice the batch with guidance (the unwanted first).</summary>
    public int Items => _items;

    /// <summary>Ties another input that the caller writes before each step: the residuals of a ControlNet.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="shape">All its sizes, the batch of <see cref="Items"/> included.</param>
    /// <returns>Where to write; it lives as long as the denoiser.</returns>
    /// <exception cref="InferenceException">The network has no such input, or it has another shape.</exception>
    public Tensor BindStepInput(string name, params ReadOnlySpan<long> shape)
    {
        if (_session.FindInput(name) is null)
            throw new InferenceException(InferenceError.ModelMismatch, $"'{_session.Name}' has no input '{name}'; it has: {string.Join("; ", _session.Inputs)}");
        return Bind(name, InputUse.EachRun, shape);
    }

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
            int part = _itemLength / _groups, width = (_itemLength + _extraLength) / _groups;
            for (int group = 0; group < _items * _groups; group++)
                sample.Slice(group % (_batch * _groups) * part, part).CopyTo(_input.AsSpan(group * width, part));
            _sample.Write(_input);
        }

        if (_timeFactors.Length == 0) _times.AsSpan().Fill(time);
        else for (int i = 0; i < _times.Length; i++) _times[i] = time * _timeFactors[i % _timeFactors.Length];
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

    /// <summary>The shape of a timestep: a number, one for the network, or one for each item, as its port says.</summary>
    internal static long[] TimeShape(TensorDescription time, int items) => time.Rank switch
    {
        0 => [],
        1 when time.Dimensions[0] > 0 => [time.Dimensions[0]],
        1 => [time.Symbols[0].StartsWith("batch", StringComparison.Ordinal) ? items : 1],
        _ => [items, .. Enumerable.Repeat(1L, time.Rank - 1)],
    };

    /// <summary>The numbers of an input for all items, the unwanted first.</summary>
    internal static float[] Spread(ConditioningInput input, int batch, bool isGuided)
    {
        int each = input.Wanted.Length, items = isGuided ? 2 * batch : batch;
        float[] values = new float[input.IsShared ? each : each * items];
        for (int at = 0, item = 0; at < values.Length; at += each, item++)
            (isGuided && item < batch ? input.Unwanted ?? input.Wanted : input.Wanted).CopyTo(values, at);
        return values;
    }

    /// <summary>The shape of an input. Older exports take the places of tokens with a batch before them, newer ones without.</summary>
    internal static long[] ShapeOf(ConditioningInput input, TensorDescription port, int items) =>
        input.IsShared ? [.. Enumerable.Repeat(1L, Math.Max(0, port.Rank - input.Shape.Count)), .. input.Shape] : [items, .. input.Shape];

    /// <summary>The name of the port that takes noisy samples.</summary>
    internal static string SamplePort(ModelSession session) => Port(session, session.Inputs, s_samples, "input", "noisy sample");

    /// <summary>The name of the port that takes the timestep.</summary>
    internal static string TimePort(ModelSession session) => Port(session, session.Inputs, s_times, "input", "timestep");

    private static string Port(ModelSession session, IReadOnlyList<TensorDescription> ports, string[] names, string kind, string what) =>
        names.FirstOrDefault(name => ports.Any(port => port.Name == name)) ?? throw new InferenceException(InferenceError.ModelMismatch,
            $"'{session.Name}' has no {kind} for the {what}: expected one of {string.Join(", ", names)}, found {string.Join("; ", ports)}");

    private void PlaceExtra(Conditioning conditioning)
    {
        int part = _itemLength / _groups, extra = _extraLength / _groups;
        for (int item = 0; item < _items; item++)
        {
            float[] values = _isGuided && item < _batch ? conditioning.ExtraChannelsUnwanted ?? conditioning.ExtraChannels! : conditioning.ExtraChannels!;
            for (int group = 0; group < _groups; group++)
                values.AsSpan(group * extra, extra).CopyTo(_input.AsSpan((item * _groups + group) * (part + extra) + part, extra));
        }
    }

    private void Guide(ReadOnlySpan<float> unwanted, ReadOnlySpan<float> wanted, Span<float> prediction)
    {
        if (_ramp.Length == 0)
        {
            for (int i = 0; i < prediction.Length; i++) prediction[i] = unwanted[i] + _guidance * (wanted[i] - unwanted[i]);
        }
        else
        {
            int part = _itemLength / _ramp.Length;
            for (int i = 0; i < prediction.Length; i++) prediction[i] = unwanted[i] + _ramp[i / part % _ramp.Length] * (wanted[i] - unwanted[i]);
        }

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

    private string Port(IReadOnlyList<TensorDescription> ports, string[] names, string kind, string what) => Port(_session, ports, names, kind, what);

    private void Bind(ConditioningInput input)
    {
        TensorDescription? port = _session.FindInput(input.Name);
        if (port is null) return;
        Tensor tensor = Keep(Tensor.For(_session, port, ShapeOf(input, port, _items)));
        tensor.Write(Spread(input, _batch, _isGuided));
        _binding.BindInput(input.Name, tensor, InputUse.Constant);
    }

    private Tensor Bind(string name, InputUse use, ReadOnlySpan<long> shape)
    {
        Tensor tensor = Keep(Tensor.For(_session, _session.FindInput(name)!, shape));
        _binding.BindInput(name, tensor, use);
        return tensor;
    }

    private Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor);
        return tensor;
    }
}
