namespace RunwayFX.Effects.Tests;

/// <summary>Rules that every present and future entry of the catalogue obeys, because some host breaks where one does not.</summary>
public sealed class EffectCatalogTests
{
    /// <summary>Hosts cut labels beyond this many characters.</summary>
    private const int LabelLengthMax = 31;

    private static IEnumerable<TestCaseData> Effects => EffectCatalog.All.Select(effect => new TestCaseData(effect).SetArgDisplayNames(effect.Name));

    private static IEnumerable<TestCaseData> Parameters =>
        from effect in EffectCatalog.All
        from parameter in effect.Parameters
        select new TestCaseData(effect, parameter).SetArgDisplayNames(effect.Name, parameter.Name);

    [Test]
    public void Identities_OverTheCatalogue_AreUnique()
    {
        Assert.That(EffectCatalog.All.Select(effect => effect.WireId), Is.Unique.And.All.Positive);
        Assert.That(EffectCatalog.All.Select(effect => effect.PluginId), Is.Unique);
        Assert.That(EffectCatalog.All.Select(effect => effect.Label), Is.Unique);
    }

    [TestCaseSource(nameof(Effects))]
    public void Find_ByEachIdentity_GivesTheEffect(EffectDefinition effect)
    {
        Assert.That(EffectCatalog.FindByWireId(effect.WireId), Is.SameAs(effect));
        Assert.That(EffectCatalog.FindByPluginId(effect.PluginId), Is.SameAs(effect));
        Assert.That(EffectCatalog.FindByName(effect.Name.ToUpperInvariant()), Is.SameAs(effect));
    }

    [Test]
    public void Find_Unknown_GivesNull()
    {
        Assert.That(EffectCatalog.FindByWireId(0), Is.Null);
        Assert.That(EffectCatalog.FindByPluginId("org.runwayfx.Style"), Is.Null, "plug-in ids are compared case by case");
        Assert.That(EffectCatalog.FindByName("org.runwayfx.style"), Is.Null);
    }

    [Test]
    public void NamedEffects_PointAtTheirEntries()
    {
        Assert.That(EffectCatalog.Style.Name, Is.EqualTo("style"));
        Assert.That(EffectCatalog.Extend.Name, Is.EqualTo("extend"));
        Assert.That(EffectCatalog.Retime.Name, Is.EqualTo("retime"));
        Assert.That(EffectCatalog.Generate.Name, Is.EqualTo("generate"));
        Assert.That(EffectCatalog.Remove.Name, Is.EqualTo("remove"));
        Assert.That(EffectCatalog.Perform.Name, Is.EqualTo("perform"));
    }

    [TestCaseSource(nameof(Effects))]
    public void Effect_Texts_AreUsable(EffectDefinition effect)
    {
        Assert.That(effect.Name, Does.Match("^[a-z][a-z0-9]*$"));
        Assert.That(effect.Label, Has.Length.LessThanOrEqualTo(LabelLengthMax).And.StartsWith(EffectCatalog.ProductName + " "));
        Assert.That(effect.Description, Is.Not.Empty.And.Matches("^[ -~]+$"), "hosts show descriptions in whatever encoding they like");
        Assert.That(effect.AlgorithmVersion, Is.Positive);
    }

    [TestCaseSource(nameof(Effects))]
    public void Clips_FirstIsTheMandatorySource_OthersCarryAnExistingToggle(EffectDefinition effect)
    {
        Assert.That(effect.Clips[0].Name, Is.EqualTo(EffectDefinition.SourceClipName));
        Assert.That(effect.Clips[0].IsOptional, Is.False);
        Assert.That(effect.Clips.Select(clip => clip.Name), Is.Unique.And.All.Matches("^[A-Z][A-Za-z0-9]*$"));
        foreach (ClipDefinition clip in effect.Clips)
        {
            Assert.That(clip.Label, Is.Not.Empty.And.Length.LessThanOrEqualTo(LabelLengthMax));
            Assert.That(clip.Hint, Is.Not.Empty);
            if (!clip.IsOptional)
            {
                Assert.That(clip.ToggleParameter, Is.Null, $"{clip.Name} is mandatory");
                continue;
            }

            Assert.That(clip.ToggleParameter, Is.Not.Null, $"{clip.Name} is optional: some hosts claim every clip is connected");
            int index = effect.IndexOf(clip.ToggleParameter!);
            Assert.That(index, Is.Not.Negative, $"toggle {clip.ToggleParameter} of {clip.Name} exists");
            Assert.That(effect.Parameters[index].Kind, Is.EqualTo(ParameterKind.Boolean));
            Assert.That(effect.Parameters[index].Default, Is.Zero, "an unconnected clip must not be used unasked");
        }
    }

    [TestCaseSource(nameof(Effects))]
    public void Effect_HasMixMaskAndMatte(EffectDefinition effect)
    {
        ParameterDefinition mix = effect.Parameters[effect.IndexOf(EffectCatalog.MixName)], output = effect.Parameters[effect.IndexOf(EffectCatalog.OutputKindName)];
        Assert.That((mix.Minimum, mix.Maximum, mix.Default), Is.EqualTo((0.0, 1.0, 1.0)));
        Assert.That((output.Default, output.Options[(int)OutputKind.Matte]), Is.EqualTo((0.0, "Matte")));
        ClipDefinition mask = effect.Clips[effect.IndexOfClip(EffectCatalog.MaskClipName)];
        Assert.That((mask.IsOptional, mask.IsMask, mask.ToggleParameter), Is.EqualTo((true, true, EffectCatalog.MaskFromClipName)));
        Assert.That(effect.IndexOf(EffectCatalog.InvertMaskName), Is.Not.Negative);
        Assert.That(effect.IndexOf(EffectCatalog.MaskChannelName), Is.Not.Negative);
        Assert.That(effect.IndexOfClip("NoSuchClip"), Is.EqualTo(-1));
    }

    [TestCaseSource(nameof(Effects))]
    public void IndexOf_EachName_IsItsPosition(EffectDefinition effect)
    {
        Assert.That(effect.Parameters.Select(parameter => effect.IndexOf(parameter.Name)), Is.EqualTo(Enumerable.Range(0, effect.Parameters.Length)));
        Assert.That(effect.IndexOf("noSuchParameter"), Is.EqualTo(-1));
        Assert.That(effect.Parameters.Select(parameter => parameter.Name.ToUpperInvariant()), Is.Unique, "some hosts compare without case");
    }

    [TestCaseSource(nameof(Parameters))]
    public void Parameter_Texts_AreUsable(EffectDefinition effect, ParameterDefinition parameter)
    {
        Assert.That(parameter.Name, Does.Match("^[a-z][A-Za-z0-9]*$"), "camelCase ASCII");
        Assert.That(parameter.Label, Is.Not.Empty.And.Matches("^[ -~]+$").And.Length.LessThanOrEqualTo(LabelLengthMax));
        Assert.That(parameter.Hint, Is.Not.Empty.And.Matches("^[ -~]+$"));
        Assert.That(effect.Clips.Select(clip => clip.Name), Has.None.EqualTo(parameter.Name));
    }

    [TestCaseSource(nameof(Parameters))]
    public void Parameter_Numbers_HaveRangeDisplayRangeAndDefaultInside(EffectDefinition effect, ParameterDefinition parameter)
    {
        if (parameter.IsText)
        {
            Assert.That(parameter.Animates, Is.False, $"{effect.Name}.{parameter.Name}: hosts lack text animation");
            Assert.That(parameter.Options, Is.Empty);
            return;
        }

        Assert.That(double.IsFinite(parameter.Minimum) && double.IsFinite(parameter.Maximum), Is.True);
        Assert.That(parameter.Minimum, Is.LessThan(parameter.Maximum));
        Assert.That(parameter.DisplayMinimum, Is.LessThan(parameter.DisplayMaximum));
        Assert.That(parameter.DisplayMinimum, Is.InRange(parameter.Minimum, parameter.Maximum));
        Assert.That(parameter.DisplayMaximum, Is.InRange(parameter.Minimum, parameter.Maximum));
        Assert.That(parameter.Default, Is.InRange(parameter.DisplayMinimum, parameter.DisplayMaximum));
        Assert.That(parameter.Sanitize(parameter.Default), Is.EqualTo(parameter.Default));
        if (parameter.Kind is not ParameterKind.Double)
        {
            Assert.That(parameter.Minimum, Is.GreaterThanOrEqualTo(int.MinValue));
            Assert.That(parameter.Maximum, Is.LessThanOrEqualTo(int.MaxValue));
            Assert.That(parameter.Minimum % 1, Is.Zero);
            Assert.That(parameter.Maximum % 1, Is.Zero);
        }
    }

    [TestCaseSource(nameof(Parameters))]
    public void Parameter_Options_StandForTheWholeRangeOfAChoice(EffectDefinition effect, ParameterDefinition parameter)
    {
        if (parameter.Kind is ParameterKind.Choice)
        {
            Assert.That(parameter.Options, Has.Length.AtLeast(2).And.All.Matches("^[ -~]+$"));
            Assert.That(parameter.Options, Is.Unique);
            Assert.That(parameter.Options.Select(option => option.Length), Is.All.LessThanOrEqualTo(LabelLengthMax));
            Assert.That((parameter.Minimum, parameter.Maximum), Is.EqualTo((0.0, parameter.Options.Length - 1.0)), effect.Name);
        }
        else
        {
            Assert.That(parameter.Options, Is.Empty, effect.Name);
        }

        if (parameter.Kind is ParameterKind.Boolean or ParameterKind.Choice) Assert.That(parameter.Animates, Is.False);
        if (parameter.Kind is ParameterKind.Boolean) Assert.That((parameter.Minimum, parameter.Maximum), Is.EqualTo((0.0, 1.0)));
    }

    [Test]
    public void ColourSpaceOptions_MatchTheEnumOneToOne()
    {
        foreach (EffectDefinition effect in EffectCatalog.All)
        {
            ParameterDefinition parameter = effect.Parameters[effect.IndexOf("colourSpace")];
            Assert.That(parameter.Options, Has.Length.EqualTo(Enum.GetValues<ColourSpaceOption>().Length));
            // A network has no quality to choose.
            if (effect == EffectCatalog.Perform) continue;
            ParameterDefinition quality = effect.Parameters[effect.IndexOf("quality")];
            Assert.That(quality.Options, Is.EqualTo(Enum.GetNames<QualityLevel>()));
        }
    }
}
