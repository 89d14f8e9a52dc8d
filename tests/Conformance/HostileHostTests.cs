using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Hosts that lack things, lie, stop in the middle and call in the wrong order. The plug-in may refuse; it may not crash, hang, leak or
/// break a rule.</summary>
public sealed class HostileHostTests
{
    private static readonly string[] Suites =
    [
        "OfxPropertySuite/1", "OfxImageEffectSuite/1", "OfxParameterSuite/1", "OfxMemorySuite/1", "OfxMultiThreadSuite/1", "OfxMessageSuite/1",
        "OfxMessageSuite/2",
        "OfxProgressSuite/1", "OfxProgressSuite/2", "OfxTimeLineSuite/1", "OfxParametricParameterSuite/1", "OfxInteractSuite/1", "OfxDrawSuite/1",
    ];

    private static readonly string[] Slots =
    [
        "propSetPointer", "propSetString", "propSetDouble", "propSetInt", "propSetPointerN", "propSetStringN", "propSetDoubleN", "propSetIntN",
        "propGetPointer",
        "propGetString", "propGetDouble", "propGetInt", "propGetPointerN", "propGetStringN", "propGetDoubleN", "propGetIntN", "propReset",
        "propGetDimension",
        "getPropertySet", "getParamSet", "clipDefine", "clipGetHandle", "clipGetPropertySet", "clipGetImage", "clipReleaseImage",
        "clipGetRegionOfDefinition", "abort",
        "imageMemoryAlloc", "paramDefine", "paramGetHandle", "paramSetGetPropertySet", "paramGetPropertySet", "paramGetValue", "paramGetValueAtTime",
        "paramGetNumKeys",
        "message", "setPersistentMessage", "clearPersistentMessage", "progressStart", "progressUpdate", "progressEnd", "getTime", "memoryAlloc",
        "multiThread",
    ];

    private static readonly string[] Properties =
    [
        "OfxPropAPIVersion", "OfxPropName", "OfxPropLabel", "OfxPropVersion", "OfxPropType", "OfxPropTime", "OfxPluginPropFilePath",
        "OfxPropInstanceData",
        "OfxPropIsInteractive", "OfxImageEffectPropContext", "OfxImageEffectPropSupportedContexts", "OfxImageEffectPropSupportedPixelDepths",
        "OfxImageEffectPropSupportedComponents", "OfxImageEffectPropSupportsMultiResolution", "OfxImageEffectPropTemporalClipAccess",
        "OfxImageEffectPropSupportsTiles",
        "OfxImageEffectPropMultipleClipDepths", "OfxImageEffectPropPixelDepth", "OfxImageEffectPropComponents", "OfxImageEffectPropPreMultiplication",
        "OfxImageEffectPropRenderScale", "OfxImageEffectPropRenderWindow", "OfxImageEffectPropFieldToRender", "OfxImageEffectPropFrameRate",
        "OfxImageEffectPropFrameRange", "OfxImageEffectPropProjectSize", "OfxImagePropData", "OfxImagePropBounds", "OfxImagePropRowBytes",
        "OfxImagePropRegionOfDefinition", "OfxImagePropPixelAspectRatio", "OfxImagePropField", "OfxImagePropUniqueIdentifier",
        "OfxImageClipPropConnected",
        "OfxImageClipPropOptional", "OfxParamPropDefault", "OfxParamPropMin", "OfxParamPropDisplayMin", "OfxParamPropChoiceOption",
        "OfxParamPropType",
        "OfxImageEffectPluginRenderThreadSafety", "OfxImageEffectInstancePropSequentialRender", "OfxImageEffectPropRegionOfDefinition",
        "OfxParamPropAnimates",
    ];

    [SetUp]
    public void Require() => Product.Require();

    [TestCaseSource(nameof(Suites))]
    public void SuiteMissing_RefusesOrWorks(string suite) => Survive(HostProfile.Default with { MissingSuites = [suite] });

    [Test]
    public void EverySuiteMissing_IsRefused()
    {
        using Stage stage = new(new EmulatedHost(HostProfile.Default with { MissingSuites = [.. Suites] }, EffectContext.Filter, PixelDepth.Float),
            EffectCatalog.Style);
        var error = Assert.Throws<HostingException>(() => stage.Plugin.Describe());
        Assert.That(error!.Status, Is.EqualTo(4), "kOfxStatErrMissingHostFeature");
    }

    [TestCaseSource(nameof(Slots))]
    public void SlotNull_RefusesOrWorks(string slot)
    {
        // Without its release function an image cannot be given back; that much is forgiven.
        ImmutableArray<string> forgiven = slot == "clipReleaseImage" ? ["image-not-released"] : [];
        Survive(HostProfile.Default with { NullSlots = [slot] }, forgiven);
    }

    [TestCaseSource(nameof(Properties))]
    public void PropertyMissing_RefusesOrWorks(string property) => Survive(HostProfile.Default with { MissingProperties = [property] });

    [Test]
    public void EveryPropertyMissing_RefusesOrWorks() => Survive(HostProfile.Default with { MissingProperties = [.. Properties] });

    [Test]
    public void AnyHostCallFails_RefusesOrWorks([Range(1, 401, 10)] int call)
    {
        for (int offset = 0; offset < 10; offset++) Survive(HostProfile.Default with { FailAtCall = call + offset });
    }

    [Test]
    public void AbortAtAnyCall_StopsWithoutLeak([Range(1, 401, 20)] int call)
    {
        for (int offset = 0; offset < 20; offset += 5) Survive(HostProfile.Default with { AbortAtCall = call + offset });
    }

    [Test]
    public void SourceWithoutImage_FailsPlainly([Values] MissingImageAnswer answer)
    {
        EmulatedHost host = new(HostProfile.Default with { MissingImage = answer, ClipsClaimConnected = true }, EffectContext.Filter,
            PixelDepth.Float);
        using Stage stage = new(host, EffectCatalog.Extend, Settings.QuickExtend);
        DelegateFrameSource empty = new DelegateFrameSource().Add("Source", stage.Format, _ => null);
        Assert.That(() => stage.Effect.Render(new HostRequest(), empty), Throws.TypeOf<HostingException>());
        Assert.That(stage.Effect.ImagesHeld, Is.Zero);
    }

    [TestCase(-0.5)]
    [TestCase(-1000.25)]
    [TestCase(0.1)]
    [TestCase(1e9)]
    public void OddTimes_ReachTheSourceUnchanged(double time)
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Own, EffectCatalog.Style, Settings.Neutral);
        using HostImage image = stage.Render(time, like: new HostRequest { UseIdentity = false }), expected = stage.Picture(time);
        Assert.That(stage.Asked, Is.All.EqualTo(time));
        Assert.That(Stage.SameBits(image, expected), Is.True);
    }

    [Test]
    public void ActionsInTheWrongOrder_AreAnsweredWithAStatus()
    {
        using Stage stage = new(EmulatedHosts.Own, EffectCatalog.Style);
        string[] actions =
        [
            "OfxImageEffectActionRender", "OfxActionDescribe", "OfxActionCreateInstance", "OfxActionDestroyInstance", "OfxActionUnload",
            "OfxActionUnload",
            "OfxImageEffectActionGetRegionOfDefinition", "OfxImageEffectActionGetClipPreferences", "OfxImageEffectActionIsIdentity",
            "OfxActionInstanceChanged",
            "OfxImageEffectActionDescribeInContext", "OfxImageEffectActionEndSequenceRender", "OfxActionPurgeCaches", "NoSuchAction", "",
        ];
        foreach (string action in actions)
        {
            foreach (nint handle in new nint[] { 0, 0x7777 }) Assert.That(stage.Plugin.CallRaw(action, handle), Is.InRange(0, 16),
                $"'{action}' on {handle}");
        }

        using HostedEffect effect = stage.Create();
        effect.GetClipPreferences();
        Assert.That(stage.Plugin.CallRaw("NoSuchAction", effect.Handle), Is.EqualTo(14), "kOfxStatReplyDefault");
    }

    [Test]
    public void UnloadWithoutDestroy_AndEverythingAgain_Works()
    {
        for (int round = 0; round < 5; round++)
        {
            using Stage stage = new(EmulatedHosts.Own, EffectCatalog.Style, Settings.Neutral);
            HostedEffect[] forgotten = [.. Enumerable.Range(0, 8).Select(_ => stage.Create())];
            Assert.That(forgotten, Has.Length.EqualTo(8));
            stage.Plugin.Forget(instancesToo: true);
            Assert.That(stage.Plugin.CallRaw("OfxActionUnload"), Is.AnyOf(0, 14));
            using HostedEffect effect = stage.Create();
            if (Product.HasEngine) effect.Render(new HostRequest { UseIdentity = false }).Dispose();
        }
    }

    /// <summary>Goes through a plug-in's whole life. It may refuse at any point; rules hold all the same.</summary>
    private static void Survive(HostProfile profile, ImmutableArray<string> forgiven = default)
    {
        EmulatedHost host = new(profile, EffectContext.General, PixelDepth.Float);
        foreach (EffectDefinition effect in EffectCatalog.All)
        {
            using Stage stage = new(host, effect, StandardTests.NeutralOf(effect),
                new PixelBounds(-3, -2, 13, 8)) { Expected = forgiven.IsDefault ? [] : forgiven };
            try
            {
                stage.Render(1, like: new HostRequest { UseIdentity = false }).Dispose();
                if (stage.Effect.Parameters.All is [var first, ..]) stage.Effect.NotifyChanged(first, ChangeReason.UserEdited, 1);
                stage.Effect.PurgeCaches();
            }
            catch (HostingException e)
            {
                Assert.That(e.Code, Is.AnyOf(
                    HostingError.ActionFailed, HostingError.Aborted, HostingError.UnsupportedContext, HostingError.UnknownName,
                        HostingError.BadValue), e.Message);
            }
        }
    }
}
