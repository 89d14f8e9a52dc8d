namespace RunwayFX.Effects.Tests;

/// <summary>The controls by which a clip is made ahead. Their names stand in projects: the table below only grows.</summary>
public sealed class ClipControlsTests
{
    /// <summary>name kind; in panel order.</summary>
    private static readonly string[] Shipped =
    [
        "generate Button",
        "update Button",
        "clear Button",
        "clipStatus Status",
        "clipRange Parameter",
        "clipFirstFrame Parameter",
        "clipLastFrame Parameter",
        "jobKey Key",
    ];

    [Test]
    public void Names_AsShipped() => Assert.That(ClipControls.All.Select(static control => $"{control.Name} {control.Kind}"), Is.EqualTo(Shipped));

    [Test]
    public void Numbers_AsShipped()
    {
        Assert.That(Enum.GetValues<ClipRangeChoice>().Select(static choice => $"{(int)choice} {choice}"), Is.EqualTo(new[] { "0 WholeClip", "1 Timeline", "2 FirstToLast" }));
        ParameterDefinition range = ClipControls.Find(ClipControls.RangeName)!.Parameter!;
        Assert.That((string.Join('|', range.Options), range.Maximum, range.DisplayMaximum), Is.EqualTo(("Whole Clip|Timeline|First to Last", 2.0, 2.0)));
    }

    [Test]
    public void Names_AreNobodyElses()
    {
        string[] others = [.. EffectCatalog.All.SelectMany(static effect => effect.Parameters).Select(static parameter => parameter.Name), .. ParameterGroups.All.Select(static group => group.Name)];
        string[] own = [.. ClipControls.All.Select(static control => control.Name), ClipControls.Group.Name];
        Assert.That(own, Is.Unique);
        Assert.That(own.Intersect(others), Is.Empty);
        Assert.That(ClipControls.All.Select(static control => control.Hint), Is.All.Not.Empty);
    }

    [Test]
    public void Frames_HaveRangesAsHostsNeedThem()
    {
        foreach (ClipControl control in ClipControls.All.Where(static control => control.Parameter is { Kind: ParameterKind.Integer }))
        {
            ParameterDefinition parameter = control.Parameter!;
            Assert.That(parameter.Minimum <= parameter.DisplayMinimum && parameter.DisplayMinimum < parameter.DisplayMaximum && parameter.DisplayMaximum <= parameter.Maximum, control.Name);
            Assert.That(parameter.Sanitize(parameter.Default), Is.EqualTo(parameter.Default));
        }
    }
}
