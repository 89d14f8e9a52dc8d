using RunwayFX.Cli.Installing;
using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests;

internal sealed class InstallTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void BuildParts()
    {
        _folder = new TempFolder();
        Write("built/RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx", "plug-in 1");
        Write("engine/runwayfx-engine", "engine 1");
        Write("engine/runtimes/linux-x64/native/libSkiaSharp.so", "skia");
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Installed_PluginAndEngineLieWhereTheyAreLookedFor()
    {
        string installed = Install();
        Assert.That(installed, Is.EqualTo(_folder["plugins/RunwayFX.ofx.bundle"]));
        Assert.That(Files(), Is.EquivalentTo(new[]
        {
            "RunwayFX.ofx.bundle/Contents/Engine/runtimes/linux-x64/native/libSkiaSharp.so", "RunwayFX.ofx.bundle/Contents/Engine/runwayfx-engine",
            "RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx",
        }));
    }

    [Test]
    public void InstalledAgain_ReplacesEverythingAndLeavesNothingBehind()
    {
        Install();
        Write("plugins/RunwayFX.ofx.bundle/Contents/Linux-x86-64/stale.file", "of an older version");
        Write("built/RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx", "plug-in 2");
        Install();
        Assert.That(Files(), Has.Length.EqualTo(3));
        Assert.That(File.ReadAllText(_folder["plugins/RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx"]), Is.EqualTo("plug-in 2"));
    }

    [Test]
    public void EngineMissing_KeepsWhatWasInstalled()
    {
        Install();
        Directory.Delete(_folder["engine"], recursive: true);
        Assert.That(Install, Throws.InstanceOf<IOException>());
        Assert.That(Files(), Has.Length.EqualTo(3));
    }

    [Test]
    public void Uninstalled_IsGone()
    {
        string installed = Install();
        Assert.That((BundleInstaller.Uninstall(installed), BundleInstaller.Uninstall(installed)), Is.EqualTo((true, false)));
        Assert.That(Directory.GetFileSystemEntries(_folder["plugins"]), Is.Empty);
    }

    [Test]
    public void OntoItself_IsRefused() =>
        Assert.That(() => BundleInstaller.Install(_folder["built/RunwayFX.ofx.bundle"], _folder["engine"], _folder["built"]),
            Throws.TypeOf<CliException>());

    [TestCase(true, "/usr/OFX/Plugins")]
    [TestCase(false, "/home/someone/.local/share/OFX/Plugins")]
    public void WithoutOptions_GoesWhereItMayWrite(bool writable, string target)
    {
        CliRun run = CliRun.Of(new FakeSystem { Writable = writable }, null, default, "install", "--uninstall");
        Assert.That((run.ExitCode, run.Output.Trim()), Is.EqualTo((ExitCode.Success, $"{target}/RunwayFX.ofx.bundle is not there")));
    }

    private string Install() => BundleInstaller.Install(_folder["built/RunwayFX.ofx.bundle"], _folder["engine"], _folder["plugins"]);

    private string[] Files() =>
        [.. Directory.GetFiles(_folder["plugins"], "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_folder["plugins"], path).Replace('\\', '/'))];

    private void Write(string name, string text)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
