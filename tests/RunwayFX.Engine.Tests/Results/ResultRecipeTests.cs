using RunwayFX.Effects;
using RunwayFX.Engine.Results;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests.Results;

/// <summary>A result has another name exactly where something that matters is another.</summary>
public sealed class ResultRecipeTests
{
    private static readonly UInt128 s_source = 99;

    private static IEnumerable<TestCaseData> Parameters =>
        from effect in EffectCatalog.All
        from parameter in effect.Parameters
        select new TestCaseData(effect, parameter).SetArgDisplayNames(effect.Name, parameter.Name);

    internal static RenderJob Job(EffectDefinition effect) => new()
    {
        Effect = effect,
        Numbers = [.. effect.Parameters.Select(parameter => parameter.IsText ? 0 : parameter.Default)],
        Texts = [.. effect.Parameters.Select(parameter => parameter.IsText ? parameter.DefaultText : "")],
        Time = 12,
        OutputWindow = new PixelWindow(0, 0, 4, 3),
    };

    private static UInt128 NameOf(RenderJob job, bool hasTemporalAccess = true, string model = "", UInt128? source = null) =>
        ResultRecipe.Frame(ResultRecipe.Of(job, hasTemporalAccess, model), job, source ?? s_source);

    private static RenderJob With(RenderJob job, ParameterDefinition parameter)
    {
        int index = job.Effect.IndexOf(parameter.Name);
        if (parameter.IsText) return job with { Texts = [.. job.Texts.Select((text, at) => at == index ? text + "/another" : text)] };
        double other = parameter.Default < parameter.Maximum ? Math.Min(parameter.Maximum, parameter.Default + 1) : parameter.Minimum;
        return job with { Numbers = [.. job.Numbers.Select((number, at) => at == index ? other : number)] };
    }

    /// <summary>The table: every parameter of every effect × whether it matters.</summary>
    [TestCaseSource(nameof(Parameters))]
    public void Parameter_ChangesTheNameExactlyWhereItMatters(EffectDefinition effect, ParameterDefinition parameter)
    {
        RenderJob job = Job(effect);
        Assert.That(NameOf(With(job, parameter)) != NameOf(job), Is.EqualTo(parameter.Matters));
    }

    /// <summary>The output stage reads these by itself; only Remove's own method reads the mask, which says what goes.</summary>
    [Test]
    public void WhatTheOutputStageApplies_DoesNotMatter()
    {
        foreach (EffectDefinition effect in EffectCatalog.All)
        {
            bool Matters(string name) => effect.Parameters[effect.IndexOf(name)].Matters;
            Assert.That(Matters(EffectCatalog.OutputKindName), Is.False, effect.Name);
            Assert.That(Matters(EffectCatalog.MixName), Is.False, effect.Name);
            foreach (string name in new[] { EffectCatalog.MaskFromClipName, EffectCatalog.MaskChannelName, EffectCatalog.InvertMaskName })
                Assert.That(Matters(name), Is.EqualTo(effect.TakesMask), $"{effect.Name}.{name}");
        }
    }

    [Test]
    public void EverythingElseOfAJob_ChangesTheName()
    {
        RenderJob job = Job(EffectCatalog.Remove);
        UInt128[] names =
        [
            NameOf(job), NameOf(job with { Time = 13 }), NameOf(job with { Time = -12 }), NameOf(job with { RenderScaleX = 0.5 }), NameOf(job with { RenderScaleY = 0.5 }),
            NameOf(job with { PixelAspect = 2 }), NameOf(job with { FrameRate = 24 }), NameOf(job with { OutputWindow = new PixelWindow(0, 0, 4, 4) }),
            NameOf(job with { OutputWindow = new PixelWindow(1, 0, 5, 3) }), NameOf(job with { IsInteractive = true }), NameOf(job, hasTemporalAccess: false),
            NameOf(job, model: "sd-turbo; onnxruntime 1.23 cpu"), NameOf(job, model: "sd-turbo; onnxruntime 1.23 cuda"), NameOf(job, source: 98), NameOf(Job(EffectCatalog.Extend)),
        ];
        Assert.That(names, Is.Unique);
        Assert.That(NameOf(job with { Time = -0.0 }), Is.EqualTo(NameOf(job with { Time = 0 })));
    }

    [Test]
    public void Frames_WithAnotherBitPlaceOrAlpha_AreOthers()
    {
        HostFrame frame = new(new Frame(4, 3), new PixelWindow(0, 0, 4, 3), Premultiplied: false);
        Frame negativeZero = frame.Picture.Clone();
        negativeZero.Pixels[17] = -0f;
        UInt128[] hashes =
        [
            ResultRecipe.Absent, ResultRecipe.Of(frame), ResultRecipe.Of(frame with { Picture = negativeZero }), ResultRecipe.Of(frame with { Window = new PixelWindow(1, 0, 5, 3) }),
            ResultRecipe.Of(frame with { Premultiplied = true }), ResultRecipe.Of(frame with { IsOneField = true }), ResultRecipe.Of(frame with { Picture = new Frame(3, 4) }),
        ];
        Assert.That(hashes, Is.Unique);
        Assert.That(ResultRecipe.Of((HostFrame?)null), Is.EqualTo((UInt128)ResultRecipe.Absent));
    }
}
