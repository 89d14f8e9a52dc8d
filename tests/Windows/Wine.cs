namespace RunwayFX.Windows.Tests;

/// <summary>A Windows of its own for this run: a Wine prefix in a temporary folder, made at the first use and taken away at the end with all that runs in
/// it.</summary>
[SetUpFixture]
public sealed class Wine
{
    private static readonly TimeSpan SetUpMax = TimeSpan.FromMinutes(3), ShutdownMax = TimeSpan.FromSeconds(30);

    private static readonly string? Loader = Find("wine64", "/usr/lib/wine/wine64"), Server = Find("wineserver", "/usr/lib/wine/wineserver");

    private static DirectoryInfo? _folder;
    private static Lazy<string>? _prefix;

    /// <summary>Where this run's files lie.</summary>
    public static string Folder => _folder?.FullName ?? throw new InvalidOperationException("The folder is made before any test.");

    /// <summary>Its drive C:, made at the first use.</summary>
    public static string Drive => Path.Combine(_prefix!.Value, "drive_c");

    /// <summary>Skips the running test where there is no Wine.</summary>
    public static void Require()
    {
        if (Loader is null || Server is null) Assert.Ignore("needs wine64 (Debian package wine64)");
    }

    /// <summary>A path as programs under Wine name it.</summary>
    public static string PathOf(string path) => "Z:" + Path.GetFullPath(path).Replace('/', '\\');

    /// <summary>Runs a Windows program to its end.</summary>
    internal static Task<Outcome> RunAsync(string program, IReadOnlyDictionary<string, string> environment, TimeSpan limit, params string[] arguments)
    {
        Dictionary<string, string> all = new(environment) { ["WINEPREFIX"] = _prefix!.Value };
        return Programs.RunAsync(Loader!, Surroundings(all), limit, [program, .. arguments]);
    }

    [OneTimeSetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-wine-");
        _prefix = new Lazy<string>(() => MakePrefixAsync().GetAwaiter().GetResult());
    }

    [OneTimeTearDown]
    public async Task RemoveFolder()
    {
        if (_prefix is { IsValueCreated: true })
        {
            Dictionary<string, string> prefix = new() { ["WINEPREFIX"] = _prefix.Value };
            _ = await Programs.RunAsync(Server!, prefix, ShutdownMax, "-k");
            _ = await Programs.RunAsync(Server!, prefix, ShutdownMax, "-w");
        }

        _folder?.Delete(recursive: true);
    }

    private static async Task<string> MakePrefixAsync()
    {
        string prefix = Path.Combine(Folder, "prefix");
        // Without these two Wine would offer to download a .NET and a browser of its own.
        Dictionary<string, string> first = Surroundings(new() { ["WINEPREFIX"] = prefix, ["WINEDLLOVERRIDES"] = "mscoree=;mshtml=;winemenubuilder.exe=" });
        Directory.CreateDirectory(prefix);
        Outcome made = await Programs.RunAsync(Loader!, first, SetUpMax, "wineboot", "-i");
        Assert.That(Directory.Exists(Path.Combine(prefix, "drive_c", "windows")), Is.True, $"Wine made no prefix: {made}");
        Outcome version = await Programs.RunAsync(Loader!, first, SetUpMax, "reg", "add", @"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f");
        Assert.That(version.ExitCode, Is.Zero, version.ToString());
        // What the first start set going goes on filling the drive for a while.
        _ = await Programs.RunAsync(Server!, first, SetUpMax, "-w");
        return prefix;
    }

    private static Dictionary<string, string> Surroundings(Dictionary<string, string> environment)
    {
        environment.TryAdd("WINEDEBUG", "-all");
        environment.TryAdd("WINEDLLOVERRIDES", "winemenubuilder.exe=");
        environment.TryAdd("DISPLAY", "");
        // Wine 8 does not let .NET map a page of code twice: the runtime's own hardening has to be off.
        environment.TryAdd("DOTNET_EnableWriteXorExecute", "0");
        environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        return environment;
    }

    private static string? Find(string name, string otherwise) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).Append(otherwise)
            .FirstOrDefault(File.Exists);
}
