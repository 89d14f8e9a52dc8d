namespace OpenFX.Plugins;

/// <summary>What hosts do differently from what they say. Each row is a fact about a host and version, not a taste.</summary>
internal static class HostQuirks
{
    // Hosts seen to answer a request for version 2 of the message suite, with the suite or with null. openfx-runner ends the process instead.
    private static readonly string[] MessageV2Hosts = ["uk.co.thefoundry.nuke", "fr.inria.Natron", "org.runwayfx.host"];

    // MLT gives the current frame, with status OK, whatever time is asked for.
    private static readonly string[] CurrentFrameHosts = ["MLT"];

    public static bool HasMessageSuiteV2(HostInfo host) => IsOneOf(host, MessageV2Hosts);

    public static bool TemporalAccessIsFalse(HostInfo host) => IsOneOf(host, CurrentFrameHosts);

    private static bool IsOneOf(HostInfo host, string[] prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (host.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
