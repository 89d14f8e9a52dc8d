using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Fields;
using RunwayFX.Testing;
using PixelComponents = OpenFX.Hosting.PixelComponents;
using PixelDepth = OpenFX.Hosting.PixelDepth;

namespace RunwayFX.EndToEnd;

/// <summary>Real footage, interlaced by ffmpeg in either order, through the published plug-in and engine.</summary>
/// <remarks>The clip of fields that an effect is to see is made here with the Imaging room alone: twice the frame rate, each picture whole and of one moment.</remarks>
[CancelAfter(300_000)]
[Category("Slow")]
public sealed class InterlacedTests
{
    private const int Width = 192, Height = 144, Frames = 6, Time = 3;

    /// <summary>Steps from line to line, of 0 to 1, above which lines comb.</summary>
    private const float CombMin = 0.06f;

    private static readonly PixelWindow Window = new(0, 0, Width, Height);

    [SetUp]
    public void Require()
    {
        Product.RequireCommandLine();
        if (!File.Exists(Path.Combine(TestPictures.OpenCvFolder, "vtest.avi"))) Assert.Ignore("needs vtest.avi of opencv-doc");
        Sandbox.EnsureEngine();
    }

    [TestCase("style", FieldOrder.UpperFirst)]
    [TestCase("style", FieldOrder.LowerFirst)]
    [TestCase("extend", FieldOrder.UpperFirst)]
    [TestCase("extend", FieldOrder.LowerFirst)]
    public void EachField_IsTheProgressiveRenderOfTheClipOfFields_AndNothingCombsThatStoodStill(string name, FieldOrder order)
    {
        EffectDefinition effect = EffectCatalog.FindByName(name)!;
        Frame[] woven = Interlaced(order);
        using Scene interlaced = Set(new Scene(effect, Format(25), query => Image(woven[Math.Clamp((int)query.Time, 0, Frames - 1)]), context: EffectContext.General))
            .With(EffectCatalog.FieldOrderName, (double)order);
        using Scene fields = Set(new Scene(effect, Format(50), query => Image(Field(woven, order, query.Time).Picture), context: EffectContext.General))
            .With(EffectCatalog.FieldOrderName, (double)FieldOrder.Progressive);

        using HostImage result = interlaced.Render(Time), early = fields.Render(2 * Time), late = fields.Render(2 * Time + 1), source = Image(woven[Time]);

        Assert.That(Field(woven, order, 2 * Time).Moved, Is.Not.Null, "somebody walks");
        Assert.That(result.Bounds, Is.EqualTo(early.Bounds));
        for (int y = result.Bounds.Y1; y < result.Bounds.Y2; y++)
        {
            // OpenFX counts lines from below: the lower field has lines 0, 2, 4…
            bool isEarly = (y & 1) != 0 == (order == FieldOrder.UpperFirst);
            Assert.That(result.Row<float>(y).SequenceEqual((isEarly ? early : late).Row<float>(y)), $"line {y}");
        }

        if (name == "extend") Assert.That(Rows(result, source.Bounds), Is.EqualTo(Rows(source, source.Bounds)), "the source's own pixels");
        MovedRegion moved = Field(woven, order, 2 * Time).Moved!;
        double made = Combing(result, moved), progressive = Combing(early, moved);
        TestContext.Out.WriteLine($"{name} {order}: where nothing moved {made:P2} of pixels comb, {progressive:P2} of the progressive render's");
        Assert.That(made, Is.LessThanOrEqualTo(progressive + 0.002), "lines that belong to one moment");
    }

    private static Scene Set(Scene scene)
    {
        scene.With("quality", (double)QualityLevel.Draft);
        EffectDefinition? effect = scene.Effect.Parameters.Find("stylePath") is null ? null : EffectCatalog.Style;
        return effect is null ? scene.With("canvas", 1).With("targetAspect", 2) : scene.With("stylePath", StylePicture.Path);
    }

    /// <summary>Frames of two moments each: vtest.avi, every line of a frame from one of two following pictures.</summary>
    private static Frame[] Interlaced(FieldOrder order)
    {
        string movie = Path.Combine(Sandbox.Folder, $"interlaced-{order}.mkv"), mode = order == FieldOrder.UpperFirst ? "interleave_top" : "interleave_bottom";
        CommandLine.FFmpeg("-ss", "5", "-i", Path.Combine(TestPictures.OpenCvFolder, "vtest.avi"),
            "-vf", $"crop=384:288:200:150,scale={Width}:{Height},format=yuv444p,tinterlace=mode={mode}", "-frames:v", $"{Frames}", "-c:v", "ffv1", movie);
        byte[][] frames = CommandLine.Frames(movie, Width, Height);
        Assert.That(frames, Has.Length.EqualTo(Frames));
        return [.. frames.Select(bytes => TestPictures.Draw(Width, Height, (x, y) =>
        {
            int at = 3 * (y * Width + x);
            return (bytes[at] / 255f, bytes[at + 1] / 255f, bytes[at + 2] / 255f);
        }))];
    }

    /// <summary>A picture of the clip of fields, and where its frame's fields show different moments.</summary>
    private static (Frame Picture, MovedRegion? Moved) Field(Frame[] woven, FieldOrder order, double time)
    {
        PerceptualGuide guide = new((ColourEncoding)(int)EffectCatalog.Style.Parameters[EffectCatalog.Style.IndexOf("colourSpace")].Default);
        int frame = (int)Math.Floor(time / 2);
        Frame At(int number) => woven[Math.Clamp(number, 0, Frames - 1)];
        FieldPlane Plane(int number) => FieldPlane.Of(At(number), guide, CancellationToken.None);
        MovedRegion? moved = MovedRegion.Find(Plane(frame), () => Plane(frame - 1), () => Plane(frame + 1), CancellationToken.None);
        bool isLate = time - 2 * frame >= 1, isUpper = order == FieldOrder.UpperFirst != isLate;
        return (moved is null ? At(frame) : FieldLines.Complete(At(frame), Window, isUpper, moved, Plane(frame), CancellationToken.None), moved);
    }

    /// <summary>Share of the pixels where nothing moved whose line stands out from those above and below, which are alike.</summary>
    private static double Combing(HostImage image, MovedRegion moved)
    {
        int combed = 0, seen = 0;
        for (int y = 1; y < Height - 1; y++)
        {
            ReadOnlySpan<float> here = image.Row<float>(y), above = image.Row<float>(y + 1), below = image.Row<float>(y - 1);
            for (int x = 0; x < Width; x++)
            {
                // The picture's place within a canvas that has grown.
                int at = 4 * (x - image.Bounds.X1) + 1;
                if (moved[x, Height - 1 - y]) continue;
                seen++;
                if (Math.Abs(above[at] - below[at]) < CombMin / 2 && Math.Abs(here[at] - (above[at] + below[at]) / 2) > CombMin) combed++;
            }
        }

        return (double)combed / seen;
    }

    private static ClipFormat Format(double rate) => Scene.Clip(PixelDepth.Float, new(0, 0, Width, Height)) with { FrameRate = rate };

    private static HostImage Image(Frame frame) => HostImageConversion.FromRgbaTopDown(frame.Pixels, new HostImageFormat
    {
        Bounds = new PixelBounds(0, 0, Width, Height), Depth = PixelDepth.Float, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied,
    });

    private static float[] Rows(HostImage image, PixelBounds part)
    {
        List<float> values = [];
        for (int y = part.Y1; y < part.Y2; y++) values.AddRange(image.Row<float>(y).Slice(4 * (part.X1 - image.Bounds.X1), 4 * part.Width));
        return [.. values];
    }
}
