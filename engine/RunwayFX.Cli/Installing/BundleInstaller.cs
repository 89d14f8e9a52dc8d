namespace RunwayFX.Cli.Installing;

/// <summary>Puts bundle and engine into a plug-in folder and takes them out again.</summary>
/// <remarks>The new bundle is complete before the old one goes; both change place by renaming, so that a host that scans meanwhile sees one or the
/// other. The engine travels inside the bundle, where its discovery looks first.</remarks>
internal static class BundleInstaller
{
    /// <summary>Folder of the engine inside the bundle.</summary>
    public const string EngineFolder = "Engine";

    /// <summary>Installs.</summary>
    /// <param name="bundle">The built bundle.</param>
    /// <param name="engineFolder">The folder with the engine program and what it needs.</param>
    /// <param name="pluginFolder">Where to put them.</param>
    /// <returns>Path of the installed bundle.</returns>
    /// <exception cref="IOException">Copying failed; what was installed before is still there.</exception>
    public static string Install(string bundle, string engineFolder, string pluginFolder)
    {
        string target = Path.Combine(pluginFolder, Path.GetFileName(Path.TrimEndingDirectorySeparator(bundle)));
        if (Path.GetFullPath(bundle) == Path.GetFullPath(target)) throw CliException.Usage($"'{target}' is the bundle itself");
        Directory.CreateDirectory(pluginFolder);
        string fresh = Temporary(pluginFolder, "new");
        try
        {
            Copy(bundle, fresh);
            string engine = Path.Combine(fresh, "Contents", EngineFolder);
            if (Directory.Exists(engine)) Directory.Delete(engine, recursive: true);
            Copy(engineFolder, engine);
            Replace(fresh, target);
            return target;
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }

    /// <summary>Removes an installed bundle.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool Uninstall(string installed)
    {
        if (!Directory.Exists(installed)) return false;
        string gone = Temporary(Path.GetDirectoryName(Path.GetFullPath(installed))!, "old");
        Directory.Move(installed, gone);
        Directory.Delete(gone, recursive: true);
        return true;
    }

    private static void Replace(string fresh, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(fresh, target);
            return;
        }

        string old = Temporary(Path.GetDirectoryName(target)!, "old");
        Directory.Move(target, old);
        try
        {
            Directory.Move(fresh, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        Directory.Delete(old, recursive: true);
    }

    /// <summary>A name that no host takes for a bundle.</summary>
    private static string Temporary(string folder, string what) => Path.Combine(folder,
        $".runwayfx-{what}-{Environment.ProcessId}-{Path.GetRandomFileName()}");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
