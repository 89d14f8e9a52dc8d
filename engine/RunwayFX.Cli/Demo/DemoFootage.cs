using System.IO.Compression;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Demo;

/// <summary>Finds the real footage of the demo: pictures and a clip of Debian's <c>opencv-doc</c> package, unpacked on demand without installing
/// anything.</summary>
internal sealed class DemoFootage(ISystem system, TextWriter messages)
{
    /// <summary>The package.</summary>
    public const string Package = "opencv-doc";

    /// <summary>Where the package puts its examples.</summary>
    public const string ExamplesFolder = "/usr/share/doc/opencv-doc/examples/data";

    /// <summary>With 1, no footage is looked for or fetched: the demo shows what this program draws.</summary>
    public const string NoneVariable = "RFX_NO_FOOTAGE";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    /// <summary>Where unpacked footage is kept.</summary>
    public string CacheFolder => Path.Combine(
        system.Variable("XDG_CACHE_HOME") is { } cache && Path.IsPathFullyQualified(cache) ? cache
            : system.Home.Length > 0 ? Path.Combine(system.Home, ".cache") : Path.GetTempPath(),
        "runwayfx", "footage");

    /// <summary>Paths of all the named files; null where they cannot be had.</summary>
    /// <param name="names">File names in the package's example folder.</param>
    /// <param name="cancellation">Stops.</param>
    public IReadOnlyList<string>? Find(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        if (system.Variable(NoneVariable) == "1") return null;
        if (Look(names) is { } found) return found;
        if (system.FindProgram("apt-get") is not { } apt || system.FindProgram("dpkg-deb") is not { } dpkg) return null;
        messages.WriteLine($"fetching real footage (Debian package {Package})");
        return Fetch(apt, dpkg, names, cancellation) ? Look(names) : null;
    }

    private List<string>? Look(IReadOnlyList<string> names)
    {
        var paths = new List<string>();
        foreach (string name in names)
        {
            if (LookFor(name) is not { } path) return null;
            paths.Add(path);
        }

        return paths;
    }

    private string? LookFor(string name)
    {
        foreach (string folder in new[] { ExamplesFolder, CacheFolder })
        {
            string path = Path.Combine(folder, name);
            if (system.FileExists(path)) return path;
            if (system.FileExists(path + ".gz")) return Expand(path + ".gz", Path.Combine(CacheFolder, name));
        }

        return null;
    }

    private static string Expand(string packed, string target)
    {
        if (File.Exists(target)) return target;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        using (FileStream source = File.OpenRead(packed))
        using (var expanded = new GZipStream(source, CompressionMode.Decompress))
        using (FileStream written = File.Create(temporary))
        {
            expanded.CopyTo(written);
        }

        File.Move(temporary, target, overwrite: true);
        return target;
    }

    /// <summary>Downloads the package and takes the files out of it. Needs no rights where the package lists are there; refreshing those
    /// does.</summary>
    private bool Fetch(string apt, string dpkg, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        string work = Directory.CreateTempSubdirectory("rfx-footage-").FullName;
        try
        {
            if (!Download(apt, work, cancellation))
            {
                system.Run(apt, ["-qq", "update"], _limit, cancellation);
                if (!Download(apt, work, cancellation)) return false;
            }

            string? package = Directory.GetFiles(work, $"{Package}*.deb").FirstOrDefault();
            string unpacked = Path.Combine(work, "unpacked");
            if (package is null || system.Run(dpkg, ["-x", package, unpacked], _limit, cancellation) is not { ExitCode: 0 }) return false;
            Directory.CreateDirectory(CacheFolder);
            foreach (string name in names.SelectMany(name => new[] { name, name + ".gz" }))
            {
                string file = Path.Combine(unpacked, ExamplesFolder.TrimStart('/'), name);
                if (File.Exists(file)) File.Copy(file, Path.Combine(CacheFolder, name), overwrite: true);
            }

            return true;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private bool Download(string apt, string folder, CancellationToken cancellation)
    {
        string? shell = system.FindProgram("sh");
        // apt-get download writes into the current folder and has no option to change that.
        return shell is not null
            && system.Run(shell, ["-c", "cd \"$1\" && exec \"$2\" -qq download \"$3\"", "sh", folder, apt, Package], _limit,
                cancellation) is { ExitCode: 0 };
    }
}
