using CsCheck;
using OpenFX.Hosting;
using static OpenFX.Tests.Hosting.HostedPluginFixture;

namespace OpenFX.Tests.Hosting;

/// <summary>Rendering a real C plug-in through the host.</summary>
internal sealed class HostedEffectTests
{
    private static readonly PixelBounds Bounds = new(-5, -3, 12, 8);
    private PluginLibrary _library = null!;

    [SetUp]
    public void Load() => _library = HostedPluginFixture.Load();

    [TearDown]
    public void Unload() => _library.Dispose();

    [Test, Combinatorial]
    public void Render_AnyDepthComponentsAndRowOrder_InvertsEveryPixel(
        [Values(PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float)] PixelDepth depth,
        [Values(PixelComponents.Rgba, PixelComponents.Rgb, PixelComponents.Alpha)] PixelComponents components, [Values] RowOrder order)
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, depth, components));
        effect.Parameters["gain"].SetNumbers(-1);
        effect.Parameters["offset"].SetNumbers(1);
        using HostImage image = effect.Render(new RenderRequest { Time = 2, RowOrder = order });
        Assert.Multiple(() =>
        {
            Assert.That(image.Bounds, Is.EqualTo(Bounds));
            Assert.That(image.Format.Depth, Is.EqualTo(depth));
            Assert.That(image.Format.Components, Is.EqualTo(components));
            Assert.That(WorstError(image, 2, components == PixelComponents.Alpha ? 1 : -1, components == PixelComponents.Alpha ? 0 : 1),
                Is.LessThan(Tolerance(depth)));
            Assert.That(_library.Journal.Violations, Is.Empty);
        });
    }

    [TestCase(PixelDepth.Byte)]
    [TestCase(PixelDepth.Short)]
    [TestCase(PixelDepth.Half)]
    [TestCase(PixelDepth.Float)]
    public void Render_Identity_GivesTheInputsBits(PixelDepth depth)
    {
        using HostImage expected = Picture(Bounds, depth, PixelComponents.Rgba, 4);
        using HostedEffect effect = Filter(_library, Source(Bounds, depth));
        using HostImage image = effect.Render(new RenderRequest { Time = 4, RowOrder = RowOrder.TopDown });
        for (int y = Bounds.Y1; y < Bounds.Y2; y++) Assert.That(image.Row(y).SequenceEqual(expected.Row(y)), Is.True, $"row {y}");
        Assert.That(_library.Journal.CallsOf("OfxImageEffectActionRender"), Is.Zero);
    }

    [Test]
    public void Render_HalfScale_GivesTheMeanOfFourPixels()
    {
        PixelBounds bounds = new(-4, -2, 12, 10);
        using HostedEffect effect = Filter(_library, Source(bounds, PixelDepth.Float));
        using HostImage image = effect.Render(new RenderRequest { Time = 0, Scale = new(0.5, 0.5), UseIdentity = false });
        Assert.That(image.Bounds, Is.EqualTo(new PixelBounds(-2, -1, 6, 5)));
        float expected = (Sample(0, 2, 1, 0) + Sample(1, 2, 1, 0) + Sample(0, 3, 1, 0) + Sample(1, 3, 1, 0)) / 4;
        Assert.That(image.Row<float>(1)[(0 - -2) * 4 + 1], Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(0.0)]
    [TestCase(-7.25)]
    [TestCase(1234567.5)]
    public void Render_FractionalOrNegativeTime_ReachesTheSourceUnchanged(double time)
    {
        List<double> asked = [];
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Float, asked: query => asked.Add(query.Time)));
        effect.Parameters["timeShift"].SetNumbers(-1.5);
        using HostImage image = effect.Render(new RenderRequest { Time = time, UseIdentity = false });
        Assert.That(asked, Is.EqualTo(new[] { time - 1.5 }));
        Assert.That(WorstError(image, time - 1.5, 1, 0), Is.LessThan(1e-6));
    }

    [Test]
    public void Render_RandomWindows_GiveThatPartOfTheWholePicture()
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Byte));
        Gen.Select(Gen.Int[Bounds.X1, Bounds.X2 - 1], Gen.Int[Bounds.Y1, Bounds.Y2 - 1], Gen.Int[1, 8], Gen.Int[1, 8], Gen.Bool).Sample(
            (x, y, width, height, topDown) =>
            {
                PixelBounds window = new PixelBounds(x, y, x + width, y + height).Intersect(Bounds);
                using HostImage image = effect.Render(new RenderRequest
                {
                    Time = 1, Window = window, UseIdentity = false, RowOrder = topDown ? RowOrder.TopDown : RowOrder.BottomUp,
                });
                return image.Bounds == window && WorstError(image, 1, 1, 0) < 0.003;
            }, iter: 100, threads: 1);
        Assert.That(_library.Journal.Violations, Is.Empty);
    }

    [Test]
    public void Render_BufferLargerThanWindow_LeavesTheRestUntouched()
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Float));
        using HostImage image = effect.Render(new RenderRequest { Window = new(0, 0, 4, 4), BufferBounds = new(-2, -2, 6, 6), UseIdentity = false });
        Assert.That(image.Row<float>(-1).ToArray(), Is.All.Zero);
        Assert.That(image.Row<float>(1)[(2 + 2) * 4], Is.EqualTo(Sample(2, 1, 0, 0)).Within(1e-6));
    }

    [Test]
    public void CreateInstance_EveryContext_Renders([Values] EffectContext context)
    {
        string clip = context switch { EffectContext.Transition => "SourceFrom", _ => "Source" };
        DelegateFrameSource source = Source(Bounds, PixelDepth.Float, clip: clip);
        if (context == EffectContext.Transition) source.Add("SourceTo", Format(Bounds, PixelDepth.Float, PixelComponents.Rgba), query =>
            Picture(Bounds, PixelDepth.Float, PixelComponents.Rgba, query.Time));
        using HostedEffect effect = _library.Find(Identifier).CreateInstance(context, new ProjectSettings { Width = 16, Height = 9 },
            context == EffectContext.Generator ? null : source);
        effect.Parameters["offset"].SetNumbers(0.25);
        using HostImage image = effect.Render(new RenderRequest { Time = 3 });
        PixelBounds expected = context == EffectContext.Generator ? new PixelBounds(0, 0, 16, 9) : Bounds;
        Assert.That(image.Bounds, Is.EqualTo(expected));
        if (context == EffectContext.Generator) Assert.That(image.Row<float>(4)[8], Is.EqualTo(0.25f));
        else Assert.That(WorstError(image, 3, 1, 0.25), Is.LessThan(1e-6));
    }

    [Test]
    public void Render_EightThreads_NothingMixedUp()
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Short));
        double[] worst = new double[64];
        Parallel.For(0, worst.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, time =>
        {
            using HostImage image = effect.Render(new RenderRequest { Time = time, UseIdentity = false });
            worst[time] = WorstError(image, time, 1, 0);
        });
        Assert.That(worst, Is.All.LessThan(1e-4));
        Assert.That(_library.Journal.Violations, Is.Empty);
        Assert.That(effect.ImagesHeld, Is.Zero);
    }

    [Test]
    public void Render_Cancelled_ThrowsAborted()
    {
        using CancellationTokenSource cancel = new();
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Float));
        effect.Parameters["misbehave"].SetFromText("Poll abort");
        Task<HostingException?> render = Task
            .Run(() => Assert.Catch<HostingException>(() => effect.Render(new RenderRequest { Cancellation = cancel.Token })));
        while (_library.Journal.CallsOf("abort") == 0 && !render.IsCompleted) Thread.Yield();
        cancel.Cancel();
        Assert.That(render.Result?.Code, Is.EqualTo(HostingError.Aborted));
    }

    [Test]
    public void Render_PluginFails_ThrowsWithItsStatusAndMessage()
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Float));
        effect.Parameters["misbehave"].SetFromText("Fail");
        var error = Assert.Throws<HostingException>(() => effect.Render(new RenderRequest { Time = 2.5 }));
        Assert.That(error!.Code, Is.EqualTo(HostingError.ActionFailed));
        Assert.That(error.Status, Is.EqualTo(1));
        Assert.That(error.Message, Does.Contain("told to fail at 2.5 in render (42%)"));
    }

    [TestCase("Keep an image", "image-not-released")]
    [TestCase("Write past a row", "output-overrun")]
    [TestCase("Set a parameter", "param-set-in-render")]
    public void Render_Misbehaviour_IsReported(string way, string rule)
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Float));
        effect.Parameters["misbehave"].SetFromText(way);
        effect.Render(new RenderRequest()).Dispose();
        Assert.That(_library.Journal.Violations.Select(violation => violation.Rule), Is.EqualTo(new[] { rule }));
        Assert.That(effect.ImagesHeld, Is.Zero);
    }

    [Test]
    public void Render_SourceHasNoFrame_FailsWithoutLeak()
    {
        DelegateFrameSource source = new DelegateFrameSource().Add("Source", Format(Bounds, PixelDepth.Float, PixelComponents.Rgba), _ => null);
        using HostedEffect effect = Filter(_library, source);
        Assert.That(() => effect.Render(new RenderRequest { UseIdentity = false }), Throws.TypeOf<HostingException>());
        Assert.That(_library.Journal.Violations, Is.Empty);
    }

    [Test]
    public void GetFramesNeeded_TimeShift_IsReported()
    {
        using HostedEffect effect = Filter(_library, Source(Bounds, PixelDepth.Float));
        effect.Parameters["timeShift"].SetNumbers(3);
        Assert.That(effect.GetFramesNeeded(10).Ranges["Source"], Is.EqualTo(new[] { new TimeRange(13, 13) }));
    }

    private static double Tolerance(PixelDepth depth) => depth switch { PixelDepth.Byte => 0.003, PixelDepth.Short => 3e-5, PixelDepth.Half => 1e-3,
        _ => 1e-6 };

    /// <summary>Largest difference to <c>sample × gain + offset</c>; alpha of RGBA stays as it is.</summary>
    private static double WorstError(HostImage image, double time, double gain, double offset)
    {
        float[] pixels = Floats(image);
        int channels = (int)image.Format.Components;
        double worst = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            int c = i % 4, x = image.Bounds.X1 + i / 4 % image.Width, y = image.Bounds.Y2 - 1 - i / 4 / image.Width;
            if (c >= channels) continue;
            float sample = Sample(x, y, channels == 1 ? 3 : c, time);
            double expected = c < 3 ? sample * gain + offset : sample;
            worst = Math.Max(worst, Math.Abs(pixels[i] - expected));
        }

        return worst;
    }
}
