using OpenFX.Plugins;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Tells the user, once in a process and effect, that a host gives one frame at a time, so that an effect that looks at others makes each on its own.</summary>
internal sealed class StillNotice(EffectDefinition effect)
{
    private int _isTold;

    /// <summary>Tells it, the first time.</summary>
    public void Tell(InstanceContext context)
    {
        if (Volatile.Read(ref _isTold) != 0 || Interlocked.Exchange(ref _isTold, 1) != 0) return;
        string text = $"{effect.Label}: this host gives one frame at a time, so each is made on its own, without its neighbours.";
        ShimLog.Write(text);
        _ = HostMessages.Send(context.Host, context.Handle, MessageKind.Warning, text);
    }
}
