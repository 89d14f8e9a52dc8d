using RunwayFX.Inference.Sessions;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>The folder of provider plug-ins: what is none is said, file by file, and the processor works on.</summary>
public sealed class ProviderPluginTests
{
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("rfx-plugins").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void NoFolder_IsSaid()
    {
        ProviderSelection selection = new(OnnxRuntime.Shared, Path.Combine(_folder, "nowhere"));
        Assert.That(selection.PluginFaults, Has.Count.EqualTo(1));
        Assert.That(selection.PluginFaults[0], Does.Contain("nowhere").And.Contain(ProviderSelection.PluginFolderVariable));
        Assert.That(selection.Choose("cpu"), Is.EqualTo(ProviderKind.Cpu));
    }

    [Test]
    public void FilesThatAreNoPlugIns_AreNamed()
    {
        string garbage = Path.Combine(_folder, OperatingSystem.IsWindows() ? "garbage.dll" : "garbage.so"), empty = Path.ChangeExtension(garbage, null) + "-empty" + Path.GetExtension(garbage);
        File.WriteAllText(garbage, "this is no library");
        File.WriteAllBytes(empty, []);
        File.WriteAllText(Path.Combine(_folder, "readme.txt"), "not looked at");
        ProviderSelection selection = new(OnnxRuntime.Shared, _folder);
        Assert.That(selection.PluginFaults, Has.Count.EqualTo(2));
        Assert.That(selection.PluginFaults, Has.One.Contains(garbage).And.One.Contains(empty));
        Assert.That(selection.PluginFaults, Has.All.Contains("no provider plug-in"));
        ProviderStatus processor = selection.Probe(ProviderKind.Cpu);
        Assert.That((processor.IsUsable, processor.Reason), Is.EqualTo((true, "")));
    }

    /// <summary>Which ones work depends on the machine; what is said of those that do not, does not.</summary>
    [Test]
    public void ProviderThatIsNamedAndAbsent_IsRefusedWithItsReason_AndNoneIsChosenWithoutWorking()
    {
        ProviderSelection selection = new(OnnxRuntime.Shared);
        foreach (ProviderStatus status in selection.ProbeAll())
        {
            string name = status.Kind.Name();
            if (status.IsUsable) Assert.That(selection.Choose(name), Is.EqualTo(status.Kind));
            else
            {
                Assert.That(() => selection.Choose(name), Throws.TypeOf<InferenceException>().With.Property(nameof(InferenceException.Code)).EqualTo(InferenceError.ProviderUnavailable)
                    .And.Message.StartsWith($"provider {name} cannot be used: ").And.Message.Contains(status.Reason));
                if (status.Origin.Length == 0) Assert.That(status.Reason, Does.Contain(OnnxRuntime.FolderVariable).And.Contain(ProviderSelection.PluginFolderVariable));
                Assert.That(() => ModelSession.Load(OnnxRuntime.Shared, new OnnxGraph("none").ToModel(), "none", new SessionSettings { Provider = status.Kind }),
                    Throws.TypeOf<InferenceException>().With.Message.Contains(name), "a session on it");
            }
        }

        Assert.That(selection.Probe(selection.Choose("auto")).IsUsable);
        Assert.That(() => selection.Choose("abacus"), Throws.TypeOf<InferenceException>().With.Message.Contains("abacus"));
    }

    [Test]
    public void DeviceMemory_IsLimitedWhereTheProviderKnowsALimit()
    {
        SessionSettings settings = new() { Device = 1, DeviceMemoryBytes = 6L << 30 };
        Assert.That(ProviderSelection.Options(settings with { Provider = ProviderKind.Cuda }), Is.EquivalentTo(new Dictionary<string, string>
        {
            ["device_id"] = "1", ["arena_extend_strategy"] = "kSameAsRequested", ["gpu_mem_limit"] = "6442450944",
        }));
        Assert.That(ProviderSelection.Options(settings with { Provider = ProviderKind.Cuda, DeviceMemoryBytes = 0 }).Keys, Does.Not.Contain("gpu_mem_limit"));
        Assert.That(ProviderSelection.Options(settings with { Provider = ProviderKind.DirectMl }), Is.EquivalentTo(new Dictionary<string, string> { ["device_id"] = "1" }));
        Dictionary<string, string> own = new() { ["gpu_mem_limit"] = "7" };
        Assert.That(ProviderSelection.Options(settings with { Provider = ProviderKind.Cuda, ProviderOptions = own })["gpu_mem_limit"], Is.EqualTo("7"), "who says more is believed");
        Assert.That(() => settings with { DeviceMemoryBytes = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void LibraryThatIsNoPlugIn_IsNamed()
    {
        // A sound library without the functions of a plug-in: the runtime's own.
        string own = Directory.EnumerateFiles(AppContext.BaseDirectory, "*onnxruntime*", SearchOption.AllDirectories)
            .FirstOrDefault(path => Path.GetExtension(path) is ".so" or ".dll" or ".dylib") ?? "";
        if (own.Length == 0) Assert.Ignore("the runtime's library does not lie beside the tests");
        File.Copy(own, Path.Combine(_folder, "sound" + Path.GetExtension(own)));
        ProviderSelection selection = new(OnnxRuntime.Shared, _folder);
        Assert.That(selection.PluginFaults, Has.Count.EqualTo(1));
        Assert.That(selection.PluginFaults[0], Does.Contain("sound").And.Contain("no provider plug-in"));
    }
}
