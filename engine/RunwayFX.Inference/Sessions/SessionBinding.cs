using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Sessions;

/// <summary>How often an input changes.</summary>
public enum InputUse
{
    /// <summary>Written once, before it is bound: goes to the device once.</summary>
    Constant,

    /// <summary>Written before every run.</summary>
    EachRun,
}

/// <summary>A model's inputs and outputs tied to tensors, so that a run names nothing, allocates nothing and copies nothing on the processor.</summary>
/// <remarks>Not thread-safe: one per job. The tensors must outlive it. Inputs are bound by name, after their type and shape were compared with the
/// model's.</remarks>
public sealed unsafe class SessionBinding : IDisposable
{
    private readonly ModelSession _session;
    private readonly List<(NativeText Name, Tensor Tensor)> _changing = [];
    private readonly Dictionary<string, NativeText> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _boundInputs = new(StringComparer.Ordinal);
    private readonly bool _copies;
    private nint _binding;

    /// <summary>Prepares a binding without any tensor.</summary>
    public SessionBinding(ModelSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
        // On a device an input is copied when it is bound, so one that changes is bound again before each run.
        _copies = session.Settings.Provider != ProviderKind.Cpu;
        nint binding;
        session.Runtime.Check(session.Runtime.Api.CreateIoBinding(session.Handle, &binding), $"binding '{session.Name}'");
        _binding = binding;
    }

    ~SessionBinding() => Release();

    /// <summary>Ties an input to a tensor.</summary>
    /// <exception cref="InferenceException">The model has no such input, or it is of another type or shape: the message names file, input, expected and
    /// found.</exception>
    public void BindInput(string name, Tensor tensor, InputUse use = InputUse.EachRun)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        TensorDescription description = _session.FindInput(name) ?? throw Mismatch($"has no input '{name}'; it has: {List(_session.Inputs)}");
        Compare("input", description, tensor);
        NativeText native = NameOf(name);
        _session.Runtime.Check(_session.Runtime.Api.BindInput(Handle, native.Pointer, tensor.Handle), $"binding input '{name}' of '{_session.Name}'");
        _changing.RemoveAll(bound => bound.Name == native);
        if (_copies && use == InputUse.EachRun) _changing.Add((native, tensor));
        _boundInputs.Add(name);
    }

    /// <summary>Ties an output to a tensor that is overwritten by every run.</summary>
    /// <exception cref="InferenceException">The model has no such output, or it is of another type or shape.</exception>
    public void BindOutput(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        TensorDescription description = _session.FindOutput(name) ?? throw Mismatch($"has no output '{name}'; it has: {List(_session.Outputs)}");
        Compare("output", description, tensor);
        _session.Runtime.Check(_session.Runtime.Api.BindOutput(Handle, NameOf(name).Pointer, tensor.Handle), $"binding output '{name}' of '{_session.Name}'");
    }

    /// <summary>Runs the model. Allocates nothing once every port is bound.</summary>
    /// <exception cref="InferenceException">An input is not bound, or the run failed.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled; the session stays usable.</exception>
    public void Run(JobRun job)
    {
        ArgumentNullException.ThrowIfNull(job);
        job.Cancellation.ThrowIfCancellationRequested();
        if (_boundInputs.Count < _session.Inputs.Count) throw Unbound();
        OrtApi api = _session.Runtime.Api;
        nint status = 0;
        foreach ((NativeText name, Tensor tensor) in _changing)
        {
            status = api.BindInput(Handle, name.Pointer, tensor.Handle);
            if (status != 0) break;
        }

        if (status == 0) status = api.RunWithBinding(_session.Handle, job.Handle, Handle);
        if (status != 0) throw Failed(status, job);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        foreach (NativeText name in _names.Values) name.Dispose();
        GC.SuppressFinalize(this);
    }

    private nint Handle => _binding != 0 ? _binding : throw new ObjectDisposedException(nameof(SessionBinding));

    private static string List(IEnumerable<TensorDescription> ports) => string.Join("; ", ports);

    private Exception Failed(nint status, JobRun job)
    {
        InferenceException failure = _session.Runtime.Failure(status, $"running '{_session.Name}' on {_session.Settings.Provider.Name()}", InferenceError.RunFailed);
        return job.Cancellation.IsCancellationRequested
            ? new OperationCanceledException($"running '{_session.Name}' was cancelled", failure, job.Cancellation) : failure;
    }

    private InferenceException Unbound() =>
        Mismatch($"needs inputs that were not given: {List(_session.Inputs.Where(input => !_boundInputs.Contains(input.Name)))}");

    private void Compare(string port, TensorDescription description, Tensor tensor)
    {
        if (description.Type != tensor.Type || !description.Accepts(tensor.Shape))
            throw Mismatch($"{port} '{description.Name}': expected {description}, found {tensor.Type}{Tensor.Describe(tensor.Shape)}");
    }

    private InferenceException Mismatch(string what) => new(InferenceError.ModelMismatch, $"'{_session.Name}' {what}");

    private NativeText NameOf(string name)
    {
        if (!_names.TryGetValue(name, out NativeText? native)) _names[name] = native = new NativeText(name);
        return native;
    }

    private void Release()
    {
        if (_binding != 0) _session.Runtime.Api.ReleaseIoBinding(_binding);
        _binding = 0;
    }
}
