using AdobeEffects.Hosting;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;

namespace AdobeEffects.Tests.Hosts;

public sealed class AfterEffectsTests
{
    private const PF_PixelFormat Float = PF_PixelFormat.PF_PixelFormat_ARGB128;

    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB32, PixelLayout.Argb8)]
    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB64, PixelLayout.Argb16)]
    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB128, PixelLayout.ArgbFloat)]
    public void Render_InEachDepth_MakesThePicture(PF_PixelFormat format, PixelLayout layout)
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 3, Format = format });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 3, x, y)), Is.LessThan(Stage.Step(format)));
        Assert.That(stage.Effect.Renders.Single().Layout, Is.EqualTo(layout));
    }

    [TestCase(8)]
    [TestCase(16)]
    [TestCase(32)]
    public void Render_WithoutAFormatSuite_TakesTheDepthAskedFor(int bits)
    {
        using Stage stage = new(HostKind.AfterEffects, HostFaults.NoSuites);
        using HostedInstance instance = stage.Host.CreateInstance();
        PF_PixelFormat format = bits == 8 ? PF_PixelFormat.PF_PixelFormat_ARGB32 : bits == 16 ? PF_PixelFormat.PF_PixelFormat_ARGB64 : Float;
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 3, Format = format }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 3, x, y)), Is.LessThan(Stage.Step(format)));
    }

    [Test]
    public void OtherFrames_Planned_AreUsed()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeNeighbours);
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Mean(Stage.At(0, 4, x, y), Stage.At(0, 6, x, y))), Is.LessThan(1e-6));
    }

    [Test]
    public void OtherLayer_Planned_IsUsed()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeOther);
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(MixEffect.Other, 5, x, y)), Is.Zero);
    }

    [Test]
    public void OtherFrame_NotPlanned_IsAbsent()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeUnplanned);
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 5, x, y)), Is.Zero);
    }

    [Test]
    public void Request_OfAPart_MakesThatPartInItsPlace()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModePrevious);
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 5, Format = Float, Request = new PF_LRect(7, 9, 20, 18) });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Result, Is.EqualTo(new PF_LRect(7, 9, 20, 18)));
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 4, x + 7, y + 9)), Is.Zero);
    }

    [Test]
    public void Request_OfAPart_ShowsTheEffectWholeInputs()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        List<(int Left, int Top, int Width, int Height)> seen = [];
        stage.Effect.OnRender = frame =>
        {
            foreach (Picture picture in (Picture[])[frame.Output, frame.Input, frame.FindFrame(1)!]) seen.Add((picture.Left, picture.Top, picture.Width, picture.Height));
        };
        instance.Render(new RenderSettings { Frame = 5, Format = Float, Request = new PF_LRect(7, 9, 20, 18) }).Output!.Dispose();
        Assert.That(seen, Is.EqualTo(new[] { (7, 9, 13, 9), (0, 0, 48, 32), (0, 0, 48, 32) }));
    }

    [Test]
    public void Frames_OfOneInstanceAtOnce_AreTheirOwn()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModePrevious);
        _ = instance.Change(MixEffect.Choose);
        double[] worst = new double[10];
        Parallel.For(1, 10, frame =>
        {
            using HostPicture picture = instance.Render(new RenderSettings { Frame = frame, Format = Float, Downsample = 2 }).Output!;
            worst[frame] = Stage.Worst(picture, (x, y) => Stage.At(0, frame - 1, x * 2, y * 2));
        });
        Assert.That(worst, Is.All.Zero);
        Assert.That(stage.Effect.Renders.Select(seen => seen.Path), Is.All.EqualTo(stage.Effect.ChosenPath));
    }

    [Test]
    public void Fields_InARender_HaveAllLines()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        bool? isOneField = null;
        stage.Effect.OnRender = frame => isOneField = frame.IsOneField;
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float, Field = PF_Field.PF_Field_LOWER }).Output!;
        Assert.That((isOneField, picture.Height), Is.EqualTo(((bool?)false, 32)));
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 5, x, y)), Is.Zero);
    }

    [TestCase(-5, -5, 10, 10, 0, 0, 10, 10)]
    [TestCase(40, 30, 90, 90, 40, 30, 48, 32)]
    public void Request_PastTheLayer_IsCutToIt(int left, int top, int right, int bottom, int resultLeft, int resultTop, int resultRight, int resultBottom)
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 5, Format = Float, Request = new PF_LRect(left, top, right, bottom) });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Result, Is.EqualTo(new PF_LRect(resultLeft, resultTop, resultRight, resultBottom)));
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 5, x + resultLeft, y + resultTop)), Is.Zero);
    }

    [TestCase(0, 0, 0, 0)]
    [TestCase(100, 100, 120, 120)]
    public void Request_OfNothing_RendersNothing(int left, int top, int right, int bottom)
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 5, Request = new PF_LRect(left, top, right, bottom) });
        Assert.That((outcome.Error, outcome.Output), Is.EqualTo((PF_Err.PF_Err_NONE, (HostPicture?)null)));
        Assert.That(stage.Effect.Renders, Is.Empty);
    }

    [Test]
    public void Frame_PastTheLayer_RendersNothing()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 50 });
        Assert.That((outcome.Error, outcome.Output), Is.EqualTo((PF_Err.PF_Err_NONE, (HostPicture?)null)));
    }

    [Test]
    public void Plan_WithoutRender_LeavesNothing()
    {
        int before = PlanBlock.Living;
        using (Stage stage = new(HostKind.AfterEffects))
        {
            using HostedInstance instance = stage.Host.CreateInstance();
            for (int frame = 0; frame < 10; frame++) Assert.That(instance.Render(new RenderSettings { Frame = frame, PlansOnly = true }).Output, Is.Null);
            Assert.That(stage.Host.Counters[HostCounters.Count.PlansTaken], Is.EqualTo(10));
        }

        Assert.That(PlanBlock.Living, Is.EqualTo(before));
    }

    [Test]
    public void Plan_ThatThrows_LeavesNothing()
    {
        int before = PlanBlock.Living;
        using (Stage stage = new(HostKind.AfterEffects))
        {
            using HostedInstance instance = stage.Host.CreateInstance();
            stage.Effect.OnPlan = _ => throw new InvalidOperationException("No plan.");
            RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 3 });
            Assert.That((outcome.Error, outcome.Message), Is.EqualTo((PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED, "InvalidOperationException: No plan.")));
        }

        Assert.That(PlanBlock.Living, Is.EqualTo(before));
    }

    [Test]
    public void Plan_OfMoreLayersThanFit_KeepsTheFirst()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        stage.Effect.OnPlan = plan =>
        {
            for (int count = 0; count < PlanBlock.LayersMax + 50; count++) plan.NeedFrame(0);
        };
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float, Downsample = 4 }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 5, x * 4, y * 4)), Is.Zero);
    }

    [Test]
    public void Quarter_ThenFull_AreTheSamePictureInTwoSizes()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        using HostPicture quarter = instance.Render(new RenderSettings { Frame = 1, Format = Float, Downsample = 4 }).Output!;
        using HostPicture full = instance.Render(new RenderSettings { Frame = 1, Format = Float }).Output!;
        Assert.That((quarter.Width, quarter.Height), Is.EqualTo((12, 8)));
        Assert.That(Stage.Worst(quarter, (x, y) => full.GetPixel(x * 4, y * 4)), Is.Zero);
    }

    [Test]
    public void Sequence_InARender_IsReadThroughTheSuite()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        _ = instance.Change(MixEffect.Choose);
        instance.Render(new RenderSettings { Frame = 1 }).Output!.Dispose();
        Assert.That(stage.Effect.Renders.Single().Path, Is.EqualTo(stage.Effect.ChosenPath));
    }

    private static (float Red, float Green, float Blue, float Alpha) Mean(
        (float Red, float Green, float Blue, float Alpha) a, (float Red, float Green, float Blue, float Alpha) b) =>
        ((a.Red + b.Red) / 2, (a.Green + b.Green) / 2, (a.Blue + b.Blue) / 2, (a.Alpha + b.Alpha) / 2);
}
