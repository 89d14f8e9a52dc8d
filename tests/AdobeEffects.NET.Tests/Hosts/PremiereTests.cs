using AdobeEffects.Hosting;
using AdobeEffects.Pipl;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;

namespace AdobeEffects.Tests.Hosts;

public sealed class PremiereTests
{
    private const PF_PixelFormat Float = PF_PixelFormat.PrPixelFormat_BGRA_4444_32f;

    [Test]
    public void Loaded_Effect_SaysWhatItsPiplSays()
    {
        using Stage stage = new(HostKind.Premiere);
        EffectProperties pipl = stage.Effect.Definition.ToPipl("EffectMain0");
        Assert.That(stage.LoadError, Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That(stage.Host.OutFlags, Is.EqualTo(pipl.OutFlags));
        Assert.That(stage.Host.OutFlags2, Is.EqualTo(pipl.OutFlags2));
        Assert.That(stage.Host.Version, Is.EqualTo(pipl.Version));
        Assert.That(pipl.OutFlags.HasFlag(PF_OutFlags.PF_OutFlag_WIDE_TIME_INPUT), Is.True);
        Assert.That(EffectProperties.FromBytes(pipl.ToBytes(PiplSystem.Windows), PiplSystem.Windows), Is.EqualTo(pipl));
        Assert.That(stage.Host.About(), Is.EqualTo("Mix\nhttps://t.org"));
    }

    [Test]
    public void Loaded_Effect_OffersItsFormats()
    {
        using Stage stage = new(HostKind.Premiere);
        Assert.That(stage.Host.Formats, Is.EqualTo(stage.Effect.Definition.PremiereFormats));
    }

    [Test]
    public unsafe void Parameters_Defined_AreWhatTheDefinitionSays()
    {
        using Stage stage = new(HostKind.Premiere);
        PF_ParamDef[] all = [.. stage.Host.Parameters];
        Assert.That(all.Select(one => one.param_type), Is.EqualTo(new[]
        {
            PF_ParamType.PF_Param_FLOAT_SLIDER, PF_ParamType.PF_Param_POPUP, PF_ParamType.PF_Param_COLOR, PF_ParamType.PF_Param_CHECKBOX,
            PF_ParamType.PF_Param_GROUP_START, PF_ParamType.PF_Param_BUTTON, PF_ParamType.PF_Param_GROUP_END, PF_ParamType.PF_Param_LAYER,
        }));
        Assert.That(all.Select(one => one.uu.id), Is.EqualTo(new[] { 11, 12, 13, 14, 15, 16, 17, 18 }));
        Assert.That(all.Select(one => one.NameText), Is.EqualTo(stage.Effect.Definition.Parameters.Select(parameter => parameter.Label)));
        PF_FloatSliderDef slider = all[0].u.fs_d;
        Assert.That((slider.value, slider.valid_min, slider.valid_max, slider.slider_max, slider.precision), Is.EqualTo((1.0, 0f, 2f, 2f, PF_Precision.PF_Precision_THOUSANDTHS)));
        Assert.That(all[1].u.pd.value, Is.EqualTo(1));
        Assert.That(all[1].u.pd.num_choices, Is.EqualTo(5));
        Assert.That(new string((sbyte*)all[1].u.pd.namesptr), Is.EqualTo("Input|Previous|Neighbours|Other|Unplanned"));
        Assert.That(all[1].flags, Is.EqualTo(PF_ParamFlags.PF_ParamFlag_SUPERVISE | PF_ParamFlags.PF_ParamFlag_CANNOT_TIME_VARY));
        Assert.That(all[2].u.cd.dephault, Is.EqualTo(new PF_Pixel(255, 10, 20, 30)));
        Assert.That(new string((sbyte*)all[5].u.button_d.namesptr), Is.EqualTo("Choose..."));
        Assert.That(all[5].flags.HasFlag(PF_ParamFlags.PF_ParamFlag_SUPERVISE), Is.True);
    }

    [TestCase(PF_PixelFormat.PrPixelFormat_BGRA_4444_8u, PixelLayout.Bgra8)]
    [TestCase(PF_PixelFormat.PrPixelFormat_BGRA_4444_32f, PixelLayout.BgraFloat)]
    [TestCase(PF_PixelFormat.PrPixelFormat_BGRA_4444_32f_Linear, PixelLayout.BgraFloatLinear)]
    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB32, PixelLayout.Argb8)]
    public void Render_InEachFormat_MakesThePicture(PF_PixelFormat format, PixelLayout layout)
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetNumber(MixEffect.Amount, 0.5);
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 3, Format = format });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That(Stage.Worst(picture, (x, y) => Half(Stage.At(0, 3, x, y))), Is.LessThan(Stage.Step(format)));
        Assert.That(stage.Effect.Renders.Single().Layout, Is.EqualTo(layout));
    }

    [Test]
    public void Render_UpsideDownInMemory_MakesTheSamePicture()
    {
        using Stage stage = new(HostKind.Premiere, HostFaults.UpsideDown);
        using HostedInstance instance = stage.Host.CreateInstance();
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 2, Format = Float }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 2, x, y)), Is.Zero);
    }

    [Test]
    public void Fields_OneAfterTheOther_MakeTheWholeFrame()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 4, Format = Float, Field = PF_Field.PF_Field_LOWER }).Output!;
        Assert.That(Enumerable.Range(0, picture.Height).All(y => picture.IsUntouched(y) == (y % 2 == 0)), Is.True, "Only the lower field is written.");
        _ = instance.Render(new RenderSettings { Frame = 4, Format = Float, Field = PF_Field.PF_Field_UPPER }, picture);
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 4, x, y)), Is.Zero);
        Assert.That(stage.Effect.Renders.Select(seen => (seen.Field, seen.Width, seen.Height)),
            Is.EqualTo(new[] { (PF_Field.PF_Field_LOWER, 48, 16), (PF_Field.PF_Field_UPPER, 48, 16) }));
    }

    [Test]
    public void Fields_OfAnotherFrame_HaveItsLines()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModePrevious);
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 4, Format = Float, Field = PF_Field.PF_Field_LOWER }).Output!;
        _ = instance.Render(new RenderSettings { Frame = 4, Format = Float, Field = PF_Field.PF_Field_UPPER }, picture);
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 3, x, y)), Is.Zero);
    }

    [Test]
    public void Quarter_ThenFull_AreTheSamePictureInTwoSizes()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        using HostPicture quarter = instance.Render(new RenderSettings { Frame = 1, Format = PF_PixelFormat.PrPixelFormat_BGRA_4444_8u, Downsample = 4 }).Output!;
        using HostPicture full = instance.Render(new RenderSettings { Frame = 1, Format = Float }).Output!;
        Assert.That((quarter.Width, quarter.Height), Is.EqualTo((12, 8)));
        Assert.That(Stage.Worst(quarter, (x, y) => full.GetPixel(x * 4, y * 4)), Is.LessThan(Stage.Step(quarter.Format)));
        Assert.That(stage.Effect.Renders.Select(seen => seen.Downsample), Is.EqualTo(new[] { 0.25, 1 }));
    }

    [TestCase(true, 0)]
    [TestCase(false, 0.51 / 255)]
    public void OtherFrames_InTheRendersFormatOrNot_AreUsed(bool isMatched, double tolerance)
    {
        using Stage stage = new(HostKind.Premiere, isMatched: isMatched);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModePrevious);
        PixelLayout? layout = null;
        stage.Effect.OnRender = frame => layout = frame.FindFrame(-1)?.Layout;
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float }).Output!;
        Assert.That(layout, Is.EqualTo(isMatched ? PixelLayout.BgraFloat : PixelLayout.Argb8));
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 4, x, y)), Is.LessThanOrEqualTo(tolerance));
    }

    [Test]
    public void OtherFrame_BeforeTheClip_IsAbsent()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        stage.Effect.OnRender = frame => Assert.That((frame.FindFrame(-1), frame.FindFrame(10), frame.FindFrame(1e30)), Is.EqualTo(((Picture?)null, (Picture?)null, (Picture?)null)));
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 0, Format = Float });
        outcome.Output!.Dispose();
        Assert.That(outcome.Message, Is.Empty);
    }

    [Test]
    public void OtherFrame_ThatTheHostMakesWithTheSameEffect_IsUsed()
    {
        using Stage inner = new(HostKind.Premiere), outer = new(HostKind.Premiere);
        using HostedInstance below = inner.Host.CreateInstance(), above = outer.Host.CreateInstance();
        below.SetNumber(MixEffect.Amount, 0.5);
        above.SetChoice(MixEffect.Mode, MixEffect.ModePrevious);
        // While the outer effect renders the host renders the inner one on the same thread.
        outer.Effect.OnRender = frame =>
        {
            using HostPicture nested = below.Render(new RenderSettings { Frame = 3, Format = Float }).Output!;
            Assert.That(Stage.Worst(nested, (x, y) => Half(Stage.At(0, 3, x, y))), Is.LessThan(1e-6));
            Assert.That(frame.FindFrame(-1), Is.Not.Null);
        };
        using HostPicture picture = above.Render(new RenderSettings { Frame = 3, Format = Float }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 2, x, y)), Is.Zero);
    }

    [Test]
    public void OtherLayer_Connected_IsUsed()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeOther);
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = Float }).Output!;
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(MixEffect.Other, 5, x, y)), Is.Zero);
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Abort_InTheMiddle_EndsTheRenderAndReturnsEverything(HostKind kind)
    {
        using Stage stage = new(kind);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeNeighbours);
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 5, AbortAfter = 6 });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Interrupt_CANCEL));
        Assert.That(outcome.Progress, Has.Count.EqualTo(5));
        Assert.That(picture.IsUntouched(4), Is.False);
        Assert.That(picture.IsUntouched(5), Is.True);
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Progress_Told_RisesAndCanStop(HostKind kind)
    {
        using Stage stage = new(kind);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome whole = instance.Render(new RenderSettings { Frame = 1 });
        whole.Output!.Dispose();
        Assert.That(whole.Progress, Has.Count.EqualTo(32).And.Ordered);
        RenderOutcome stopped = instance.Render(new RenderSettings { Frame = 1, StopAfterReports = 3 });
        stopped.Output!.Dispose();
        Assert.That(stopped.Error, Is.EqualTo(PF_Err.PF_Interrupt_CANCEL));
        Assert.That(stopped.Progress, Has.Count.EqualTo(4));
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Render_ThatThrows_IsAnErrorWithAMessageAndReturnsEverything(HostKind kind)
    {
        using Stage stage = new(kind);
        using HostedInstance instance = stage.Host.CreateInstance();
        foreach ((Exception thrown, PF_Err error, string message) in (ReadOnlySpan<(Exception, PF_Err, string)>)
        [
            (new EffectException("The engine is gone."), PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED, "The engine is gone."),
            (new InvalidOperationException("No."), PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED, "InvalidOperationException: No."),
            (new InsufficientMemoryException(), PF_Err.PF_Err_OUT_OF_MEMORY, ""),
            (new OperationCanceledException(), PF_Err.PF_Interrupt_CANCEL, ""),
            (new EffectException(new string('ü', 400)), PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED, new string('ü', 127)),
        ])
        {
            stage.Effect.OnRender = frame =>
            {
                _ = frame.FindFrame(-1);
                _ = frame.FindLayer("other");
                throw thrown;
            };
            RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 3 });
            outcome.Output!.Dispose();
            Assert.That((outcome.Error, outcome.Message), Is.EqualTo((error, message)));
        }
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Instances_OutOfOrderOnSeveralThreads_MakeTheirOwnPictures(HostKind kind)
    {
        using Stage stage = new(kind);
        HostedInstance[] instances = [.. Enumerable.Range(0, 4).Select(_ => stage.Host.CreateInstance())];
        for (int index = 0; index < 4; index++) instances[index].SetNumber(MixEffect.Amount, 0.25 * (index + 1));
        int[] frames = [7, 2, 9, 0, 5, 3, 8, 1, 6, 4];
        double[] worst = new double[4];
        Parallel.For(0, 4, index =>
        {
            foreach (int frame in frames)
            {
                using HostPicture picture = instances[index].Render(new RenderSettings { Frame = frame, Format = PF_PixelFormat.PF_PixelFormat_ARGB32, Downsample = 2 }).Output!;
                float amount = 0.25f * (index + 1);
                worst[index] = Math.Max(worst[index], Stage.Worst(picture, (x, y) => Times(Stage.At(0, frame, x * 2, y * 2), amount)));
            }
        });
        foreach (HostedInstance instance in instances) instance.Dispose();
        Assert.That(worst, Is.All.LessThan(Stage.Step(PF_PixelFormat.PF_PixelFormat_ARGB32)));
    }

    [Test]
    public void Values_OutOfRange_AreBroughtIntoIt()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        List<(double Amount, int Mode)> seen = [];
        stage.Effect.OnRender = frame => seen.Add((frame.Parameters.Number("amount"), frame.Parameters.Choice("mode")));
        foreach ((double amount, int mode) in (ReadOnlySpan<(double, int)>)[(9, 99), (-9, -99), (double.NaN, 0), (double.PositiveInfinity, int.MaxValue)])
        {
            instance.SetNumber(MixEffect.Amount, amount);
            instance.SetChoice(MixEffect.Mode, mode);
            instance.Render(new RenderSettings { Frame = 3, Downsample = 8 }).Output!.Dispose();
        }

        Assert.That(seen, Is.EqualTo(new[] { (2.0, 4), (0.0, 0), (1.0, 0), (2.0, 4) }));
    }

    [Test]
    public void Values_AtOtherFrames_AreTheirs()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.Animate(MixEffect.Amount, frame => frame / 8.0);
        (double, double, double) seen = default;
        stage.Effect.OnRender = frame => seen = (frame.Parameters.Number("amount", -2), frame.Parameters.Number("amount"), frame.Parameters.Number("amount", 3));
        instance.Render(new RenderSettings { Frame = 4, Downsample = 8 }).Output!.Dispose();
        Assert.That(seen, Is.EqualTo((0.25, 0.5, 0.875)));
    }

    [Test]
    public void Picture_AfterItsCommand_IsGone()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        Picture? kept = null;
        stage.Effect.OnRender = frame => kept = frame.Input;
        instance.Render(new RenderSettings { Frame = 4 }).Output!.Dispose();
        Assert.That(() => kept!.Row(0).Length, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public unsafe void Registration_TellsTheHostWhatThePiplSays()
    {
        using Stage stage = new(HostKind.Premiere);
        s_told = "";
        int answer = EffectRegistration.Register((void*)5, &Told, stage.Effect.Definition, "EffectMain3");
        Assert.That((answer, s_told), Is.EqualTo((0, "5 Mix org.test.mix Tests EffectMain3 65464B54 13 28 8 https://t.org")));
        Assert.That(EffectRegistration.Register(null, null, stage.Effect.Definition, "EffectMain3"), Is.Not.Zero);
    }

    private static string s_told = "";

    [System.Runtime.InteropServices.UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static unsafe int Told(void* data, byte* name, byte* match, byte* category, byte* entry, int kind, int major, int minor, int reserved, byte* url)
    {
        s_told = $"{(nint)data} {Text(name)} {Text(match)} {Text(category)} {Text(entry)} {kind:X8} {major} {minor} {reserved} {Text(url)}";
        return 0;

        static string Text(byte* text) => new((sbyte*)text);
    }

    private static (float Red, float Green, float Blue, float Alpha) Half((float Red, float Green, float Blue, float Alpha) pixel) => Times(pixel, 0.5f);

    private static (float Red, float Green, float Blue, float Alpha) Times((float Red, float Green, float Blue, float Alpha) pixel, float factor) =>
        (pixel.Red * factor, pixel.Green * factor, pixel.Blue * factor, pixel.Alpha);
}
