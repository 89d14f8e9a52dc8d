using RunwayFX.Testing;

namespace RunwayFX.OpenFX.Tests;

/// <summary>The host in C and the engine that all tests of the plug-in share: the plug-in has one client of the engine in a process.</summary>
[SetUpFixture]
public sealed class Stage
{
    private static PassingEngine? _engine;
    private static QuietHost? _host;

    /// <summary>The engine that the plug-in connects to.</summary>
    internal static PassingEngine Engine => _engine ?? throw new InvalidOperationException("The stage is set before any test.");

    /// <summary>The host.</summary>
    internal static QuietHost Host => _host ?? throw new InvalidOperationException("The stage is set before any test.");

    [OneTimeSetUp]
    public void Set()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("The host in C is compiled with a Unix compiler driver.");
        _host = QuietHost.Build();
        _engine = new PassingEngine();
    }

    [OneTimeTearDown]
    public void Strike()
    {
        EngineAccess.ReleaseIdle();
        _engine?.Dispose();
        _host?.Dispose();
        ClipScene.DeleteBundle();
    }
}
