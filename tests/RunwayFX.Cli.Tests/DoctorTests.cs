using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RunwayFX.Bridge;
using RunwayFX.Cli.Doctor;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Plugins;
using RunwayFX.Cli.Tests.Support;
using RunwayFX.Effects;

namespace RunwayFX.Cli.Tests;

internal sealed class DoctorTests
{
    private const string Bundle = "/opt/runwayfx/RunwayFX.ofx.bundle";
    private const string Engine = "/opt/runwayfx/engine/runwayfx-engine";

    [Test]
    public void EverythingThere_IsHealthy()
    {
        DoctorReport report = Examine(Whole(), new Probe());
        Assert.That(report.Healthy, Text(report));
        Assert.That(Check(report, "engine answers").Detail, Does.Contain("4711"));
        Assert.That(Check(report, "bundle").Detail, Does.Contain("org.runwayfx.style"));
    }

    [Test]
    public void NothingThere_NamesEveryProblemAndWhatToDo()
    {
        DoctorReport report = Examine(new FakeSystem(), new Probe { HasFFmpeg = false });
        Assert.That(report.Healthy, Is.False);
        foreach (string name in new[] { "ffmpeg", "bundle", "engine" })
            Assert.That((Check(report, name).Status, Check(report, name).Advice is { Length: > 0 }), Is.EqualTo((CheckStatus.Problem, true)), name);
        Assert.That(Check(report, "hosts").Status, Is.EqualTo(CheckStatus.Note));
    }

    [Test]
    public void KeptResults_AreNamedWithFolderSizeAndLimit_AndHowToEmptyIt()
    {
        DoctorCheck kept = Check(Examine(Whole(), new Probe { Results = Reply(16L << 30), Entries = 7 }), "kept results");
        Assert.That(kept, Is.EqualTo(new DoctorCheck("kept results", CheckStatus.Ok,
            "7 results, 3.0 MiB of 16384.0 MiB, in /home/someone/.cache/runwayfx/results/v1; 9 handed out by this engine", "rfx cache clear empties it")));
        DoctorCheck none = Check(Examine(Whole(), new Probe { Results = Reply(0) }), "kept results");
        Assert.That((none.Status, none.Detail, none.Advice), Is.EqualTo((CheckStatus.Note, none.Detail, (string?)null)));
        Assert.That(none.Detail, Does.StartWith("no results are kept").And.Contain("RUNWAYFX_CACHE_DIR"));
        Assert.That(CacheText.Cleared(Reply(1 << 20) with { Frames = 2, Bytes = 3 << 19 }), Is.EqualTo("2 results forgotten, 1.5 MiB free again"));

        static CacheReply Reply(long bytesMax) => new() { Key = JobKey.None, Frames = 0, Bytes = 0, BytesMax = bytesMax };
    }

    [Test]
    public void EngineOfAnotherBuild_IsAProblem()
    {
        DoctorReport report = Examine(Whole(), new Probe { EngineBuild = "older" });
        Assert.That((Check(report, "engine answers").Status, report.Healthy), Is.EqualTo((CheckStatus.Problem, false)));
        Assert.That(Check(report, "engine answers").Detail, Does.Contain("older").And.Contain("this"));
    }

    [Test]
    public void EngineThatDoesNotStart_IsAProblemWithItsReason()
    {
        DoctorReport report = Examine(Whole(), new Probe { EngineFailure = "it ended with code 134" });
        Assert.That(Check(report, "engine answers"), Is.EqualTo(
            new DoctorCheck("engine answers", CheckStatus.Problem, "it ended with code 134", "see rfx log; try rfx engine stop")));
    }

    [Test]
    public void EngineRuntime_SaysWhichOneHostsWillUse()
    {
        Assert.That(Check(Examine(Whole(), new Probe()), "engine runtime"), Is.EqualTo(
            new DoctorCheck("engine runtime", CheckStatus.Ok, ".NET 10.0.3 in /usr/lib/dotnet")));
        Assert.That(Check(Examine(Whole(), new Probe { Runtime = null }), "engine runtime").Detail, Is.EqualTo("comes with the engine"));
        DoctorReport lacking = Examine(Whole(), new Probe { RuntimeFailure = "it is in none of /a, /b" });
        Assert.That((lacking.Healthy, Check(lacking, "engine runtime").Status, Check(lacking, "engine runtime").Detail),
            Is.EqualTo((false, CheckStatus.Problem, "it is in none of /a, /b")));
    }

    [Test]
    public void BrokenBundle_IsAProblem()
    {
        Assert.That(Check(Examine(Whole(), new Probe { BundleError = "it crashed (signal 11)" }), "bundle").Detail, Does.Contain("signal 11"));
        Assert.That(Check(Examine(Whole(), new Probe { Effects = ["org.runwayfx.style"] }), "bundle").Detail,
            Does.Contain("org.runwayfx.extend is missing"));
    }

    [Test]
    public void EncoderMissing_IsAWarningThatSaysWhatIsLost()
    {
        DoctorReport report = Examine(Whole(), new Probe { LacksEncoder = "prores_ks" });
        Assert.That((Check(report, "encoders").Status, report.Healthy), Is.EqualTo((CheckStatus.Warning, true)));
        Assert.That(Check(report, "encoders").Advice, Does.Contain("ProRes"));
    }

    [Test]
    public void Hosts_AreFoundInTheirUsualFolders()
    {
        FakeSystem system = Whole();
        system.Files.Add("/opt/resolve/bin/resolve");
        system.Folders.Add("/usr/local/Nuke17.0v2");
        system.Folders.Add("/opt/Natron-2.5.0");
        system.Programs["melt"] = "/usr/bin/melt";
        DoctorCheck[] hosts = [.. Examine(system, new Probe()).Checks.Where(check => check.Name == "host")];
        Assert.That(hosts.Select(host => host.Detail), Is.EquivalentTo(new[]
        {
            "DaVinci Resolve at /opt/resolve/bin/resolve", "Nuke at /usr/local/Nuke17.0v2", "Natron at /opt/Natron-2.5.0", "MLT at /usr/bin/melt",
        }));
    }

    [Test]
    public void InstalledForOneUserWithoutPath_WarnsWithTheLineToAdd()
    {
        FakeSystem system = Whole();
        system.Folders.Add("/home/someone/.local/share/OFX/Plugins/RunwayFX.ofx.bundle");
        DoctorCheck check = Check(Examine(system, new Probe()), "OFX_PLUGIN_PATH");
        Assert.That((check.Status, check.Advice), Is.EqualTo(
            (CheckStatus.Warning, "hosts find the plug-in after: export OFX_PLUGIN_PATH=/home/someone/.local/share/OFX/Plugins")));
    }

    [Test]
    public void PathWithFoldersThatAreNotThere_Warns()
    {
        FakeSystem system = Whole();
        system.Variables["OFX_PLUGIN_PATH"] = "/plugins:relative:/gone";
        system.Folders.Add("/plugins");
        Assert.That(Check(Examine(system, new Probe()), "OFX_PLUGIN_PATH").Advice, Is.EqualTo("these are no folders: relative, /gone"));
    }

    [Test]
    public void Json_HasNameStatusDetailAndAdvice()
    {
        DoctorReport report = new([new DoctorCheck("one", CheckStatus.Ok, "fine"), new DoctorCheck("two", CheckStatus.Problem, "broken", "mend it")]);
        using JsonDocument json = JsonDocument.Parse(JsonLines.ToDocument(report));
        JsonElement checks = json.RootElement.GetProperty("checks");
        Assert.That(json.RootElement.GetProperty("healthy").GetBoolean(), Is.False);
        Assert.That((checks[1].GetProperty("name").GetString(), checks[1].GetProperty("status").GetString(),
            checks[1].GetProperty("advice").GetString()), Is.EqualTo(("two", "Problem", "mend it")));
        Assert.That(checks[0].TryGetProperty("advice", out _), Is.False);
    }

    private static FakeSystem Whole()
    {
        var system = new FakeSystem();
        system.Folders.Add(Bundle);
        system.Files.Add(Engine);
        return system;
    }

    private static DoctorReport Examine(FakeSystem system, Probe probe) => new Doctor.Doctor(system, probe).Examine();

    private static DoctorCheck Check(DoctorReport report, string name) => report.Checks.Single(check => check.Name == name);

    private static string Text(DoctorReport report) => string.Join('\n', report.Checks);

    private sealed class Probe : IProductProbe
    {
        public bool HasFFmpeg { get; init; } = true;

        public string LacksEncoder { get; init; } = "";

        public string? BundleError { get; init; }

        public string EngineBuild { get; init; } = "this";

        public string? EngineFailure { get; init; }

        public string? RuntimeFailure { get; init; }

        public DotnetRuntime? Runtime { get; init; } = new("/usr/lib/dotnet", new Version(10, 0, 3));

        public string[] Effects { get; init; } = [.. EffectCatalog.All.Select(effect => effect.PluginId)];

        public CacheReply? Results { get; init; }

        public long Entries { get; init; }

        public string Build => "this";

        public CacheReply? CountResults() => Results;

        public bool TryFFmpeg([NotNullWhen(true)] out FFmpegFacts? facts, out string problem)
        {
            facts = HasFFmpeg ? new FFmpegFacts("/usr/bin/ffmpeg", "7.1", name => name != LacksEncoder) : null;
            problem = "ffmpeg is not on the PATH";
            return HasFFmpeg;
        }

        public BundleReport Describe(string bundle) => BundleError is null
            ? new BundleReport(bundle, null, [.. Effects.Select(id => new PluginReport(id, null, null, []))])
            : BundleReport.Broken(bundle, BundleError);

        public DotnetRuntime? RuntimeFor(string engine) =>
            RuntimeFailure is null ? Runtime : throw new BridgeException(BridgeError.EngineStartFailed, RuntimeFailure);

        public EngineStatus AskEngine() => EngineFailure is not null
            ? throw new BridgeException(BridgeError.EngineStartFailed, EngineFailure)
            : new EngineStatus
            {
                ProcessId = 4711, Protocol = 1, Build = EngineBuild, UptimeMs = 1, Connections = 1, Sessions = 0, JobsRunning = 0,
                    FramesRendered = 0, FramesFailed = 0,
                CacheEntries = Entries, CacheBytes = 3 << 20, CacheHits = 9, Version = "0.1.0", LogPath = "",
                CachePath = "/home/someone/.cache/runwayfx/results/v1", Devices = [],
            };
    }
}
