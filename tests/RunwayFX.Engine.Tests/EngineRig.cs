using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Jobs;
using RunwayFX.Engine.Pictures;
using RunwayFX.Engine.Rendering;
using RunwayFX.Engine.Results;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests;

/// <summary>The real handler behind the real bridge in this process, with a fake pipeline for Style.</summary>
internal sealed class EngineRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly BridgeServer _server;
    private readonly Thread _thread;

    public EngineRig(RenderFunction render, int jobs = 2, long memoryMax = 1L << 30, BridgeLimits? limits = null, ResultStore? store = null, bool keeps = false)
    {
        BridgeEndpoint endpoint = BridgeEndpoint.At(_folder.Combine("e.sock"));
        Queue = new JobQueue(jobs, memoryMax);
        PictureCache pictures = new(_ => new Frame(1, 1));
        IEffectPipeline pipeline = new FakePipeline(EffectCatalog.Style, render);
        if (keeps || store is not null) pipeline = new ResultPipeline(pipeline, new ResultKeeping(store, new ResultCosts(TimeSpan.Zero), static _ => ""));
        EngineHandler handler = new(new PipelineRegistry(pipeline), Queue, pictures) { Version = "1.2.3", Results = store };
        _server = new BridgeServer(handler, new() { Endpoint = endpoint, Limits = limits ?? BridgeLimits.Default });
        _thread = new Thread(() => _server.Run(_stop.Token)) { IsBackground = true, Name = "engine under test" };
        _thread.Start();
        Client = new EngineClient(new() { Endpoint = endpoint, StartsEngine = false, Limits = limits ?? BridgeLimits.Default });
    }

    public JobQueue Queue { get; }

    public EngineClient Client { get; }

    /// <summary>A call for Style with the catalogue's defaults.</summary>
    public static RenderCall Call(FrameDescription output) => new()
    {
        EffectWireId = EffectCatalog.Style.WireId,
        Texts = [.. EffectCatalog.Style.Parameters.Select(parameter => parameter.DefaultText)],
        Numbers = [.. EffectCatalog.Style.Parameters.Select(parameter => parameter.Default)],
        Time = 7,
        Output = output,
        HasTemporalAccess = true,
    };

    /// <summary>A description of a small byte RGBA picture.</summary>
    public static FrameDescription Picture(int width = 4, int height = 3) =>
        new(0, 0, width, height, new(Bridge.PixelDepth.Byte, Bridge.PixelComponents.Rgba), Bridge.Premultiplication.Unpremultiplied);

    /// <summary>A host that has one and the same picture everywhere.</summary>
    public static FakeHost Host(FrameDescription description, byte[]? pixels = null) => new()
    {
        Picture = (_, _) => (description, pixels ?? new byte[description.Width * description.Height * description.Format.PixelBytes]),
    };

    public void Dispose()
    {
        Client.Dispose();
        _stop.Cancel();
        _thread.Join();
        _server.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }
}
