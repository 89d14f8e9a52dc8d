using RunwayFX.Bridge;

namespace RunwayFX.OpenFX;

/// <summary>The process's one client of the engine, made when a render first needs it.</summary>
internal static class EngineAccess
{
    private static readonly Lazy<EngineClient> Shared =
        new(static () => new EngineClient(new EngineClientOptions { BundlePath = BundleLocation.Find() }));

    /// <summary>The client.</summary>
    public static EngineClient Client => Shared.Value;

    /// <summary>Gives back what no render has used for a while. Cheap: called with the actions that a host sends all the time, for there is no thread here
    /// that could watch the clock.</summary>
    public static void ReleaseStale()
    {
        if (Shared.IsValueCreated) Shared.Value.ReleaseStale();
    }

    /// <summary>Gives back what no render uses; makes nothing where there is nothing.</summary>
    public static void ReleaseIdle()
    {
        if (Shared.IsValueCreated) Shared.Value.ReleaseIdle();
    }
}
