namespace RunwayFX.Inference.Sessions;

/// <summary>The runs of one job: carries its cancellation into the runtime, which looks at it between two nodes of the graph.</summary>
/// <remarks>The runtime's terminate flag stays set, so every job has its own. Runs of one job follow each other; <see cref="Dispose"/> waits for a
/// cancellation that is being delivered.</remarks>
public sealed unsafe class JobRun : IDisposable
{
    private readonly OnnxRuntime _runtime;
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _gate = new();
    private nint _options;

    /// <summary>Starts a job.</summary>
    public JobRun(OnnxRuntime runtime, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _runtime = runtime;
        Cancellation = cancellation;
        nint options;
        runtime.Check(runtime.Api.CreateRunOptions(&options), "preparing a job");
        _options = options;
        _registration = cancellation.UnsafeRegister(static job => ((JobRun)job!).Terminate(), this);
    }

    ~JobRun() => Release();

    /// <summary>The job's token.</summary>
    public CancellationToken Cancellation { get; }

    internal nint Handle => _options != 0 ? _options : throw new ObjectDisposedException(nameof(JobRun));

    /// <summary>Has the runtime give memory back at the end of the next run: for a job's last one.</summary>
    public void ShrinkArenas(string devices = "cpu:0")
    {
        using NativeText key = new("memory.enable_memory_arena_shrinkage"), value = new(devices);
        _runtime.Check(_runtime.Api.AddRunConfigEntry(Handle, key.Pointer, value.Pointer), "asking for memory back");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        Release();
        GC.SuppressFinalize(this);
    }

    private void Terminate()
    {
        lock (_gate)
        {
            if (_options == 0) return;
            nint status = _runtime.Api.RunOptionsSetTerminate(_options);
            if (status != 0) _runtime.Api.ReleaseStatus(status);
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            if (_options != 0) _runtime.Api.ReleaseRunOptions(_options);
            _options = 0;
        }
    }
}
