using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>DaVinci Resolve: timeline-sized buffers, no regions, clips that claim to be connected, ranges that must be declared.</summary>
public sealed class ResolveTests
{
    private static readonly EmulatedHost Host = EmulatedHosts.Resolve;

    private static ImmutableArray<EffectDefinition> Effects => EffectCatalog.All;

    [SetUp]
    public void Require() => Product.Require();

    [TestCaseSource(nameof(Effects))]
    public void EveryNumber_DeclaresRangeAndDisplayRange_AndKeepsItsDefault(EffectDefinition effect)
    {
        using Stage stage = new(Host, effect);
        foreach (ParameterDescription parameter in stage.Plugin.DescribeInContext(Host.Context).Parameters)
        {
            if (parameter.Kind is HostedParameterKind.Double or HostedParameterKind.Integer) Assert
                .That(parameter.HasDeclaredRange, Is.True, parameter.Name);
        }

        foreach (ParameterDefinition definition in effect.Parameters)
        {
            if (!definition.IsText) Assert.That(stage.Effect.Parameters[definition.Name].GetNumber(), Is.EqualTo(definition.Default),
                definition.Name);
        }
    }

    [TestCaseSource(nameof(Effects))]
    public void EveryOptionalClip_HasAToggleBesideIt(EffectDefinition effect)
    {
        using Stage stage = new(Host, effect);
        ContextDescription described = stage.Plugin.DescribeInContext(Host.Context);
        foreach (ClipDescription clip in described.Clips.Where(clip => clip.IsOptional))
        {
            string? toggle = effect.Clips.Single(definition => definition.Name == clip.Name).ToggleParameter;
            Assert.That(described.Parameters.Single(parameter => parameter.Name == toggle).Kind, Is.EqualTo(HostedParameterKind.Boolean), clip.Name);
        }
    }

    [Test]
    public void StyleClipClaimsToBeConnectedAndHandsNoImage_RenderFailsPlainly()
    {
        Product.RequireEngine();
        int told = 0;
        foreach (MissingImageAnswer answer in Enum.GetValues<MissingImageAnswer>())
        {
            EmulatedHost host = Host with { Profile = Host.Profile with { MissingImage = answer } };
            using Stage stage = new(host, EffectCatalog.Style, effect => effect.Parameters["styleFromClip"].SetNumbers(1));
            var error = Assert.Throws<HostingException>(() => stage.Render(1), $"{answer}");
            Assert.That(error!.Code, Is.EqualTo(HostingError.ActionFailed));
            told += stage.Journal.MessageCount;
        }

        Assert.That(told, Is.EqualTo(1), "the user is told, and not again for the same fault in the next instance");
    }

    [Test]
    public void StyleClipWithoutImage_ToggleOff_IsNeverAsked([Values] MissingImageAnswer answer)
    {
        Product.RequireEngine();
        EmulatedHost host = Host with { Profile = Host.Profile with { MissingImage = answer } };
        using Stage stage = new(host, EffectCatalog.Style, Settings.Neutral);
        stage.Render(1, like: new HostRequest { UseIdentity = false }).Dispose();
        Assert.That(stage.Journal.CallsOf("clipGetImage"), Is.EqualTo(2), "source and output");
    }

    [Test]
    public void Extend_WithoutRegionOfDefinition_FillsInsideTheTimelinesBuffer()
    {
        Product.RequireEngine();
        PixelBounds timeline = new(0, 0, 64, 36);
        using Stage stage = new(Host, EffectCatalog.Extend, Settings.QuickExtend,
            timeline) { Project = new ProjectSettings { Width = 64, Height = 36, FrameRate = 25 } };
        using HostImage image = stage.Render(0);
        Assert.That(image.Bounds, Is.EqualTo(timeline));
    }

    [TestCaseSource(nameof(Effects))]
    public void MessageSuiteAbsent_FailingRender_StillAnswers(EffectDefinition effect)
    {
        EmulatedHost host = Host with
        {
            Profile = Host.Profile with
            {
                MissingSuites = Host.Profile.MissingSuites.Union(["OfxMessageSuite/1", "OfxProgressSuite/1", "OfxProgressSuite/2", "OfxTimeLineSuite/1"]),
            },
        };
        using Stage stage = new(host, effect, Settings.Impossible);
        stage.Plugin.DescribeInContext(host.Context);
        if (effect.Parameters.Any(parameter => parameter.Name == "stylePath")) Assert.That(() => stage.Render(0), Throws.TypeOf<HostingException>());
        Assert.That(stage.Journal.MessageCount, Is.Zero);
    }

    [Test]
    public void TimeRunsBackwardsAndInstancesAreRecreated_PicturesStayTheSame()
    {
        Product.RequireEngine();
        using Stage stage = new(Host, EffectCatalog.Extend, Settings.QuickExtend);
        using Stage other = new(Host, EffectCatalog.Extend, Settings.QuickExtend);
        foreach (double time in new[] { 5, 2.5, -1 })
        {
            using HostImage image = stage.Render(time), again = other.Render(time);
            Assert.That(Stage.SameBits(image, again), Is.True, $"time {time}");
        }
    }

    [Test]
    public void ProxyInEitherRowOrder_IsTheSamePicture([Values(0.5, 0.25)] double scale)
    {
        Product.RequireEngine();
        using Stage stage = new(Host, EffectCatalog.Style, Settings.Neutral);
        HostRequest request = new() { UseIdentity = false };
        using HostImage up = stage.Render(2, new(scale, scale), request with { RowOrder = RowOrder.BottomUp });
        using HostImage down = stage.Render(2, new(scale, scale), request with { RowOrder = RowOrder.TopDown });
        Assert.That(up.Width, Is.EqualTo((int)(48 * scale)));
        Assert.That(Stage.SameBits(up, down), Is.True);
    }

    [Test]
    public void SizePastTheLimit_IsRefusedPlainly()
    {
        Product.RequireEngine();
        using Stage stage = new(Host, EffectCatalog.Style, Settings.Neutral, new PixelBounds(0, 0, 16_385, 2));
        Assert.That(() => stage.Render(0, like: new HostRequest { UseIdentity = false }),
            Throws.TypeOf<HostingException>().With.Property(nameof(HostingException.Code)).EqualTo(HostingError.ActionFailed));
        Assert.That(string.Join(' ', stage.Journal.Messages.Select(message => message.Text)), Does.Contain("16384").Or.Contain("16385"));
    }
}
