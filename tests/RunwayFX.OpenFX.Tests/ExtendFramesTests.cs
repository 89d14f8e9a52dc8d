using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX.Tests;

/// <summary>Which frames Extend tells a host that it needs to fill a new area.</summary>
[NonParallelizable]
public sealed class ExtendFramesTests
{
    private const int Frames = 600;

    [TestCase(300, 192, 315)]
    [TestCase(383, 192, 387)]
    [TestCase(386, 192, 411)]
    [TestCase(5, 0, 27)]
    [TestCase(590, 576, 599)]
    [TestCase(578, 384, 599)]
    public void Model_BlockAndThoseBeforeItAreDeclared(double time, double first, double last)
    {
        using ClipScene scene = new(EffectCatalog.Extend, frames: Frames);
        scene.Effect.Parameters["targetAspect"].SetNumbers(2);
        scene.Effect.Parameters[EffectCatalog.MethodName].SetNumbers((double)EffectMethod.Model);
        Assert.That(Needed(scene, time), Does.Contain(new TimeRange(first, last)));
    }

    [Test]
    public void BuiltIn_SamplesOfTheShotAndFramesAroundAreDeclared_AllWithinTheClip()
    {
        using ClipScene scene = new(EffectCatalog.Extend, frames: Frames);
        scene.Effect.Parameters["targetAspect"].SetNumbers(2);
        ImmutableArray<TimeRange> needed = Needed(scene, 300);
        Assert.That(needed, Does.Contain(new TimeRange(288, 312)), "the border's objects");
        // Block 12, its even and eighth ones 12 and 8, and the clip's first: each from 24 frames before to 48 after, every 6.
        foreach (double time in new double[] { 264, 270, 330, 336, 168, 240, 0, 6, 48 }) Assert.That(needed.Any(range => range.First <= time && time <= range.Last), $"{time}");
        Assert.That(needed.All(static range => range is { First: >= 0, Last: < Frames }));
        Assert.That(needed.Count(static range => range.First == range.Last), Is.LessThan(ExtendBlocks.PlatesMax * ExtendBlocks.SamplesMax));
    }

    [Test]
    public void AsTheSource_NothingIsDeclared_AndAContinuationDeclaresItsGoodFrames()
    {
        using ClipScene scene = new(EffectCatalog.Extend, frames: Frames);
        scene.Effect.Parameters["targetAspect"].SetNumbers(0);
        Assert.That(Needed(scene, 300), Is.EqualTo(new[] { new TimeRange(300, 300) }), "the host's own");
        scene.Effect.Parameters[EffectCatalog.TimeModeName].SetNumbers((double)TimeMode.Continue);
        scene.Effect.Parameters["framesAfter"].SetNumbers(10);
        Assert.That(Needed(scene, 605), Is.EqualTo(new[] { new TimeRange(350, 599) }));
    }

    private static ImmutableArray<TimeRange> Needed(ClipScene scene, double time) => scene.Effect.GetFramesNeeded(time).Ranges[EffectDefinition.SourceClipName];
}
