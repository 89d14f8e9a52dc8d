using AdobeEffects.Hosting;
using AdobeEffects.Plugins;
using RunwayFX.Bridge;
using RunwayFX.Testing;

namespace RunwayFX.Premiere.Tests;

/// <summary>The engine that all tests share, in this process.</summary>
[SetUpFixture]
public sealed class Stage
{
    private static PassingEngine? _engine;
    private static EngineClient? _client;

    internal static PassingEngine Engine => _engine ?? throw new InvalidOperationException("The stage is set before any test.");

    internal static EngineClient Client => _client ?? throw new InvalidOperationException("The stage is set before any test.");

    [OneTimeSetUp]
    public void Set()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("The engine of these tests listens on a Unix socket.");
        _engine = new PassingEngine();
        _client = new EngineClient(new EngineClientOptions { StartsEngine = false });
    }

    [OneTimeTearDown]
    public void Strike()
    {
        _client?.Dispose();
        _engine?.Dispose();
    }

    /// <summary>What layers hold, all of it exact in 8 bits.</summary>
    internal static void Paint(int layer, int frame, int x, int y, Span<float> pixel)
    {
        pixel[0] = (x * 3 + frame * 7 + layer * 31) % 200 / 255f;
        pixel[1] = (y * 5 + frame * 11) % 200 / 255f;
        pixel[2] = (x + y + frame * 13) % 200 / 255f;
        pixel[3] = (200 + (x + frame) % 50) / 255f;
    }
}

/// <summary>One effect of the catalogue in an emulated host; ends with a look at what was borrowed.</summary>
internal sealed unsafe class HostedCatalogueEffect : IDisposable
{
    private readonly int _slot;

    public HostedCatalogueEffect(Effects.EffectDefinition effect, HostKind kind, HostFaults faults = HostFaults.None, EngineClient? client = null, int frameCount = 10)
    {
        Effect = new CatalogueEffect(effect, () => client ?? Stage.Client, (title, current, isFile) => Prompt(title, current, isFile));
        _slot = EffectSlots.Take(Effect);
        Host = new EmulatedHost(new HostOptions { Kind = kind, Faults = faults, FrameCount = frameCount }, EffectSlots.EntryOf(_slot), Stage.Paint);
        _ = Host.Load();
    }

    public CatalogueEffect Effect { get; }

    public EmulatedHost Host { get; }

    public TextPrompt Prompt { get; set; } = (_, _, _) => null;

    public void Dispose()
    {
        Host.Dispose();
        EffectSlots.Free(_slot);
        Assert.That(Host.Counters.IsClean, Is.True, Host.Counters.ToString());
    }
}
