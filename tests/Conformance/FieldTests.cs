using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Interlaced clips: hosts that know fields say so, Resolve says none whatever the clip is.</summary>
public sealed class FieldTests
{
    [SetUp]
    public void Require() => Product.RequireEngine();

    [Test]
    public void Resolve_SaysNone_TheParameterNamesTheOrder_AndFramesBesideAreRead()
    {
        using Stage stage = Interlaced(EmulatedHosts.Resolve, effect => effect.Parameters[EffectCatalog.FieldOrderName].SetNumbers((double)FieldOrder.UpperFirst));
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        Assert.That(stage.Asked, Does.Contain(2).And.Contain(4), "motion between fields is told from fine detail by the frames beside");
    }

    [Test]
    public void Resolve_FromHost_IsProgressive()
    {
        using Stage stage = Interlaced(EmulatedHosts.Resolve, _ => { });
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false });
        Assert.That(stage.Asked, Does.Not.Contain(2).And.Not.Contain(4), "only interlaced frames are compared with those beside them");
    }

    [TestCase(ImageField.Upper)]
    [TestCase(ImageField.Lower)]
    public void HostThatKnowsFields_NamesTheOrder_FramesBesideAreRead(ImageField order)
    {
        using Stage stage = Interlaced(EmulatedHosts.Own, _ => { }, order);
        using HostImage image = stage.Render(3, like: new HostRequest { UseIdentity = false, Field = ImageField.Both });
        Assert.That(stage.Asked, Does.Contain(2).And.Contain(4));
        Assert.That(stage.Effect.GetFramesNeeded(3).Ranges["Source"], Has.Some.Matches<TimeRange>(range => range.First <= 2 && range.Last >= 4));
    }

    /// <summary>Extension to the width of the picture: its own pixels come back, made from fields.</summary>
    private static Stage Interlaced(EmulatedHost host, Action<HostedEffect> set, ImageField order = ImageField.None)
    {
        // Fill Bars with the bars of a 1:1 picture, so that the effect works whatever canvas a host has.
        Stage stage = new(host, EffectCatalog.Extend, effect =>
        {
            effect.Parameters["canvas"].SetNumbers(2);
            effect.Parameters["pictureAspect"].SetNumbers(3);
            effect.Parameters["quality"].SetNumbers((double)QualityLevel.Draft);
            set(effect);
        });
        stage.Source.Add("Source", stage.Format with { FieldOrder = order }, query =>
        {
            stage.Asked.Enqueue(query.Time);
            return Combed(stage, query.Time);
        });
        return stage;
    }

    private static HostImage Combed(Stage stage, double time)
    {
        int width = stage.Bounds.Width, height = stage.Bounds.Height;
        float[] pixels = new float[width * height * 4];
        for (int p = 0; p < width * height; p++)
        {
            double bar = p % width - 12 - 5 * (time + p / width % 2 * 0.5);
            float value = bar is >= 0 and < 8 ? 0.9f : 0.2f;
            (pixels[4 * p], pixels[4 * p + 1], pixels[4 * p + 2], pixels[4 * p + 3]) = (value, value, value, 1);
        }

        return HostImageConversion.FromRgbaTopDown(pixels, new HostImageFormat
        {
            Bounds = stage.Bounds, Depth = stage.Host.Depth, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied,
        });
    }
}
