using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Mix, mask and the matte of every effect in every emulated host, and sources that reach beyond the project's format.</summary>
public sealed class MixAndMatteTests
{
    private static IEnumerable<TestCaseData> HostsAndEffects() =>
        from host in EmulatedHosts.All from effect in EffectCatalog.All select new TestCaseData(host, effect)
            .SetArgDisplayNames(host.ToString(), effect.Name);

    /// <summary>All but those that refuse choices: there is no matte to choose.</summary>
    private static IEnumerable<TestCaseData> HostsWithChoices() =>
        HostsAndEffects().Where(test => !((EmulatedHost)test.Arguments[0]!).Profile.RefusalDropsLaterParameters);

    private static IEnumerable<TestCaseData> HostsWithRegions() =>
        from host in new[] { EmulatedHosts.Own, EmulatedHosts.Nuke, EmulatedHosts.Natron } from effect in EffectCatalog.All select new TestCaseData(host, effect)
            .SetArgDisplayNames(host.ToString(), effect.Name);

    [SetUp]
    public void Require() => Product.RequireEngine();

    [TestCaseSource(nameof(HostsAndEffects))]
    public void MixOfNothing_GivesTheSourcesBits(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect, instance => instance.Parameters.Find(EffectCatalog.MixName)?.SetNumbers(0));
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        using HostImage expected = stage.Picture(3);
        Assert.That(Stage.SameBits(image, expected), Is.True);
    }

    [TestCaseSource(nameof(HostsWithChoices))]
    public void MatteOfNothing_IsBlack_AndNoIdentity(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect, instance =>
        {
            StandardTests.NeutralOf(effect)(instance);
            instance.Parameters[EffectCatalog.OutputKindName].SetNumbers((double)OutputKind.Matte);
        });
        using HostImage image = stage.Render(3);
        Assert.That(BytesOf(image), Is.All.Zero, "nothing was generated");
    }

    [TestCaseSource(nameof(HostsWithRegions))]
    public void SourceBeyondTheFormat_IsKeptWhole(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect, StandardTests.NeutralOf(effect), new PixelBounds(-21, -13, 70, 51))
        {
            Project = new ProjectSettings { Width = 48, Height = 32, FrameRate = 25 },
        };
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        using HostImage expected = stage.Picture(3);
        Assert.That(image.Bounds.Contains(expected.Bounds), Is.True, $"{image.Bounds} of {expected.Bounds}");
        Assert.That(Stage.SameBits(image, expected), Is.True);
    }

    [TestCaseSource(nameof(HostsAndEffects))]
    public void OptionalClip_ItsToggleOff_IsNeverAskedFor(object host, EffectDefinition effect)
    {
        List<string> asked = [];
        using Stage stage = new((EmulatedHost)host, effect, StandardTests.NeutralOf(effect));
        foreach (ClipDefinition clip in effect.Clips.Where(clip => clip.IsOptional))
        {
            stage.Source.Add(clip.Name, stage.Format, query =>
            {
                asked.Add(clip.Name);
                return stage.Picture(query.Time);
            });
        }

        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        using HostImage expected = stage.Picture(3);
        Assert.That(Stage.SameBits(image, expected), Is.True);
        Assert.That(asked, Is.Empty);
    }

    [TestCaseSource(nameof(HostsWithRegions))]
    public void MaskOfAllNothing_GivesTheSourcesBits(object host, EffectDefinition effect)
    {
        using Stage stage = new((EmulatedHost)host, effect, instance =>
        {
            instance.Parameters[EffectCatalog.MaskFromClipName].SetNumbers(1);
            instance.Parameters[EffectCatalog.MaskChannelName].SetNumbers((double)MaskChannel.Luminance);
        });
        stage.Source.Add(EffectCatalog.MaskClipName, stage.Format, _ => Black(stage));
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        using HostImage expected = stage.Picture(3);
        Assert.That(Stage.SameBits(image, expected), Is.True);
    }

    [Test]
    public void Extend_Matte_IsOneInTheFillAlone([Values(PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float)] PixelDepth depth)
    {
        EmulatedHost host = EmulatedHosts.Own with { Depth = depth };
        using Stage stage = new(host, EffectCatalog.Extend, instance =>
        {
            Settings.QuickExtend(instance);
            instance.Parameters[EffectCatalog.OutputKindName].SetNumbers((double)OutputKind.Matte);
        });
        using HostImage image = stage.Render(3);
        using HostImage floats = HostImageConversion.Convert(image, image.Format with { Depth = PixelDepth.Float });
        Assert.That(floats.Width, Is.GreaterThan(stage.Bounds.Width), "the canvas has grown");
        for (int y = floats.Bounds.Y1; y < floats.Bounds.Y2; y++)
        {
            ReadOnlySpan<float> row = floats.Row<float>(y);
            for (int x = floats.Bounds.X1; x < floats.Bounds.X2; x++)
            {
                bool isSource = x >= stage.Bounds.X1 && x < stage.Bounds.X2 && y >= stage.Bounds.Y1 && y < stage.Bounds.Y2;
                Assert.That(row[4 * (x - floats.Bounds.X1)], Is.EqualTo(isSource ? 0f : 1f), $"{x},{y}");
            }
        }
    }

    private static HostImage Black(Stage stage) => HostImageConversion.FromRgbaTopDown(new float[stage.Bounds.Width * stage.Bounds.Height * 4], new HostImageFormat
    {
        Bounds = stage.Bounds, Depth = stage.Host.Depth, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied,
    });

    private static byte[] BytesOf(HostImage image)
    {
        List<byte> bytes = [];
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++) bytes.AddRange(image.Row(y));
        return [.. bytes];
    }
}
