using System.Text.Json;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.TestModels;

namespace RunwayFX.EndToEnd;

/// <summary>The same seed and settings give the same bits, by the command line and by whatever engine process; and what the bits depend on besides, package,
/// runtime and provider, is written down with the job and with the result.</summary>
[CancelAfter(240_000)]
public sealed class ModelIdentityTests
{
    private const string Package = "identity";

    private static readonly string s_package = Path.Combine(Sandbox.ModelsFolder, Package);

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Require()
    {
        Product.RequireCommandLine();
        if (!Directory.Exists(s_package)) ClosedFormPackage.Write(s_package, new ClosedFormData());
        _folder = Directory.CreateTempSubdirectory("rfx-e2e-identity-");
    }

    [TearDown]
    public void Clean() => _folder?.Delete(recursive: true);

    [Test]
    public void SameSettings_GiveTheSameBits_InOneEngineAndInAnother()
    {
        int first = Sandbox.EnsureEngine().ProcessId;
        byte[] picture = Render("first.exr", 4711).Bytes;
        Assert.That(Render("other.exr", 4712).Bytes, Is.Not.EqualTo(picture), "another seed is another picture, or this tests nothing");
        // The engine keeps pictures by the state of the package's files: with another state the same engine makes it again.
        File.SetLastWriteTimeUtc(Path.Combine(s_package, "model_index.json"), DateTime.UtcNow.AddMinutes(1));
        Assert.That(Render("second.exr", 4711).Bytes, Is.EqualTo(picture), "the same engine, twice");
        Sandbox.StopEngine();
        Assert.That(Sandbox.EnsureEngine().ProcessId, Is.Not.EqualTo(first));
        Assert.That(Render("third.exr", 4711).Bytes, Is.EqualTo(picture), "another engine process");
    }

    [Test]
    public void MakerOfAResult_StandsInTheReportTheStatusAndTheLog()
    {
        EngineStatus engine = Sandbox.EnsureEngine();
        JsonElement report = Render("made.exr", 5).Report;
        string maker = report.GetProperty("madeBy").EnumerateArray().Single().GetString()!;
        Assert.That(maker, Does.Match(@"^identity; onnxruntime 1\.\d+\.\d+ cpu \d+ threads$"));
        using (EngineClient client = Sandbox.Client())
        {
            JobStatus job = client.QueryStatus()!.Jobs.First(job => job.MadeBy.Length > 0);
            Assert.That((job.MadeBy, job.EffectWireId, job.State), Is.EqualTo((maker, EffectCatalog.Generate.WireId, JobState.Done)));
            Assert.That(File.ReadAllText(engine.LogPath), Does.Match($@"\[{job.Reference}\] RunwayFX Generate .* done in .*; made by {maker}"));
        }

        using System.Diagnostics.Process status = CommandLine.Start(["status"]);
        Assert.That(status.StandardOutput.ReadToEnd(), Does.Contain($"; made by {maker}"));
        status.WaitForExit();
        List<JsonElement> plain = CommandLine.RunToEnd([.. Arguments("plain.exr"), "--set", $"method={(int)EffectMethod.BuiltIn}", "--set",
            $"{EffectCatalog.ReferencePathName}={StylePicture.Path}"]);
        Assert.That(CommandLine.Last(plain).TryGetProperty("madeBy", out _), Is.False, "no model made it");
    }

    private (byte[] Bytes, JsonElement Report) Render(string name, int seed)
    {
        List<JsonElement> run = CommandLine.RunToEnd(
        [
            .. Arguments(name), "--set", $"method={(int)EffectMethod.Model}", "--set", $"model={Package}", "--set", $"seed={seed}", "--set", "steps=2", "--set", "guidance=1",
        ]);
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder.FullName, name));
        Assert.That(bytes, Has.Length.GreaterThan(16 * 16 * 3 * sizeof(float) / 2));
        return (bytes, CommandLine.Last(run));
    }

    private string[] Arguments(string name) =>
    [
        "render", "none", Path.Combine(_folder.FullName, name), "--plugin", $"{Product.BundlePath}:{EffectCatalog.Generate.PluginId}", "--size", "16x16", "--codec", "exr32",
        "--allow-loss", "--json",
    ];
}
