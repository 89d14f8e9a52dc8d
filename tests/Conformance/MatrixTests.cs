using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Each effect in each emulated host at each depth that the host carries: no crash, no broken rule, nothing kept, the right pixels.</summary>
/// <remarks>What the host counts: images lent (the rule <c>image-not-released</c>, and <see cref="HostedEffect.ImagesHeld"/>) and all its handles, property sets
/// included, which after a further frame are as many as before it.</remarks>
public sealed class MatrixTests
{
    /// <summary>Half ends Natron, and MLT has no list of depths that names it: the plug-in does not declare it there.</summary>
    private static readonly string[] WithoutHalf = [EmulatedHosts.Natron.Profile.Name, EmulatedHosts.Mlt.Profile.Name];

    private static IEnumerable<TestCaseData> Cells() =>
        from host in EmulatedHosts.All
        from depth in host.Profile.Depths
        where depth != PixelDepth.Half || !WithoutHalf.Contains(host.Profile.Name)
        from effect in EffectCatalog.All
        select new TestCaseData(host with { Depth = depth }, effect).SetArgDisplayNames(host.ToString(), depth.ToString(), effect.Name);

    [SetUp]
    public void Require() => Product.RequireEngine();

    [TestCaseSource(nameof(Cells))]
    public void Neutral_GivesTheSourceBack_AndKeepsNothing(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect, StandardTests.NeutralOf(effect), new PixelBounds(-3, -2, 29, 22));
        HostRequest request = new() { UseIdentity = false };
        stage.Render(3, like: request).Dispose();
        int handles = HostJournal.LiveHandles;
        for (int time = 3; time < 5; time++)
        {
            using HostImage image = stage.Render(time, like: request), expected = stage.Picture(time);
            Assert.That(Stage.SameBits(image, expected), Is.True, $"frame {time}");
        }

        Assert.That(stage.Effect.ImagesHeld, Is.Zero, "images");
        if (!stage.Host.Profile.Calls.RecreatePerFrame) Assert.That(HostJournal.LiveHandles, Is.EqualTo(handles), "handles");
    }

    /// <summary>What an effect leaves alone it leaves alone in every host; what it changes it changes to the same pixels whoever asks again.</summary>
    [TestCaseSource(nameof(Cells))]
    [Category("Slow")]
    public void AtWork_GivesTheSamePixelsTwice_AndKeepsNothing(object host, EffectDefinition effect)
    {
        if (effect == EffectCatalog.Perform) Assert.Ignore("works with a model alone; neutral above");
        using Stage stage = new((EmulatedHost)host, effect, WorkOf(effect), new PixelBounds(0, 0, 64, 48));
        if (effect == EffectCatalog.Style) stage.Source.Add(EffectCatalog.StyleClipName, stage.Format, query => stage.Picture(query.Time + 40));
        HostRequest request = new() { UseIdentity = false };
        using HostImage first = stage.Render(3, like: request);
        int handles = HostJournal.LiveHandles;
        using HostImage again = stage.Render(3, like: request), source = stage.Picture(3);
        Assert.That(Stage.SameBits(again, first), Is.True, "the same frame twice");
        if (effect == EffectCatalog.Extend) Assert.That(Stage.SameBits(first, source), Is.True, "the source's own pixels");
        // A host that refuses choices and texts has the table's defaults for them. One without other frames shows the one at hand; Generate's still
        // method, which runs there, leads some pictures back to themselves, this one among them.
        bool isWorking = (effect != EffectCatalog.Retime && effect != EffectCatalog.Generate) || stage.Host.Profile.TemporalAccess == TemporalAccess.Honoured;
        if (effect != EffectCatalog.Extend && isWorking && !stage.Host.Profile.RefusalDropsLaterParameters)
            Assert.That(Stage.SameBits(first, source), Is.False, "the effect shows");
        Assert.That(stage.Effect.ImagesHeld, Is.Zero, "images");
        if (!stage.Host.Profile.Calls.RecreatePerFrame) Assert.That(HostJournal.LiveHandles, Is.EqualTo(handles), "handles");
    }

    internal static Action<HostedEffect> WorkOf(EffectDefinition effect) => effect.Name switch
    {
        "style" => instance =>
        {
            Set(instance, "quality", (double)QualityLevel.Draft);
            Set(instance, "styleFromClip", 1);
        },
        "extend" => instance =>
        {
            Set(instance, "quality", (double)QualityLevel.Draft);
            Set(instance, "targetAspect", 1);
        },
        "retime" => instance => Set(instance, "speed", 50),
        "generate" => instance => Set(instance, "quality", (double)QualityLevel.Draft),
        _ => instance =>
        {
            Set(instance, "quality", (double)QualityLevel.Draft);
            Set(instance, EffectCatalog.TemporalRadiusName, 0);
        },
    };

    private static void Set(HostedEffect instance, string name, double value) => instance.Parameters.Find(name)?.SetNumbers(value);
}
