using System.IO.Compression;
using System.Security.Cryptography;

namespace RunwayFX.Inference.Packages;

/// <summary>The folder of installed packages, one sub-folder each. The engine and the command line use the same.</summary>
/// <remarks>A package appears whole or not at all: it is written beside under a name with a dot and renamed. Thread-safe as far as the file system
/// is.</remarks>
public sealed class PackageStore(string folder)
{
    /// <summary>Names the folder; unset takes the user's data folder.</summary>
    public const string FolderVariable = "RUNWAYFX_MODELS";

    /// <summary>Most bytes that an archive may unpack to.</summary>
    public const long UnpackedBytesMax = 1L << 40;

    /// <summary>Most that an entry of an archive may grow when unpacked, above <see cref="RatioFreeBytes"/>: weights hardly shrink.</summary>
    public const int RatioMax = 100;

    /// <summary>Unpacked size up to which the ratio is not looked at.</summary>
    public const long RatioFreeBytes = 16L << 20;

    private const string IncomingPrefix = ".incoming-";
    private const int LinkMode = 0xA000, TypeMask = 0xF000;

    /// <summary>The user's store; null where there is neither <see cref="FolderVariable"/> nor a home folder.</summary>
    public static PackageStore? Default => DefaultFolder is { } path ? new PackageStore(path) : null;

    /// <summary>Where the user's store lies.</summary>
    public static string? DefaultFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named) return Path.GetFullPath(named);
            string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return data.Length > 0 ? Path.Combine(data, "runwayfx", "models") : null;
        }
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Names of the installed packages, sorted.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(Folder) ? []
        : [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];

    /// <summary>Opens a package by name.</summary>
    /// <exception cref="InferenceException">There is none of that name, or it is broken.</exception>
    public ModelPackage Open(string name)
    {
        PackagePath.CheckName(name);
        string path = Path.Combine(Folder, name);
        if (Directory.Exists(path)) return ModelPackage.Open(path);
        string[] names = [.. Names()];
        throw new InferenceException(InferenceError.PackageMissing,
            $"no model package '{name}' is installed in '{Folder}'{(names.Length > 0 ? $" (there are: {string.Join(", ", names)})" : "")}; `rfx models pull {name}` or"
            + " `rfx models import FOLDER` installs one");
    }

    /// <summary>The first package that does a task; null where there is none. Broken ones are passed over.</summary>
    public ModelPackage? FindFor(string task)
    {
        foreach (string name in Names())
        {
            try
            {
                ModelPackage package = Open(name);
                if (package.Tasks.Contains(task)) return package;
            }
            catch (InferenceException)
            {
                // `rfx models list` says what is wrong with it.
            }
        }

        return null;
    }

    /// <summary>Compares every file with the manifest.</summary>
    /// <returns>What is wrong, one line per file; empty where all is well.</returns>
    public static IReadOnlyList<string> Verify(ModelPackage package, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(package);
        List<string> faults = [];
        if (package.Manifest.Files.Count == 0) faults.Add($"{PackageManifest.FileName} lists no files to compare with");
        foreach ((string path, PackageFile expected) in package.Manifest.Files.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            progress?.Report(path);
            string full = Path.Combine(package.Folder, path);
            if (!File.Exists(full)) faults.Add($"{path}: missing");
            else if (new FileInfo(full).Length is var bytes && bytes != expected.Bytes) faults.Add($"{path}: {bytes} bytes, expected {expected.Bytes}");
            else if (Hash(full, cancellation) is var hash && !hash.Equals(expected.Sha256, StringComparison.OrdinalIgnoreCase))
                faults.Add($"{path}: SHA-256 {hash}, expected {expected.Sha256}");
        }

        return faults;
    }

    /// <summary>Installs a copy of a folder or of a zip archive.</summary>
    /// <param name="source">Folder or archive.</param>
    /// <param name="name">Its name here; null takes the manifest's, else the source's.</param>
    /// <param name="progress">Told each file.</param>
    /// <param name="cancellation">Stops; nothing is left.</param>
    /// <exception cref="InferenceException">The source is no package, is damaged, or would write outside its folder.</exception>
    public ModelPackage Import(string source, string? name = null, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        string incoming = Path.Combine(Folder, IncomingPrefix + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(incoming);
        try
        {
            if (Directory.Exists(source)) CopyFolder(source, incoming, progress, cancellation);
            else if (File.Exists(source)) Unpack(source, incoming, progress, cancellation);
            else throw new InferenceException(InferenceError.PackageMissing, $"there is neither a folder nor an archive '{source}'");
            string fallback = Directory.Exists(source) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))) : Path.GetFileNameWithoutExtension(source);
            return Install(incoming, name, fallback, source, cancellation);
        }
        finally
        {
            if (Directory.Exists(incoming)) Directory.Delete(incoming, recursive: true);
        }
    }

    /// <summary>Removes a package.</summary>
    /// <exception cref="InferenceException">There is none of that name.</exception>
    public void Remove(string name)
    {
        PackagePath.CheckName(name);
        string path = Path.Combine(Folder, name), gone = Path.Combine(Folder, IncomingPrefix + Guid.NewGuid().ToString("N"));
        if (!Directory.Exists(path)) throw new InferenceException(InferenceError.PackageMissing, $"no model package '{name}' is installed in '{Folder}'");
        Directory.Move(path, gone);
        Directory.Delete(gone, recursive: true);
    }

    /// <summary>SHA-256 of a file, in lower-case hexadecimal digits.</summary>
    public static string Hash(string path, CancellationToken cancellation = default)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Checks a folder that is complete, writes its manifest where it has none, and moves it to its name.</summary>
    internal ModelPackage Install(string incoming, string? name, string fallback, string source, CancellationToken cancellation)
    {
        string root = incoming;
        // Archives often hold one folder that holds the package.
        while (!File.Exists(Path.Combine(root, ModelPackage.IndexName)) && !File.Exists(Path.Combine(root, PackageManifest.FileName))
            && Directory.GetFiles(root).Length == 0 && Directory.GetDirectories(root) is [string only]) root = only;
        ModelPackage package = ModelPackage.Open(root);
        string final = name ?? package.Manifest.Name ?? PackagePath.NameOf(fallback);
        PackagePath.CheckName(final);
        if (package.Manifest.Files.Count > 0)
        {
            IReadOnlyList<string> faults = Verify(package, null, cancellation);
            if (faults.Count > 0) throw new InferenceException(InferenceError.PackageBroken, $"'{source}' is damaged: {string.Join("; ", faults.Take(5))}");
        }

        PackageManifest manifest = package.Manifest with
        {
            Name = final, Source = package.Manifest.Source ?? source,
            Files = package.Manifest.Files.Count > 0 ? package.Manifest.Files : Describe(root, cancellation),
        };
        File.WriteAllText(Path.Combine(root, PackageManifest.FileName), manifest.ToJson());
        string target = Path.Combine(Folder, final);
        if (Directory.Exists(target))
            throw new InferenceException(InferenceError.SettingUnsupported, $"a package '{final}' is installed already; `rfx models remove {final}` removes it");
        Directory.Move(root, target);
        return ModelPackage.Open(target);
    }

    private static Dictionary<string, PackageFile> Describe(string root, CancellationToken cancellation) =>
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != PackageManifest.FileName)
            .ToDictionary(path => Path.GetRelativePath(root, path).Replace('\\', '/'), path => new PackageFile(new FileInfo(path).Length, Hash(path, cancellation)));

    private static void CopyFolder(string source, string target, IProgress<string>? progress, CancellationToken cancellation)
    {
        int count = 0;
        foreach (FileSystemInfo entry in new DirectoryInfo(source).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            string relative = Path.GetRelativePath(source, entry.FullName).Replace('\\', '/');
            // Hidden folders hold what tools keep for themselves.
            if (relative.Split('/').Any(part => part.StartsWith('.'))) continue;
            PackagePath.Check(relative, source);
            if (entry.LinkTarget is not null)
                throw new InferenceException(InferenceError.PackageBroken, $"'{source}' has the link '{relative}': links are not followed; download with real files (--local-dir)");
            if (entry is not FileInfo file) continue;
            if (++count > PackageManifest.FilesMax) throw new InferenceException(InferenceError.PackageBroken, $"'{source}' has more than {PackageManifest.FilesMax} files");
            progress?.Report(relative);
            string path = Path.Combine(target, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file.CopyTo(path);
        }
    }

    private static void Unpack(string source, string target, IProgress<string>? progress, CancellationToken cancellation)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(source);
            if (archive.Entries.Count > PackageManifest.FilesMax)
                throw new InferenceException(InferenceError.PackageBroken, $"'{source}' has {archive.Entries.Count} entries, over {PackageManifest.FilesMax}");
            long total = 0;
            HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                cancellation.ThrowIfCancellationRequested();
                if (entry.FullName.EndsWith('/')) continue;
                PackagePath.Check(entry.FullName, source);
                if (((entry.ExternalAttributes >> 16) & TypeMask) == LinkMode)
                    throw new InferenceException(InferenceError.PackageBroken, $"'{source}' has the link '{entry.FullName}': links are not unpacked");
                if (!seen.Add(entry.FullName)) throw new InferenceException(InferenceError.PackageBroken, $"'{source}' has '{entry.FullName}' twice");
                progress?.Report(entry.FullName);
                string path = Path.Combine(target, entry.FullName);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                total += Unpack(source, entry, path, UnpackedBytesMax - total, cancellation);
            }
        }
        catch (InvalidDataException e)
        {
            throw new InferenceException(InferenceError.PackageBroken, $"'{source}' is no sound zip archive: {e.Message}", e);
        }
    }

    /// <summary>Counts what really comes out: an entry's own statement of its size is not believed.</summary>
    private static long Unpack(string source, ZipArchiveEntry entry, string path, long limit, CancellationToken cancellation)
    {
        long allowed = Math.Min(limit, Math.Max(RatioFreeBytes, entry.CompressedLength * RatioMax)), written = 0;
        using Stream from = entry.Open();
        using FileStream to = new(path, FileMode.CreateNew, FileAccess.Write);
        byte[] buffer = new byte[1 << 17];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            written += read;
            if (written > allowed)
            {
                throw new InferenceException(InferenceError.PackageBroken,
                    $"'{source}': '{entry.FullName}' unpacks to more than {allowed} bytes from {entry.CompressedLength}: refused as a zip bomb");
            }

            to.Write(buffer, 0, read);
        }

        return written;
    }
}
