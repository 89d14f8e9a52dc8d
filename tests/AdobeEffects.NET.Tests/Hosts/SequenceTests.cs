using AdobeEffects.Hosting;
using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Tests.Hosts;

public sealed class SequenceTests
{
    [TestCase(HostKind.Premiere, false)]
    [TestCase(HostKind.Premiere, true)]
    [TestCase(HostKind.AfterEffects, false)]
    [TestCase(HostKind.AfterEffects, true)]
    public void Button_Pressed_StoresAPathThatSurvivesSaving(HostKind kind, bool isCopy)
    {
        using Stage stage = new(kind, HostFaults.MovingHandles);
        byte[] saved;
        using (HostedInstance instance = stage.Host.CreateInstance())
        {
            (PF_Err error, string message, bool isRerendered) = instance.Change(MixEffect.Choose);
            Assert.That((error, message, isRerendered), Is.EqualTo((PF_Err.PF_Err_NONE, "Chosen.", true)));
            _ = instance.Change(MixEffect.Choose);
            saved = isCopy ? instance.SaveCopy() : instance.Save();
            instance.Render(new RenderSettings { Frame = 1, Downsample = 4 }).Output!.Dispose();
        }

        using HostedInstance opened = stage.Host.OpenInstance(saved);
        opened.Render(new RenderSettings { Frame = 1, Downsample = 4 }).Output!.Dispose();
        Assert.That(stage.Effect.Renders.Select(seen => seen.Path), Is.EqualTo(new[] { stage.Effect.ChosenPath, stage.Effect.ChosenPath }));
        Assert.That(SequenceData.TryRead(saved, out SequenceData data, out _), Is.True);
        Assert.That((data.Number("count"), data.Version), Is.EqualTo(((double?)2, (ushort)2)));
    }

    [Test]
    public void Data_SavedInOneHost_OpenInTheOther()
    {
        using Stage premiere = new(HostKind.Premiere), afterEffects = new(HostKind.AfterEffects);
        using HostedInstance first = premiere.Host.CreateInstance();
        _ = first.Change(MixEffect.Choose);
        using HostedInstance second = afterEffects.Host.OpenInstance(first.Save());
        second.Render(new RenderSettings { Frame = 1, Downsample = 4 }).Output!.Dispose();
        Assert.That(afterEffects.Effect.Renders.Single().Path, Is.EqualTo(premiere.Effect.ChosenPath));
    }

    [Test]
    public void Data_OfAnOlderVersion_AreUpgraded()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.OpenInstance(SequenceData.Empty(1).With("oldPath", "/old").ToBytes());
        Assert.That(SequenceData.TryRead(instance.SequenceBytes.Span, out SequenceData data, out _), Is.True);
        Assert.That((data.Version, data.Text("path"), data.Text("oldPath")), Is.EqualTo(((ushort)2, "/old", (string?)null)));
    }

    [Test]
    public void Data_OfALaterVersion_StayAsTheyAre()
    {
        using Stage stage = new(HostKind.Premiere);
        byte[] later = SequenceData.Empty(9).With("path", "/new").With("unknown", 5).ToBytes();
        using HostedInstance instance = stage.Host.OpenInstance(later);
        Assert.That(instance.SequenceBytes.ToArray(), Is.EqualTo(later));
        _ = instance.Change(MixEffect.Choose);
        Assert.That(SequenceData.TryRead(instance.SequenceBytes.Span, out SequenceData data, out _), Is.True);
        Assert.That((data.Version, data.Number("unknown")), Is.EqualTo(((ushort)9, (double?)5)));
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(500)]
    public void Data_ThatAreNone_BecomeFreshOnes(int length)
    {
        using Stage stage = new(HostKind.AfterEffects);
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using HostedInstance instance = stage.Host.OpenInstance(bytes);
        Assert.That(instance.StartError, Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That(SequenceData.TryRead(instance.SequenceBytes.Span, out SequenceData data, out _), Is.True);
        Assert.That(data.Count, Is.Zero);
    }

    [Test]
    public void Parameter_Changed_ChangesOthersAndCanBeSeen()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        (PF_Err error, _, bool isRerendered) = instance.Change(MixEffect.Mode);
        Assert.That((error, isRerendered), Is.EqualTo((PF_Err.PF_Err_NONE, false)));
        Assert.That((instance.Values[MixEffect.Amount - 1].u.fs_d.value, instance.Values[MixEffect.Invert - 1].u.bd.value), Is.EqualTo((2.0, 1)));
        Assert.That(instance.Change(0).Error, Is.EqualTo(PF_Err.PF_Err_INVALID_INDEX));
        Assert.That(instance.Change(9).Error, Is.EqualTo(PF_Err.PF_Err_INVALID_INDEX));
    }

    [Test]
    public void Panel_Updated_HidesDisablesAndNames()
    {
        using Stage stage = new(HostKind.Premiere);
        using HostedInstance instance = stage.Host.CreateInstance();
        instance.SetChoice(MixEffect.Mode, MixEffect.ModePrevious);
        _ = instance.Change(MixEffect.Choose);
        Assert.That(instance.UpdatePanel(), Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That(instance.Values[MixEffect.Amount - 1].ui_flags, Is.EqualTo(PF_ParamUIFlags.PF_PUI_DISABLED));
        Assert.That(instance.Values[MixEffect.Other - 1].ui_flags, Is.EqualTo(PF_ParamUIFlags.PF_PUI_INVISIBLE));
        Assert.That(instance.Values[MixEffect.Choose - 1].NameText, Is.EqualTo("Größe 1.png"));
        instance.SetChoice(MixEffect.Mode, MixEffect.ModeInput);
        _ = instance.UpdatePanel();
        Assert.That(instance.Values[MixEffect.Amount - 1].ui_flags, Is.EqualTo(PF_ParamUIFlags.PF_PUI_NONE));
    }

    [Test]
    public void Files_Asked_AreNamed()
    {
        using Stage stage = new(HostKind.AfterEffects);
        using HostedInstance instance = stage.Host.CreateInstance();
        Assert.That(instance.Files(false), Is.Empty);
        string there = typeof(SequenceTests).Assembly.Location;
        stage.Effect.ChosenPath = there;
        _ = instance.Change(MixEffect.Choose);
        Assert.That(instance.Files(false), Is.EqualTo(new[] { there }));
        Assert.That(instance.Files(true), Is.Empty);
        stage.Effect.ChosenPath = there + ".gone";
        _ = instance.Change(MixEffect.Choose);
        Assert.That(instance.Files(true), Is.EqualTo(new[] { there + ".gone" }));
    }
}
