using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Each effect in each emulated host at half resolution: the proxy's own pixels, nothing kept.</summary>
public sealed class ProxyMatrixTests
{
    private static readonly RenderScale Half = new(0.5, 0.5);

    private static IEnumerable<TestCaseData> HostsAndEffects() =>
        from host in EmulatedHosts.All from effect in EffectCatalog.All select new TestCaseData(host, effect)
            .SetArgDisplayNames(host.ToString(), effect.Name);

    [SetUp]
    public void Require() => Product.RequireEngine();

    [TestCaseSource(nameof(HostsAndEffects))]
    public void Neutral_GivesTheProxysPixelsBack_AndKeepsNothing(object host, EffectDefinition effect)
    {
        using Stage stage = Open((EmulatedHost)host, effect, StandardTests.NeutralOf(effect));
        HostRequest request = new() { UseIdentity = false };
        stage.Render(3, Half, request).Dispose();
        int handles = HostJournal.LiveHandles;
        using HostImage image = stage.Render(4, Half, request), expected = Reduced(stage, 4);
        Assert.That(Stage.SameBits(image, expected), Is.True);
        bool mayGrow = effect.Canvas == CanvasRule.MayGrow && stage.Host.Profile.RefusalDropsLaterParameters;
        if (!mayGrow) Assert.That((image.Width, image.Height), Is.EqualTo((24, 16)));
        Assert.That(stage.Effect.ImagesHeld, Is.Zero, "images");
        if (!stage.Host.Profile.Calls.RecreatePerFrame) Assert.That(HostJournal.LiveHandles, Is.EqualTo(handles), "handles");
    }

    private static Stage Open(EmulatedHost host, EffectDefinition effect, Action<HostedEffect> set)
    {
        Stage stage = new(host, effect, set);
        stage.Source.Add(EffectDefinition.SourceClipName, stage.Format, query => At(stage, query.Time, query.Scale));
        return stage;
    }

    private static HostImage At(Stage stage, double time, RenderScale scale) => scale == Half ? Reduced(stage, time) : stage.Picture(time);

    /// <summary>Every other pixel of the source's picture, as a host would have rendered it at half the scale.</summary>
    private static HostImage Reduced(Stage stage, double time)
    {
        using HostImage whole = stage.Picture(time);
        HostImage half = new(whole.Format with { Bounds = new PixelBounds(0, 0, whole.Width / 2, whole.Height / 2), Scale = Half });
        int bytes = whole.Row(whole.Bounds.Y1).Length / whole.Width;
        for (int y = 0; y < half.Height; y++)
        {
            for (int x = 0; x < half.Width; x++) whole.Row(2 * y).Slice(2 * x * bytes, bytes).CopyTo(half.Row(y)[(x * bytes)..]);
        }

        return half;
    }
}
