namespace RunwayFX.Effects.Tests;

/// <summary>Headings of panels.</summary>
public sealed class ParameterGroupsTests
{
    [Test]
    public void Table_NamesParametersOnce_AndOnlySuchAsExist()
    {
        string[] all = [.. EffectCatalog.All.SelectMany(static effect => effect.Parameters).Select(static parameter => parameter.Name).Distinct()];
        string[] members = [.. ParameterGroups.All.SelectMany(group => all.Where(name => ParameterGroups.Of(name) == group))];
        Assert.That(members, Is.Unique);
        Assert.That(ParameterGroups.All.Select(static group => group.Name).Intersect(all), Is.Empty, "groups and parameters share one space of names");
        Assert.That(ParameterGroups.Members.Except(all), Is.Empty, "names that no effect has");
    }

    [Test]
    public void EveryEffect_ShowsWhatItIsAboutWithoutUnfolding()
    {
        foreach (EffectDefinition effect in EffectCatalog.All)
        {
            Assert.That(ParameterGroups.Of(effect).Any(static group => group.IsOpen), Is.True, effect.Name);
            Assert.That(effect.Parameters.Count(static parameter => ParameterGroups.Of(parameter.Name) is null), Is.LessThanOrEqualTo(7), $"{effect.Name}: on their own");
        }
    }
}
