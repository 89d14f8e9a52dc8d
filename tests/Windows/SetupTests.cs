namespace RunwayFX.Windows.Tests;

/// <summary>The installer for Windows, made of a small product (and once of the real one), run and undone without a question.</summary>
[Category("Wine")]
public sealed class SetupTests
{
    private const string Compiler = "makensis", Version = "0.1.0", UninstallKey = @"Software\Microsoft\Windows\CurrentVersion\Uninstall\RunwayFX";

    /// <summary>What the setup ends with where something that it would replace is in use.</summary>
    private const int SharingViolation = 32;

    /// <summary>Where engines keep logs and results, those of tests before this one among them.</summary>
    private const string Written = "/AppData/Local/runwayfx";

    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(3);

    private static readonly Dictionary<string, string> Fixed = new() { ["SOURCE_DATE_EPOCH"] = "1767225600" };

    private static string ProgramFiles => Path.Combine(Wine.Drive, "Program Files");

    private static string Home => Directory.GetDirectories(Path.Combine(Wine.Drive, "users")).Single(folder => Path.GetFileName(folder) != "Public");

    private static string OfxFolder(bool isForAll) =>
        isForAll ? Path.Combine(ProgramFiles, "Common Files", "OFX", "Plugins") : Path.Combine(Home, "AppData", "Local", "OFX", "Plugins");

    private static string ProgramFolder(bool isForAll) => isForAll ? Path.Combine(ProgramFiles, "RunwayFX") : Path.Combine(Home, "AppData", "Local", "Programs", "RunwayFX");

    private static string MediaCore(bool isForAll) =>
        Path.Combine([.. isForAll ? (string[])[ProgramFiles] : [Home, "AppData", "Roaming"], "Adobe", "Common", "Plug-ins", "7.0", "MediaCore"]);

    [SetUp]
    public void Require()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/" + Compiler)) Assert.Ignore("needs makensis (Debian package nsis)");
        Wine.Require();
    }

    [Test]
    public async Task Setup_MadeTwice_IsTheSameToTheBit()
    {
        string first = await MakeAsync("once"), second = await MakeAsync("twice");
        Assert.That(File.ReadAllBytes(second), Is.EqualTo(File.ReadAllBytes(first)));
    }

    /// <summary>The folders are compared as a whole: what another maker put there stays, and nothing of ours does.</summary>
    [TestCase("/ALLUSERS", true)]
    [TestCase("/CURRENTUSER", false)]
    [TestCase(null, true)]
    public async Task Setup_Silent_PutsEverythingInItsPlace_AndUninstallLeavesNothing(string? whom, bool isForAll)
    {
        string setup = await MakeAsync(isForAll ? "all" : "one");
        _ = await RegistryAsync("add", @"HKCU\Environment", "/v", "OFX_PLUGIN_PATH", "/d", @"D:\mine", "/f");
        string others = Path.Combine(OfxFolder(isForAll), "Other.ofx.bundle", "file");
        Directory.CreateDirectory(Path.GetDirectoryName(others)!);
        File.WriteAllText(others, "another maker's");
        string[] before = Everything();
        await InstallAsync(setup, [.. whom is null ? (string[])[] : [whom]]);
        string bundle = Path.Combine(OfxFolder(isForAll), "RunwayFX.ofx.bundle", "Contents", "Win64", "RunwayFX.ofx"), root = isForAll ? "HKLM" : "HKCU";
        foreach (string file in (string[])["runwayfx-engine.exe", "rfx.exe", "LICENSE", "THIRD-PARTY-NOTICES.txt", "Uninstall.exe"]) Assert.That(Path.Combine(ProgramFolder(isForAll), file), Does.Exist);
        Assert.That(bundle, Does.Exist);
        Assert.That(Path.Combine(MediaCore(isForAll), "RunwayFX", "style.aex"), Does.Exist);
        Assert.That(Everything().Length - before.Length, Is.LessThan(40), "Only one place has the files.");
        Assert.That((await RegistryAsync("query", $@"{root}\{UninstallKey}", "/v", "DisplayVersion")).Output, Does.Contain(Version));
        string path = (await RegistryAsync("query", @"HKCU\Environment", "/v", "OFX_PLUGIN_PATH")).Output;
        Assert.That(path, isForAll ? Does.Contain(@"D:\mine").And.Not.Contain("OFX\\Plugins") : Does.Contain(@"D:\mine;").And.Contain(@"AppData\Local\OFX\Plugins"));

        // Over what is there, as an update is.
        await InstallAsync(setup, [.. whom is null ? (string[])[] : [whom]]);
        await UninstallAsync(ProgramFolder(isForAll));
        Assert.That(Changes(before), Is.Empty);
        Assert.That((await RegistryAsync("query", $@"{root}\{UninstallKey}")).ExitCode, Is.Not.Zero, "the uninstaller's own entry");
        Assert.That((await RegistryAsync("query", @"HKCU\Environment", "/v", "OFX_PLUGIN_PATH")).Output, Does.Contain(@"D:\mine").And.Not.Contain("OFX\\Plugins"));
        Directory.Delete(Path.GetDirectoryName(others)!, recursive: true);
    }

    [TestCase(@"Premiere Pro\CurrentVersion", @"C:\Shared\MediaCore\")]
    [TestCase(@"Premiere Pro\25.0", @"C:\Shared\MediaCore")]
    [TestCase(@"After Effects\24.3", @"C:\Shared\MediaCore")]
    public async Task Setup_WithAdobesFolderInTheRegistry_TakesThat_AndLeavesItThere(string program, string folder)
    {
        string setup = await MakeAsync("adobe"), core = Path.Combine(Wine.Drive, "Shared", "MediaCore");
        Directory.CreateDirectory(core);
        _ = await RegistryAsync("add", @"HKLM\Software\Adobe\" + program, "/v", "CommonPluginInstallPath", "/d", folder.TrimEnd('\\') + (folder[^1] == '\\' ? @"\\" : ""), "/f");
        await InstallAsync(setup, "/ALLUSERS");
        Assert.That(Path.Combine(core, "RunwayFX", "style.aex"), Does.Exist);
        Assert.That(MediaCore(true), Does.Not.Exist);
        await UninstallAsync(ProgramFolder(true));
        Assert.That(Directory.EnumerateFileSystemEntries(core), Is.Empty);
        _ = await RegistryAsync("delete", @"HKLM\Software\Adobe", "/f");
    }

    [Test]
    public async Task Setup_WithoutAdobe_LeavesItsFoldersAlone()
    {
        await InstallAsync(await MakeAsync("plain"), "/ALLUSERS", "/NOADOBE");
        Assert.That(Path.Combine(ProgramFolder(true), "rfx.exe"), Does.Exist);
        Assert.That(Path.Combine(ProgramFiles, "Adobe"), Does.Not.Exist);
        await UninstallAsync(ProgramFolder(true));
    }

    /// <summary>The real one, where it has been made: the installed command line says its version and looks around, by the installed engine's runtime. What runs
    /// is not replaced in part; the engine that looking around started does not stand in the way of the uninstaller.</summary>
    [TestCase("/ALLUSERS", true)]
    [TestCase("/CURRENTUSER", false)]
    [Category("Slow")]
    public async Task RealSetup_Silent_InstallsAProductThatRuns_AndUninstallLeavesNothing(string whom, bool isForAll)
    {
        string setup = Path.Combine(WindowsProduct.Repository, "artifacts", "packages", $"runwayfx-{Version}-win-x64-setup.exe");
        if (!File.Exists(setup)) Assert.Ignore($"{setup} is missing; './rfx package --rid win-x64' makes it.");
        string[] before = Everything();
        await InstallAsync(setup, whom);
        Outcome version = await Wine.RunAsync(Path.Combine(ProgramFolder(isForAll), "rfx.exe"), Fixed, RunMax, "--version");
        Outcome doctor = await Wine.RunAsync(Path.Combine(ProgramFolder(isForAll), "rfx.exe"), Fixed, RunMax, "doctor");
        TestContext.Out.WriteLine(doctor.Output);
        Assert.That((version.ExitCode, version.Output.Trim()), Is.EqualTo((0, Version)), version.ToString());
        Assert.That(doctor.Output, Does.Contain(isForAll ? @"Program Files\RunwayFX\runwayfx-engine.exe" : @"Programs\RunwayFX\runwayfx-engine.exe"), doctor.ToString());

        Task<Outcome> running = Wine.RunAsync(Path.Combine(ProgramFolder(isForAll), "rfx.exe"), Fixed, RunMax, "log", "--follow");
        string[] installed = Everything();
        Outcome refused;
        int tries = 0;
        // As long as the program is only about to run, the setup goes through.
        do refused = await Wine.RunAsync(setup, Fixed, RunMax, "/S", whom);
        while (refused.ExitCode == 0 && ++tries < 5);
        Assert.That(refused.ExitCode, Is.EqualTo(SharingViolation), refused.ToString());
        Assert.That(installed.Except(Everything()), Is.Empty, "what is gone");
        _ = await Wine.RunAsync("taskkill", Fixed, RunMax, "/F", "/IM", "rfx.exe");
        _ = await running;

        await UninstallAsync(ProgramFolder(isForAll));
        Assert.That(Changes(before), Is.Empty);
        Assert.That(Home + Written, Does.Not.Exist, "its log");
    }

    private static async Task InstallAsync(string setup, params string[] options)
    {
        Outcome installed = await Wine.RunAsync(setup, Fixed, RunMax, ["/S", .. options]);
        Assert.That(installed.ExitCode, Is.Zero, installed.ToString());
    }

    /// <summary>The uninstaller runs on from a copy of itself, so what it leaves is awaited.</summary>
    private static async Task UninstallAsync(string programs)
    {
        _ = await Wine.RunAsync(Path.Combine(programs, "Uninstall.exe"), Fixed, RunMax, "/S");
        DateTime limit = DateTime.UtcNow + RunMax;
        while ((Directory.Exists(programs) || (await RegistryAsync("query", $@"HKCU\{UninstallKey}")).ExitCode == 0 || (await RegistryAsync("query", $@"HKLM\{UninstallKey}")).ExitCode == 0)
            && DateTime.UtcNow < limit) await Task.Delay(TimeSpan.FromMilliseconds(50));
    }

    /// <summary>The 64-bit view, as the installer's.</summary>
    private static Task<Outcome> RegistryAsync(params string[] arguments) => Wine.RunAsync("reg", Fixed, RunMax, arguments);

    /// <summary>What is there more (+) or less (-) than before.</summary>
    private static IEnumerable<string> Changes(string[] before) =>
        Everything().Except(before).Select(static path => "+" + path).Concat(before.Except(Everything()).Select(static path => "-" + path));

    /// <summary>Every file and folder where programs put theirs; Windows' own temporary ones apart, and what engines wrote.</summary>
    private static string[] Everything() =>
    [
        .. ((string[])[ProgramFiles, Path.Combine(Wine.Drive, "users")]).SelectMany(static folder => Directory.EnumerateFileSystemEntries(
                folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            .Where(static path => !path.Contains("/Temp", StringComparison.OrdinalIgnoreCase) && !path.Contains("/Microsoft", StringComparison.Ordinal) && !path.Contains(Written, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>A setup of files that only have their names.</summary>
    private static async Task<string> MakeAsync(string name)
    {
        string stage = Path.Combine(Wine.Folder, "stage-" + name), output = Path.Combine(Wine.Folder, $"RunwayFX-{name}.exe");
        foreach (string file in (string[])
            ["LICENSE", "THIRD-PARTY-NOTICES.txt", "engine/runwayfx-engine.exe", "engine/rfx.exe", "RunwayFX.ofx.bundle/Contents/Win64/RunwayFX.ofx", "RunwayFX/style.aex"])
        {
            string path = Path.Combine(stage, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
        }

        string script = Path.Combine(WindowsProduct.Repository, "packaging", "windows", "setup.nsi");
        Outcome made = await Programs.RunAsync(Compiler, Fixed, RunMax, "-V2", $"-DVERSION={Version}", $"-DSTAGE={stage}", $"-DOUTPUT={output}", script);
        Assert.That(made.ExitCode, Is.Zero, made.ToString());
        return output;
    }
}
