using System.Diagnostics;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.OpenFX.Tests;

/// <summary>The buttons Generate, Update and Clear: what they make, what they leave in the project, and how they stop.</summary>
[NonParallelizable]
public sealed class ClipButtonTests
{
    private static readonly string[] KeyAndStatus = [ClipControls.KeyName, ClipControls.StatusName];
    private static readonly IEnumerable<string> Effects = EffectCatalog.All.Select(static effect => effect.Name);

    [TestCaseSource(nameof(Effects))]
    public void Generate_MakesEveryFrameOnce_AndRendersLookUp(string name)
    {
        using ClipScene scene = new(EffectCatalog.FindByName(name)!);
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Told, Is.Empty);
        Assert.That(scene.Status, Is.EqualTo("8 of 8 frames ready"));
        Assert.That(ClipKey.TryParse(scene.Key, out ClipKey key) ? (key.First, key.Last) : default, Is.EqualTo((0.0, 7.0)));
        Assert.That(scene.Effect.UndoSteps.Select(static step => step.Parameters), Is.EqualTo(new[] { KeyAndStatus }), "one step of undo");
        Assert.That(scene.Engine.Computed, Is.EqualTo(ClipScene.Frames));
        for (int time = 0; time < ClipScene.Frames; time++) scene.Render(time);
        Assert.That(scene.Engine.Computed, Is.EqualTo(ClipScene.Frames), "renders compute nothing");
        Assert.That(scene.Engine.Answers.TakeLast(ClipScene.Frames).Select(static each => each.Origin), Is.All.EqualTo(ResultOrigin.Kept));
    }

    [Test]
    public void Generate_GoesThroughTheClipInDraftFirst_UpdateDoesNot()
    {
        using ClipScene scene = new(EffectCatalog.Extend);
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Engine.Answers.Select(static each => (each.Time, each.IsDraft)),
            Is.EqualTo(Enumerable.Range(0, 16).Select(static index => ((double)(index % 8), index < 8))));
        scene.Engine.Wipe();
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Engine.Answers.Select(static each => each.IsDraft), Is.EqualTo(new bool[8]));
        Assert.That(scene.Status, Is.EqualTo("8 of 8 frames ready"));
    }

    [Test]
    public void FirstFinalRenderWithoutTheButton_GivesTheSamePixels_AndSoDoesAnEmptyCache()
    {
        using ClipScene scene = new(EffectCatalog.Remove);
        byte[][] first = [.. Enumerable.Range(0, ClipScene.Frames).Select(time => scene.Render(time))];
        scene.Engine.Wipe();
        scene.Press(ClipControls.GenerateName);
        byte[][] made = [.. Enumerable.Range(0, ClipScene.Frames).Select(time => scene.Render(time))];
        string key = scene.Key;
        using HostedEffect loaded = scene.Create();
        ClipScene.CopyValues(scene.Effect, loaded);
        Assert.That(loaded.Parameters[ClipControls.KeyName].GetText(), Is.EqualTo(key), "the project has it");
        scene.Engine.Wipe();
        byte[][] again = [.. Enumerable.Range(0, ClipScene.Frames).Select(time => scene.Render(time, instance: loaded))];
        Assert.That(made, Is.EqualTo(first));
        Assert.That(again, Is.EqualTo(first));
        Assert.That(scene.Engine.Computed, Is.EqualTo(ClipScene.Frames), "the empty cache was filled by the renders");
    }

    [Test]
    public void CopyOfTheInstance_LooksUpToo()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Press(ClipControls.GenerateName);
        using HostedEffect copy = scene.Create();
        scene.Effect.SyncPrivateData();
        scene.Effect.PurgeCaches();
        ClipScene.CopyValues(scene.Effect, copy);
        scene.Render(3, instance: copy);
        Assert.That(scene.Engine.Answers[^1].Origin, Is.EqualTo(ResultOrigin.Kept));
    }

    [Test]
    public void LooksAtAFrame_NothingKept_ShowAPreviewAndComputeNothing([Values] bool isInteractive, [Values] bool isDraft, [Values] bool isThumbnail)
    {
        using ClipScene scene = new(EffectCatalog.Generate);
        HostRequest like = new() { IsInteractive = isInteractive, IsDraft = isDraft, IsThumbnail = isThumbnail };
        scene.Render(2, like);
        bool isLook = isInteractive || isDraft || isThumbnail;
        Assert.That(scene.Engine.Answers.Select(static each => each.Origin), Is.EqualTo(new[] { isLook ? ResultOrigin.Preview : ResultOrigin.Computed }));
        scene.Press(ClipControls.GenerateName);
        scene.Render(2, like);
        Assert.That(scene.Engine.Answers[^1].Origin, Is.EqualTo(ResultOrigin.Kept), "what is there is shown to all");
    }

    [Test]
    public void Cancel_ReturnsAtOnce_KeepsWhatIsFinished_AndUpdateGoesOn()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        long asked = 0;
        scene.Engine.OnCompute = (time, cancellation) =>
        {
            if (time == 3) cancellation.WaitHandle.WaitOne(10_000);
        };
        scene.Events.Progress = (_, fraction) =>
        {
            if (scene.Engine.Computed < 3) return true;
            if (asked == 0) asked = Stopwatch.GetTimestamp();
            return false;
        };
        scene.Press(ClipControls.UpdateName);
        Assert.That(Stopwatch.GetElapsedTime(asked).TotalMilliseconds, Is.LessThan(250));
        Assert.That(scene.Status, Is.EqualTo("3 of 8 frames ready: Update goes on"));
        Assert.That(scene.Told, Is.Empty, "who cancels knows");
        scene.Engine.OnCompute = null;
        scene.Events.Progress = null;
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Engine.Computed, Is.EqualTo(8), "three of them were there");
        Assert.That(scene.Status, Is.EqualTo("8 of 8 frames ready"));
    }

    [Test]
    public void CancelBeforeTheFirstFrame_LeavesEverythingAsItWas()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        int asked = 0;
        scene.Events.Progress = (_, _) => asked++ == 0; // The bar is shown; the next answer is Cancel.
        scene.Press(ClipControls.GenerateName);
        Assert.That((scene.Key, scene.Status, scene.Engine.Answers.Count), Is.EqualTo(("", ClipControls.NothingMade, 0)));
        Assert.That(scene.Effect.UndoSteps, Is.Empty);
    }

    [Test]
    public void ProgressRises_AndEnds()
    {
        using ClipScene scene = new(EffectCatalog.Extend);
        List<double> seen = [];
        scene.Engine.OnCompute = static (_, _) => Thread.Sleep(25); // Longer than an answer of the host holds.
        scene.Events.Progress = (label, fraction) =>
        {
            Assert.That(label, Is.EqualTo("RunwayFX Extend: frames 0 to 7"));
            seen.Add(fraction);
            return true;
        };
        scene.Press(ClipControls.GenerateName);
        Assert.That(seen, Is.Ordered.And.Count.GreaterThan(8));
        Assert.That(seen[^1], Is.GreaterThan(0.5).And.LessThanOrEqualTo(1));
        Assert.That(scene.Journal.CallsOf("progressEnd"), Is.EqualTo(1));
    }

    [TestCase("OfxProgressSuite/2")]
    [TestCase("OfxProgressSuite/1")]
    public void EitherVersionOfTheProgressSuite_IsEnough(string missing)
    {
        using ClipScene scene = new(EffectCatalog.Style, HostProfile.Default with { MissingSuites = [missing] });
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Journal.CallsOf("progressEnd"), Is.EqualTo(1));
        Assert.That(scene.Told, Is.Empty);
    }

    [Test]
    public void HostWithoutProgress_IsToldTheEnd_AndGetsNoDrafts()
    {
        using ClipScene scene = new(EffectCatalog.Style, HostProfile.Default with { MissingSuites = ["OfxProgressSuite/1", "OfxProgressSuite/2"] });
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Told, Is.EqualTo(new[] { "RunwayFX Style: 8 of 8 frames ready." }));
        Assert.That(scene.Engine.Answers.Any(static each => each.IsDraft), Is.False);
    }

    [Test]
    public void HostWithoutPicturesOutsideRenders_SaysSo_AndNothingIsWritten()
    {
        using ClipScene scene = new(EffectCatalog.Style, HostProfile.Default with { ImagesOnlyWhileRendering = true });
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Told.Single(), Does.Contain("no pictures while a button is pressed").And.Contain("Just render"));
        Assert.That((scene.Key, scene.Status, scene.Engine.Answers.Count), Is.EqualTo(("", ClipControls.NothingMade, 0)));
        Assert.That(scene.Effect.UndoSteps, Is.Empty);
        scene.Render(1);
        Assert.That(scene.Engine.Computed, Is.EqualTo(1), "rendering works");
    }

    [Test]
    public void HostWithOneFrameAtATime_SaysSo_RendersByTheStillMethod_AndSaysThatOnce()
    {
        using ClipScene scene = new(EffectCatalog.Style, HostProfile.Default with { TemporalAccess = TemporalAccess.Refused });
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Told.Single(), Does.Contain("one frame at a time").And.Contain("Just render"));
        Assert.That(scene.Effect.UndoSteps, Is.Empty);
        scene.Render(1);
        scene.Render(2);
        Assert.That(scene.Told.Count(static text => text.Contains("each is made on its own", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void FrameThatFails_IsTold_AndTheOnesBeforeItAreKept()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Engine.OnCompute = static (time, _) =>
        {
            if (time == 2) throw new BridgeException(BridgeError.RenderRefused, "no cheese at frame 2");
        };
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Told.Single(), Does.Contain("no cheese at frame 2").And.Contain("rfx log"));
        Assert.That(scene.Status, Is.EqualTo("2 of 8 frames ready: Update goes on"));
    }

    [Test]
    public void EngineThatKeepsNothing_IsSaid_BeforeAnyWork()
    {
        using ClipScene scene = new(EffectCatalog.Style, engine: new KeepingEngine { Keeps = false });
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Told.Single(), Does.Contain("keeps no results"));
        Assert.That((scene.Key, scene.Engine.Answers.Count), Is.EqualTo(("", 0)));
    }

    [Test]
    public void Clear_ForgetsTheFrames_AndEmptiesTheKey()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Press(ClipControls.UpdateName);
        scene.Press(ClipControls.ClearName);
        Assert.That((scene.Key, scene.Status), Is.EqualTo(("", ClipControls.NothingMade)));
        Assert.That(scene.Effect.UndoSteps[^1].Parameters, Is.EqualTo(KeyAndStatus));
        scene.Render(0);
        Assert.That(scene.Engine.Answers[^1].Origin, Is.EqualTo(ResultOrigin.Computed), "it was forgotten");
    }

    [Test]
    public void ClearWithoutAnything_ChangesNothing()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Press(ClipControls.ClearName);
        Assert.That(scene.Effect.UndoSteps, Is.Empty);
        Assert.That(scene.Told, Is.Empty);
    }

    [Test]
    public void ButtonPressedWhileOneIsAtWork_IsNotHeard()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        int presses = 0;
        scene.Events.Progress = (_, _) =>
        {
            if (presses++ == 0) scene.Press(ClipControls.GenerateName);
            return true;
        };
        scene.Press(ClipControls.GenerateName);
        Assert.That(scene.Engine.Computed, Is.EqualTo(8));
        Assert.That(scene.Effect.UndoSteps, Has.Length.EqualTo(1));
    }

    [TestCase(ClipRangeChoice.Timeline, 0, 7)]
    [TestCase(ClipRangeChoice.FirstToLast, 2, 4)]
    public void Range_SaysWhichFrames(ClipRangeChoice choice, int first, int last)
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Effect.Parameters[ClipControls.RangeName].SetNumbers((int)choice);
        scene.Effect.Parameters[ClipControls.FirstName].SetNumbers(4);
        scene.Effect.Parameters[ClipControls.LastName].SetNumbers(2);
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Engine.Answers.Select(static each => each.Time), Is.EqualTo(Enumerable.Range(first, last - first + 1)));
    }

    [Test]
    public void Generator_HasNoSource_TakesTheTimeline()
    {
        using ClipScene scene = new(EffectCatalog.Generate, context: EffectContext.Generator);
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Engine.Answers.Select(static each => each.Time), Is.EqualTo(Enumerable.Range(0, 8)));
    }

    [Test]
    public void HostFunctionFailsAtAnyCall_NothingBreaks()
    {
        int before, calls;
        using (ClipScene whole = new(EffectCatalog.Style))
        {
            before = whole.Journal.CallCount;
            whole.Press(ClipControls.UpdateName);
            calls = whole.Journal.CallCount - before;
        }

        int answered = 0, failed = 0;
        for (int call = 1; call <= calls; call += 29)
        {
            // The scene itself says that no image is left, no bar stands and no step of undo is open.
            using ClipScene scene = new(EffectCatalog.Style, HostProfile.Default with { FailAtCall = before + call });
            try
            {
                scene.Press(ClipControls.UpdateName);
                answered++;
            }
            catch (HostingException exception) when (exception.Code == HostingError.ActionFailed)
            {
                failed++;
            }
        }

        TestContext.Out.WriteLine($"{calls} calls while the button is pressed: {answered} passes went through, {failed} answered a failure");
        Assert.That(answered, Is.GreaterThan(failed));
    }
}
