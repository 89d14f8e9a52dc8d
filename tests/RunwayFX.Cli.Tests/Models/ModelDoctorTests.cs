using System.Runtime.InteropServices;
using System.Text.Json;
using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests.Models;

/// <summary>What <c>rfx doctor</c> says of ONNX Runtime, its providers and their plug-ins.</summary>
[CancelAfter(120_000)]
internal sealed class ModelDoctorTests
{
    private static readonly string[] s_providers = ["cpu", "cuda", "tensorrt", "directml", "coreml", "webgpu"];

    private TempFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TempFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void EveryProvider_IsListed_AbsentOnesWithTheReason()
    {
        Dictionary<string, string[]> said = Doctor();
        foreach (string provider in s_providers)
        {
            string detail = said[$"provider {provider}"].Single();
            if (detail.StartsWith("usable (", StringComparison.Ordinal)) continue;
            Assert.That(detail, Does.StartWith("not used: ").And.Length.GreaterThan(30), provider);
        }

        Assert.That(said["provider cpu"].Single(), Does.StartWith("usable (ONNX Runtime "));
        Assert.That(said["packages"].Single(), Does.StartWith("none in ").And.Contain(_folder["models"]));
        Assert.That(said.Keys, Does.Not.Contain("provider plug-in"));
    }

    [Test]
    public void PluginFolder_WithWhatIsNoPlugin_IsSaidFileByFile()
    {
        string name = OperatingSystem.IsWindows() ? "fake.dll" : "fake.so";
        Directory.CreateDirectory(_folder["plugins"]);
        File.WriteAllText(Path.Combine(_folder["plugins"], name), "no library");
        File.WriteAllText(Path.Combine(_folder["plugins"], "readme.txt"), "not looked at");
        Dictionary<string, string[]> said = Doctor(("RUNWAYFX_ONNXRUNTIME_PLUGINS", _folder["plugins"]));
        Assert.That(said["provider plug-in"].Single(), Does.Contain(name).And.Contain("is no provider plug-in: "));
        Assert.That(said["provider cpu"].Single(), Does.StartWith("usable"), "the processor works on");
    }

    [Test]
    public void FoldersThatAreNotThere_AreNamed()
    {
        Dictionary<string, string[]> said = Doctor(("RUNWAYFX_ONNXRUNTIME_PLUGINS", _folder["nowhere"]));
        Assert.That(said["provider plug-in"].Single(), Does.Contain("RUNWAYFX_ONNXRUNTIME_PLUGINS").And.Contain(_folder["nowhere"]));
        Directory.CreateDirectory(_folder["empty"]);
        said = Doctor(("RUNWAYFX_ONNXRUNTIME", _folder["empty"]));
        Assert.That(said["models"].Single(), Does.Contain(_folder["empty"]).And.Contain("holds no ONNX Runtime library"));
    }

    /// <summary>What each check says, by its name.</summary>
    private Dictionary<string, string[]> Doctor(params (string Name, string Value)[] environment)
    {
        // Beside the tests the library lies in a folder of its own for each system, where the published program has it at hand.
        string library = OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime*.dylib" : "libonnxruntime.so*";
        string system = $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        string? native = Directory.EnumerateFiles(AppContext.BaseDirectory, library, SearchOption.AllDirectories)
            .FirstOrDefault(path => !path.Contains("runtimes", StringComparison.Ordinal) || path.Contains(system, StringComparison.Ordinal));
        if (native is null) Assert.Ignore("the runtime's library does not lie beside the tests");
        CliRun run = CliProcess.Run(["doctor", "--json"], [("RUNWAYFX_MODELS", _folder["models"]), ("RUNWAYFX_ONNXRUNTIME", Path.GetDirectoryName(native)!), .. environment]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success).Or.EqualTo(ExitCode.MissingDependency), run.Error);
        using JsonDocument report = JsonDocument.Parse(run.Output);
        return report.RootElement.GetProperty("checks").EnumerateArray()
            .GroupBy(check => check.GetProperty("name").GetString()!, check => check.GetProperty("detail").GetString()!)
            .ToDictionary(group => group.Key, group => group.ToArray());
    }
}
