using RunwayFX.Effects;

namespace RunwayFX.Premiere.Tests;

/// <summary>What After Effects is told beforehand is what the engine asks for later.</summary>
public sealed class PlannedFramesTests
{
    private static readonly PlannedMoment Small = new(30, 99, 160, 120, false);

    [TestCase(30, "0, 24-29")]
    [TestCase(26, "0-25")]
    [TestCase(5, "0-4")]
    [TestCase(0, "")]
    public void Style_Steady_WalksFromItsBlocksStart(double time, string expected) =>
        Assert.That(Plan(EffectCatalog.Style, Small with { Time = time }), Is.EqualTo(expected));

    [Test]
    public void Style_OnItsOwn_NeedsNothing() =>
        Assert.That(
            (Plan(EffectCatalog.Style, Small, ("temporalStability", 0)), Plan(EffectCatalog.Style, Small, (EffectCatalog.QualityName, (double)QualityLevel.Draft))),
            Is.EqualTo(("", "")));

    [Test]
    public void Style_OfAMovingLook_NeedsThatToo() =>
        Assert.That(Plan(EffectCatalog.Style, Small with { Time = 25 }, ("styleFromClip", 1)), Is.EqualTo("0-24; 1: 0-24"));

    [Test]
    public void Style_ByAModel_NeedsItsAnchors() =>
        Assert.That(
            Plan(EffectCatalog.Style, Small with { Time = 10 }, (EffectCatalog.MethodName, (double)EffectMethod.Model), (EffectCatalog.AnchorFramesName, 4)),
            Is.EqualTo("0, 4, 8-9, 11-12"));

    [Test]
    public void Removal_NeedsItsBlockAndTheFramesAround() =>
        Assert.That(
            (Plan(EffectCatalog.Remove, Small, (EffectCatalog.TemporalRadiusName, 3)), Plan(EffectCatalog.Remove, Small with { IsInteractive = true }, (EffectCatalog.TemporalRadiusName, 3)),
                Plan(EffectCatalog.Remove, Small, (EffectCatalog.TemporalRadiusName, 0))),
            Is.EqualTo(("21-29, 31-50", "", "")));

    [Test]
    public void Continuation_NeedsTheGoodFrames() =>
        Assert.That(
            Plan(EffectCatalog.Extend, Small with { Time = 60, IsInteractive = true }, (EffectCatalog.TimeModeName, (double)TimeMode.Continue), ("firstGoodFrame", 10), ("lastGoodFrame", 40)),
            Is.EqualTo("10-40"));

    [Test]
    public void Extension_NeedsThoseOfItsPlates() => Assert.That(Plan(EffectCatalog.Extend, Small), Is.EqualTo("0, 6, 12, 18-29, 31-42, 48, 54, 60, 66, 72"));

    [Test]
    public void Variation_NeedsItsReference() =>
        Assert.That(
            Plan(EffectCatalog.Generate, Small, ("referenceRange", (double)ReferenceRange.FirstToLast), ("firstReferenceFrame", 0), ("lastReferenceFrame", 99)),
            Is.EqualTo("12-29, 31-36"));

    [Test]
    public void Performance_NeedsTheRestFrame() =>
        Assert.That(
            Plan(EffectCatalog.Perform, Small, (EffectCatalog.MotionKindName, (double)PerformMotion.Relative), (EffectCatalog.RestFrameName, 7)), Does.EndWith("7"));

    [Test]
    public void InterlacedFrames_NeedOneMoreEitherWay() =>
        Assert.That(Plan(EffectCatalog.Style, Small, (EffectCatalog.FieldOrderName, (double)FieldOrder.UpperFirst)), Is.EqualTo("0-1, 23-29, 31"));

    /// <summary>A frame of 32768 pixels takes half a megabyte: 8192 of them are the limit of memory, over that of frames.</summary>
    [Test]
    public void Frames_PastTheLimits_AreNoPlan()
    {
        PlannedMoment clip = new(500, 999, 256, 128, false), large = new(500, 999, 8192, 8192, false);
        Assert.That(Count(clip, 88), Is.EqualTo(PlannedFrames.FramesMax - 1));
        Assert.That(Count(clip, 89), Is.Null);
        Assert.That(Count(large, 0), Is.Zero);
        Assert.That(Count(large, 1), Is.Null, "26 frames of a gigabyte each");

        static int? Count(PlannedMoment moment, double radius) => Frames(EffectCatalog.Remove, moment, (EffectCatalog.TemporalRadiusName, radius))?.Count;
    }

    private static IReadOnlyCollection<(int Clip, double Time)>? Frames(EffectDefinition effect, PlannedMoment moment, params (string Name, double Value)[] values)
    {
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        foreach ((string name, double value) in values) numbers[effect.IndexOf(name)] = value;
        return PlannedFrames.Of(effect, numbers, [.. effect.Parameters.Select(_ => "")], moment);
    }

    /// <summary>Frames as ranges; those of other clips than the first with its number.</summary>
    private static string Plan(EffectDefinition effect, PlannedMoment moment, params (string Name, double Value)[] values)
    {
        IReadOnlyCollection<(int Clip, double Time)> frames = Frames(effect, moment, values)!;
        return string.Join("; ", frames.GroupBy(frame => frame.Clip).OrderBy(clip => clip.Key)
            .Select(clip => (clip.Key == 0 ? "" : $"{clip.Key}: ") + Ranges([.. clip.Select(frame => (int)frame.Time).Order()])));
    }

    private static string Ranges(int[] times)
    {
        List<string> ranges = [];
        for (int index = 0; index < times.Length; index++)
        {
            int first = times[index];
            while (index + 1 < times.Length && times[index + 1] == times[index] + 1) index++;
            ranges.Add(first == times[index] ? $"{first}" : $"{first}-{times[index]}");
        }

        return string.Join(", ", ranges);
    }
}
