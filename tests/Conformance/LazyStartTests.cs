using RunwayFX.Effects;

namespace RunwayFX.Conformance;

/// <summary>Nothing heavy before the first render: Nuke crashes over processes in createInstance, scanners run in sandboxes.</summary>
[NonParallelizable]
public sealed class LazyStartTests
{
    [SetUp]
    public void Require() => Product.Require();

    [Test]
    public void DescribeCreateAndAsk_MakeNoFileAndNoSocket()
    {
        using CopiedBundle copy = new();
        foreach (EffectDefinition effect in EffectCatalog.All)
        {
            using Stage stage = new(EmulatedHosts.Nuke, effect, bundle: copy.BundlePath);
            stage.Effect.GetClipPreferences();
            stage.Effect.GetRegionOfDefinition(0);
            stage.Effect.PurgeCaches();
        }

        Assert.That(copy.RuntimeFolder, Does.Not.Exist);
        Assert.That(Directory.GetFileSystemEntries(copy.Folder), Is.EqualTo(new[] { copy.BundlePath }));
    }
}
