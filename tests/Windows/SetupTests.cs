namespace RunwayFX.Windows.Tests;

/// <summary>The installer for Windows, made of a small product, run and undone without a question.</summary>
[Category("Wine")]
public sealed class SetupTests
{
    private const string Compiler = "makensis", Version = "0.1.0";

    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(2);

    private static readonly Dictionary<string, string> Fixed = new() { ["SOURCE_DATE_EPOCH"] = "1767225600" };

    private static string ProgramFiles(params string[] parts) => Path.Combine([Wine.Folder, "prefix", "drive_c", "Program Files", .. parts]);

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

    [Test]
    public async Task Setup_Silent_PutsEverythingInItsPlace_AndUninstallTakesItAway_ButNotWhatIsOthers()
    {
        string setup = await MakeAsync("silent");
        string others = ProgramFiles("Common Files", "OFX", "Plugins", "Other.ofx.bundle", "file"), adobe = ProgramFiles("Adobe", "Common", "Plug-ins", "7.0", "MediaCore");
        Outcome installed = await Wine.RunAsync(setup, Fixed, RunMax, "/S");
        Assert.That(installed.ExitCode, Is.Zero, installed.ToString());
        Directory.CreateDirectory(Path.GetDirectoryName(others)!);
        File.WriteAllText(others, "another maker's");
        string[] files =
        [
            ProgramFiles("RunwayFX", "runwayfx-engine.exe"), ProgramFiles("RunwayFX", "THIRD-PARTY-NOTICES.txt"), ProgramFiles("RunwayFX", "Uninstall.exe"),
            ProgramFiles("Common Files", "OFX", "Plugins", "RunwayFX.ofx.bundle", "Contents", "Win64", "RunwayFX.ofx"), Path.Combine(adobe, "RunwayFX", "style.aex"),
        ];
        foreach (string file in files) Assert.That(file, Does.Exist);

        // The uninstaller runs on from a copy of itself, so what it leaves is awaited.
        _ = await Wine.RunAsync(@"C:\Program Files\RunwayFX\Uninstall.exe", Fixed, RunMax, "/S");
        DateTime limit = DateTime.UtcNow + RunMax;
        while (Directory.Exists(ProgramFiles("RunwayFX")) && DateTime.UtcNow < limit) await Task.Delay(TimeSpan.FromMilliseconds(50));
        foreach (string file in files) Assert.That(file, Does.Not.Exist);
        Assert.That(Path.Combine(adobe, "RunwayFX"), Does.Not.Exist);
        Assert.That(others, Does.Exist);
    }

    /// <summary>A setup of files that only have their names.</summary>
    private static async Task<string> MakeAsync(string name)
    {
        string stage = Path.Combine(Wine.Folder, "stage-" + name), output = Path.Combine(Wine.Folder, $"RunwayFX-{name}.exe");
        foreach (string file in (string[])["LICENSE", "THIRD-PARTY-NOTICES.txt", "engine/runwayfx-engine.exe", "RunwayFX.ofx.bundle/Contents/Win64/RunwayFX.ofx", "RunwayFX/style.aex"])
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
