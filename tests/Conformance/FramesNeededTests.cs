using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>What a render asks its host for is what the effect had said that it needs: hosts prepare those frames, and some give no others.</summary>
public sealed class FramesNeededTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        from effect in EffectCatalog.All
        where effect != EffectCatalog.Perform // Works with a model alone.
        from time in new double[] { 2, 98 }
        select new TestCaseData(effect, time).SetArgDisplayNames(effect.Name, $"{time}");

    [TestCaseSource(nameof(Cases))]
    public void EveryFrameThatARenderAsksFor_WasDeclared(EffectDefinition effect, double time)
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Own, effect, MatrixTests.WorkOf(effect), new PixelBounds(0, 0, 40, 32));
        if (effect == EffectCatalog.Style) stage.Source.Add(EffectCatalog.StyleClipName, stage.Format, query => stage.Picture(query.Time + 40));
        ImmutableArray<TimeRange> declared = stage.Effect.GetFramesNeeded(time).Ranges[EffectDefinition.SourceClipName];
        stage.Asked.Clear();
        // Another seed than anybody's: nothing is at hand from other tests.
        stage.Effect.Parameters.Find("seed")?.SetNumbers(100_000 + time);
        stage.Render(time, like: new HostRequest { UseIdentity = false }).Dispose();
        double[] within = [.. stage.Asked.Distinct().Where(each => each >= stage.Format.FirstFrame && each <= stage.Format.LastFrame).Order()];
        Assert.That(within, Is.Not.Empty);
        Assert.That(within.Where(each => !declared.Any(range => range.First <= each && each <= range.Last)), Is.Empty,
            $"declared: {string.Join(", ", declared.Select(static range => $"{range.First}-{range.Last}"))}");
    }
}
