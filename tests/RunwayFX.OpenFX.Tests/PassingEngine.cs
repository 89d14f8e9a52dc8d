using RunwayFX.Bridge;

namespace RunwayFX.Testing;

/// <summary>An engine in this process, listening where the plug-in looks, that gives every frame back as it came after reading the next one too.</summary>
internal sealed class PassingEngine : IEngineHandler, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rfx-shim-");
    private readonly CancellationTokenSource _stop = new();
    private readonly BridgeServer _server;
    private readonly Thread _thread;

    public PassingEngine()
    {
        Environment.SetEnvironmentVariable(BridgeEndpoint.FolderVariable, _folder.FullName);
        _server = new BridgeServer(this, new BridgeServerOptions());
        _thread = new Thread(() => _server.Run(_stop.Token)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Texts of the session that rendered last.</summary>
    public IReadOnlyList<string> LastTexts { get; private set; } = [];

    /// <summary>Numbers of the frame that was rendered last.</summary>
    public IReadOnlyList<double> LastNumbers { get; private set; } = [];

    /// <summary>The job that ran last.</summary>
    public JobReference LastJob { get; private set; }

    /// <summary>Whether <see cref="LastNumbers"/> is filled; off by default, because tests count the bytes that a frame makes.</summary>
    public bool KeepsNumbers { get; set; }

    /// <summary>Renders and answers in the place of this; null where this does it.</summary>
    public IEngineHandler? Instead { get; set; }

    /// <summary>Called in each job; what it throws fails the job.</summary>
    public Action? OnRender { get; set; }

    /// <inheritdoc/>
    public void CheckSession(RenderSession session)
    {
    }

    /// <inheritdoc/>
    public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
    {
        if (Instead is { } other)
        {
            other.Render(request, session, frames, cancellation);
            return;
        }

        LastTexts = session.Texts;
        if (KeepsNumbers) LastNumbers = [.. request.Numbers];
        LastJob = new JobReference(session.Connection, request.Job);
        OnRender?.Invoke();
        frames.Fetch(0, request.Time + 1)?.Dispose();
        using SuppliedFrame frame = frames.Fetch(0, request.Time) ?? throw new BridgeException(BridgeError.RenderRefused, "no source");
        frames.PassThrough(frame);
    }

    /// <inheritdoc/>
    public CacheReply AnswerCache(in CacheRequest question) =>
        Instead?.AnswerCache(question) ?? new CacheReply { Key = question.Key, Frames = 0, Bytes = 0, BytesMax = 0 };

    /// <inheritdoc/>
    public EngineStatus DescribeStatus(EngineStatus status) => status;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        Assert.That(_thread.Join(10_000), Is.True, "the server did not stop");
        _server.Dispose();
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }
}
