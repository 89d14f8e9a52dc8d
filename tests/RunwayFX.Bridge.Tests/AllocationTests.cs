using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>A frame leaves nothing behind on either end once everything is warm.</summary>
public sealed unsafe class AllocationTests
{
    private const int WarmFrames = 300;
    private const int CountedFrames = 200;

    [TestCase(1)]
    [TestCase(3)]
    public void WarmRender_AllocatesNothingInTheShim(int clips)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new QuietHost(64, 48);
        RenderCall call = host.Call(TestEffects.Pass, clips);
        for (int frame = 0; frame < WarmFrames; frame++) client.Render(call with { Time = frame }, host);
        long[] bytes = new long[CountedFrames];
        for (int frame = 0; frame < CountedFrames; frame++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            client.Render(call with { Time = frame }, host);
            bytes[frame] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(bytes.Sum(), Is.Zero, string.Join(' ', bytes));
    }

    [TestCase(0)]
    [TestCase(60)]
    [TestCase(1_200)]
    public void FirstFrameThatWaits_AllocatesNothingInTheShimEither(int milliseconds)
    {
        // What the runtime makes for itself on this thread, such as a table when a method runs for the first time, it makes once; the shim's own would come with every client.
        List<long> bytes = [];
        while (bytes.Count < 3 && !bytes.Contains(0)) bytes.Add(BytesOfFirstFrameThatWaits(milliseconds));
        Assert.That(bytes, Has.Some.Zero);
    }

    [TestCase(TestEffects.Pass)]
    [TestCase(TestEffects.PassNext)]
    public void WarmRender_AllocatesNothingInTheServer(int effect)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new QuietHost(64, 48);
        RenderCall call = host.Call(effect, 1);
        var counted = new List<long>(WarmFrames + CountedFrames);
        server.Handler.OnPass = () => counted.Add(GC.GetAllocatedBytesForCurrentThread());
        for (int frame = 0; frame < WarmFrames + CountedFrames; frame++) client.Render(call with { Time = frame }, host);
        // One thread reads and renders, so that its count holds the whole way of a frame; where the tick gave a job another one, the count jumps once.
        int clean = counted.Skip(WarmFrames).Zip(counted.Skip(WarmFrames + 1)).Count(pair => pair.First == pair.Second);
        Assert.That(clean, Is.GreaterThanOrEqualTo(CountedFrames - 10));
    }

    [Test]
    public void WarmRender_MakesNoMapping()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new QuietHost(300, 200);
        client.Render(host.Call(TestEffects.PassNext, 2), host);
        string[] before = Mappings();
        for (int frame = 0; frame < 20; frame++) client.Render(host.Call(TestEffects.PassNext, 2), host);
        Assert.That(before, Has.Length.GreaterThanOrEqualTo(2));
        Assert.That(Mappings(), Is.EqualTo(before));
    }

    [Test]
    public void SlotsThatNobodyUsesForAWhile_AreGivenBackWithTheNextAction()
    {
        using var server = new TestServer();
        using EngineClient patient = server.NewClient(), hasty = server.NewClient(limits: BridgeLimits.Default with { IdleSlotMs = 1 });
        TestHost.RenderXor(patient, 0, 1);
        TestHost.RenderXor(hasty, 0, 1);
        Assert.That(hasty.SlotBytes, Is.GreaterThan(0));
        CancelTests.AwaitThat(() =>
        {
            patient.ReleaseStale();
            hasty.ReleaseStale();
            return hasty.SlotBytes == 0;
        });
        Assert.That(hasty.ConnectionCount, Is.Zero);
        Assert.That(patient.SlotBytes, Is.GreaterThan(0));
        Assert.That(patient.ConnectionCount, Is.EqualTo(1));
    }

    /// <summary>Addresses and file numbers of all slots in this process, on both ends.</summary>
    private static string[] Mappings() => [.. File.ReadLines("/proc/self/maps").Where(line => line.Contains("runwayfx-slot", StringComparison.Ordinal))];

    private static long BytesOfFirstFrameThatWaits(int milliseconds)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new QuietHost(64, 48);
        RenderCall call = host.Call(TestEffects.Pass, 1);
        for (int frame = 0; frame < 3; frame++) client.Render(call with { Time = frame }, host);
        using var never = new ManualResetEventSlim();
        server.Handler.OnPass = () => never.Wait(milliseconds);
        long before = GC.GetAllocatedBytesForCurrentThread();
        client.Render(call with { Time = 4 }, host);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>A host that makes nothing itself.</summary>
    private sealed class QuietHost(int width, int height) : IRenderHost
    {
        private readonly byte[] _picture = new byte[width * height * 4];

        public RenderCall Call(int effect, int clips) => new()
        {
            EffectWireId = effect, Texts = ["text"], Numbers = [1, 2, 3], Time = 5, HasTemporalAccess = true, InitialClips = clips, HostName = "quiet",
            Output = Description,
        };

        private FrameDescription Description => new(0, 0, width, height, TestHost.Format, Premultiplication.Opaque);

        public bool IsAborted() => false;

        public void Progress(double fraction)
        {
        }

        public bool FetchFrame(int clip, double time, IFrameSink sink)
        {
            SlotView view = sink.Begin(Description);
            fixed (byte* picture = _picture) view.CopyFromHost(picture, width * 4);
            return true;
        }

        public void ReceiveResult(SlotView pixels)
        {
            fixed (byte* picture = _picture) pixels.CopyToHost(picture, width * 4);
        }

        public void Log(BridgeLogLevel level, string message)
        {
        }
    }
}
