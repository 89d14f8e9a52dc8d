using System.Collections.Concurrent;
using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>Both effects really render, the same bits every time, and nothing is mixed up between threads.</summary>
[CancelAfter(240_000)]
public sealed class RenderTests
{
    private static readonly ClipFormat Small = Scene.Clip(PixelDepth.Float, new(0, 0, 96, 72), AlphaState.Opaque);

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    private static Scene Style(HostProfile? profile = null) => new Scene(EffectCatalog.Style, Small, query => Scene.Painted(Small, query), profile)
        .With("stylePath", StylePicture.Path).With("quality", (int)QualityLevel.Draft).With("temporalStability", 0);

    private static Scene Extend() => new Scene(EffectCatalog.Extend, Small, query => Scene.Painted(Small, query))
        .With("targetAspect", 1).With("quality", (int)QualityLevel.Draft);

    private static byte[] Rendered(Scene scene, double time)
    {
        using HostImage image = scene.Render(time);
        return Scene.Bytes(image);
    }

    private static HostImage Source(double time) => Scene.Painted(Small, new("Source", time, RenderScale.One, Small.Depth, Small.Components, ImageField.None));

    [Test]
    public void Style_OfASmallFrame_IsAnotherPicture()
    {
        using Scene scene = Style();
        using HostImage result = scene.Render(0), source = Source(0);
        Assert.That(result.Bounds, Is.EqualTo(source.Bounds));
        float[] a = Values(result), b = Values(source);
        Assert.That(a, Has.All.InRange(-0.5f, 1.5f));
        Assert.That(a.Zip(b, (x, y) => Math.Abs(x - y)).Average(), Is.GreaterThan(0.02), "the style shows");
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [Test]
    public void Extend_To16By9_GrowsTheCanvas_KeepsTheSource_AndFillsTheRest()
    {
        using Scene scene = Extend();
        using HostImage result = scene.Render(0), source = Source(0);
        Assert.That(result.Width, Is.EqualTo(128).Within(1), "72 × 16 / 9");
        Assert.That((result.Bounds.Y1, result.Bounds.Y2), Is.EqualTo((0, 72)));
        for (int y = 0; y < 72; y++)
        {
            Span<float> row = result.Row<float>(y);
            Span<float> kept = row.Slice((source.Bounds.X1 - result.Bounds.X1) * 4, source.Width * 4);
            Assert.That(kept.SequenceEqual(source.Row<float>(y)), Is.True, $"row {y} of the source");
            for (int x = 0; x < result.Width; x++) Assert.That(row[4 * x + 3], Is.EqualTo(1f).Within(1e-3f), $"pixel {x},{y} is filled");
        }

        Span<float> fill = result.Row<float>(36)[..8];
        Assert.That(fill[0] + fill[1] + fill[2], Is.GreaterThan(0.05f), "the fill is picture, not black");
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [Test]
    public void Style_FromAClip_TakesThatPicture()
    {
        float[] light = [0.9f, 0.1f, 0.1f, 1], dark = [0.7f, 0.2f, 0.1f, 1];
        HostImage Tiles(FrameQuery query)
        {
            HostImage image = Scene.Image(Small, query.Scale);
            for (int y = 0; y < image.Height; y++)
            {
                Span<float> row = image.Row<float>(y);
                for (int x = 0; x < image.Width; x++) ((x / 6 + y / 6) % 2 == 0 ? light : dark).CopyTo(row.Slice(4 * x, 4));
            }

            return image;
        }

        using Scene scene = new Scene(EffectCatalog.Style, Small, query => Scene.Painted(Small, query), context: EffectContext.General, style: Tiles)
            .With("styleFromClip", 1).With("quality", (int)QualityLevel.Draft).With("temporalStability", 0);
        using HostImage result = scene.Render(0);
        float[] values = Values(result);
        double red = values.Where((_, index) => index % 4 == 0).Average(), green = values.Where((_, index) => index % 4 == 1).Average();
        Assert.That(red, Is.GreaterThan(0.6), "the style clip is red");
        Assert.That(green, Is.LessThan(0.3));
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [Test]
    public void SteadyStyle_InWhateverOrderTheHostAsks_GivesTheSameBits()
    {
        double[] forwards = [1, 2, 3, 4], jumping = [4, 1, 3, 2];
        Dictionary<double, byte[]> Run(double[] times)
        {
            Sandbox.StopEngine();
            Sandbox.EnsureEngine();
            using Scene scene = Style().With("temporalStability", 0.75).With("quality", (int)QualityLevel.Standard);
            return times.ToDictionary(time => time, time => Rendered(scene, time));
        }

        Dictionary<double, byte[]> first = Run(forwards), second = Run(jumping);
        foreach (double time in forwards) Assert.That(second[time].AsSpan().SequenceEqual(first[time]), Is.True, $"frame {time}");
    }

    [Test]
    public void SameRequest_AcrossEngineRestarts_GivesTheSameBits()
    {
        using Scene style = Style(), extend = Extend();
        byte[] styled = Rendered(style, 4), extended = Rendered(extend, 4);
        int first = Sandbox.EnsureEngine().ProcessId;
        Sandbox.StopEngine();
        Assert.That(Sandbox.EnsureEngine().ProcessId, Is.Not.EqualTo(first));
        Assert.That(Rendered(style, 4), Is.EqualTo(styled));
        Assert.That(Rendered(extend, 4), Is.EqualTo(extended));
    }

    [Test]
    public void TwentyRenders_FromEightThreads_AreAllRight()
    {
        long before = Sandbox.FramesRendered();
        HostProfile careless = HostProfile.Default with { Calls = HostProfile.Default.Calls with { IgnoresThreadSafety = true } };
        using Scene neutral = new Scene(EffectCatalog.Style, Small, query => Scene.Painted(Small, query), careless).With("mix", 0);
        ConcurrentDictionary<int, byte[]> results = [];
        OnEightThreads(20, number => results[number] = Rendered(neutral, number));
        for (int number = 0; number < 20; number++)
        {
            using HostImage source = Source(number);
            Assert.That(results[number].AsSpan().SequenceEqual(Scene.Bytes(source)), Is.True, $"frame {number}");
        }

        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(20));
        Assert.That(neutral.Journal.Violations, Is.Empty);
    }

    [Test]
    public void StyledFrames_FromEightThreads_AreThoseOfOne()
    {
        using Scene scene = Style(HostProfile.Default with { Calls = HostProfile.Default.Calls with { IgnoresThreadSafety = true } });
        byte[][] expected = [.. Enumerable.Range(0, 4).Select(time => Rendered(scene, time))];
        ConcurrentDictionary<int, byte[]> results = [];
        OnEightThreads(8, number => results[number] = Rendered(scene, number % 4));
        for (int number = 0; number < 8; number++) Assert.That(results[number].AsSpan().SequenceEqual(expected[number % 4]), Is.True, $"frame {number % 4}");
    }

    [Test]
    public void TwoHosts_InOneProcess_RenderSideBySide()
    {
        using Scene first = Style(HostProfile.Default with { Name = "first" }).With("mix", 0), second = Style(HostProfile.Default with { Name = "second", ApiVersion = (1, 4) }).With("mix", 0);
        ConcurrentBag<bool> right = [];
        OnEightThreads(16, number =>
        {
            using HostImage result = (number % 2 == 0 ? first : second).Render(number), source = Source(number);
            right.Add(Scene.Bytes(result).AsSpan().SequenceEqual(Scene.Bytes(source)));
        });
        Assert.That(right, Has.Count.EqualTo(16).And.All.True);
        Assert.That(first.Journal.Violations.Concat(second.Journal.Violations), Is.Empty);
    }

    private static float[] Values(HostImage image) => [.. Enumerable.Range(image.Bounds.Y1, image.Height).SelectMany(y => image.Row<float>(y).ToArray())];

    /// <summary>Runs numbered work on eight threads of its own; the first failure fails the test.</summary>
    private static void OnEightThreads(int count, Action<int> work)
    {
        int next = -1;
        ConcurrentQueue<Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            try
            {
                for (int number; (number = Interlocked.Increment(ref next)) < count;) work(number);
            }
#pragma warning disable CA1031 // Carried to the test's own thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failures.Enqueue(exception);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failures.TryPeek(out Exception? failure)) throw new AggregateException(failure.Message, failure);
    }
}
