using System.Diagnostics;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Results;

namespace RunwayFX.Engine.Tests.Results;

/// <summary>Real engines, one after another: what a project generated outlives its engine, and comes back bit for bit where nothing of it is left.</summary>
[CancelAfter(120_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KeptResultsProcessTests
{
    private const int Width = 64, Height = 32;

    private static readonly FrameDescription s_picture = EngineRig.Picture(Width, Height);
    private static readonly double[] s_times = [0, 1, 2];

    private readonly TemporaryFolder _folder = new();
    private Process? _engine;

    private string Results => _folder.Combine("cache", "results");

    [TearDown]
    public void End()
    {
        Kill();
        _folder.Dispose();
    }

    [Test]
    public async Task JobKey_OfAProject_GivesTheSamePixelsAfterTheEngineDiedAndWithAnEmptyFolder(CancellationToken cancellation)
    {
        JobKey key = KeyOf();
        (byte[] Pixels, ResultOrigin Origin)[] first = await Generate(key, cancellation);
        Assert.That(first.Select(frame => frame.Origin), Is.All.EqualTo(ResultOrigin.Computed));
        Assert.That(first.Select(frame => Convert.ToHexString(frame.Pixels)), Is.Unique.And.None.EqualTo(Convert.ToHexString(Paint(0))), "the bars are filled");
        Kill();

        (byte[] Pixels, ResultOrigin Origin)[] kept = await Generate(key, cancellation);
        Assert.That(kept.Select(frame => frame.Origin), Is.All.EqualTo(ResultOrigin.Kept), "another engine finds them");
        Kill();
        Directory.Delete(Results, recursive: true);

        (byte[] Pixels, ResultOrigin Origin)[] again = await Generate(key, cancellation);
        Assert.That(again.Select(frame => frame.Origin), Is.All.EqualTo(ResultOrigin.Computed), "nothing is left");
        for (int index = 0; index < s_times.Length; index++)
        {
            Assert.That(kept[index].Pixels.AsSpan().SequenceEqual(first[index].Pixels), Is.True, $"kept frame {index}");
            Assert.That(again[index].Pixels.AsSpan().SequenceEqual(first[index].Pixels), Is.True, $"frame {index} computed anew");
        }
    }

    private async Task<(byte[] Pixels, ResultOrigin Origin)[]> Generate(JobKey key, CancellationToken cancellation)
    {
        BridgeEndpoint endpoint = BridgeEndpoint.At(_folder.Combine("e.sock"));
        Start(endpoint);
        using EngineClient client = new(new() { Endpoint = endpoint, StartsEngine = false });
        EngineStatus? status;
        while ((status = client.QueryStatus()) is null) await Task.Delay(10, cancellation);
        Assert.That(status.CachePath, Does.StartWith(Results));
        List<(byte[], ResultOrigin)> frames = [];
        foreach (double time in s_times)
        {
            FakeHost host = Host();
            RenderOutcome outcome = client.Render(Call(time) with { Key = key }, host);
            frames.Add((host.Result, outcome.Origin));
        }

        CacheReply counted = client.CountKept(new ClipKey(key, s_times[0], s_times[^1]))!.Value;
        Assert.That(counted.Frames, Is.EqualTo(s_times.Length));
        return [.. frames];
    }

    private static JobKey KeyOf()
    {
        JobKeyHash hash = new(EffectCatalog.Extend.AlgorithmVersion, [.. EffectCatalog.Extend.Parameters.Select(parameter => parameter.Matters)]);
        foreach (double time in s_times) hash.Add(Call(time));
        return hash.Finish();
    }

    /// <summary>Extend with the bars beside a square picture filled.</summary>
    private static RenderCall Call(double time)
    {
        EffectDefinition effect = EffectCatalog.Extend;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.IsText ? 0 : parameter.Default)];
        numbers[effect.IndexOf("canvas")] = 2;
        numbers[effect.IndexOf("targetAspect")] = 0;
        numbers[effect.IndexOf("pictureAspect")] = 3;
        numbers[effect.IndexOf("quality")] = (int)QualityLevel.Draft;
        return new RenderCall
        {
            EffectWireId = effect.WireId, Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)], Numbers = numbers, Time = time, Output = s_picture,
            HasTemporalAccess = true,
        };
    }

    private static FakeHost Host() => new() { Picture = (_, time) => time is < -2 or > 4 ? null : (s_picture, Paint(time)) };

    private static byte[] Paint(double time)
    {
        byte[] pixels = new byte[Width * Height * 4];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bool isBar = x is < (Width - Height) / 2 or >= (Width + Height) / 2;
                for (int channel = 0; channel < 3; channel++) pixels[4 * (y * Width + x) + channel] = (byte)(isBar ? 0 : 30 + ((x * x * 3 + y * 17 + channel * 40 + (int)time * 31) & 127));
                pixels[4 * (y * Width + x) + 3] = 255;
            }
        }

        return pixels;
    }

    private void Start(BridgeEndpoint endpoint)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "runwayfx-engine" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(program, ["serve", "--socket", endpoint.Address, "--idle-seconds", "60"]) { RedirectStandardError = true, RedirectStandardInput = true };
        // …/shared/Microsoft.NETCore.App/<version>/ lies three levels below the root.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment[EngineLogFiles.FolderVariable] = _folder.Combine("log");
        start.Environment[ResultFolder.FolderVariable] = _folder.Combine("cache");
        start.Environment.Remove(ResultFolder.MegabytesVariable);
        _engine = Process.Start(start)!;
    }

    private void Kill()
    {
        if (_engine is null) return;
        if (!_engine.HasExited) _engine.Kill();
        _engine.WaitForExit();
        _engine.Dispose();
        _engine = null;
    }
}
