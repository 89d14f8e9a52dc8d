using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>The standard's demonstration host, MLT, Natron and openfx-runner.</summary>
public sealed class OpenSourceHostTests
{
    private static ImmutableArray<EffectDefinition> Effects => EffectCatalog.All;

    [SetUp]
    public void Require() => Product.Require();

    [TestCaseSource(nameof(Effects))]
    public void HostSupport_DescribesTwiceWithoutUnloadingTheBinary(EffectDefinition effect)
    {
        using Stage stage = new(EmulatedHosts.HostSupport, effect);
        stage.Effect.GetClipPreferences();
        Assert.That(stage.Journal.CallsOf("OfxActionLoad"), Is.EqualTo(2));
        Assert.That(stage.Journal.CallsOf("OfxActionUnload"), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Effects))]
    public void HostSupport_RefusesParametersAndDropsLaterOnes_PortableOnesAreThere(EffectDefinition effect)
    {
        using Stage stage = new(EmulatedHosts.HostSupport, effect);
        IEnumerable<string> portable = effect.Parameters.Where(parameter => parameter.Kind is ParameterKind.Double or ParameterKind.Boolean)
            .Select(parameter => parameter.Name);
        Assert.That(stage.Effect.Parameters.All.Select(parameter => parameter.Name), Is.SupersetOf(portable));
    }

    [Test]
    public void HostSupport_RefusedParametersHaveTheTablesDefault_RenderWorks()
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.HostSupport, EffectCatalog.Extend);
        using HostImage image = stage.Render(0);
        Assert.That(image.Format.Depth, Is.EqualTo(PixelDepth.Byte));
        using HostImage source = stage.Picture(0);
        Assert.That(Stage.SameBits(image, source), Is.True, "the source's own pixels stay, whatever grows around them");
    }

    [Test]
    public void Mlt_EveryFrameAnew_OnSeveralThreads_NeutralFramesAreRight()
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Mlt, EffectCatalog.Style, Settings.Neutral);
        bool[] right = new bool[12];
        Lock describing = new();
        Parallel.For(0, right.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, time =>
        {
            HostedEffect effect;
            lock (describing)
            {
                stage.Plugin.Forget();
                effect = stage.Create();
            }

            using (effect)
            {
                using HostImage image = effect.Render(new HostRequest { Time = time }), expected = stage.Picture(time);
                right[time] = Stage.SameBits(image, expected) && image.Format.RowOrder == RowOrder.TopDown;
            }
        });
        Assert.That(right, Is.All.True);
        Assert.That(stage.Journal.CallsOf("OfxActionLoad"), Is.EqualTo(right.Length));
        Assert.That(stage.Journal.CallsOf("OfxActionDestroyInstance"), Is.EqualTo(right.Length));
    }

    [Test]
    public void Mlt_GivesTheCurrentFrameForEveryTime_SoOtherTimesAreNeverAsked()
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Mlt, EffectCatalog.Extend, effect => effect.Parameters["targetAspect"].SetNumbers(0));
        foreach (double time in new[] { 7, 8, 3 }) stage.Render(time).Dispose();
        Assert.That(stage.Asked, Is.EqualTo(new[] { 7.0, 8.0, 3.0 }));
        Assert.That(stage.Journal.CallsOf("OfxActionLoad"), Is.EqualTo(3));
    }

    [Test]
    public void Mlt_ExtraClipWithoutConnectedPropertyAndWithoutData_FailsPlainly()
    {
        EmulatedHost host = EmulatedHosts.Mlt with { Profile = EmulatedHosts.Mlt.Profile with { MissingProperties = ["OfxPluginPropFilePath",
            "Clip/OfxImageClipPropConnected"] } };
        using Stage stage = new(host, EffectCatalog.Style, effect => effect.Parameters["styleFromClip"].SetNumbers(1));
        Assert.That(() => stage.Render(0), Throws.TypeOf<HostingException>());
    }

    [TestCaseSource(nameof(Effects))]
    public void Natron_RegionOfDefinitionRightAfterCreate_IsAnswered(EffectDefinition effect)
    {
        using Stage stage = new(EmulatedHosts.Natron, effect);
        stage.Effect.GetClipPreferences();
        Assert.That(stage.Journal.StatusesOf("OfxImageEffectActionGetRegionOfDefinition"), Is.SubsetOf(new[] { 0, 14 }));
        Assert.That(stage.Journal.CallsOf("OfxImageEffectActionGetRegionOfDefinition"), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Effects))]
    public void Natron_HalfOnlyEffectsCrashIt_HalfIsNotDeclared(EffectDefinition effect)
    {
        using Stage stage = new(EmulatedHosts.Natron, effect);
        Assert.That(stage.Plugin.Describe().Depths, Does.Not.Contain(PixelDepth.Half));
    }

    [Test]
    public void Natron_ProxyClipsStateNoDepth_RenderWorks()
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Natron, EffectCatalog.Style, Settings.Neutral);
        using HostImage image = stage.Render(1, new RenderScale(0.5, 0.5), new HostRequest { UseIdentity = false });
        Assert.That((image.Width, image.Height), Is.EqualTo((24, 16)));
    }

    [Test]
    public void Natron_DisconnectedStyleClip_ReportsUnconnectedAndTheRenderFailsPlainly()
    {
        using Stage stage = new(EmulatedHosts.Natron, EffectCatalog.Style, effect => effect.Parameters["styleFromClip"].SetNumbers(1));
        Assert.That(stage.Effect.Clips[EffectCatalog.StyleClipName].IsConnected, Is.False);
        Assert.That(() => stage.Render(0), Throws.TypeOf<HostingException>());
    }

    [Test]
    public void Runner_EightThreadsOnOneInstance_NothingMixedUp()
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Runner, EffectCatalog.Style, Settings.Neutral);
        HostedEffect effect = stage.Effect;
        bool[] right = new bool[20];
        Parallel.For(0, right.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, time =>
        {
            using HostImage image = effect.Render(new HostRequest { Time = time, UseIdentity = false }), expected = stage.Picture(time);
            right[time] = Stage.SameBits(image, expected);
        });
        Assert.That(right, Is.All.True);
    }
}
