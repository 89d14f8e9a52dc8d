using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Remove;

public sealed class RemovePipelineTests
{
    private const int Width = 96, Height = 64;

    private static readonly (string, double) Draft = ("quality", (double)QualityLevel.Draft);

    [Test]
    public void OutsideOfTheMask_HostileBits_ComeBackAsTheyCame([Values(0.0, 3.0)] double grow, [Values(0.0, 5.0)] double feather)
    {
        Frame source = Painted(Stripes(), 40, 20, 56, 36);
        for (int p = 0; p < 12; p++) source.Pixels[p] = p % 3 == 0 ? float.NaN : p % 3 == 1 ? float.PositiveInfinity : -0f;

        Frame result = new RemoveScene(_ => source, _ => Box(40, 20, 56, 36)).Render(0, Draft, ("grow", grow), ("feather", feather));

        Assert.That(Differing(result, source), Has.All.Matches<(int X, int Y)>(p => Distance(p, 40, 20, 55, 35) <= grow + feather));
        Assert.That(Differing(result, source), Is.Not.Empty);
    }

    [Test]
    public void Hole_InStripes_IsFilledWithStripes()
    {
        Frame whole = Stripes(), marked = Painted(whole, 40, 20, 56, 36);

        Frame result = new RemoveScene(_ => marked, _ => Box(40, 20, 56, 36)).Render(0);

        FrameComparison.AssertClose(result, whole, worstLimit: 0.3, meanLimit: 0.01);
    }

    [Test]
    public void Feather_FadesOverItsWidthAlone()
    {
        Frame marked = Painted(Stripes(), 36, 16, 60, 40);

        Frame hard = new RemoveScene(_ => marked, _ => Box(40, 20, 56, 36)).Render(0, Draft, ("grow", 8));
        Frame soft = new RemoveScene(_ => marked, _ => Box(40, 20, 56, 36)).Render(0, Draft, ("feather", 8));

        Assert.That(hard.Pixels[4 * (28 * Width + 37)], Is.LessThan(0.8f), "the grown mask takes the object's rim");
        Assert.That(soft.Pixels[4 * (28 * Width + 37)], Is.InRange(hard.Pixels[4 * (28 * Width + 37)] + 0.02f, 0.99f), "half of the way out, half of the fill");
        Assert.That(soft.Pixels[4 * (28 * Width + 31)], Is.EqualTo(marked.Pixels[4 * (28 * Width + 31)]));
    }

    [TestCase(MaskChannel.Automatic, false)]
    [TestCase(MaskChannel.Luminance, false)]
    [TestCase(MaskChannel.Automatic, true)]
    [TestCase(MaskChannel.Alpha, true)]
    public void MaskClip_InEachForm_MarksTheSameHole(MaskChannel channel, bool inAlpha)
    {
        Frame marked = Painted(Stripes(), 40, 20, 56, 36);
        Frame expected = new RemoveScene(_ => marked, _ => Box(40, 20, 56, 36)).Render(0, Draft);

        Frame mask = inAlpha ? AlphaBox(40, 20, 56, 36, inside: 1) : Box(40, 20, 56, 36);

        Assert.That(FrameComparison.AreBitEqual(new RemoveScene(_ => marked, _ => mask).Render(0, Draft, ("maskChannel", (double)channel)), expected));
    }

    [Test]
    public void SourceAlpha_TransparentOrInverted_IsTheHole_AndIsFilledWithItsAlpha()
    {
        Frame marked = Painted(Stripes(), 40, 20, 56, 36);
        for (int y = 20; y < 36; y++)
        {
            for (int x = 40; x < 56; x++) marked.Pixels[4 * (y * Width + x) + 3] = 0;
        }

        Frame result = new RemoveScene(_ => marked).Render(0, Draft);
        Frame inverted = new RemoveScene(_ => marked).Render(0, Draft, ("invertMask", 1));

        FrameComparison.AssertClose(result, Stripes(), worstLimit: 0.3, meanLimit: 0.02);
        Assert.That(Enumerable.Range(0, Width * Height).Select(p => result.Pixels[4 * p + 3]), Has.All.EqualTo(1f));
        Assert.That(Differing(inverted, marked), Has.All.Matches<(int X, int Y)>(p => Distance(p, 40, 20, 55, 35) > 0));
    }

    [Test]
    public void Mask_Empty_GivesTheSourcesBits()
    {
        Frame source = Stripes();
        source.Pixels[5] = float.NaN;

        Assert.That(FrameComparison.AreBitEqual(new RemoveScene(_ => source, _ => new Frame(Width, Height)).Render(), source));
        Assert.That(FrameComparison.AreBitEqual(new RemoveScene(_ => source).Render(), source), "an opaque source has no hole of its own");
        Assert.That(FrameComparison.AreBitEqual(new RemoveScene(_ => source, _ => Box(0, 0, 50, 50)).Render(0, ("mix", 0)), source));
    }

    [Test]
    public void Mask_CoversEverything_IsRefusedInWords()
    {
        PipelineException refused = Assert.Throws<PipelineException>(() => new RemoveScene(_ => Stripes(), _ => Box(0, 0, Width, Height)).Render())!;

        Assert.That(refused.Code, Is.EqualTo(PipelineError.ReferenceMissing));
        Assert.That(refused.Message, Does.Contain($"{Width}×{Height}").And.Contain("mask"));
    }

    [TestCase(1, 1)]
    [TestCase(3, 2)]
    [TestCase(200, 1)]
    public void TinySource_WithOneMarkedPixel_IsRefusedOrFilled(int width, int height)
    {
        Frame source = TestPictures.Noise(width, height, 3), mask = new(width, height);
        mask.Pixels.AsSpan(0, 4).Fill(1);
        for (int p = 0; p < width * height; p++) mask.Pixels[4 * p + 3] = 1;
        RemoveScene scene = new(_ => source, _ => mask);

        if (width * height == 1) Assert.Throws<PipelineException>(() => scene.Render());
        else Assert.That(Differing(scene.Render(), source), Has.All.EqualTo((0, 0)));
    }

    [Test]
    public void NonNumbers_AreNotCopiedIntoTheHole()
    {
        Frame source = Stripes();
        for (int y = 0; y < Height; y += 2) source.Pixels[4 * (y * Width + y)] = y % 4 == 0 ? float.NaN : float.NegativeInfinity;

        Frame result = new RemoveScene(_ => source, _ => Box(40, 20, 56, 36)).Render(0, Draft);

        for (int y = 20; y < 36; y++) Assert.That(result.Row(y)[(4 * 40)..(4 * 56)].ToArray(), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void MaskOfAnotherSize_LiesByItsWindow_AndCoversNothingBeyond()
    {
        Frame marked = Painted(Stripes(), 40, 20, 56, 36), small = TestPictures.Draw(16, 16, (_, _) => (1, 1, 1));
        RemoveScene scene = new(_ => marked, _ => small) { MaskWindow = new(40, Height - 36, 56, Height - 20) };

        Assert.That(FrameComparison.AreBitEqual(scene.Render(0, Draft), new RemoveScene(_ => marked, _ => Box(40, 20, 56, 36)).Render(0, Draft)));
    }

    [Test]
    public void MaskClip_WithoutAFrame_IsNamed()
    {
        PipelineException refused = Assert.Throws<PipelineException>(() => new RemoveScene(_ => Stripes(), _ => null).Render(7))!;

        Assert.That(refused.Message, Does.Contain("Mask").And.Contain("7"));
    }

    [Test]
    public void Source_Missing_IsNamed() =>
        Assert.That(() => new RemoveScene(_ => null, _ => Box(0, 0, 9, 9)).Render(4), Throws.InstanceOf<PipelineException>().With.Message.Contains("4"));

    [Test]
    public void PartOfThePicture_EqualsThatPartOfTheWhole()
    {
        Frame marked = Painted(Stripes(), 40, 20, 56, 36);
        RemoveScene scene = new(_ => marked, _ => Box(40, 20, 56, 36));
        RemovePipeline pipeline = new();
        Frame whole = scene.Render(pipeline, 0, Draft);

        Frame part = pipeline.Render(scene.Job(0, Draft) with { OutputWindow = new(35, 20, 65, 50) }, scene, scene, scene, CancellationToken.None);

        for (int y = 0; y < 30; y++) Assert.That(part.Row(y).ToArray(), Is.EqualTo(whole.Row(Height - 50 + y)[(4 * 35)..(4 * 65)].ToArray()));
    }

    [Test]
    public void HighDynamicRange_IsCopiedNotClamped()
    {
        Frame source = TestPictures.Draw(Width, Height, (_, _) => (12.5f, -0.25f, 0.3333333f));

        Frame result = new RemoveScene(_ => source, _ => Box(40, 20, 56, 36)).Render(0, Draft, ("colourSpace", (double)ColourSpaceOption.LinearRec709));

        FrameComparison.AssertClose(result, source, 1e-6, 1e-7);
    }

    internal static Frame Stripes() => TestPictures.Draw(Width, Height, (x, y) =>
    {
        float value = 0.3f + 0.2f * ((x / 4 + y / 8) % 2);
        return (value, value * 0.8f, 0.6f - value);
    });

    internal static Frame Box(int left, int top, int right, int bottom) => TestPictures.Draw(Width, Height, (x, y) =>
        x >= left && x < right && y >= top && y < bottom ? (1, 1, 1) : (0, 0, 0));

    internal static Frame Painted(Frame picture, int left, int top, int right, int bottom)
    {
        Frame result = picture.Clone();
        for (int y = top; y < bottom; y++) result.Row(y)[(4 * left)..(4 * right)].Fill(1);
        return result;
    }

    private static Frame AlphaBox(int left, int top, int right, int bottom, float inside)
    {
        Frame mask = new(Width, Height);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++) mask.Pixels[4 * (y * Width + x) + 3] = inside;
        }

        return mask;
    }

    private static double Distance((int X, int Y) p, int left, int top, int right, int bottom)
    {
        double x = Math.Max(0, Math.Max(left - p.X, p.X - right)), y = Math.Max(0, Math.Max(top - p.Y, p.Y - bottom));
        return Math.Sqrt(x * x + y * y);
    }

    private static List<(int X, int Y)> Differing(Frame a, Frame b)
    {
        List<(int X, int Y)> differing = [];
        for (int p = 0; p < a.Width * a.Height; p++)
        {
            for (int c = 0; c < 4; c++)
            {
                if (BitConverter.SingleToInt32Bits(a.Pixels[4 * p + c]) == BitConverter.SingleToInt32Bits(b.Pixels[4 * p + c])) continue;
                differing.Add((p % a.Width, p / a.Width));
                break;
            }
        }

        return differing;
    }
}
