using System.Globalization;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

public sealed partial class HostedEffect
{
    /// <summary>Rounds of changes that a plug-in may cause by reacting to changes.</summary>
    public const int ChangeRoundsMax = 64;

    private readonly Queue<(HostedParameter Parameter, double Time)> _pluginEdits = new();
    private bool _delivering;

    /// <summary>Presses a push button.</summary>
    /// <param name="name">Name of the button.</param>
    /// <param name="time">Time at which it is pressed.</param>
    /// <exception cref="HostingException">There is no such button, or the plug-in answers a failure.</exception>
    public void PressButton(string name, double time = 0)
    {
        HostedParameter parameter = Parameters[name];
        if (parameter.Kind != HostedParameterKind.PushButton)
            throw new HostingException(HostingError.BadValue, $"parameter '{name}' is {parameter.Kind}, not a button");
        // A panel is open, so the host has long asked what the clips are like.
        _ = GetClipPreferences();
        NotifyChanged(parameter, ChangeReason.UserEdited, time);
    }

    /// <summary>Tells the plug-in that a parameter changed.</summary>
    public void NotifyChanged(HostedParameter parameter, ChangeReason reason, double time)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        Notify(kOfxTypeParameter, parameter.Name, reason, time);
    }

    /// <summary>Tells the plug-in that a clip changed.</summary>
    public void NotifyChanged(HostedClip clip, ChangeReason reason, double time)
    {
        ArgumentNullException.ThrowIfNull(clip);
        Notify(kOfxTypeClip, clip.Name, reason, time);
    }

    internal void ParameterChanged(HostedParameter parameter, ChangeReason reason, double? time)
    {
        lock (_stateGate) _preferences = null;
        if (_state != State.Live || !Calls.InstanceChanged) return;
        if (reason == ChangeReason.PluginEdited)
        {
            if (ActionScope.Current?.Render is not null) return; // The main thread's business; the journal has it already.
            lock (_pluginEdits) _pluginEdits.Enqueue((parameter, time ?? Host.Time));
            return;
        }

        NotifyChanged(parameter, reason, time ?? Host.Time);
    }

    private void Notify(ReadOnlySpan<byte> type, string name, ChangeReason reason, double time)
    {
        RequireLive();
        lock (_stateGate) _preferences = null;
        using PropertySet around = PropertyTables.Arguments(Host, kOfxActionBeginInstanceChanged);
        PropertyTables.Fixed(around, kOfxPropChangeReason, StandardNames.Of(reason));
        Plugin.Require(CallScoped(kOfxActionBeginInstanceChanged, around, null, time), kOfxActionBeginInstanceChanged);
        using PropertySet input = PropertyTables.Arguments(Host, kOfxActionInstanceChanged);
        PropertyTables.Fixed(input, kOfxPropType, OfxText.Of(type));
        PropertyTables.Fixed(input, kOfxPropName, name);
        PropertyTables.Fixed(input, kOfxPropChangeReason, StandardNames.Of(reason));
        PropertyTables.Fixed(input, kOfxPropTime, PropertyType.Double, time);
        PropertyTables.Fixed(input, kOfxImageEffectPropRenderScale, PropertyType.Double, 1, 1);
        OfxStatus status = CallScoped(kOfxActionInstanceChanged, input, null, time);
        CallScoped(kOfxActionEndInstanceChanged, around, null, time);
        Plugin.Require(status, kOfxActionInstanceChanged);
        DeliverPluginEdits();
    }

    /// <summary>Tells the plug-in of what it changed itself, outside the action that changed it, a bounded number of times.</summary>
    private void DeliverPluginEdits()
    {
        if (_delivering) return;
        _delivering = true;
        try
        {
            for (int round = 0; TryTake(out var edit); round++)
            {
                if (round >= ChangeRoundsMax)
                {
                    Host.Journal.Violate("change-loop", string.Create(CultureInfo.InvariantCulture,
                        $"'{edit.Parameter.Name}' still changes after {ChangeRoundsMax} rounds"));
                    lock (_pluginEdits) _pluginEdits.Clear();
                    return;
                }

                NotifyChanged(edit.Parameter, ChangeReason.PluginEdited, edit.Time);
            }
        }
        finally
        {
            _delivering = false;
        }
    }

    private bool TryTake(out (HostedParameter Parameter, double Time) edit)
    {
        lock (_pluginEdits) return _pluginEdits.TryDequeue(out edit);
    }
}
