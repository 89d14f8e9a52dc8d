using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Results;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests.Results;

/// <summary>What a client gets of an engine that keeps results: the same bits as without, and an honest answer where they came from.</summary>
[CancelAfter(60_000)]
public sealed class KeptRendersTests
{
    private static readonly FrameDescription Small = EngineRig.Picture();
    private static readonly JobKey Key = new(1, 2);

    private TemporaryFolder _folder = null!;
    private Dictionary<double, byte> _sources = [];
    private int _renders;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _sources = [];
        _renders = 0;
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private ResultStore Store(long bytesMax = 1L << 30) => new(_folder.Combine("results"), bytesMax);

    /// <summary>An effect that mixes the frame with its neighbours and with the structure setting; drafts are darker.</summary>
    private Frame Blur(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _renders);
        if (!frames.TryFetch(0, job.Time, out HostFrame? source)) throw new PipelineException(PipelineError.SourceMissing, "no source");
        Frame result = source.Picture.Clone();
        for (double time = job.Time - 1; frames.HasTemporalAccess && time <= job.Time + 1; time += 2)
        {
            if (!frames.TryFetch(0, time, out HostFrame? neighbour)) continue;
            for (int i = 0; i < result.Pixels.Length; i++) result.Pixels[i] += neighbour.Picture.Pixels[i] / 4;
        }

        float weight = (float)job.Number("structureFidelity") * (job.IsInteractive || job.Integer("quality") == (int)QualityLevel.Draft ? 0.25f : 0.5f);
        for (int i = 0; i < result.Pixels.Length; i++) result.Pixels[i] *= weight;
        job.Matte?.Fill(job.OutputWindow, 1);
        return result;
    }

    private EngineRig Rig(ResultStore? store) => new(Blur, store: store, keeps: true);

    /// <summary>A host whose frames are grey as <see cref="_sources"/> says, else by their time.</summary>
    private FakeHost Host() => new()
    {
        Picture = (_, time) =>
        {
            byte[] pixels = new byte[Small.Width * Small.Height * Small.Format.PixelBytes];
            pixels.AsSpan().Fill(_sources.TryGetValue(time, out byte grey) ? grey : (byte)(40 + (int)time * 3));
            return (Small, pixels);
        },
    };

    private static RenderCall Call(double time, RenderMode mode = RenderMode.Final, JobKey key = default) => EngineRig.Call(Small) with { Time = time, Mode = mode, Key = key };

    private (ResultOrigin Origin, byte[] Pixels) Render(EngineRig rig, RenderCall call)
    {
        FakeHost host = Host();
        ResultOrigin origin = rig.Client.Render(call, host).Origin;
        return (origin, host.Result);
    }

    [Test]
    public void Final_Again_IsKeptAndTheSame(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        (ResultOrigin first, byte[] computed) = Render(rig, Call(7));
        (ResultOrigin second, byte[] kept) = Render(rig, Call(7));
        Assert.That((first, second, _renders), Is.EqualTo((ResultOrigin.Computed, ResultOrigin.Kept, 1)));
        Assert.That(kept, Is.EqualTo(computed).And.Some.GreaterThan(0));
        Assert.That(rig.Client.QueryStatus()!.CacheHits, Is.EqualTo(1));
    }

    /// <summary>Fresh, warm, switched off, damaged, not writable, full: the pixels are the same.</summary>
    [Test]
    public void Pixels_AreTheSameWhateverBecomesOfTheResults(CancellationToken cancellation)
    {
        double[] times = [3, 4, 5];
        byte[][] Pictures(ResultStore? store)
        {
            using EngineRig rig = Rig(store);
            return [.. times.Select(time => Render(rig, Call(time)).Pixels)];
        }

        byte[][] expected = Pictures(null);
        Assert.That(Pictures(Store()), Is.EqualTo(expected), "fresh");
        Assert.That(Pictures(Store()), Is.EqualTo(expected), "warm");
        Assert.That(_renders, Is.EqualTo(6));
        foreach (string file in Directory.GetFiles(_folder.FullPath, "*.rfxr", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[^40] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        Assert.That(Pictures(Store()), Is.EqualTo(expected), "damaged");
        Assert.That(_renders, Is.EqualTo(9));
        Assert.That(Pictures(new ResultStore(_folder.WriteFile("taken", 1), 1L << 30)), Is.EqualTo(expected), "not writable");
        Assert.That(Pictures(new ResultStore(_folder.Combine("full"), 1)), Is.EqualTo(expected), "full");
        Assert.That(_renders, Is.EqualTo(15));
    }

    [Test]
    public void Lookup_ComputesNothing(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        Assert.That(Render(rig, Call(7, RenderMode.LookupOnly)), Is.EqualTo((ResultOrigin.Missing, Array.Empty<byte>())));
        byte[] computed = Render(rig, Call(7)).Pixels;
        Assert.That(_renders, Is.EqualTo(1));
        (ResultOrigin origin, byte[] pixels) = Render(rig, Call(7, RenderMode.LookupOnly));
        Assert.That((origin, _renders), Is.EqualTo((ResultOrigin.Kept, 1)));
        Assert.That(pixels, Is.EqualTo(computed));
        using EngineRig without = Rig(null);
        Assert.That(Render(without, Call(7, RenderMode.LookupOnly)).Origin, Is.EqualTo(ResultOrigin.Missing));
    }

    [Test]
    public void Lookup_ThroughThePipe_HasNoPixels(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        using EngineClient inline = new(rig.Client.Options with { UsesSharedMemory = false });
        FakeHost host = Host();
        Assert.That(inline.Render(Call(7, RenderMode.LookupOnly), host).Origin, Is.EqualTo(ResultOrigin.Missing));
        Assert.That(inline.Render(Call(7), host).Origin, Is.EqualTo(ResultOrigin.Computed));
        byte[] computed = host.Result;
        Assert.That(inline.Render(Call(7, RenderMode.LookupOnly), host).Origin, Is.EqualTo(ResultOrigin.Kept));
        Assert.That(host.Result, Is.EqualTo(computed));
    }

    [Test]
    public void Source_ThatChanged_IsMissingOrStaleUnderItsKey_AndComputedAnew(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        Render(rig, Call(7, key: Key));
        _sources[7] = 200;
        Assert.That(Render(rig, Call(7, RenderMode.LookupOnly)).Origin, Is.EqualTo(ResultOrigin.Missing));
        Assert.That(Render(rig, Call(7, RenderMode.LookupOnly, Key)).Origin, Is.EqualTo(ResultOrigin.Stale));
        Assert.That((Render(rig, Call(7)).Origin, _renders), Is.EqualTo((ResultOrigin.Computed, 2)));
        _sources.Remove(7);
        Assert.That((Render(rig, Call(7)).Origin, _renders), Is.EqualTo((ResultOrigin.Kept, 2)), "as it was before");
    }

    [Test]
    public void Neighbour_ThatChanged_IsSeenWhenASequenceBegins(CancellationToken cancellation)
    {
        ResultStore store = Store();
        using (EngineRig rig = Rig(store)) Render(rig, Call(7));
        _sources[8] = 200;
        using EngineRig another = Rig(store);
        Assert.That(Render(another, Call(7, RenderMode.LookupOnly)).Origin, Is.EqualTo(ResultOrigin.Stale));
        using EngineRig third = Rig(store);
        (ResultOrigin origin, byte[] pixels) = Render(third, Call(7));
        Assert.That((origin, _renders), Is.EqualTo((ResultOrigin.Computed, 2)));
        using EngineRig without = Rig(null);
        Assert.That(pixels, Is.EqualTo(Render(without, Call(7)).Pixels));
    }

    [Test]
    public void Neighbour_ThatCameByWithAnotherContent_IsSeenWithinTheSequence(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        foreach (double time in new[] { 6.0, 7.0, 8.0 }) Render(rig, Call(time));
        _sources[8] = 200;
        Assert.That(Render(rig, Call(8)).Origin, Is.EqualTo(ResultOrigin.Computed));
        Assert.That(Render(rig, Call(7)).Origin, Is.EqualTo(ResultOrigin.Computed), "made from the old 8");
        Assert.That((Render(rig, Call(7)).Origin, _renders), Is.EqualTo((ResultOrigin.Kept, 5)));
    }

    /// <summary>A pipeline that samples a shot once and remembers what it saw asks for the samples no more; results depend on them all the same.</summary>
    [Test]
    public void SampleOfAShot_ThatOnlyTheFirstRenderLookedAt_IsSeenWhenASequenceBegins(CancellationToken cancellation)
    {
        float? plate = null;
        Frame Sampled(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken token)
        {
            if (plate is null)
            {
                Assert.That(frames.TryFetch(0, 60, out HostFrame? sample), Is.True);
                plate = sample!.Picture.Pixels[0];
            }

            Frame result = new(job.OutputWindow.Width, job.OutputWindow.Height);
            result.Pixels.AsSpan().Fill(plate.Value);
            return result;
        }

        ResultStore store = Store();
        using (EngineRig rig = new(Sampled, store: store))
        {
            foreach (double time in new[] { 7.0, 8.0 }) Assert.That(Render(rig, Call(time)).Origin, Is.EqualTo(ResultOrigin.Computed));
        }

        using (EngineRig same = new(Sampled, store: store)) Assert.That(Render(same, Call(8, RenderMode.LookupOnly)).Origin, Is.EqualTo(ResultOrigin.Kept));
        _sources[60] = 250;
        using EngineRig another = new(Sampled, store: store);
        Assert.That(Render(another, Call(8, RenderMode.LookupOnly)).Origin, Is.EqualTo(ResultOrigin.Stale));
    }

    [Test]
    public void WithinASequence_NeighboursAreNotFetchedAgain(CancellationToken cancellation)
    {
        ResultStore store = Store();
        double[] times = [3, 4, 5, 6, 7];
        using (EngineRig rig = Rig(store))
        {
            foreach (double time in times) Render(rig, Call(time));
        }

        using EngineRig another = Rig(store);
        FakeHost host = Host();
        foreach (double time in times) Assert.That(another.Client.Render(Call(time), host).Origin, Is.EqualTo(ResultOrigin.Kept));
        Assert.That(host.Fetches, Is.EqualTo(times.Length + 2), "the first one's neighbours, and each source");
    }

    [Test]
    public void SettingThatMatters_IsAnotherResult_OneThatDoesNotIsTheSame(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        EffectDefinition style = EffectCatalog.Style;
        RenderCall With(string name, double value)
        {
            RenderCall call = Call(7);
            call.Numbers[style.IndexOf(name)] = value;
            return call;
        }

        Render(rig, Call(7));
        Assert.That(Render(rig, With("structureFidelity", 0.75)).Origin, Is.EqualTo(ResultOrigin.Computed));
        Assert.That(Render(rig, With(EffectCatalog.OutputKindName, 1)).Origin, Is.EqualTo(ResultOrigin.Kept));
        Assert.That(Render(rig, With("structureFidelity", 0.75)).Origin, Is.EqualTo(ResultOrigin.Kept));
    }

    [Test]
    public void Preview_ShowsWhatIsKept_ElseADraft(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        (ResultOrigin origin, byte[] draft) = Render(rig, Call(7, RenderMode.Preview));
        Assert.That(origin, Is.EqualTo(ResultOrigin.Preview));
        (ResultOrigin final, byte[] result) = Render(rig, Call(7));
        Assert.That(final, Is.EqualTo(ResultOrigin.Computed), "a preview is no result");
        Assert.That(draft, Is.Not.EqualTo(result));
        (origin, byte[] kept) = Render(rig, Call(7, RenderMode.Preview) with { IsInteractive = true });
        Assert.That(origin, Is.EqualTo(ResultOrigin.Kept));
        Assert.That(kept, Is.EqualTo(result));
    }

    [Test]
    public void Preview_ShowsAKeptDraft(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        RenderCall draft = Call(7);
        draft.Numbers[EffectCatalog.Style.IndexOf("quality")] = (int)QualityLevel.Draft;
        byte[] drafted = Render(rig, draft).Pixels;
        Assert.That(_renders, Is.EqualTo(1));
        (ResultOrigin origin, byte[] shown) = Render(rig, Call(7, RenderMode.Preview));
        Assert.That((origin, _renders), Is.EqualTo((ResultOrigin.Preview, 1)));
        Assert.That(shown, Is.EqualTo(drafted));
    }

    [Test]
    public void Preview_OfWhatTakesLong_IsTheSourceAndDoesNotTryAgain(CancellationToken cancellation)
    {
        using EngineRig rig = new(
            (job, frames, _, _, token) =>
            {
                Interlocked.Increment(ref _renders);
                token.WaitHandle.WaitOne();
                throw new OperationCanceledException(token);
            },
            store: Store());
        FakeHost host = Host();
        for (int round = 0; round < 2; round++)
        {
            Assert.That(rig.Client.Render(Call(7, RenderMode.Preview), host).Origin, Is.EqualTo(ResultOrigin.Preview));
            Assert.That(host.Result, Is.All.EqualTo((byte)(40 + 7 * 3)));
        }

        Assert.That(_renders, Is.EqualTo(1));
    }

    [Test]
    public void Interactive_FinalsAreNotKept(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        Render(rig, Call(7) with { IsInteractive = true });
        Render(rig, Call(7) with { IsInteractive = true });
        Assert.That(_renders, Is.EqualTo(2));
        Assert.That(rig.Client.QueryStatus()!.CacheEntries, Is.Zero);
    }

    [Test]
    public void SameFrame_AskedForByTwoHostsAtOnce_IsComputedOnce(CancellationToken cancellation)
    {
        using ManualResetEventSlim goes = new(false), runs = new(false);
        using EngineRig rig = new(
            (job, frames, pictures, progress, token) =>
            {
                runs.Set();
                goes.Wait(token);
                return Blur(job, frames, pictures, progress, token);
            },
            store: Store());
        Task<(ResultOrigin Origin, byte[] Pixels)>[] renders = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () => Render(rig, Call(7)), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Assert.That(runs.Wait(10_000, cancellation), Is.True);
        Assert.That(() => rig.Queue.State.Running, Is.EqualTo(2).After(10_000, 5), "the other waits for the first");
        goes.Set();
        Task.WaitAll(renders, cancellation);
        Assert.That(renders.Select(render => render.Result.Origin), Is.EquivalentTo(new[] { ResultOrigin.Computed, ResultOrigin.Kept }));
        Assert.That(renders[0].Result.Pixels, Is.EqualTo(renders[1].Result.Pixels));
        Assert.That(_renders, Is.EqualTo(1));
    }

    [Test]
    public void Clip_IsGeneratedCountedAndForgotten(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        ClipKey clip = new(Key, 0, 5);
        Assert.That(rig.Client.CountKept(clip), Is.EqualTo(new CacheReply { Key = Key, Frames = 0, Bytes = 0, BytesMax = 1L << 30 }));
        GeneratingHost host = new(Host(), Call(0, key: Key));
        Assert.That(rig.Client.RenderClip(new ClipRange(0, 5), draftsFirst: true, host), Is.EqualTo(new ClipOutcome(IsAborted: false, 6, 0)));
        Assert.That(_renders, Is.EqualTo(12), "six drafts, six results");
        Assert.That(host.Progress.Select(progress => progress.Fraction), Is.Ordered.And.All.InRange(0, 1));
        Assert.That(host.Progress[^1].Fraction, Is.EqualTo(1).Within(1e-9));
        Assert.That((rig.Client.CountKept(clip)!.Value.Frames, rig.Client.CountKept(clip with { First = 2, Last = 3 })!.Value.Frames, rig.Client.CountKept(clip, 0.5, 0.5)!.Value.Frames),
            Is.EqualTo((6L, 2L, 0L)));
        Assert.That(rig.Client.RenderClip(new ClipRange(0, 5), draftsFirst: false, host), Is.EqualTo(new ClipOutcome(IsAborted: false, 0, 6)));
        CacheReply forgotten = rig.Client.ForgetKept(Key)!.Value;
        Assert.That((forgotten.Frames, forgotten.Bytes > 0, rig.Client.CountKept(clip)!.Value.Frames), Is.EqualTo((6L, true, 0L)));
        Assert.That(Render(rig, Call(3, RenderMode.LookupOnly, Key)).Origin, Is.EqualTo(ResultOrigin.Missing));
    }

    [Test]
    public void AllResults_AreCountedAndForgotten(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        Render(rig, Call(1, key: Key));
        Render(rig, Call(2, key: Key));
        CacheReply all = rig.Client.CountAllKept()!.Value;
        Assert.That((all.Frames, all.Bytes > 0, all.BytesMax), Is.EqualTo((2L, true, 1L << 30)));
        Assert.That(rig.Client.ForgetAllKept(), Is.EqualTo(all));
        Assert.That((rig.Client.CountAllKept()!.Value.Frames, Render(rig, Call(1, RenderMode.LookupOnly, Key)).Origin), Is.EqualTo((0L, ResultOrigin.Missing)));
    }

    [Test]
    public void Clip_ThatIsStopped_KeepsWhatWasComputed(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(Store());
        GeneratingHost host = new(Host(), Call(0, key: Key)) { StopsAfter = 3 };
        ClipOutcome outcome = rig.Client.RenderClip(new ClipRange(0, 9), draftsFirst: false, host);
        Assert.That((outcome.IsAborted, outcome.Computed), Is.EqualTo((true, 3)));
        Assert.That(rig.Client.CountKept(new ClipKey(Key, 0, 9))!.Value.Frames, Is.EqualTo(3));
    }

    [Test]
    public void EngineWithoutResults_KeepsNoneAndSaysSo(CancellationToken cancellation)
    {
        using EngineRig rig = Rig(null);
        Render(rig, Call(7, key: Key));
        Assert.That(rig.Client.CountKept(new ClipKey(Key, 0, 9)), Is.EqualTo(new CacheReply { Key = Key, Frames = 0, Bytes = 0, BytesMax = 0 }));
        Assert.That(rig.Client.ForgetKept(Key)!.Value.Frames, Is.Zero);
        Assert.That((rig.Client.QueryStatus()!.CachePath, Render(rig, Call(7, RenderMode.Preview)).Origin), Is.EqualTo(("", ResultOrigin.Preview)));
    }

    /// <summary>A host whose user pressed the button.</summary>
    private sealed class GeneratingHost(FakeHost host, RenderCall call) : IClipHost
    {
        private int _results;

        public int StopsAfter { get; init; } = int.MaxValue;

        public List<ClipProgress> Progress { get; } = [];

        public RenderCall Describe(double time, ClipPass pass)
        {
            double[] numbers = [.. call.Numbers];
            if (pass == ClipPass.Draft) numbers[EffectCatalog.Style.IndexOf("quality")] = (int)QualityLevel.Draft;
            return call with { Time = time, Numbers = numbers, Key = pass == ClipPass.Full ? call.Key : JobKey.None, Mode = RenderMode.LookupOnly };
        }

        public void ClipProgress(in ClipProgress progress) => Progress.Add(progress);

        public bool IsAborted() => _results >= StopsAfter;

        void IRenderHost.Progress(double fraction)
        {
        }

        public bool FetchFrame(int clip, double time, IFrameSink sink) => host.FetchFrame(clip, time, sink);

        public void ReceiveResult(SlotView pixels) => _results++;

        public void Log(BridgeLogLevel level, string message)
        {
        }
    }
}
