using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX.Tests;

/// <summary>The status line after a change: stale exactly when something changed on which a kept frame depends, and ready again when it is taken back.</summary>
[NonParallelizable]
public sealed class ClipStatusTests
{
    private const string Ready = "8 of 8 frames ready";

    /// <summary>Parameters whose values count in general, and in a fresh instance do not: the plug-in puts the clip's own frames, the moment that the speed comes to or the
    /// decided canvas in their place.</summary>
    private static readonly string[] ReplacedInAFreshInstance =
        ["generate.firstReferenceFrame", "generate.lastReferenceFrame", "retime.sourceFrame", "perform.restFrame"];

    private static IEnumerable<TestCaseData> Rows() =>
        from effect in EffectCatalog.All
        from parameter in effect.Parameters
        select new TestCaseData(effect.Name, parameter.Name, parameter.Matters && !ReplacedInAFreshInstance.Contains($"{effect.Name}.{parameter.Name}"))
            .SetArgDisplayNames(effect.Name, parameter.Name);

    private static readonly Dictionary<string, ClipScene> Scenes = [];

    [OneTimeTearDown]
    public void Close()
    {
        foreach (ClipScene scene in Scenes.Values) scene.Dispose();
        Scenes.Clear();
    }

    [TestCaseSource(nameof(Rows))]
    public void ParameterChanges_StatusIsStaleIfItMatters_AndReadyAgainWhenItIsTakenBack(string effectName, string name, bool isStale)
    {
        ClipScene scene = Generated(effectName);
        ParameterDefinition definition = scene.Definition.Parameters[scene.Definition.IndexOf(name)];
        HostedParameter parameter = scene.Effect.Parameters[name];
        Assert.That(scene.Status, Is.EqualTo(Ready));
        if (definition.IsText) parameter.SetText("/other.png");
        else parameter.SetNumbers(OtherValue(definition));
        Assert.That(scene.Status, Is.EqualTo(isStale ? $"stale: {definition.Label} changed" : Ready));
        if (definition.IsText) parameter.SetText(definition.DefaultText);
        else parameter.SetNumbers(definition.Default);
        Assert.That(scene.Status, Is.EqualTo(Ready));
    }

    [Test]
    public void SeveralChange_FirstIsNamed()
    {
        ClipScene scene = Generated("style");
        scene.Effect.Parameters["detailSize"].SetNumbers(2);
        scene.Effect.Parameters["seed"].SetNumbers(7);
        Assert.That(scene.Status, Is.EqualTo("stale: Detail Size and others changed"));
        scene.Effect.Parameters["keepColour"].SetNumbers(0.5);
        Assert.That(scene.Status, Is.EqualTo("stale: Detail Size and others changed"));
        scene.Effect.Parameters["keepColour"].SetNumbers(0);
        scene.Effect.Parameters["seed"].SetNumbers(1);
        scene.Effect.Parameters["detailSize"].SetNumbers(1);
        Assert.That(scene.Status, Is.EqualTo(Ready));
    }

    [Test]
    public void KeyIsUndone_StatusFollows()
    {
        ClipScene scene = Generated("style");
        string key = scene.Key;
        scene.Effect.Parameters[ClipControls.KeyName].SetText("");
        Assert.That(scene.Status, Is.EqualTo(ClipControls.NothingMade));
        scene.Effect.Parameters[ClipControls.KeyName].SetText(key);
        Assert.That(scene.Status, Is.EqualTo(Ready));
    }

    [Test]
    public void RangeChanges_StatusFollows()
    {
        ClipScene scene = Generated("style");
        scene.Effect.Parameters[ClipControls.LastName].SetNumbers(3);
        Assert.That(scene.Status, Is.EqualTo(Ready), "not used");
        scene.Effect.Parameters[ClipControls.RangeName].SetNumbers((int)ClipRangeChoice.FirstToLast);
        Assert.That(scene.Status, Is.EqualTo("stale: Range changed"));
        scene.Effect.Parameters[ClipControls.RangeName].SetNumbers((int)ClipRangeChoice.WholeClip);
        Assert.That(scene.Status, Is.EqualTo(Ready));
    }

    [Test]
    public void ClipInUseChanges_StatusSaysThatItMayHave_AndUpdateFindsWhatIsNew()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Press(ClipControls.UpdateName);
        scene.Effect.NotifyChanged(scene.Effect.Clips[EffectCatalog.StyleClipName], ChangeReason.UserEdited, 0);
        Assert.That(scene.Status, Is.EqualTo(Ready), "Style from Clip is off");
        scene.Shift = 1;
        scene.Effect.NotifyChanged(scene.Effect.Clips[EffectDefinition.SourceClipName], ChangeReason.UserEdited, 0);
        Assert.That(scene.Status, Is.EqualTo("Source may have changed: Update checks it"));
        scene.Press(ClipControls.UpdateName);
        Assert.That(scene.Status, Is.EqualTo(Ready));
        Assert.That(scene.Engine.Computed, Is.EqualTo(16), "all frames are other frames now");
    }

    [Test]
    public void NothingGenerated_ChangesSayNothing()
    {
        using ClipScene scene = new(EffectCatalog.Style);
        scene.Effect.Parameters["detailSize"].SetNumbers(2);
        Assert.That(scene.Status, Is.EqualTo(ClipControls.NothingMade));
        Assert.That(scene.Effect.UndoSteps, Is.Empty);
    }

    /// <summary>A value that means something else than the default in a fresh instance: where the host or the clip decide the first option, another than what they come to.
    /// </summary>
    private static double OtherValue(ParameterDefinition definition) => definition.Name switch
    {
        "canvas" or "fieldOrder" => 2,
        _ => definition.Kind switch
        {
            ParameterKind.Double => definition.Default == definition.Minimum ? (definition.Minimum + Math.Min(definition.Maximum, definition.DisplayMaximum)) / 2 : definition.Minimum,
            ParameterKind.Boolean => 1 - definition.Default,
            ParameterKind.Choice => definition.Default == 0 ? 1 : 0,
            _ => definition.Default + 3 <= definition.Maximum ? definition.Default + 3 : definition.Default - 3,
        },
    };

    private static ClipScene Generated(string name)
    {
        if (Scenes.TryGetValue(name, out ClipScene? scene))
        {
            Stage.Engine.Instead = scene.Engine;
            return scene;
        }

        // One effect after another: a library of the test forwards to the newest scene.
        foreach (ClipScene other in Scenes.Values) other.Dispose();
        Scenes.Clear();
        scene = new ClipScene(EffectCatalog.FindByName(name)!);
        scene.Press(ClipControls.UpdateName);
        Scenes[name] = scene;
        return scene;
    }
}
