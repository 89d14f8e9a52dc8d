using System.Collections.Immutable;

namespace OpenFX.Hosting;

/// <summary>An OpenFX bundle on disk that holds a binary for this system.</summary>
/// <param name="Path">The <c>NAME.ofx.bundle</c> folder; for a bare <c>NAME.ofx</c>, that file's folder.</param>
/// <param name="BinaryPath">The library to load.</param>
public sealed record PluginBundle(string Path, string BinaryPath)
{
    /// <summary>Longest accepted path, in characters.</summary>
    public const int PathMax = 4096;

    /// <summary>Name without <c>.ofx.bundle</c>.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(BinaryPath);

    /// <summary>Where icons and other resources lie.</summary>
    public string ResourcesPath => System.IO.Path.Combine(Path, "Contents", "Resources");

    /// <summary>Finds the binary of a bundle folder, or takes a bare <c>.ofx</c> file.</summary>
    /// <exception cref="HostingException">Nothing is there, or it has no binary for this system.</exception>
    public static PluginBundle Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = System.IO.Path.GetFullPath(path);
        if (File.Exists(full)) return new PluginBundle(BundleOf(full), full);
        if (!Directory.Exists(full)) throw new HostingException(HostingError.NotFound, $"there is no plug-in bundle at '{path}'");
        return TryOpen(full) ?? throw new HostingException(HostingError.NotFound,
            $"'{path}' has no binary for this system; looked in Contents for {string.Join(", ", PluginScanner.ArchitectureFolders)}");
    }

    /// <summary>Finds the binary of a bundle folder; null where there is none for this system.</summary>
    internal static PluginBundle? TryOpen(string folder)
    {
        string name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(folder));
        string file = name.EndsWith(PluginScanner.BundleSuffix, StringComparison.OrdinalIgnoreCase) ? name[..^".bundle".Length] : name + ".ofx";
        foreach (string architecture in PluginScanner.ArchitectureFolders)
        {
            string binary = System.IO.Path.Combine(folder, "Contents", architecture, file);
            if (File.Exists(binary)) return new PluginBundle(folder, binary);
        }

        return null;
    }

    private static string BundleOf(string binary)
    {
        string? folder = System.IO.Path.GetDirectoryName(binary);
        string? contents = folder is null ? null : System.IO.Path.GetDirectoryName(folder);
        string? bundle = contents is null ? null : System.IO.Path.GetDirectoryName(contents);
        return bundle is not null && bundle.EndsWith(PluginScanner.BundleSuffix, StringComparison.OrdinalIgnoreCase) ? bundle : folder ?? "";
    }
}

/// <summary>A folder or bundle that could not be looked at.</summary>
/// <param name="Path">Where.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record PluginScanProblem(string Path, string Reason);

/// <summary>What a scan found.</summary>
/// <param name="Bundles">Bundles in search order; a name found twice counts once, the first place wins.</param>
/// <param name="Problems">Folders that could not be read and bundles without a binary for this system.</param>
public sealed record PluginScanResult(ImmutableArray<PluginBundle> Bundles, ImmutableArray<PluginScanProblem> Problems);
