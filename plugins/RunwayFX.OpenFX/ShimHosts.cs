using OpenFX.Plugins;

namespace RunwayFX.OpenFX;

/// <summary>What this suite does differently for a host. <c>plugins/HOSTS.md</c> holds the facts behind every line.</summary>
internal static class ShimHosts
{
    /// <summary>Whether half floats may be declared: the host lists them and is not known to end over them.</summary>
    public static bool TakesHalf(HostInfo host) => host.SupportsHalf && !Is(host, "fr.inria.Natron");

    /// <summary>Whether the first parameter that the host refuses makes it forget those that follow.</summary>
    public static bool DropsAfterRefusal(HostInfo host) => host.Name.Length == 0 || Is(host, "OFXDemoHost") || Is(host, "UNKNOWN");

    private static bool Is(HostInfo host, string name) => host.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase);
}
