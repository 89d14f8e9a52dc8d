using AdobeEffects.Hosting;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;
using CsCheck;

namespace AdobeEffects.Tests.Hosts;

public sealed class HostileHostTests
{
    private static readonly HostFaults[] AllFaults = [.. Enum.GetValues<HostFaults>().Where(fault => fault != HostFaults.None)];

    public static IEnumerable<object[]> Cases =>
        from kind in (HostKind[])[HostKind.Premiere, HostKind.AfterEffects]
        from fault in AllFaults
        select new object[] { kind, fault };

    [TestCaseSource(nameof(Cases))]
    public void Host_WithOneFault_GetsAnAnswerAndEverythingBack(HostKind kind, HostFaults fault)
    {
        int before = PlanBlock.Living;
        PlayAll(kind, fault);
        Assert.That(PlanBlock.Living, Is.EqualTo(before));
    }

    [Test]
    public void Host_WithSeveralFaults_GetsAnAnswerAndEverythingBack() =>
        Gen.Select(Gen.Bool, Gen.Int[0, AllFaults.Length - 1].Array[2, 6]).Sample((isPremiere, faults) =>
            PlayAll(isPremiere ? HostKind.Premiere : HostKind.AfterEffects, faults.Aggregate(HostFaults.None, (all, index) => all | AllFaults[index])), iter: 150, threads: 1);

    [TestCase(HostKind.Premiere, HostFaults.HugeWidth, "40000x32")]
    [TestCase(HostKind.AfterEffects, HostFaults.HugeWidth, "40000x32")]
    [TestCase(HostKind.Premiere, HostFaults.SmallStep, "a step of 3 bytes")]
    [TestCase(HostKind.AfterEffects, HostFaults.SmallStep, "a step of 3 bytes")]
    [TestCase(HostKind.Premiere, HostFaults.NegativeHeight, "48x-1")]
    [TestCase(HostKind.AfterEffects, HostFaults.NegativeHeight, "48x-1")]
    [TestCase(HostKind.Premiere, HostFaults.NoOutput, "the host gave no picture")]
    [TestCase(HostKind.AfterEffects, HostFaults.NoOutput, "the host gave no picture")]
    public void Output_ThatLies_IsRefusedByName(HostKind kind, HostFaults fault, string part)
    {
        using Stage stage = new(kind, fault);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 1 });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED));
        Assert.That(outcome.Message, Does.StartWith("Output: ").And.Contain(part));
        Assert.That(Enumerable.Range(0, picture.Height).All(picture.IsUntouched), Is.True);
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Input_Absent_MakesTransparentBlack(HostKind kind)
    {
        using Stage stage = new(kind, HostFaults.NoInput);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 1 });
        using HostPicture picture = outcome.Output!;
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That(Stage.Worst(picture, (_, _) => (0, 0, 0, 0)), Is.Zero);
    }

    [TestCase(HostKind.Premiere, HostFaults.NoBasicSuite)]
    [TestCase(HostKind.Premiere, HostFaults.NoSuites)]
    [TestCase(HostKind.Premiere, HostFaults.EmptySuites)]
    [TestCase(HostKind.Premiere, HostFaults.NoUtilities)]
    [TestCase(HostKind.Premiere, HostFaults.NoInteraction)]
    [TestCase(HostKind.Premiere, HostFaults.FailingCheckouts)]
    [TestCase(HostKind.Premiere, HostFaults.ForeignSequence)]
    [TestCase(HostKind.Premiere, HostFaults.ZeroTimes)]
    [TestCase(HostKind.AfterEffects, HostFaults.NoBasicSuite)]
    [TestCase(HostKind.AfterEffects, HostFaults.EmptySuites)]
    [TestCase(HostKind.AfterEffects, HostFaults.NoUtilities)]
    [TestCase(HostKind.AfterEffects, HostFaults.NoInteraction)]
    [TestCase(HostKind.AfterEffects, HostFaults.ForeignSequence)]
    [TestCase(HostKind.AfterEffects, HostFaults.ZeroTimes)]
    public void Host_ThatLacksWhatIsNotNeeded_StillGetsItsPicture(HostKind kind, HostFaults fault)
    {
        using Stage stage = new(kind, fault);
        using HostedInstance instance = stage.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 1, Format = PF_PixelFormat.PF_PixelFormat_ARGB32 });
        using HostPicture picture = outcome.Output!;
        Assert.That((outcome.Error, outcome.Message), Is.EqualTo((PF_Err.PF_Err_NONE, "")));
        Assert.That(Stage.Worst(picture, (x, y) => Stage.At(0, 1, x, y)), Is.LessThan(Stage.Step(picture.Format)));
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Commands_InTheWrongOrder_AreAnswered(HostKind kind)
    {
        using Stage stage = new(kind);
        foreach (PF_Cmd command in Enum.GetValues<PF_Cmd>().Where(command => command is not (PF_Cmd.PF_Cmd_SEQUENCE_SETUP or PF_Cmd.PF_Cmd_SEQUENCE_RESETUP or
            PF_Cmd.PF_Cmd_GET_FLATTENED_SEQUENCE_DATA or PF_Cmd.PF_Cmd_PARAMS_SETUP)))
            Assert.That(stage.Host.Send(command), Is.AnyOf(PF_Err.PF_Err_NONE, PF_Err.PF_Err_BAD_CALLBACK_PARAM), command.ToString());
        Assert.That(stage.Host.Send((PF_Cmd)12345), Is.EqualTo(PF_Err.PF_Err_NONE));
    }

    [Test]
    public unsafe void Command_WithoutItsBlocks_IsRefused()
    {
        using Stage stage = new(HostKind.Premiere);
        PF_InData told = default;
        PF_OutData answer = default;
        int slot = EffectSlots.Take(stage.Effect);
        Assert.That(EffectSlots.Run(slot, PF_Cmd.PF_Cmd_RENDER, null, &answer, null, null, null), Is.EqualTo(PF_Err.PF_Err_BAD_CALLBACK_PARAM));
        Assert.That(EffectSlots.Run(slot, PF_Cmd.PF_Cmd_RENDER, &told, null, null, null, null), Is.EqualTo(PF_Err.PF_Err_BAD_CALLBACK_PARAM));
        Assert.That(EffectSlots.Run(slot, PF_Cmd.PF_Cmd_RENDER, &told, &answer, null, null, null), Is.EqualTo(PF_Err.PF_Err_BAD_CALLBACK_PARAM));
        EffectSlots.Free(slot);
        Assert.That(EffectSlots.Run(slot, PF_Cmd.PF_Cmd_ABOUT, &told, &answer, null, null, null), Is.EqualTo(PF_Err.PF_Err_INVALID_INDEX));
        Assert.That(EffectSlots.Run(-1, PF_Cmd.PF_Cmd_ABOUT, &told, &answer, null, null, null), Is.EqualTo(PF_Err.PF_Err_INVALID_INDEX));
    }

    /// <summary>All that a session does, whatever comes back.</summary>
    private static void PlayAll(HostKind kind, HostFaults faults)
    {
        using Stage stage = new(kind, faults);
        HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeNeighbours);
        PF_PixelFormat[] formats = kind == HostKind.Premiere
            ? [PF_PixelFormat.PrPixelFormat_BGRA_4444_32f, PF_PixelFormat.PrPixelFormat_BGRA_4444_8u]
            : [PF_PixelFormat.PF_PixelFormat_ARGB64, PF_PixelFormat.PF_PixelFormat_ARGB128];
        foreach (PF_PixelFormat format in formats)
        {
            RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 3, Format = format, Downsample = 4, AbortAfter = format == formats[1] ? 3 : -1 });
            outcome.Output?.Dispose();
            Assert.That(Enum.IsDefined(outcome.Error), Is.True);
            // Refused for a reason: the user stopped, or the message says why.
            if (outcome.Error == PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED) Assert.That(outcome.Message, Is.Not.Empty);
        }

        _ = instance.Change(MixEffect.Choose);
        _ = instance.Change(MixEffect.Mode);
        _ = instance.UpdatePanel();
        _ = instance.Files(false);
        byte[] copy = instance.SaveCopy(), saved = instance.Save();
        instance.Dispose();
        foreach (byte[] bytes in (byte[][])[copy, saved])
        {
            using HostedInstance opened = stage.Host.OpenInstance(bytes);
            opened.Render(new RenderSettings { Frame = 0, Format = formats[0], Downsample = 4 }).Output?.Dispose();
        }
    }
}
