using RunwayFX.Inference.Sessions;

namespace RunwayFX.Benchmarks;

/// <summary>The runtime's own work for one guided step and nothing else: inputs and outputs bound once, one run.</summary>
internal sealed class BareRun : IDisposable
{
    private readonly Tensor _sample, _time, _text, _output;
    private readonly SessionBinding _binding;

    public BareRun(ModelSession session, int batch, (int Channels, int Side) sample, (int Tokens, int Features) text)
    {
        OnnxRuntime runtime = session.Runtime;
        ElementType type = session.FindInput("sample")!.Type;
        _sample = new Tensor(runtime, type, batch, sample.Channels, sample.Side, sample.Side);
        _time = Tensor.From(runtime, type, [500], 1);
        _text = new Tensor(runtime, type, batch, text.Tokens, text.Features);
        _output = new Tensor(runtime, type, batch, sample.Channels, sample.Side, sample.Side);
        _binding = new SessionBinding(session);
        _binding.BindInput("sample", _sample);
        _binding.BindInput("timestep", _time);
        _binding.BindInput("encoder_hidden_states", _text, InputUse.Constant);
        _binding.BindOutput("out_sample", _output);
    }

    public void Run(JobRun job) => _binding.Run(job);

    public void Dispose()
    {
        _binding.Dispose();
        foreach (Tensor tensor in new[] { _sample, _time, _text, _output }) tensor.Dispose();
    }
}
