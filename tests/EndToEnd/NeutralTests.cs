using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>A neutral setting gives the source back bit for bit, and every frame of it has passed the engine: its own counter says so.</summary>
[CancelAfter(120_000)]
public sealed class NeutralTests
{
    private static readonly CanonicalRegion[] Regions =
    [
        new(0, 0, 64, 36),
        new(-17, -9, 48, 40), // odd size, negative origin
        new(5, 3, 6, 4), // one pixel
        new(-101, 7, 52, 8), // one row
    ];

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    private static Scene Neutral(EffectDefinition effect, ClipFormat format, Func<FrameQuery, HostImage?> frame, EffectContext context) =>
        effect.Name switch
        {
            "style" or "generate" or "remove" or "perform" => new Scene(effect, format, frame, context: context).With("mix", 0),
            "retime" => new Scene(effect, format, frame, context: context),
            _ => new Scene(effect, format, frame, context: context).With("targetAspect", 0),
        };

    [Test]
    public void Source_InEveryDepthAndRowOrder_ComesBackBitForBit(
        [Values("style", "extend", "retime", "generate", "remove", "perform")] string name,
        [Values(PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float)] PixelDepth depth,
        [Values] RowOrder rowOrder,
        [Values(EffectContext.Filter, EffectContext.General)] EffectContext context)
    {
        EffectDefinition effect = EffectCatalog.FindByName(name)!;
        long before = Sandbox.FramesRendered();
        int frames = 0;
        foreach (CanonicalRegion region in Regions)
        {
            foreach (AlphaState alpha in new[] { AlphaState.Unpremultiplied, AlphaState.Premultiplied })
            {
                ClipFormat format = Scene.Clip(depth, region, alpha);
                using Scene scene = Neutral(effect, format, query => Scrambled(format, query, rowOrder), context);
                Check(scene, RenderScale.One, rowOrder, time: 3 + frames);
                frames++;
            }
        }

        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(frames), "frames that passed the engine");
    }

    [Test]
    public void Source_AtHalfScale_ComesBackBitForBit(
        [Values("style", "extend", "retime", "generate", "remove", "perform")] string name,
        [Values(PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float)] PixelDepth depth,
        [Values(RowOrder.TopDown, RowOrder.BottomUp)] RowOrder rowOrder)
    {
        EffectDefinition effect = EffectCatalog.FindByName(name)!;
        long before = Sandbox.FramesRendered();
        ClipFormat format = Scene.Clip(depth, new(-34, -18, 94, 54));
        using Scene scene = Neutral(effect, format, query => Scrambled(format, query, RowOrder.TopDown), EffectContext.Filter);
        Check(scene, new RenderScale(0.5, 0.5), rowOrder, time: 11);
        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(1));
    }

    [Test]
    public void Source_AtNegativeAndFractionalTimes_ComesBackBitForBit([Values(-7.0, 0.5, 123456.25)] double time)
    {
        ClipFormat format = Scene.Clip(PixelDepth.Float, new(0, 0, 31, 17)) with { FirstFrame = -100, LastFrame = 200_000 };
        using Scene scene = Neutral(EffectCatalog.Style, format, query => Scrambled(format, query, RowOrder.BottomUp), EffectContext.Filter);
        Check(scene, RenderScale.One, RowOrder.BottomUp, time);
    }

    private static void Check(Scene scene, RenderScale scale, RowOrder rowOrder, double time)
    {
        using HostImage result = scene.Render(time, scale, rowOrder);
        using HostImage source = Scrambled(scene.Format, new FrameQuery("Source", time, scale, scene.Format.Depth, PixelComponents.Rgba, ImageField.None), rowOrder);
        string what = $"{scene.Format.Depth} {rowOrder} {scene.Format.Region} {scene.Format.Alpha} scale {scale.X}";
        Assert.That((result.Bounds, result.Format.Depth), Is.EqualTo((source.Bounds, source.Format.Depth)), what);
        byte[] expected = Scene.Bytes(source), actual = Scene.Bytes(result);
        int first = actual.AsSpan().CommonPrefixLength(expected);
        Assert.That(first, Is.EqualTo(expected.Length), $"{what}: byte {first} differs");
        Assert.That(scene.Journal.Violations, Is.Empty, what);
    }

    private static HostImage Scrambled(ClipFormat format, FrameQuery query, RowOrder rowOrder)
    {
        HostImage image = Scene.Image(format, query.Scale, rowOrder, rowPadding: 20);
        Scene.Scramble(image, (int)(query.Time * 4) * 8 + (int)format.Depth);
        return image;
    }
}
