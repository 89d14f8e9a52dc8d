using System.Net;
using System.Net.Sockets;
using System.Text;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Inference.Tests.Packages;

/// <summary>Pulling from a local server that cuts, lies and drips.</summary>
public sealed class PackageDownloaderTests
{
    private static readonly DownloadOptions s_quick = new()
    {
        TriesMax = 3, Pause = TimeSpan.FromMilliseconds(1), IdleLimit = TimeSpan.FromSeconds(2), Window = TimeSpan.FromMilliseconds(300), Token = "secret",
    };

    private string _folder = "";
    private PackageStore _store = null!;

    [SetUp]
    public void Create()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-pull").FullName;
        PackageStoreTests.WriteTiny(Path.Combine(_folder, "site", "tiny"));
        byte[] weights = new byte[300_000];
        new System.Random(1).NextBytes(weights);
        File.WriteAllBytes(Path.Combine(_folder, "site", "tiny", "unet", "model.onnx"), weights);
        // The manifest is the one that an import writes.
        new PackageStore(Path.Combine(_folder, "published")).Import(Path.Combine(_folder, "site", "tiny"));
        _store = new PackageStore(Path.Combine(_folder, "models"));
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Package_IsPulledWhole()
    {
        using LocalServer server = Server();
        using PackageDownloader downloader = new(s_quick);
        List<DownloadProgress> told = [];
        ModelPackage package = await downloader.PullAsync(server.Manifest, _store, progress: new Told(told));
        Assert.That(PackageStore.Verify(package), Is.Empty);
        Assert.That(told[^1].Bytes, Is.LessThanOrEqualTo(told[^1].Total));
        Assert.That(server.Requests, Has.All.Contains("Bearer secret"));
        Assert.That(_store.Names(), Is.EqualTo(new[] { "tiny" }));
    }

    [Test]
    public async Task CutConnection_GoesOnWhereItStopped()
    {
        using LocalServer server = Server();
        server.CutAfter = 100_000;
        using PackageDownloader downloader = new(s_quick);
        ModelPackage package = await downloader.PullAsync(server.Manifest, _store);
        Assert.That(PackageStore.Verify(package), Is.Empty);
        Assert.That(server.Requests.Count(request => request.Contains("model.onnx")), Is.EqualTo(2));
        Assert.That(server.Requests, Has.Some.Contains("Range: bytes=100000-"));
    }

    [Test]
    public void WrongHash_IsNeverInstalled()
    {
        using LocalServer server = Server();
        server.Flips = true;
        using PackageDownloader downloader = new(s_quick);
        Assert.That(async () => await downloader.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>().With.Message.Contains("SHA-256"));
        Assert.That(_store.Names(), Is.Empty);
    }

    [Test]
    public void DrippingServer_IsLeft()
    {
        using LocalServer server = Server();
        server.Drips = true;
        // Time enough for an answer on a busy machine: what is left is the window that the drops do not fill.
        using PackageDownloader downloader = new(s_quick with { IdleLimit = TimeSpan.FromSeconds(60) });
        Assert.That(async () => await downloader.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>().With.Message.Contains("only"));
        Assert.That(_store.Names(), Is.Empty);
    }

    [Test]
    public async Task InterruptedPull_IsGoneOnWithByTheNextCommand()
    {
        using LocalServer server = Server();
        server.CutAfter = 100_000;
        using (PackageDownloader first = new(s_quick with { TriesMax = 1 }))
            Assert.That(async () => await first.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>().With.Message.Contains("1 tries"));
        Assert.That(_store.Names(), Is.Empty, "nothing is shown before it is whole");
        using CancellationTokenSource stop = new();
        using (PackageDownloader second = new(s_quick))
        {
            Interrupter interrupter = new(stop);
            Assert.That(async () => await second.PullAsync(server.Manifest, _store, progress: interrupter, cancellation: stop.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        server.Requests.Clear();
        List<DownloadProgress> told = [];
        using PackageDownloader third = new(s_quick);
        ModelPackage package = await third.PullAsync(server.Manifest, _store, progress: new Told(told));
        Assert.That(PackageStore.Verify(package), Is.Empty);
        Assert.That(server.Requests.Where(request => request.Contains("model.onnx")), Has.All.Contains("Range: bytes="));
        Assert.That(told.Select(each => each.Bytes), Is.Ordered);
        Assert.That(told[^1].Bytes, Is.EqualTo(told[^1].Total));
        Assert.That(Directory.EnumerateDirectories(_store.Folder).Select(Path.GetFileName), Is.EqualTo(new[] { "tiny" }), "nothing else is left");
    }

    [Test]
    public async Task ServerThatKnowsNoRanges_IsAskedForTheWholeFileAgain()
    {
        using LocalServer server = Server();
        server.CutAfter = 100_000;
        using (PackageDownloader first = new(s_quick with { TriesMax = 1 }))
            Assert.That(async () => await first.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>());
        (server.CutAfter, server.KnowsNoRanges) = (0, true);
        using PackageDownloader downloader = new(s_quick);
        Assert.That(PackageStore.Verify(await downloader.PullAsync(server.Manifest, _store)), Is.Empty);
    }

    [Test]
    public void MoreThanWasPromised_EndsThePull()
    {
        using LocalServer server = Server();
        server.Adds = 10_000;
        using PackageDownloader downloader = new(s_quick);
        Assert.That(async () => await downloader.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>().With.Message.Contains("300000"));
        Assert.That(_store.Names(), Is.Empty);
    }

    [Test]
    public void ServerThatDripsItsAnswersHead_IsLeft()
    {
        using LocalServer server = Server();
        server.DripsHeads = true;
        using PackageDownloader downloader = new(s_quick with { IdleLimit = TimeSpan.FromMilliseconds(400), TriesMax = 2 });
        Assert.That(async () => await downloader.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>().With.Message.Contains("no answer came"));
    }

    [Test]
    public void MissingFile_IsNamedWithTheAnswer()
    {
        using LocalServer server = Server();
        File.Delete(Path.Combine(_folder, "published", "tiny", "unet", "model.onnx"));
        using PackageDownloader downloader = new(s_quick);
        Assert.That(async () => await downloader.PullAsync(server.Manifest, _store), Throws.TypeOf<InferenceException>().With.Message.Contains("404"));
    }

    [Test]
    public void PlainHttp_ElsewhereIsRefused()
    {
        using PackageDownloader downloader = new(s_quick);
        Assert.That(async () => await downloader.PullAsync(new Uri("http://example.com/tiny/runwayfx.json"), _store), Throws.TypeOf<InferenceException>().With.Message.Contains("HTTPS"));
    }

    private LocalServer Server() => new(Path.Combine(_folder, "published"));

    /// <summary>Interrupts when more than the first try's bytes have come.</summary>
    private sealed class Interrupter(CancellationTokenSource stop) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value.Path.Contains("model.onnx", StringComparison.Ordinal)) stop.Cancel();
        }
    }

    private sealed class Told(List<DownloadProgress> told) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => told.Add(value);
    }

    /// <summary>Answers GET with ranges from a folder, one connection per request, and misbehaves where told to.</summary>
    private sealed class LocalServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly string _root;

        public LocalServer(string root)
        {
            _root = root;
            _listener.Start();
            _ = Task.Run(AcceptAsync);
        }

        public Uri Manifest => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/tiny/runwayfx.json");

        public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = new();

        public int CutAfter { get; set; }

        public bool Flips { get; set; }

        public bool Drips { get; set; }

        public bool DripsHeads { get; set; }

        public bool KnowsNoRanges { get; set; }

        public int Adds { get; set; }

        public void Dispose()
        {
            _end.Cancel();
            _listener.Stop();
            _end.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            try
            {
                byte[] buffer = new byte[8192];
                string request = "";
                while (!request.Contains("\r\n\r\n")) request += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, _end.Token));
                Requests.Enqueue(request);
                string path = Path.Combine(_root, Uri.UnescapeDataString(request.Split(' ')[1]).TrimStart('/'));
                if (!File.Exists(path))
                {
                    await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _end.Token);
                    return;
                }

                byte[] body = await File.ReadAllBytesAsync(path);
                bool isWeights = path.EndsWith(".onnx", StringComparison.Ordinal);
                if (Flips && isWeights) body[1000] ^= 1;
                if (Adds > 0 && isWeights) body = [.. body, .. new byte[Adds]];
                int at = KnowsNoRanges ? -1 : request.IndexOf("Range: bytes=", StringComparison.Ordinal), from = at < 0 ? 0 : int.Parse(request[(at + 13)..request.IndexOf('-', at)], null);
                string head = at < 0 ? "200 OK" : $"206 Partial Content\r\nContent-Range: bytes {from}-{body.Length - 1}/{body.Length}";
                for (int i = 0; DripsHeads; i++)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(i == 0 ? "HTTP/1.1 200 OK\r\n" : $"X-{i}: y\r\n"), _end.Token);
                    await Task.Delay(20, _end.Token);
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length - from}\r\nConnection: close\r\n\r\n"), _end.Token);
                if (Drips && isWeights)
                {
                    for (int i = from; i < body.Length; i++)
                    {
                        await stream.WriteAsync(body.AsMemory(i, 1), _end.Token);
                        await Task.Delay(20, _end.Token);
                    }

                    return;
                }

                int end = CutAfter > 0 && at < 0 && isWeights ? CutAfter : body.Length;
                await stream.WriteAsync(body.AsMemory(from, end - from), _end.Token);
            }
            catch (IOException)
            {
                // The other end has left.
            }
        }
    }
}
