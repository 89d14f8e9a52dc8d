using System.Diagnostics.CodeAnalysis;
using RunwayFX.Bridge;
using RunwayFX.Cli.Commands;
using RunwayFX.Cli.Plugins;
using RunwayFX.Media;

namespace RunwayFX.Cli.Doctor;

/// <summary>What ffmpeg can do.</summary>
/// <param name="Path">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="HasEncoder">Whether it has an encoder.</param>
internal sealed record FFmpegFacts(string Path, string Version, Func<string, bool> HasEncoder);

/// <summary>Asks the product's own parts how they are.</summary>
internal interface IProductProbe
{
    /// <summary>Build id of the bridge in this program.</summary>
    string Build { get; }

    /// <summary>Looks for ffmpeg.</summary>
    bool TryFFmpeg([NotNullWhen(true)] out FFmpegFacts? facts, out string problem);

    /// <summary>Loads and describes a bundle.</summary>
    BundleReport Describe(string bundle);

    /// <summary>The .NET that an engine program will run on; null where it brings its own.</summary>
    /// <exception cref="BridgeException">It needs one and there is none; the message names the places.</exception>
    DotnetRuntime? RuntimeFor(string engine);

    /// <summary>Starts the engine where none runs, and asks it.</summary>
    /// <exception cref="BridgeException">It cannot be started or does not answer.</exception>
    EngineStatus AskEngine();

    /// <summary>What the running engine keeps of results; null where it gives no answer.</summary>
    CacheReply? CountResults() => null;

    /// <summary>What models run on here, and which are installed.</summary>
    IEnumerable<DoctorCheck> Models() => [];
}

/// <summary>The real parts.</summary>
internal sealed class ProductProbe(CliServices services) : IProductProbe
{
    /// <inheritdoc/>
    public string Build => BridgeVersion.Build;

    /// <inheritdoc/>
    public bool TryFFmpeg([NotNullWhen(true)] out FFmpegFacts? facts, out string problem)
    {
        facts = null;
        if (!FFmpegTools.TryGet(out FFmpegTools? tools, out problem)) return false;
        facts = new FFmpegFacts(tools.FFmpegPath, tools.Version, name => tools.HasEncoder(name));
        return true;
    }

    /// <inheritdoc/>
    public BundleReport Describe(string bundle) => new BundleProbe(services.System).Probe(bundle, services.Cancellation);

    /// <inheritdoc/>
    public DotnetRuntime? RuntimeFor(string engine) => DotnetLocator.RuntimeFor(engine);

    /// <inheritdoc/>
    public EngineStatus AskEngine()
    {
        using EngineClient client = EngineCommands.Connect(services, starts: true);
        return client.QueryStatus(startsEngine: true) ?? throw new BridgeException(BridgeError.EngineStartFailed, "the engine gave no answer");
    }

    /// <inheritdoc/>
    public CacheReply? CountResults()
    {
        using EngineClient client = EngineCommands.Connect(services);
        return client.CountAllKept();
    }

    /// <inheritdoc/>
    public IEnumerable<DoctorCheck> Models() => ModelChecks.All();
}
