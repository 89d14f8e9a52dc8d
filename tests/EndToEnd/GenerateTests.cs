using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>The effect Generate through the published bundle and engine: new frames out of the source's own pixels, whatever the order of requests.</summary>
[CancelAfter(240_000)]
public sealed class GenerateTests
{
    private static readonly ClipFormat Small = Scene.Clip(PixelDepth.Float, new(0, 0, 48, 36), AlphaState.Opaque);

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    [Test]
    public void Frames_AskedForInAnyOrder_AreNewAndTheSameBits()
    {
        double[] times = [14, 15, 16, 2];

        Dictionary<double, byte[]> forwards = Run(times), backwards = Run([.. times.Reverse()]);

        foreach (double time in times)
        {
            Assert.That(backwards[time].AsSpan().SequenceEqual(forwards[time]), Is.True, $"frame {time}");
            using HostImage source = Source(time);
            Assert.That(forwards[time].AsSpan().SequenceEqual(Scene.Bytes(source)), Is.False, $"frame {time} is new");
        }
    }

    [Test]
    public void Structure_FromItsClip_ShowsInTheResult()
    {
        using Scene plain = Generate(null), shaped = Generate(Halves).With("structureFromClip", 1);
        using HostImage a = plain.Render(0), b = shaped.Render(0);

        Assert.That(Scene.Bytes(b).AsSpan().SequenceEqual(Scene.Bytes(a)), Is.False);
        Assert.That(shaped.Journal.Violations, Is.Empty);
    }

    private static Dictionary<double, byte[]> Run(double[] times)
    {
        Sandbox.StopEngine();
        Sandbox.EnsureEngine();
        using Scene scene = Generate(null);
        Dictionary<double, byte[]> results = times.ToDictionary(time => time, time =>
        {
            using HostImage image = scene.Render(time);
            return Scene.Bytes(image);
        });
        Assert.That(scene.Journal.Violations, Is.Empty);
        return results;
    }

    private static Scene Generate(Func<FrameQuery, HostImage?>? structure) =>
        new Scene(EffectCatalog.Generate, Small, query => Scene.Painted(Small, query), context: EffectContext.General, style: structure)
            .With("quality", (int)QualityLevel.Draft);

    private static HostImage Source(double time) =>
        Scene.Painted(Small, new("Source", time, RenderScale.One, Small.Depth, Small.Components, ImageField.None));

    private static HostImage Halves(FrameQuery query)
    {
        HostImage image = Scene.Image(Small, query.Scale);
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++) image.Row<float>(y)[(image.Width * 2)..].Fill(1);
        return image;
    }
}
