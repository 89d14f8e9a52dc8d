using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Doctor;

/// <summary>A program on this machine that can load OpenFX plug-ins.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Advice">What to know about it; null for nothing.</param>
internal sealed record FoundHost(string Name, string Path, string? Advice = null);

/// <summary>Looks for OpenFX hosts in their usual places.</summary>
internal sealed class HostFinder(ISystem system)
{
    private const string ResolveAdvice = "the free edition for Linux loads no OpenFX plug-ins; Studio does";

    /// <summary>Folders whose children may be installations: parent, beginning of the name, what it is.</summary>
    private static readonly (string Parent, string Prefix, string Name)[] _families =
    [
        ("/usr/local", "Nuke", "Nuke"), ("/opt", "Nuke", "Nuke"), ("/opt", "Natron", "Natron"), ("/usr/local", "Natron", "Natron"),
        ("/opt/BlackmagicDesign", "Fusion", "Fusion Studio"), ("/opt/Silhouette", "", "Silhouette"),
        ("/Applications", "Nuke", "Nuke"), ("/Applications", "Natron", "Natron"),
            ("/Applications/DaVinci Resolve", "DaVinci Resolve", "DaVinci Resolve"),
        (@"C:\Program Files", "Nuke", "Nuke"), (@"C:\Program Files", "Natron", "Natron"),
            (@"C:\Program Files\Blackmagic Design", "DaVinci Resolve", "DaVinci Resolve"),
    ];

    private static readonly (string Program, string Name, string? Advice)[] _programs =
    [
        ("Natron", "Natron", null), ("NatronRenderer", "Natron", null),
        ("melt", "MLT", "plug-ins appear as filters named openfx.<id>, where MLT was built with its openfx module"),
        ("kdenlive", "Kdenlive", null), ("shotcut", "Shotcut", null),
    ];

    /// <summary>All that are found, each place once.</summary>
    public IReadOnlyList<FoundHost> Find()
    {
        var found = new List<FoundHost>();
        foreach (string path in new[] { "/opt/resolve/bin/resolve", "/opt/resolve" })
        {
            if (!system.FileExists(path) && !system.FolderExists(path)) continue;
            found.Add(new FoundHost("DaVinci Resolve", path, ResolveAdvice));
            break;
        }

        foreach ((string parent, string prefix, string name) in _families)
        {
            foreach (string child in system.Children(parent))
            {
                if (Path.GetFileName(child).StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) found.Add(new FoundHost(name, child));
            }
        }

        foreach ((string program, string name, string? advice) in _programs)
        {
            if (system.FindProgram(program) is { } path) found.Add(new FoundHost(name, path, advice));
        }

        return [.. found.DistinctBy(host => host.Path)];
    }
}
