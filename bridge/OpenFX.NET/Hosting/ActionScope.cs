namespace OpenFX.Hosting;

/// <summary>What a thread is doing for a plug-in: which action of which effect, and whether to abort. Threads that the multi-thread suite starts
/// share it.</summary>
internal sealed class ActionScope(HostCore host, string action, EffectNode? node, ActionScope? outer, CancellationToken cancellation)
{
    [ThreadStatic]
    private static ActionScope? _current;

    private int _aborted;

    public static ActionScope? Current
    {
        get => _current;
        set => _current = value;
    }

    public HostCore Host { get; } = host;

    public string Action { get; } = action;

    public EffectNode? Node { get; } = node;

    /// <summary>The scope this one interrupted on its thread.</summary>
    public ActionScope? Outer { get; } = outer;

    /// <summary>The render in progress, for the render action alone.</summary>
    public RenderState? Render { get; init; }

    /// <summary>The time of the action; where it has none, the current time.</summary>
    public double Time { get; init; }

    public bool IsAborted => Volatile.Read(ref _aborted) != 0 || cancellation.IsCancellationRequested;

    public void Abort() => Volatile.Write(ref _aborted, 1);
}

/// <summary>A render in progress: its output buffer and what it was asked for.</summary>
internal sealed record RenderState(RenderRequest Request, HostImage Output, PixelBounds Window);
