using OpenFX.Plugins;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Tells the user once what is wrong. A fault repeats with every frame, hosts flood their console or pile up dialogs, and some make a new
/// instance for every frame: so the same text is told again only after a change, after a success, or after a while.</summary>
internal sealed class FaultReport(EffectDefinition effect, InstanceContext context)
{
    /// <summary>How long a text told by any instance counts as told, in milliseconds.</summary>
    private const long RepeatMs = 30_000;

    private static readonly Lock Gate = new();
    private static string? _lastText;
    private static long _lastTick;

    private string? _told;

    /// <summary>Tells a fault, and under which name the engine's log has more about it.</summary>
    /// <param name="message">What is wrong. The same words are the same fault, whatever the job.</param>
    /// <param name="job">The job that failed; null where none came as far as the engine.</param>
    public void Tell(string message, JobReference? job)
    {
        string fault = $"{effect.Label} failed: {message}";
        if (Interlocked.Exchange(ref _told, fault) == fault) return;
        string text = job is { } reference ? $"{fault} (job {reference}; rfx log {reference} shows more)" : fault;
        ShimLog.Write(text);
        if (HostMessages.SetPersistent(context.Host, context.Handle, MessageKind.Error, text)) return;
        if (IsNews(fault)) _ = HostMessages.Send(context.Host, context.Handle, MessageKind.Error, text);
    }

    /// <summary>Takes a told fault back: a frame came out right.</summary>
    public void Clear()
    {
        if (Interlocked.Exchange(ref _told, null) is not null) _ = HostMessages.ClearPersistent(context.Host, context.Handle);
    }

    /// <summary>Lets the same fault be told again: something changed.</summary>
    public void Forget()
    {
        if (Interlocked.Exchange(ref _told, null) is null) return;
        lock (Gate)
        {
            _lastText = null;
        }
    }

    private static bool IsNews(string text)
    {
        lock (Gate)
        {
            long now = Environment.TickCount64;
            if (text == _lastText && now - _lastTick < RepeatMs) return false;
            (_lastText, _lastTick) = (text, now);
            return true;
        }
    }
}
