using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Sessions;

/// <summary>A model that is loaded and ready to run.</summary>
/// <remarks>Thread-safe to run, through one <see cref="SessionBinding"/> per job. Dispose it after its bindings.</remarks>
public sealed unsafe class ModelSession : IDisposable
{
    /// <summary>Most inputs, and most outputs, of a model.</summary>
    public const int PortsMax = 4096;

    private const int LoadCancelled = 12;

    private readonly IReadOnlyDictionary<string, Tensor>[] _kept;
    private nint _session;

    private ModelSession(OnnxRuntime runtime, string name, SessionSettings settings, nint session)
    {
        Runtime = runtime;
        Name = name;
        Settings = settings;
        _session = session;
        _kept = [settings.Weights, settings.ExternalWeights];
        try
        {
            Inputs = Describe(isInput: true);
            Outputs = Describe(isInput: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    ~ModelSession() => Release();

    /// <summary>The model's file, or what stands for it in messages.</summary>
    public string Name { get; }

    /// <summary>How it was loaded.</summary>
    public SessionSettings Settings { get; }

    /// <summary>The runtime it runs in.</summary>
    public OnnxRuntime Runtime { get; }

    /// <summary>What a run takes, in the model's order.</summary>
    public IReadOnlyList<TensorDescription> Inputs { get; }

    /// <summary>What a run gives, in the model's order.</summary>
    public IReadOnlyList<TensorDescription> Outputs { get; }

    /// <summary>Provider and runtime of the results: bits are promised to repeat where these are equal.</summary>
    public string Identity => $"onnxruntime {Runtime.Version} {Settings.Provider.Name()} {Settings.Threads} threads";

    internal nint Handle => _session != 0 ? _session : throw new ObjectDisposedException(nameof(ModelSession));

    /// <summary>Loads a model's file; weights beside it (external data, of any size) are found by the runtime.</summary>
    /// <exception cref="InferenceException">The file is missing or no model, or the provider cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while loading.</exception>
    public static ModelSession Load(OnnxRuntime runtime, string path, SessionSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(settings);
        if (!File.Exists(path)) throw new InferenceException(InferenceError.ModelUnreadable, $"the model '{path}' is missing");
        using NativeText native = NativeText.Path(Path.GetFullPath(path));
        nint file = (nint)native.Pointer;
        return Load(runtime, path, settings, (options, session) => runtime.Api.CreateSession(runtime.Environment, (void*)file, options, (nint*)session), cancellation);
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="model">The model's bytes.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="settings">How to load it.</param>
    /// <param name="cancellation">Stops the load.</param>
    /// <exception cref="InferenceException">The bytes are no model, or the provider cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while loading.</exception>
    public static ModelSession Load(OnnxRuntime runtime, ReadOnlyMemory<byte> model, string name, SessionSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(settings);
        using System.Buffers.MemoryHandle pinned = model.Pin();
        nint bytes = (nint)pinned.Pointer;
        return Load(runtime, name, settings,
            (options, session) => runtime.Api.CreateSessionFromArray(runtime.Environment, (void*)bytes, (nuint)model.Length, options, (nint*)session), cancellation);
    }

    /// <summary>The input of a name; null where there is none.</summary>
    public TensorDescription? FindInput(string name) => Inputs.FirstOrDefault(input => input.Name == name);

    /// <summary>The output of a name; null where there is none.</summary>
    public TensorDescription? FindOutput(string name) => Outputs.FirstOrDefault(output => output.Name == name);

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
        NativeHeap.GiveBack();
    }

    private static ModelSession Load(OnnxRuntime runtime, string name, SessionSettings settings, Func<nint, nint, nint> create, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        OrtApi api = runtime.Api;
        nint options, session = 0;
        runtime.Check(api.CreateSessionOptions(&options), "preparing a session");
        try
        {
            SessionOptionsWriter.Write(runtime, options, settings);
            nint status;
            using (cancellation.UnsafeRegister(static state => SetCancelled(((OnnxRuntime, nint))state!), (runtime, options)))
            {
                status = create(options, (nint)(&session));
            }

            if (status != 0)
            {
                bool isCancelled = api.GetErrorCode(status) == LoadCancelled || cancellation.IsCancellationRequested;
                InferenceException failure = runtime.Failure(status, $"loading '{name}' on {settings.Provider.Name()}", InferenceError.ModelUnreadable);
                if (isCancelled) throw new OperationCanceledException($"loading '{name}' was cancelled", failure, cancellation);
                throw failure;
            }

            return new ModelSession(runtime, name, settings, session);
        }
        finally
        {
            api.ReleaseSessionOptions(options);
        }
    }

    private static void SetCancelled((OnnxRuntime Runtime, nint Options) load)
    {
        nint status = load.Runtime.Api.SessionOptionsSetLoadCancellationFlag(load.Options, 1);
        if (status != 0) load.Runtime.Api.ReleaseStatus(status);
    }

    private TensorDescription[] Describe(bool isInput)
    {
        OrtApi api = Runtime.Api;
        nuint count;
        string what = $"describing '{Name}'";
        Runtime.Check(isInput ? api.SessionGetInputCount(_session, &count) : api.SessionGetOutputCount(_session, &count), what);
        if (count > PortsMax) throw new InferenceException(InferenceError.ModelMismatch, $"'{Name}' has {count} {(isInput ? "inputs" : "outputs")}, over {PortsMax}");
        TensorDescription[] result = new TensorDescription[count];
        for (nuint index = 0; index < count; index++)
        {
            byte* text;
            nint type;
            Runtime.Check(isInput ? api.SessionGetInputName(_session, index, Runtime.Allocator, &text)
                : api.SessionGetOutputName(_session, index, Runtime.Allocator, &text), what);
            string name = NativeText.Read(text);
            Runtime.Check(api.AllocatorFree(Runtime.Allocator, text), what);
            Runtime.Check(isInput ? api.SessionGetInputTypeInfo(_session, index, &type) : api.SessionGetOutputTypeInfo(_session, index, &type), what);
            try
            {
                result[index] = Describe(name, type, what);
            }
            finally
            {
                api.ReleaseTypeInfo(type);
            }
        }

        return result;
    }

    private TensorDescription Describe(string name, nint type, string what)
    {
        OrtApi api = Runtime.Api;
        nint tensor;
        Runtime.Check(api.CastTypeInfoToTensorInfo(type, &tensor), what);
        if (tensor == 0) return new TensorDescription(name, ElementType.Undefined, [], []);
        int element;
        nuint rank;
        Runtime.Check(api.GetTensorElementType(tensor, &element), what);
        Runtime.Check(api.GetDimensionsCount(tensor, &rank), what);
        if (rank > 64) throw new InferenceException(InferenceError.ModelMismatch, $"'{Name}': {name} has {rank} dimensions");
        long[] sizes = new long[rank];
        byte** symbols = stackalloc byte*[(int)rank + 1];
        fixed (long* sizesPointer = sizes) Runtime.Check(api.GetDimensions(tensor, sizesPointer, rank), what);
        Runtime.Check(api.GetSymbolicDimensions(tensor, symbols, rank), what);
        string[] names = new string[rank];
        for (nuint index = 0; index < rank; index++) names[index] = NativeText.Read(symbols[index]);
        return new TensorDescription(name, (ElementType)element, sizes, names);
    }

    private void Release()
    {
        if (_session != 0) Runtime.Api.ReleaseSession(_session);
        _session = 0;
        GC.KeepAlive(_kept);
    }
}
