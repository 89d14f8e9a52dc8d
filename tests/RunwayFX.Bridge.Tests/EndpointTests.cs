namespace RunwayFX.Bridge.Tests;

/// <summary>Where the socket and the engine are looked for, and what is not trusted.</summary>
[NonParallelizable]
public sealed class EndpointTests
{
    private readonly Dictionary<string, string?> _before = [];
    private string _folder = "";

    [SetUp]
    public void SetUp()
    {
        foreach (string name in new[] { BridgeEndpoint.FolderVariable, "XDG_RUNTIME_DIR", "TMPDIR", EngineLocator.EngineVariable })
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, null);
        }

        _folder = Path.Combine(Path.GetTempPath(), "rfx-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(_folder);
        SetMode(_folder, "700");
    }

    [TearDown]
    public void TearDown()
    {
        foreach ((string name, string? value) in _before) Environment.SetEnvironmentVariable(name, value);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void RuntimeFolderOfTheSession_GetsAClosedFolderOfOurs()
    {
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", _folder);
        BridgeEndpoint endpoint = BridgeEndpoint.Default();
        Assert.That(endpoint.Folder, Is.EqualTo(Path.Combine(_folder, "runwayfx")));
        Assert.That(Mode(endpoint.Folder), Is.EqualTo("700"));
        Assert.That(Path.GetFileName(endpoint.Address), Does.StartWith($"{BridgeVersion.Protocol}-").And.EndWith(".sock"));
        Assert.That(BridgeEndpoint.Default(), Is.EqualTo(endpoint));
    }

    [Test]
    public void NamedFolder_BeatsTheSessions()
    {
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", _folder);
        Environment.SetEnvironmentVariable(BridgeEndpoint.FolderVariable, Path.Combine(_folder, "mine"));
        Assert.That(BridgeEndpoint.Default().Folder, Is.EqualTo(Path.Combine(_folder, "mine")));
    }

    [Test]
    public void NamedFolderIsRelative_IsRefused()
    {
        Environment.SetEnvironmentVariable(BridgeEndpoint.FolderVariable, "mine");
        AssertUnsafe(() => BridgeEndpoint.Default(), "not absolute");
    }

    [Test]
    public void NoSession_TheTemporaryFolderServes()
    {
        Environment.SetEnvironmentVariable("TMPDIR", _folder);
        BridgeEndpoint endpoint = BridgeEndpoint.Default();
        Assert.That(endpoint.Folder, Does.Match($"^{_folder}/runwayfx-\\d+$"));
        Assert.That(Mode(endpoint.Folder), Is.EqualTo("700"));
    }

    [Test]
    public void SessionFolderIsOpenToOthers_TheTemporaryFolderServes()
    {
        string open = Path.Combine(_folder, "open");
        Directory.CreateDirectory(open);
        SetMode(open, "777");
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", open);
        Environment.SetEnvironmentVariable("TMPDIR", _folder);
        Assert.That(BridgeEndpoint.Default().Folder, Does.StartWith(Path.Combine(_folder, "runwayfx-")));
    }

    [TestCase("701")]
    [TestCase("710")]
    [TestCase("777")]
    public void FolderIsOpenToOthers_IsRefused(string mode)
    {
        string open = Path.Combine(_folder, "open");
        Directory.CreateDirectory(open);
        SetMode(open, mode);
        AssertUnsafe(() => BridgeEndpoint.At(Path.Combine(open, "e.sock")), "open to others");
    }

    [Test]
    public void FolderIsALink_IsRefused()
    {
        string real = Path.Combine(_folder, "real"), link = Path.Combine(_folder, "link");
        Directory.CreateDirectory(real);
        SetMode(real, "700");
        File.CreateSymbolicLink(link, real);
        AssertUnsafe(() => BridgeEndpoint.At(Path.Combine(link, "e.sock")), "not a folder");
    }

    [Test]
    public void FolderBelongsToAnotherUser_IsRefused()
    {
        Assume.That(Environment.UserName, Is.EqualTo("root"), "only root can give a folder away");
        string other = Path.Combine(_folder, "other");
        Directory.CreateDirectory(other);
        SetMode(other, "700");
        Run("chown", "12345", other);
        AssertUnsafe(() => BridgeEndpoint.At(Path.Combine(other, "e.sock")), "belongs to user 12345");
    }

    [Test]
    public void PathAtTheLimitAndOnePast_OnlyTheFirstIsTaken()
    {
        string name = new('s', BridgeEndpoint.AddressBytesMax - _folder.Length - 1);
        BridgeEndpoint endpoint = BridgeEndpoint.At(Path.Combine(_folder, name));
        using (var server = new BridgeServer(new TestEngine.TestHandler(), new BridgeServerOptions { Endpoint = endpoint }))
        {
            using UnixChannel? channel = UnixChannel.TryConnect(endpoint.Address, Deadline.In(1_000));
            Assert.That(channel, Is.Not.Null);
        }

        BridgeException failure = Assert.Throws<BridgeException>(() => BridgeEndpoint.At(Path.Combine(_folder, name + "s")))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.OutOfRange));
        Assert.That(failure.Message, Does.Contain("108 bytes").And.Contain("107"));
    }

    [TestCase("0.1.0", "0.1.0")]
    [TestCase("0.1.0+abcdef012345678901", "0.1.0+abcdef012345678901")]
    public void ShortBuild_StandsInTheFileName(string build, string name) => Assert.That(BridgeEndpoint.FileNameOf(build), Is.EqualTo(name));

    [TestCase("0.1.0+d9d7c54a1f555007dcb1812e78aabcf4c2d3864c")]
    [TestCase("../up")]
    [TestCase("a b")]
    public void LongOrOddBuild_IsHashed(string build) => Assert.That(BridgeEndpoint.FileNameOf(build), Does.Match("^[0-9a-f]{16}$"));

    [Test]
    public void Engine_IsLookedForBesideTheBundleAndNeverInTheCurrentFolder()
    {
        Assert.That(EngineLocator.Candidates("/fx/RunwayFX.ofx.bundle/"), Is.EqualTo(new[]
        {
            "/fx/RunwayFX.ofx.bundle/Contents/Engine/runwayfx-engine", "/fx/RunwayFX.engine/runwayfx-engine", "/usr/lib/runwayfx/runwayfx-engine",
        }));
        Assert.That(EngineLocator.Candidates("RunwayFX.ofx.bundle"), Is.EqualTo(new[] { "/usr/lib/runwayfx/runwayfx-engine" }));
        Environment.SetEnvironmentVariable(EngineLocator.EngineVariable, "./runwayfx-engine");
        Assert.That(EngineLocator.Candidates(null), Has.None.Contains("./"));
        Environment.SetEnvironmentVariable(EngineLocator.EngineVariable, "/opt/engine");
        Assert.That(EngineLocator.Candidates(null)[0], Is.EqualTo("/opt/engine"));
    }

    [Test]
    public void Engine_MustBeAnExecutableFile()
    {
        string path = Path.Combine(_folder, "engine");
        Environment.SetEnvironmentVariable(EngineLocator.EngineVariable, path);
        Assert.That(EngineLocator.Find(null), Is.Not.EqualTo(path));
        Directory.CreateDirectory(path);
        Assert.That(EngineLocator.Find(null), Is.Not.EqualTo(path));
        Directory.Delete(path);
        File.WriteAllText(path, "#!/bin/sh\n");
        SetMode(path, "600");
        Assume.That(EngineLocator.IsProgram(path), Is.False);
        SetMode(path, "700");
        Assert.That(EngineLocator.Find(null), Is.EqualTo(path));
    }

    private static void AssertUnsafe(Action action, string words)
    {
        BridgeException failure = Assert.Throws<BridgeException>(action)!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.RuntimeFolderUnsafe));
        Assert.That(failure.Message, Does.Contain(words));
    }

    private static void SetMode(string path, string mode) => Run("chmod", mode, path);

    private static string Mode(string path) => Run("stat", "-c", "%a", path).Trim();

    private static string Run(string program, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        return output;
    }
}
