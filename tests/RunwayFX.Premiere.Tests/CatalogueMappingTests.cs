using AdobeEffects.Hosting;
using AdobeEffects.Pipl;
using AdobeEffects.Raw;
using RunwayFX.Effects;
using AdobeEffect = AdobeEffects.Plugins.EffectDefinition;
using AdobeParameter = AdobeEffects.Plugins.ParameterDefinition;

namespace RunwayFX.Premiere.Tests;

public sealed class CatalogueMappingTests
{
    public static IEnumerable<EffectDefinition> Effects => CatalogueMapping.Effects;

    [Test]
    public void Effects_AreAllButTheRetimer() =>
        Assert.That(Effects.Select(effect => effect.Name), Is.EqualTo(new[] { "style", "extend", "generate", "remove", "perform" }));

    [TestCaseSource(nameof(Effects))]
    public void Effect_Mapped_HasTheCataloguesNamesRangesAndDefaults(EffectDefinition effect)
    {
        AdobeEffect mapped = CatalogueMapping.Make(effect);
        Assert.That((mapped.Name, mapped.MatchName), Is.EqualTo((effect.Label, effect.PluginId)));
        for (int index = 0; index < effect.Parameters.Length; index++)
        {
            ParameterDefinition parameter = effect.Parameters[index];
            AdobeParameter made = mapped.Parameters[index];
            Assert.That((made.Key, made.Id, made.Label, made.Animates, made.Default), Is.EqualTo((parameter.Name, index + 1, parameter.Label, parameter.Animates, parameter.Default)));
            Assert.That(made.Options, Is.EqualTo(parameter.Options));
            if (parameter.Kind is not (ParameterKind.Double or ParameterKind.Integer)) continue;
            Assert.That((made.Minimum, made.Maximum, made.DisplayMinimum, made.DisplayMaximum),
                Is.EqualTo((parameter.Minimum, parameter.Maximum, parameter.DisplayMinimum, parameter.DisplayMaximum)));
        }

        Assert.That(mapped.Parameters.Skip(effect.Parameters.Length).Select(layer => (layer.Id, layer.Label)),
            Is.EqualTo(effect.Clips.Skip(1).Select((clip, index) => (1001 + index, clip.Label))));
    }

    [TestCaseSource(nameof(Effects))]
    public void Effect_Loaded_SaysWhatItsPiplSays(EffectDefinition effect)
    {
        using HostedCatalogueEffect hosted = new(effect, HostKind.Premiere);
        EffectProperties pipl = EffectProperties.FromBytes(hosted.Effect.Definition.ToPipl("EffectMain").ToBytes(PiplSystem.Windows), PiplSystem.Windows);
        Assert.That((hosted.Host.OutFlags, hosted.Host.OutFlags2, hosted.Host.Version), Is.EqualTo((pipl.OutFlags, pipl.OutFlags2, pipl.Version)));
        Assert.That(pipl.Name, Is.EqualTo(effect.Label));
        Assert.That(hosted.Host.Parameters, Has.Count.EqualTo(effect.Parameters.Length + effect.Clips.Length - 1));
        Assert.That(hosted.Host.Parameters.Select(parameter => parameter.NameText), Is.EqualTo(hosted.Effect.Definition.Parameters.Select(parameter => parameter.Label)));
        Assert.That(hosted.Host.Formats, Is.EqualTo(new[] { PF_PixelFormat.PrPixelFormat_BGRA_4444_32f, PF_PixelFormat.PrPixelFormat_BGRA_4444_8u }));
    }
}
