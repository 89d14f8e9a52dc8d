using OpenFX.Hosting;

namespace OpenFX.Tests.Hosting;

/// <summary>Finding bundles in folders of every shape.</summary>
internal sealed class PluginScannerTests
{
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("openfx-scan-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void BundlesInSubfolders_AreFoundInOrder()
    {
        Bundle("b/deeper", "Two");
        Bundle("a", "One");
        PluginScanResult result = PluginScanner.Scan([_folder]);
        Assert.That(result.Bundles.Select(bundle => bundle.Name), Is.EqualTo(new[] { "One", "Two" }));
        Assert.That(result.Problems, Is.Empty);
    }

    [Test]
    public void SameNameInTwoFolders_TheFirstWins()
    {
        string first = Bundle("a", "Same");
        Bundle("b", "Same");
        PluginScanResult result = PluginScanner.Scan([Path.Combine(_folder, "a"), Path.Combine(_folder, "b")]);
        Assert.That(result.Bundles.Select(bundle => bundle.Path), Is.EqualTo(new[] { first }));
    }

    [Test]
    public void LinkBackToTheTop_EndsTheSearchThere()
    {
        Bundle("a", "One");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "a", "loop"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "self"), Path.Combine(_folder, "self"));
        PluginScanResult result = PluginScanner.Scan([_folder]);
        Assert.That(result.Bundles, Has.Length.EqualTo(1));
    }

    [Test]
    public void BundleWithoutBinaryForThisSystem_IsAProblem()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "Empty.ofx.bundle", "Contents", "Amiga"));
        PluginScanResult result = PluginScanner.Scan([_folder]);
        Assert.That(result.Bundles, Is.Empty);
        Assert.That(result.Problems.Single().Reason, Is.EqualTo("no binary for this system"));
    }

    [TestCase(PluginScanner.DepthMax, true)]
    [TestCase(PluginScanner.DepthMax + 1, false)]
    public void NestedFolders_AreSearchedToTheLimit(int depth, bool found)
    {
        Bundle(string.Join('/', Enumerable.Repeat("d", depth)), "Deep");
        PluginScanResult result = PluginScanner.Scan([_folder]);
        Assert.That(result.Bundles, Has.Length.EqualTo(found ? 1 : 0));
        Assert.That(result.Problems, Has.Length.EqualTo(found ? 0 : 1));
    }

    [Test]
    public void DanglingLinkAndMissingFolder_ArePassedOver()
    {
        Bundle("a", "One");
        File.CreateSymbolicLink(Path.Combine(_folder, "zz"), Path.Combine(_folder, "gone"));
        Assert.That(PluginScanner.Scan([_folder, Path.Combine(_folder, "not-there")]).Bundles, Has.Length.EqualTo(1));
    }

    [Test]
    public void FolderThatCannotBeListed_IsAProblem()
    {
        if (Environment.IsPrivilegedProcess) Assert.Ignore("An administrator may list every folder.");
        if (OperatingSystem.IsWindows()) return;
        string locked = Directory.CreateDirectory(Path.Combine(_folder, "locked")).FullName;
        File.SetUnixFileMode(locked, UnixFileMode.None);
        PluginScanResult result = PluginScanner.Scan([_folder]);
        File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.That(result.Problems.Single().Path, Is.EqualTo(locked));
    }

    [Test]
    public void DefaultFolders_PathVariableComesBeforeTheStandardFolder()
    {
        string? before = Environment.GetEnvironmentVariable(PluginScanner.PathVariable);
        try
        {
            Environment.SetEnvironmentVariable(PluginScanner.PathVariable, $"/one{Path.PathSeparator}/two");
            Assert.That(PluginScanner.DefaultFolders()[..2], Is.EqualTo(new[] { "/one", "/two" }));
            Assert.That(PluginScanner.DefaultFolders(), Has.Length.EqualTo(3));
        }
        finally
        {
            Environment.SetEnvironmentVariable(PluginScanner.PathVariable, before);
        }
    }

    private string Bundle(string below, string name)
    {
        string bundle = Path.Combine(_folder, below, name + ".ofx.bundle");
        string binaries = Directory.CreateDirectory(Path.Combine(bundle, "Contents", PluginScanner.ArchitectureFolders[0])).FullName;
        File.WriteAllText(Path.Combine(binaries, name + ".ofx"), "not a library");
        return bundle;
    }
}
