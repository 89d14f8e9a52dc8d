using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.ProtocolClient;

/// <summary>A client in C, written from <c>bridge/PROTOCOL.md</c> alone, has the real engine render a real frame and gets the pixels that the product's own
/// client gets.</summary>
[Platform("Linux", Reason = "The client is written for Linux.")]
[CancelAfter(120_000)]
public sealed class SecondClientTests
{
    private const int Width = 96, Height = 48;

    private DirectoryInfo _folder = null!;
    private Process _engine = null!;
    private string _client = "";

    private BridgeEndpoint Endpoint => BridgeEndpoint.At(At("e.sock"));

    [OneTimeSetUp]
    public void StartEngineAndCompileClient()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-c-");
        _client = Compile(At("client"));
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "runwayfx-engine"), ["serve", "--socket", Endpoint.Address, "--idle-seconds", "120"]);
        // …/shared/Microsoft.NETCore.App/<version>/ lies three levels below the root.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment[EngineLogFiles.FolderVariable] = At("log");
        _engine = Process.Start(start)!;
        using EngineClient client = NewClient();
        for (Stopwatch watch = Stopwatch.StartNew(); client.QueryStatus() is null; Thread.Sleep(20))
        {
            Assert.That(_engine.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60), Is.False, "the engine did not listen");
        }
    }

    [OneTimeTearDown]
    public void EndEngine()
    {
        if (_engine is not null)
        {
            if (!_engine.HasExited) _engine.Kill();
            _engine.WaitForExit();
            _engine.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Fill Bars computes; Grow to the source's own shape passes the picture through, where the engine may name the source's slot as the result.</summary>
    [Test]
    public async Task Frame_OfTheSecondClient_HasTheProductsPixels([Values("shared", "inline")] string way, [Values] bool fills, CancellationToken cancellation)
    {
        double[] numbers = Numbers(fills);
        string words = string.Join(' ', new double[] { Width, Height, EffectCatalog.Extend.WireId }.Concat(numbers).Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
        string file = At($"result-{way}-{fills}");
        ProcessStartInfo start = new(_client, [Endpoint.Address, way, words, file]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync(cancellation), said = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero, errors);
        byte[] theirs = await File.ReadAllBytesAsync(file, cancellation);

        Host host = new();
        using EngineClient client = NewClient();
        client.Render(
            new RenderCall
            {
                EffectWireId = EffectCatalog.Extend.WireId, Texts = [.. numbers.Select(_ => "")], Numbers = numbers, Time = 0, Output = Host.Description,
                HasTemporalAccess = true, HostName = "the product's client",
            },
            host);
        Assert.That(theirs.AsSpan().SequenceEqual(host.Result), Is.True, "the pixels are the product's");
        Assert.That(theirs.AsSpan().SequenceEqual(Host.Paint(0)), Is.EqualTo(!fills), "the frame was computed");
        Assert.That(said, Does.Contain($"supplied {host.Supplied}\n"));

        // The engine knows the job under the reference that the second client made of what it was told.
        string reference = said.Split('\n').Single(line => line.StartsWith("reference ", StringComparison.Ordinal))["reference ".Length..];
        Assert.That(client.QueryStatus()!.Jobs.Select(job => job.Reference.ToString()), Does.Contain(reference));
    }

    private static double[] Numbers(bool fills)
    {
        EffectDefinition effect = EffectCatalog.Extend;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.IsText ? 0 : parameter.Default)];
        numbers[effect.IndexOf("canvas")] = fills ? 2 : 1;
        numbers[effect.IndexOf("targetAspect")] = 0; // As source.
        numbers[effect.IndexOf("pictureAspect")] = 3; // 1:1.
        numbers[effect.IndexOf("quality")] = (int)QualityLevel.Draft;
        return numbers;
    }

    private static string Compile(string program)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Native", "client.c");
        foreach (string compiler in new[] { "cc", "gcc", "clang" })
        {
            try
            {
                using Process process = Process.Start(
                    new ProcessStartInfo(compiler, ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lm"]) { RedirectStandardError = true })!;
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.That(process.ExitCode, Is.Zero, errors);
                return program;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                continue; // No such compiler: try the next.
            }
        }

        Assert.Ignore("No C compiler (cc, gcc or clang) is installed; the build of the plug-in needs one too.");
        return "";
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private EngineClient NewClient() => new(new EngineClientOptions
    {
        Endpoint = Endpoint, StartsEngine = false, Limits = BridgeLimits.Default with { ConnectMs = 20_000 }, // A busy machine is not what is tested.
    });

    /// <summary>The same pictures as the C client's.</summary>
    private sealed class Host : IRenderHost
    {
        public static FrameDescription Description { get; } =
            new(-3, 5, Width, Height, new PixelFormat(PixelDepth.Byte, PixelComponents.Rgba), Premultiplication.Unpremultiplied);

        public byte[] Result { get; private set; } = [];

        public int Supplied { get; private set; }

        public static byte[] Paint(double time)
        {
            byte[] pixels = new byte[Width * Height * 4];
            const int left = (Width - Height) / 2;
            for (int index = 0; index < pixels.Length; index++)
            {
                int channel = index % 4, x = index / 4 % Width, y = index / 4 / Width;
                int value = 20 + ((x * x * 3 + y * 17 + x * y + channel * 40 + (int)time * 31) & 127);
                pixels[index] = (byte)(channel == 3 ? 255 : x is < left or >= Width - left ? 0 : value);
            }

            return pixels;
        }

        public bool IsAborted() => false;

        public void Progress(double fraction)
        {
        }

        public bool FetchFrame(int clip, double time, IFrameSink sink)
        {
            if (clip != 0 || Math.Abs(time) > 2) return false;
            if (time != 0) Supplied++;
            SlotView view = sink.Begin(Description);
            byte[] pixels = Paint(time);
            for (int y = 0; y < Height; y++) pixels.AsSpan(y * Width * 4, Width * 4).CopyTo(view.Row(y));
            return true;
        }

        public void ReceiveResult(SlotView pixels)
        {
            Result = new byte[Width * Height * 4];
            for (int y = 0; y < Height; y++) pixels.Row(y)[..(Width * 4)].CopyTo(Result.AsSpan(y * Width * 4));
        }

        public void Log(BridgeLogLevel level, string message)
        {
        }
    }
}
