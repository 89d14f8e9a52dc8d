using System.Globalization;
using System.Runtime.InteropServices;

namespace RunwayFX.Bridge.Tests;

/// <summary>Where the runtime for the engine is looked for.</summary>
public sealed class DotnetLocatorTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TestFolder();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void NothingIsSet_TheUsualFoldersAndTheUsersOwnAreTried()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("These are the folders of Unix.");
        Assert.That(DotnetLocator.Candidates(static _ => null, Inside("etc"), "/home/someone"), Is.EqualTo(new[]
        {
            "/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "/opt/dotnet", "/snap/dotnet/current",
            "/home/someone/.dotnet",
        }));
    }

    [Test]
    public void VariableAndInstallersNote_ComeFirst_RelativePathsDoNotCount()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Installers write their place down on Unix.");
        string etc = Inside("etc");
        Directory.CreateDirectory(etc);
        File.WriteAllText(Path.Combine(etc, "install_location"), "/noted\n");
#pragma warning disable CA1308 // The installers' file names are in lower case.
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        File.WriteAllText(Path.Combine(etc, "install_location_" + architecture), " /noted-here \nmore");
        IReadOnlyList<string> places = DotnetLocator.Candidates(static name => name == "DOTNET_ROOT" ? "/named/" : "relative", etc, "");
        Assert.That(places.Take(3), Is.EqualTo(new[] { "/named", "/noted-here", "/noted" }));
        Assert.That(places, Has.None.Contains(".dotnet").And.None.EqualTo("relative"));
    }

    [Test]
    public void SeveralInstallations_TheFirstWithTheMajorVersionAndAHostWins()
    {
        int major = DotnetLocator.Major;
        string older = Install("older", $"{major - 1}.0.9"), empty = Inside("empty"), headless = Install("headless", $"{major}.0.1");
        Directory.Delete(Path.Combine(headless, "host"), recursive: true);
        string preview = Install("preview", $"{major}.0.0-rc.1"), good = Install("good", $"{major - 1}.0.9", $"{major}.0.2", $"{major}.0.11");
        DotnetRuntime? found = DotnetLocator.Find([older, empty, headless, preview, good]);
        Assert.That(found, Is.EqualTo(new DotnetRuntime(good, new Version(major, 0, 11))));
        Assert.That(DotnetLocator.Find([older, empty, headless, preview]), Is.Null);
    }

    [Test]
    public void HostLibraryThatEverybodyMayExchange_IsNotUsed()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The rights of files are looked at on Linux.");
            return;
        }

        string root = Install("open", $"{DotnetLocator.Major}.0.1");
        string library = Directory.GetFiles(root, "*hostfxr*", SearchOption.AllDirectories).Single();
        Assert.That(DotnetLocator.Find([root]), Is.Not.Null);
        File.SetUnixFileMode(library, File.GetUnixFileMode(library) | UnixFileMode.OtherWrite);
        Assert.That(DotnetLocator.Find([root]), Is.Null);
    }

    [Test]
    public void EngineThatNeedsARuntime_NoneThere_TheMessageNamesThePlacesAndTheCure()
    {
        string program = Inside("runwayfx-engine");
        string first = Inside("first"), second = Inside("second");
        Assert.That(DotnetLocator.RuntimeFor(program, [first]), Is.Null, "a program that is none of .NET's");
        File.WriteAllText(program + ".runtimeconfig.json", "{}");
        BridgeException failure = Assert.Throws<BridgeException>(() => DotnetLocator.RuntimeFor(program, [first, second]))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineStartFailed));
        Assert.That(failure.Message, Does.Contain($".NET {DotnetLocator.Major.ToString(CultureInfo.InvariantCulture)}").And.Contain(first).And.Contain(second)
            .And.Contain("DOTNET_ROOT"));
        File.WriteAllText(Inside(HostLibrary), "");
        Assert.That(DotnetLocator.RuntimeFor(program, [first]), Is.Null, "a program that brings its own");
    }

    [Test]
    public void EngineOfThisRun_HasARuntime()
    {
        Assert.That(DotnetLocator.NeedsRuntime(TestProcess.EnginePath), Is.True);
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        Assert.That(DotnetLocator.RuntimeFor(TestProcess.EnginePath, [root])?.Version.Major, Is.EqualTo(Environment.Version.Major));
    }

    private static string HostLibrary =>
        OperatingSystem.IsWindows() ? "hostfxr.dll" : OperatingSystem.IsMacOS() ? "libhostfxr.dylib" : "libhostfxr.so";

    private string Inside(string name) => Path.Combine(_folder.FullPath, name);

    /// <summary>Makes the folders of an installation.</summary>
    private string Install(string name, params string[] versions)
    {
        string root = Inside(name);
        foreach (string version in versions)
        {
            Directory.CreateDirectory(Path.Combine(root, "shared", "Microsoft.NETCore.App", version));
            string host = Path.Combine(root, "host", "fxr", version);
            Directory.CreateDirectory(host);
            if (!File.Exists(Path.Combine(root, "host", "fxr", versions[0], HostLibrary))) File.WriteAllText(Path.Combine(host, HostLibrary), "");
        }

        return root;
    }
}
