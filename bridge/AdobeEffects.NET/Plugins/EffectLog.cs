namespace AdobeEffects.Plugins;

/// <summary>Where faults of effects are told.</summary>
public static class EffectLog
{
    /// <summary>Gets every line; set once before the first host calls. What it throws is swallowed.</summary>
    public static Action<string>? Sink { get; set; }

    internal static void Write(string line)
    {
        try
        {
            Sink?.Invoke(line);
        }
#pragma warning disable CA1031 // A log that fails must not fail a render.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }
}
