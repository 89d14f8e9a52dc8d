using System.Collections.Immutable;
using System.Diagnostics;
using System.Xml.Linq;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>What the standard asks of a plug-in, in every emulated host and for every effect of the catalogue.</summary>
public sealed class StandardTests
{
    private static ImmutableArray<EffectDefinition> Effects => EffectCatalog.All;

    private static IEnumerable<TestCaseData> HostsAndEffects() =>
        from host in EmulatedHosts.All from effect in EffectCatalog.All select new TestCaseData(host, effect)
            .SetArgDisplayNames(host.ToString(), effect.Name);

    [SetUp]
    public void Require() => Product.Require();

    [Test]
    public void Bundle_HasTheStandardsLayoutAndItsPropertyList()
    {
        XDocument list = XDocument.Load(Path.Combine(Product.BundlePath, "Contents", "Info.plist"));
        Dictionary<string, string> values = list.Descendants("key").ToDictionary(key => key.Value, key =>
            (key.ElementsAfterSelf().First() as XElement)!.Value);
        Assert.That(values["CFBundleExecutable"], Is.EqualTo("RunwayFX.ofx"));
        Assert.That(Path.GetFileName(Product.BundlePath), Is.EqualTo("RunwayFX.ofx.bundle"));
        Assert.That(PluginBundle.Open(Product.BundlePath).BinaryPath, Is.EqualTo(Product.LibraryPath));
    }

    [Test]
    public void Bundle_HasAPictureOfEachEffect()
    {
        string resources = Path.Combine(Product.BundlePath, "Contents", "Resources");
        foreach (EffectDefinition effect in EffectCatalog.All)
        {
            XElement picture = XDocument.Load(Path.Combine(resources, effect.PluginId + ".svg")).Root!;
            Assert.That((picture.Name.LocalName, (string?)picture.Attribute("viewBox")), Is.EqualTo(("svg", "0 0 64 64")));
        }
    }

    [TestCaseSource(nameof(HostsAndEffects))]
    public void Parameters_StandUnderTheirHeadings_WhereTheHostTakesGroups(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect);
        ContextDescription described = stage.Plugin.DescribeInContext(stage.Host.Context);
        HashSet<string> groups = [.. described.Parameters.Where(each => each.Kind == HostedParameterKind.Group).Select(each => each.Name)];
        if (stage.Host.Profile.RefusalDropsLaterParameters) Assert.That(groups, Is.Empty, "a group that is refused would cost the parameters after it");
        else Assert.That(groups, Is.EquivalentTo([.. ParameterGroups.Of(effect).Select(group => group.Name), ClipControls.Group.Name]));
        foreach (ParameterDescription parameter in described.Parameters.Where(each => each.Kind != HostedParameterKind.Group))
        {
            ParameterGroup? group = ClipControls.Find(parameter.Name) is not null ? ClipControls.Group : ParameterGroups.Of(parameter.Name);
            Assert.That(parameter.Parent, Is.EqualTo(group is not null && groups.Contains(group.Name) ? group.Name : ""), parameter.Name);
        }
    }

    [Test]
    public void Binary_ListsTheCatalogue()
    {
        using PluginLibrary library = PluginLibrary.Load(Product.BundlePath);
        Assert.That(library.Plugins.Select(plugin => plugin.Identifier), Is.EqualTo(Effects.Select(effect => effect.PluginId)));
        Assert.That(library.Journal.CallCount, Is.Zero, "listing calls nothing");
    }

    [TestCaseSource(nameof(HostsAndEffects))]
    public void Describe_InAnyHost_IsQuickCleanAndAnswersExactlyOk(object host, EffectDefinition effect)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using Stage stage = new((EmulatedHost)host, effect);
        ContextDescription described = stage.Plugin.DescribeInContext(stage.Host.Context);
        stage.Effect.SyncPrivateData();
        stage.Effect.Dispose();
        stage.Plugin.Unload();
        Assert.That(watch.ElapsedMilliseconds, Is.LessThan(5000), "hosts scan at start");
        Assert.That(described.Clips.Select(clip => clip.Name), Does.Contain("Source").And.Contain("Output"));
        foreach (string action in new[] { "OfxActionLoad", "OfxActionDescribe", "OfxImageEffectActionDescribeInContext", "OfxActionCreateInstance",
            "OfxActionDestroyInstance" })
            Assert.That(stage.Journal.StatusesOf(action), Is.EqualTo(new[] { 0 }), action);
    }

    [TestCaseSource(nameof(HostsAndEffects))]
    public void Describe_InAnyHost_DeclaresTheDepthsThatHostsNeed(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect);
        PluginDescription description = stage.Plugin.Describe();
        Assert.That(description.Depths, Is.SupersetOf(new[] { PixelDepth.Byte, PixelDepth.Short, PixelDepth.Float }));
        Assert.That(description.Contexts, Does.Contain(EffectContext.Filter).And.Contain(EffectContext.General));
        Assert.That(description.SupportsTiles, Is.False);
    }

    [TestCaseSource(nameof(Effects))]
    public void SetHost_CallsNothing(EffectDefinition effect)
    {
        using Stage stage = new(EmulatedHosts.Own, effect);
        stage.Plugin.CallRaw("OfxActionNobodyKnows");
        Assert.That(stage.Journal.CallCount, Is.Zero);
        Assert.That(stage.Journal.CallsOf("fetchSuite"), Is.Zero);
    }

    [TestCaseSource(nameof(Effects))]
    public void ColourManagement_HostAnnouncesNone_IsNotDeclared(EffectDefinition effect)
    {
        EmulatedHost host = EmulatedHosts.Own with
        {
            Profile = HostProfile.Default with { ForbiddenProperties = ["Effect/OfxImageEffectPropColourManagementStyle",
                "Effect/OfxImageEffectPropColourManagementAvailableConfigs"] },
        };
        using Stage stage = new(host, effect);
        stage.Plugin.DescribeInContext(EffectContext.General);
    }

    [TestCaseSource(nameof(HostsAndEffects))]
    public void Render_Neutral_GivesTheSourceBack(object host, EffectDefinition effect)
    {
        Product.RequireEngine();
        using Stage stage = new((EmulatedHost)host, effect, NeutralOf(effect));
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        using HostImage expected = stage.Picture(3);
        // A host that refused the parameter which would keep the canvas has the table's default: a wider one around the source.
        bool mayGrow = effect.Canvas == CanvasRule.MayGrow && stage.Host.Profile.RefusalDropsLaterParameters;
        if (!mayGrow) Assert.That(image.Bounds, Is.EqualTo(expected.Bounds));
        Assert.That(Stage.SameBits(image, expected), Is.True);
    }

    [TestCaseSource(nameof(Effects))]
    public void Render_Thumbnail_Works(EffectDefinition effect)
    {
        Product.RequireEngine();
        using Stage stage = new(EmulatedHosts.Own, effect, NeutralOf(effect));
        using HostImage image = stage.Render(1, new RenderScale(0.25, 0.25),
            new HostRequest { IsThumbnail = true, IsInteractive = true, IsDraft = true });
        Assert.That((image.Width, image.Height), Is.EqualTo((12, 8)));
    }

    /// <summary>Settings under which an effect returns its source: each effect needs such a case here.</summary>
    internal static Action<HostedEffect> NeutralOf(EffectDefinition effect) => effect.Name switch
    {
        "style" or "generate" or "remove" or "perform" => Settings.Neutral,
        "extend" => instance => instance.Parameters.Find("targetAspect")?.SetNumbers(0),
        "retime" => instance => instance.Parameters.Find("speed")?.SetNumbers(100),
        _ => throw new InvalidOperationException($"say what leaves the picture alone in '{effect.Name}'"),
    };
}
