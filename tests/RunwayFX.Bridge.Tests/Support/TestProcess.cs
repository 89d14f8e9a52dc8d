using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RunwayFX.Bridge.Tests;

/// <summary>A client whose engine is a process of its own, started by the bridge's launcher.</summary>
internal sealed partial class TestProcess : IDisposable
{
    private const int SignalKill = 9, SignalContinue = 18;

    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string?> _before = [];

    public TestProcess(BridgeLimits? limits = null, params (string Name, string Value)[] variables)
    {
        // An engine finds the runtime that runs the tests, wherever it is.
        Set("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")));
        foreach ((string name, string value) in variables) Set(name, value);
        Client = new EngineClient(
            new EngineClientOptions { Endpoint = _folder.Endpoint, EnginePath = EnginePath, Limits = limits ?? BridgeLimits.Default });
    }

    public static string EnginePath => Path.Combine(TestContext.CurrentContext.TestDirectory, "runwayfx-test-engine");

    public EngineClient Client { get; }

    public string FolderPath => _folder.FullPath;

    public BridgeEndpoint Endpoint => _folder.Endpoint;

    public EngineClient NewClient(BridgeLimits? limits = null) => new(Client.Options with { Limits = limits ?? BridgeLimits.Default });

    public static void Kill(int process) => Assert.That(kill(process, SignalKill), Is.Zero);

    /// <summary>Lets a process go on that was stopped.</summary>
    public static void Wake(int process) => Assert.That(kill(process, SignalContinue), Is.Zero);

    /// <summary>Whether a process is there and is no zombie.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static void AwaitEnd(int process)
    {
        var clock = Stopwatch.StartNew();
        while (IsAlive(process))
        {
            Assert.That(clock.ElapsedMilliseconds, Is.LessThan(10_000), $"process {process} did not end");
            Thread.Yield();
        }
    }

    public void Dispose()
    {
        try
        {
            Client.StopEngine();
        }
        catch (BridgeException)
        {
            // Killed or frozen by its test, which has seen to it.
        }

        Client.Dispose();
        foreach ((string name, string? value) in _before) Environment.SetEnvironmentVariable(name, value);
        _folder.Dispose();
    }

    private void Set(string name, string value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
