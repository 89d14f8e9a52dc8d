using System.Diagnostics;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Making a clip ahead with the published plug-in and engine: in each host that has a panel, cancelled at any moment, and from a project that another machine
/// opens.</summary>
[NonParallelizable]
public sealed class ClipFirstTests
{
    /// <summary>Where the engine keeps results.</summary>
    private const string CacheVariable = "RUNWAYFX_CACHE_DIR";

    private const int Frames = 3;

    private DirectoryInfo? _cache;

    private static EngineClient NewClient() => new(new() { StartsEngine = false });

    private static IEnumerable<TestCaseData> Panels() =>
        from host in new[] { EmulatedHosts.Own, EmulatedHosts.Resolve, EmulatedHosts.Nuke, EmulatedHosts.Natron }
        from effect in EffectCatalog.All
        where effect != EffectCatalog.Perform // Works with a model alone.
        select new TestCaseData(host, effect).SetArgDisplayNames(host.ToString(), effect.Name);

    [OneTimeSetUp]
    public void Begin()
    {
        Product.RequireEngine();
        StartEngine(NewCache());
    }

    [OneTimeTearDown]
    public void End()
    {
        if (_cache is null) return;
        // What other tests need is started by the plug-in, as it was when the process began.
        StopEngine();
        Environment.SetEnvironmentVariable(CacheVariable, "off");
        _cache.Delete(recursive: true);
    }

    [TestCaseSource(nameof(Panels))]
    public void Generate_InEachHost_MakesWhatItsRendersLookUp(object host, EffectDefinition effect)
    {
        using Stage stage = Open((EmulatedHost)host, effect);
        stage.Effect.PressButton(ClipControls.UpdateName);
        Assert.That(stage.Journal.Messages.Select(static message => message.Text), Is.Empty);
        Assert.That(Text(stage.Effect, ClipControls.StatusName), Is.EqualTo("3 of 3 frames ready"));
        Assert.That(stage.Effect.ImagesHeld, Is.Zero);
        using EngineClient client = NewClient();
        long before = client.QueryStatus()!.CacheHits;
        for (int time = 0; time < Frames; time++) stage.Render(time, like: new HostRequest { UseIdentity = false }).Dispose();
        Assert.That(client.QueryStatus()!.CacheHits - before, Is.GreaterThanOrEqualTo(Frames), "frames that were looked up");
    }

    /// <summary>In hosts with a time domain the effect is longer than its clip, and its button makes what it added, too.</summary>
    [TestCase("Natron", false)]
    [TestCase("Natron", true)]
    [TestCase("Own", false)]
    public void ExtendInTime_IsLongerThanItsClip_AndTheButtonMakesTheAddedFramesToo(string host, bool loops)
    {
        const int Clip = 12, Before = 2, After = 3;
        using Stage stage = new(host == "Own" ? EmulatedHosts.Own : EmulatedHosts.Natron, EffectCatalog.Extend, instance =>
        {
            instance.Parameters["targetAspect"].SetNumbers(0);
            instance.Parameters["quality"].SetNumbers((double)QualityLevel.Draft);
            instance.Parameters[EffectCatalog.TimeModeName].SetNumbers((double)TimeMode.Continue);
            instance.Parameters["framesBefore"].SetNumbers(loops ? 0 : Before);
            instance.Parameters["framesAfter"].SetNumbers(After);
            instance.Parameters["loop"].SetNumbers(loops ? 1 : 0);
        });
        stage.Source.Add("Source", stage.Format with { FirstFrame = 0, LastFrame = Clip - 1 }, query => query.Time is >= 0 and < Clip ? stage.Picture(query.Time) : null);
        double first = loops ? 0 : -Before, last = Clip - 1 + After;
        Assert.That(stage.Effect.GetTimeDomain(), Is.EqualTo(new TimeRange(first, last)));
        stage.Effect.PressButton(ClipControls.UpdateName);
        Assert.That(stage.Journal.Messages.Select(static message => message.Text), Is.Empty);
        int frames = (int)(last - first) + 1;
        Assert.That(Text(stage.Effect, ClipControls.StatusName), Is.EqualTo($"{frames} of {frames} frames ready"));
        using EngineClient client = NewClient();
        long before = client.QueryStatus()!.CacheHits;
        foreach (double time in new[] { first, last }) stage.Render(time, like: new HostRequest { UseIdentity = false }).Dispose();
        Assert.That(client.QueryStatus()!.CacheHits - before, Is.GreaterThanOrEqualTo(2), "added frames that were looked up");
        using HostImage own = stage.Render(5, like: new HostRequest { UseIdentity = false }), source = stage.Picture(5);
        Assert.That(Stage.SameBits(own, source), Is.True, "good frames");
        Assert.That(stage.Effect.ImagesHeld, Is.Zero);
    }

    [Test]
    public void ExtendInTime_RepairsAHeldFrame_ByTheButton()
    {
        const int Clip = 12, Held = 6;
        using Stage stage = new(EmulatedHosts.Natron, EffectCatalog.Extend, instance =>
        {
            instance.Parameters["targetAspect"].SetNumbers(0);
            instance.Parameters["quality"].SetNumbers((double)QualityLevel.Draft);
            instance.Parameters[EffectCatalog.TimeModeName].SetNumbers((double)TimeMode.Repair);
        });
        // Frame 6 shows frame 5 again, as dropped frames do.
        stage.Source.Add("Source", stage.Format with { FirstFrame = 0, LastFrame = Clip - 1 },
            query => query.Time is >= 0 and < Clip ? stage.Picture(query.Time == Held ? Held - 1 : query.Time) : null);
        stage.Effect.PressButton(ClipControls.GenerateName);
        Assert.That(Text(stage.Effect, ClipControls.StatusName), Is.EqualTo($"{Clip} of {Clip} frames ready"));
        using HostImage mended = stage.Render(Held, like: new HostRequest { UseIdentity = false }), held = stage.Picture(Held - 1), good = stage.Render(8, like: new HostRequest { UseIdentity = false }),
            source = stage.Picture(8);
        Assert.That(Stage.SameBits(mended, held), Is.False, "the held frame is replaced");
        Assert.That(Stage.SameBits(good, source), Is.True, "good frames");
    }

    [TestCase("extend")]
    [TestCase("remove")]
    [TestCase("generate")]
    [TestCase("style")]
    [TestCase("retime")]
    public void ProjectWithAKey_OnAMachineWithAnEmptyCache_RendersTheSamePixels(string name)
    {
        EffectDefinition effect = EffectCatalog.FindByName(name)!;
        Dictionary<string, object> project = [];
        List<HostImage> made = [];
        try
        {
            using (Stage stage = Open(EmulatedHosts.Natron, effect))
            {
                stage.Effect.PressButton(ClipControls.GenerateName);
                Assert.That(ClipKey.TryParse(Text(stage.Effect, ClipControls.KeyName), out _), Is.True);
                stage.Effect.SyncPrivateData();
                foreach (HostedParameter parameter in stage.Effect.Parameters.All)
                {
                    if (parameter.Dimension > 0) project[parameter.Name] = parameter.GetNumbers();
                    else if (parameter.Kind == HostedParameterKind.String) project[parameter.Name] = parameter.GetText();
                }

                for (int time = 0; time < Frames; time++) made.Add(stage.Render(time, like: new HostRequest { UseIdentity = false }));
            }

            // Another machine: no engine, no results.
            StartEngine(NewCache());
            using Stage other = Open(EmulatedHosts.Natron, effect);
            foreach (HostedParameter parameter in other.Effect.Parameters.All)
            {
                if (!project.TryGetValue(parameter.Name, out object? value)) continue;
                if (value is string text) parameter.SetText(text);
                else parameter.SetNumbers([.. (IEnumerable<double>)value]);
            }

            for (int time = Frames - 1; time >= 0; time--)
            {
                using HostImage image = other.Render(time, like: new HostRequest { UseIdentity = false });
                Assert.That(Stage.SameBits(image, made[time]), Is.True, $"frame {time}");
            }
        }
        finally
        {
            made.ForEach(static image => image.Dispose());
        }
    }

    [Test]
    [Category("Slow")]
    public void CancelAtARandomMomentOfAPass_ReturnsAtOnce_AndTheNextPassGoesOn()
    {
        const int Rounds = 12, Seed = 20_261_123, ReturnMsMax = 250;
        Random random = new(Seed);
        using Stage stage = new(EmulatedHosts.Natron, EffectCatalog.Extend, instance =>
        {
            instance.Parameters["targetAspect"].SetNumbers(2);
            SetRange(instance, 40);
        }, new PixelBounds(0, 0, 320, 180));
        using HostImage ready = stage.Picture(0);
        stage.Source.Add("Source", stage.Format, _ => HostImageConversion.Convert(ready, ready.Format));
        List<long> returns = [];
        for (int round = 0; round < Rounds; round++)
        {
            stage.Effect.Parameters["seed"].SetNumbers(round);
            long moment = Environment.TickCount64 + random.Next(20, 900), asked = 0;
            stage.Library.Events.Progress = (_, _) =>
            {
                if (Environment.TickCount64 < moment) return true;
                if (asked == 0) asked = Stopwatch.GetTimestamp();
                return false;
            };
            stage.Effect.PressButton(ClipControls.GenerateName);
            if (asked != 0) returns.Add((long)Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            Assert.That(stage.Effect.ImagesHeld, Is.Zero, $"round {round}");
        }

        TestContext.Out.WriteLine($"seed {Seed}: {returns.Count} of {Rounds} passes given up; returned after {string.Join(", ", returns.Order())} ms");
        Assert.That(returns, Has.Count.GreaterThan(Rounds / 2));
        Assert.That(returns.Order().ElementAt(returns.Count * 9 / 10), Is.LessThanOrEqualTo(ReturnMsMax), "ms to return");
        Assert.That(stage.Journal.Messages, Is.Empty, "who cancels knows");
        stage.Library.Events.Progress = null;
        SetRange(stage.Effect, 2);
        stage.Effect.PressButton(ClipControls.UpdateName);
        Assert.That(Text(stage.Effect, ClipControls.StatusName), Is.EqualTo("2 of 2 frames ready"));
    }

    [Test]
    public void EngineKeepsNothing_ButtonSaysSo_AndRendersGoOn()
    {
        StartEngine("off");
        try
        {
            using Stage stage = Open(EmulatedHosts.Own, EffectCatalog.Extend);
            stage.Render(0, like: new HostRequest { UseIdentity = false }).Dispose();
            stage.Effect.PressButton(ClipControls.GenerateName);
            Assert.That(stage.Journal.Messages.Single().Text, Does.Contain("keeps no results"));
            Assert.That(Text(stage.Effect, ClipControls.KeyName), Is.Empty);
        }
        finally
        {
            StartEngine(NewCache());
        }
    }

    private static Stage Open(EmulatedHost host, EffectDefinition effect)
    {
        Stage stage = new(host, effect, instance =>
        {
            MatrixTests.WorkOf(effect)(instance);
            SetRange(instance, Frames);
        });
        if (effect == EffectCatalog.Style) stage.Source.Add(EffectCatalog.StyleClipName, stage.Format, query => stage.Picture(query.Time + 40));
        return stage;
    }

    private static void SetRange(HostedEffect instance, int frames)
    {
        instance.Parameters[ClipControls.RangeName].SetNumbers((double)ClipRangeChoice.FirstToLast);
        instance.Parameters[ClipControls.LastName].SetNumbers(frames - 1);
    }

    private static string Text(HostedEffect instance, string name) => instance.Parameters[name].GetText();

    /// <summary>An empty place for results; the one before is gone.</summary>
    private string NewCache()
    {
        StopEngine();
        _cache?.Delete(recursive: true);
        _cache = Directory.CreateTempSubdirectory("rfx-kept-");
        return _cache.FullName;
    }

    /// <summary>Starts an engine from here, so that it has this environment: the plug-in finds it running.</summary>
    private static void StartEngine(string cache)
    {
        StopEngine();
        Environment.SetEnvironmentVariable(CacheVariable, cache);
        using EngineClient client = new(new());
        Assert.That(client.QueryStatus(startsEngine: true), Is.Not.Null);
    }

    private static void StopEngine()
    {
        using EngineClient client = NewClient();
        if (client.QueryStatus() is not null) _ = client.StopEngine();
    }
}
