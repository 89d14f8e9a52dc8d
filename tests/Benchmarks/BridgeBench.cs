using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>What does the way through the engine cost, compared with copying the frame once? Client and server in one process, over the real socket
/// and real shared memory; the handler copies source to result. Budget: three copies of a frame are inherent, the rest is overhead.</summary>
internal sealed class BridgeBench : IBench
{
    private const int Runs = 12;

    /// <inheritdoc/>
    public string Name => "bridge";

    /// <inheritdoc/>
    public string Question => "what an echoed frame costs, as a multiple of copying it once";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-bench-").FullName;
        var rows = new List<BenchRow>();
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            BridgeEndpoint endpoint = BridgeEndpoint.At(Path.Combine(folder, "bench.sock"));
            using var server = new BridgeServer(new EchoHandler(), new BridgeServerOptions { Endpoint = endpoint });
            using var stop = new CancellationTokenSource();
            var serving = new Thread(() => server.Run(stop.Token)) { IsBackground = true };
            serving.Start();
            using (var client = new EngineClient(new EngineClientOptions { Endpoint = endpoint, StartsEngine = false }))
            {
                rows.AddRange(Measure(client, "1080p-float", 1920, 1080, PixelDepth.Float));
                rows.AddRange(Measure(client, "2160p-byte", 3840, 2160, PixelDepth.Byte));
                rows.Add(SmallRoundTrip(client));
                rows.Add(AllocatedPerFrame(client));
            }

            stop.Cancel();
            serving.Join();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return rows;
    }

    private static IEnumerable<BenchRow> Measure(EngineClient client, string what, int width, int height, PixelDepth depth)
    {
        using var host = new EchoHost(width, height, depth);
        RenderCall call = host.Call();
        double copy = Yardstick.Best(Runs, host.CopyOnce);
        double echo = Yardstick.Best(Runs, () => client.Render(call, host));
        yield return new BenchRow($"bridge.copy-{what}", copy * 1000, "ms");
        yield return new BenchRow($"bridge.echo-{what}", echo * 1000, "ms");
        yield return new BenchRow($"bridge.echo-ratio-{what}", echo / copy, "x", 8);
    }

    private static BenchRow SmallRoundTrip(EngineClient client)
    {
        const int Rounds = 200;
        using var host = new EchoHost(16, 16, PixelDepth.Byte);
        RenderCall call = host.Call();
        double seconds = Yardstick.Best(5, () =>
        {
            for (int round = 0; round < Rounds; round++) client.Render(call, host);
        });
        return new BenchRow("bridge.round-trip-16x16", seconds / Rounds * 1e6, "us");
    }

    private static BenchRow AllocatedPerFrame(EngineClient client)
    {
        const int Rounds = 100;
        using var host = new EchoHost(64, 64, PixelDepth.Float);
        RenderCall call = host.Call();
        client.Render(call, host);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++) client.Render(call, host);
        return new BenchRow("bridge.allocated-per-frame", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rounds, "bytes", 16_384);
    }

    /// <summary>The engine of this bench: the result is the source.</summary>
    private sealed class EchoHandler : IEngineHandler
    {
        public void CheckSession(RenderSession session)
        {
        }

        public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
        {
            using SuppliedFrame source = frames.Fetch(0, request.Time) ?? throw new BridgeException(BridgeError.RenderRefused, "no source");
            SlotView result = frames.Result;
            for (int y = 0; y < result.Height; y++) source.Pixels.Row(y).CopyTo(result.Row(y));
        }

        public EngineStatus DescribeStatus(EngineStatus status) => status;
    }

    /// <summary>The host of this bench: one picture in, one picture out.</summary>
    private sealed unsafe class EchoHost : IRenderHost, IDisposable
    {
        private readonly FrameDescription _description;
        private readonly long _bytes;
        private readonly byte* _source;
        private readonly byte* _result;

        public EchoHost(int width, int height, PixelDepth depth)
        {
            var format = new PixelFormat(depth, PixelComponents.Rgba);
            _description = new FrameDescription(0, 0, width, height, format, Premultiplication.Opaque);
            _bytes = (long)width * height * format.PixelBytes;
            _source = (byte*)NativeMemory.AllocZeroed((nuint)_bytes);
            _result = (byte*)NativeMemory.AllocZeroed((nuint)_bytes);
        }

        private long RowBytes => _bytes / _description.Height;

        public RenderCall Call() => new() { EffectWireId = 1, Texts = [], Numbers = [], Time = 0, Output = _description };

        public void CopyOnce() => Buffer.MemoryCopy(_source, _result, _bytes, _bytes);

        public bool IsAborted() => false;

        public void Progress(double fraction)
        {
        }

        public bool FetchFrame(int clip, double time, IFrameSink sink)
        {
            sink.Begin(_description).CopyFromHost(_source, RowBytes);
            return true;
        }

        public void ReceiveResult(SlotView pixels) => pixels.CopyToHost(_result, RowBytes);

        public void Log(BridgeLogLevel level, string message)
        {
        }

        public void Dispose()
        {
            NativeMemory.Free(_source);
            NativeMemory.Free(_result);
        }
    }
}
