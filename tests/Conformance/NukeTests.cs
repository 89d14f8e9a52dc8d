using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Nuke: float only, everything fixed at describe, crashes where a plug-in does too much too early.</summary>
public sealed class NukeTests
{
    private static readonly EmulatedHost Host = EmulatedHosts.Nuke;

    private static ImmutableArray<EffectDefinition> Effects => EffectCatalog.All;

    [SetUp]
    public void Require() => Product.Require();

    [TestCaseSource(nameof(Effects))]
    public void Menus_AreCompleteAtDescribe(EffectDefinition effect)
    {
        using Stage stage = new(Host, effect);
        ContextDescription described = stage.Plugin.DescribeInContext(Host.Context);
        foreach (ParameterDefinition definition in effect.Parameters.Where(parameter => parameter.Kind == ParameterKind.Choice))
            Assert.That(described.Parameters.Single(parameter => parameter.Name == definition.Name).Options, Is.EqualTo(definition.Options),
                definition.Name);
        Assert.That(described.Parameters.Select(parameter => parameter.Name), Is.Unique);
    }

    [TestCaseSource(nameof(Effects))]
    public void CreateInstance_SetsNothingAndChangesNoLabel(EffectDefinition effect)
    {
        using Stage stage = new(Host, effect);
        stage.Plugin.DescribeInContext(Host.Context);
        stage.Journal.Clear();
        using HostedEffect instance = stage.Create();
        foreach (string function in new[] { "paramSetValue", "paramSetValueAtTime", "propSetString", "propSetStringN", "propSetInt", "propSetDouble",
            "propReset" })
            Assert.That(stage.Journal.CallsOf(function), Is.Zero, function);
    }

    [Test]
    public void ValuesBelowZeroAndAboveOne_Survive()
    {
        Product.RequireEngine();
        using Stage stage = new(Host, EffectCatalog.Style, Settings.Neutral);
        using HostImage image = stage.Render(0, like: new HostRequest { UseIdentity = false }), source = stage.Picture(0);
        float[] values = image.Row<float>(4).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Stage.SameBits(image, source), Is.True);
            Assert.That(Enumerable.Range(0, 32).SelectMany(y => image.Row<float>(y).ToArray()).Max(), Is.GreaterThan(1.5f));
            Assert.That(Enumerable.Range(0, 32).SelectMany(y => image.Row<float>(y).ToArray()).Min(), Is.LessThan(-0.1f));
        }
    }

    [Test]
    public void SameFaultOnManyFrames_IsToldOnce()
    {
        using Stage stage = new(Host, EffectCatalog.Style, Settings.Impossible);
        for (int time = 0; time < 5; time++) Assert.That(() => stage.Render(time), Throws.TypeOf<HostingException>());
        Assert.That(stage.Journal.MessageCount, Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Effects))]
    public void AfterARender_NoGpuLibraryIsLoaded(EffectDefinition effect)
    {
        using Stage stage = new(Host, effect, StandardTests.NeutralOf(effect));
        if (Product.HasEngine) stage.Render(0, like: new HostRequest { UseIdentity = false }).Dispose();
        string maps = File.ReadAllText("/proc/self/maps");
        foreach (string library in new[] { "libcuda", "libnvidia", "libOpenCL", "libonnxruntime", "libvulkan" }) Assert
            .That(maps, Does.Not.Contain(library));
    }
}
