using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class EdgeToneTests
{
    private const int Width = 480, Height = 288, Left = 160;

    /// <summary>Tone that the drawn lens takes at the border, and how far it reaches in.</summary>
    private const double Taken = -0.7;
    private const int Reach = 90;

    private static readonly HoleMask Mask = HoleMask.Around(Width, Height, Left, 0, Width, Height);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void CleanPicture_IsFlat(int seed)
    {
        EdgeTone tone = EdgeTone.Measure(Scene(seed), Mask, CancellationToken.None);

        Assert.That(tone.IsFlat, Is.True);
    }

    [TestCase(1, 1.0, Taken)]
    [TestCase(2, 1.0, Taken)]
    [TestCase(3, 1.0, Taken)]
    [TestCase(1, 0.4, 0.6 * Taken, Description = "where the picture is darker, the same loss is less of its odds")]
    [TestCase(2, 0.4, 0.6 * Taken)]
    public void FallOff_IsFound(int seed, double fade, double taken)
    {
        EdgeTone tone = EdgeTone.Measure(Dim(Vignette(Scene(seed)), fade), Mask, CancellationToken.None);

        double[] border = [.. Enumerable.Range(0, Height).Select(y => tone.At(Left, y))];
        Assert.Multiple(() =>
        {
            Assert.That(border, Has.All.InRange(1.4 * taken, 0.5 * taken));
            Assert.That(tone.At(Left + 2 * Reach, Height / 2), Is.Zero, "the inside keeps its tone");
            Assert.That(tone.At(0, 50), Is.InRange(1.5 * tone.At(Left, 50), tone.At(Left, 50)), "the border's tone goes on into the fill");
            Assert.That(tone.At(Width - 1, 50), Is.Zero, "there is no fill on that side");
        });
    }

    /// <summary>A slope that ended at the border would show there as a line, and a tone that rose again as a dark band.</summary>
    [Test]
    public void SlopeAtTheBorder_FadesBeyondIt()
    {
        EdgeTone tone = EdgeTone.Measure(Vignette(Scene(1)), Mask, CancellationToken.None);

        double[] steps = [.. Enumerable.Range(0, Left).Select(d => tone.At(Left - 1 - d, 50) - tone.At(Left - d, 50))];
        double inside = (tone.At(Left, 50) - tone.At(Left + 12, 50)) / 12;
        Assert.Multiple(() =>
        {
            Assert.That(steps[1], Is.InRange(1.3 * inside, 0.5 * inside), "goes on as it was");
            Assert.That(steps, Has.All.LessThanOrEqualTo(0), "never rises");
            Assert.That(steps[^1], Is.GreaterThan(0.01 * inside), "ends");
        });
    }

    [Test]
    public void BlackFrame_IsFlat() =>
        Assert.That(EdgeTone.Measure(Dim(Vignette(Scene(1)), 0), Mask, CancellationToken.None).IsFlat, Is.True);

    [TestCase(6)]
    [TestCase(60)]
    public void DarkThingAlongTheBorder_IsNoFallOff(int wide)
    {
        Frame scene = Scene(2);
        for (int y = 0; y < Height; y++) scene.Row(y).Slice(Frame.Channels * Left, Frame.Channels * wide).Fill(0.08f);

        Assert.That(EdgeTone.Measure(scene, Mask, CancellationToken.None).IsFlat, Is.True);
    }

    [Test]
    public void FallOffOfSomeRowsOnly_IsNone()
    {
        Frame scene = Scene(3), dark = Vignette(scene);
        for (int y = 0; y < Height / 2; y++) dark.Row(y).CopyTo(scene.Row(y));

        Assert.That(EdgeTone.Measure(scene, Mask, CancellationToken.None).IsFlat, Is.True);
    }

    [Test]
    public void Flatten_GivesThePictureWithoutTheFallOff()
    {
        Frame scene = Scene(4), seen = Vignette(scene);

        Frame flat = EdgeTone.Measure(seen, Mask, CancellationToken.None).Flatten(seen, ColourEncoding.Srgb, false, 2, CancellationToken.None);

        Assert.That(Mean(flat, Left, Left + 10), Is.EqualTo(Mean(scene, Left, Left + 10)).Within(0.05));
        Assert.That(Mean(seen, Left, Left + 10), Is.LessThan(Mean(scene, Left, Left + 10) - 0.1));
    }

    [Test]
    public void LinearLight_IsChangedAsItIsDisplayed()
    {
        Frame seen = Vignette(Scene(4)), linear = Map(seen, value => TransferFunction.ToLinear(ColourEncoding.Srgb, value));
        EdgeTone tone = EdgeTone.Measure(seen, Mask, CancellationToken.None);

        Frame flat = tone.Flatten(linear, ColourEncoding.LinearRec709, false, 2, CancellationToken.None);

        Frame expected = tone.Flatten(seen, ColourEncoding.Srgb, false, 2, CancellationToken.None);
        Assert.That(Map(flat, value => TransferFunction.FromLinear(ColourEncoding.Srgb, value)).Pixels, Is.EqualTo(expected.Pixels).Within(1e-4f));
    }

    [Test]
    public void Fill_ContinuesTheToneOfTheBorder()
    {
        Frame seen = Vignette(Stripes());
        EdgeTone tone = EdgeTone.Measure(seen, Mask, CancellationToken.None);

        Frame filled = tone.Blend(seen, Shifted(), 96, ColourEncoding.Srgb, false, 2, CancellationToken.None);

        Assert.That(Mean(filled, Left - 12, Left), Is.EqualTo(Mean(seen, Left, Left + 12)).Within(0.03), "no step");
        Assert.That(Mean(filled, 0, 40), Is.InRange(Mean(seen, Left, Left + 12) - 0.08, Mean(seen, Left, Left + 12) + 0.01), "no band that is darker than both sides");
    }

    [Test]
    public void KnownPixels_KeepTheirBits()
    {
        Frame seen = Vignette(Scene(1));
        seen.Row(10)[Frame.Channels * Left] = float.NaN;
        seen.Row(12)[Frame.Channels * Left] = float.PositiveInfinity;
        seen.Row(14)[Frame.Channels * Left] = -0.2f;

        Frame filled = EdgeTone.Measure(Vignette(Scene(1)), Mask, CancellationToken.None)
            .Blend(seen, Shifted(), 16, ColourEncoding.Srgb, true, 2, CancellationToken.None);

        for (int y = 0; y < Height; y++)
        {
            Assert.That(filled.Row(y)[(Frame.Channels * Left)..].ToArray().Select(BitConverter.SingleToInt32Bits),
                Is.EqualTo(seen.Row(y)[(Frame.Channels * Left)..].ToArray().Select(BitConverter.SingleToInt32Bits)));
        }
    }

    [Test]
    public void WidthZero_CopiesTheSourcesBits()
    {
        Frame seen = Vignette(Scene(1));
        CompletionField field = Shifted();

        Frame filled = EdgeTone.Measure(seen, Mask, CancellationToken.None).Blend(seen, field, 0, ColourEncoding.Srgb, false, 2, CancellationToken.None);

        Assert.That(filled.Row(5)[20], Is.EqualTo(seen.Pixels[Frame.Channels * field.Sources[5 * Width + 5]]));
    }

    [TestCase(1)]
    [TestCase(4)]
    public void Result_DoesNotDependOnThreads(int threads)
    {
        Frame seen = Vignette(Scene(2));
        EdgeTone tone = EdgeTone.Measure(seen, Mask, CancellationToken.None);

        Frame filled = tone.Blend(seen, Shifted(), 32, ColourEncoding.Srgb, false, threads, CancellationToken.None);

        Assert.That(FrameComparison.AreBitEqual(filled, tone.Blend(seen, Shifted(), 32, ColourEncoding.Srgb, false, 2, CancellationToken.None)));
    }

    [Test]
    public void HoleInsideThePicture_LeavesItFlat()
    {
        bool[] holes = new bool[Width * Height];
        holes.AsSpan(100 * Width + 200, 40).Fill(true);

        Assert.That(EdgeTone.Measure(Vignette(Scene(1)), new HoleMask(Width, Height, holes), CancellationToken.None).IsFlat, Is.True);
    }

    [Test]
    public void OtherSize_IsRefused() =>
        Assert.Throws<ArgumentException>(() => EdgeTone.Measure(new Frame(8, 8), Mask, CancellationToken.None));

    /// <summary>A field that copies from 200 columns further right.</summary>
    private static CompletionField Shifted()
    {
        int[] sources = [.. Enumerable.Range(0, Width * Height).Select(p => p % Width < Left ? p + 200 : p)];
        return new(Mask, sources, new bool[sources.Length], 0);
    }

    /// <summary>Areas of different tone with grain on them, edged aslant, none of them fonder of one side than of the other.</summary>
    private static Frame Scene(int seed)
    {
        Random random = new(seed);
        float[] grain = [.. Enumerable.Range(0, Width * Height).Select(_ => (float)(random.NextDouble() - 0.5) * 0.08f)];
        float[] tones = [.. Enumerable.Range(0, 64).Select(_ => 0.25f + 0.5f * (float)random.NextDouble())];
        double slope = random.NextDouble() - 0.5;
        return TestPictures.Draw(Width, Height, (x, y) =>
        {
            int area = (int)((y + slope * x + 300) / 36) % 8 * 8 + (int)((x + 0.4 * y) / 170) % 8;
            float value = tones[area] + grain[y * Width + x];
            return (value, value, value);
        });
    }

    /// <summary>Level stripes with grain: what is copied sideways fits, but for its tone.</summary>
    private static Frame Stripes()
    {
        Random random = new(5);
        float[] grain = [.. Enumerable.Range(0, Width * Height).Select(_ => (float)(random.NextDouble() - 0.5) * 0.08f)];
        return TestPictures.Draw(Width, Height, (x, y) =>
        {
            float value = 0.3f + 0.1f * (y / 36 % 5) + grain[y * Width + x];
            return (value, value, value);
        });
    }

    private static Frame Vignette(Frame scene)
    {
        Frame seen = scene.Clone();
        for (int y = 0; y < Height; y++)
        {
            for (int x = Left; x < Left + Reach; x++)
            {
                double t = 1 - (x - Left) / (double)Reach, factor = Math.Exp(Taken * t * t);
                for (int c = 0; c < 3; c++)
                {
                    ref float value = ref seen.Row(y)[Frame.Channels * x + c];
                    value = (float)(value * factor / (1 + value * (factor - 1)));
                }
            }
        }

        return seen;
    }

    private static Frame Dim(Frame frame, double factor) => Map(frame, value => value * factor);

    private static Frame Map(Frame frame, Func<double, double> map)
    {
        Frame result = frame.Clone();
        for (int i = 0; i < result.Pixels.Length; i++) result.Pixels[i] = i % Frame.Channels == 3 ? 1 : (float)map(result.Pixels[i]);
        return result;
    }

    private static double Mean(Frame frame, int from, int to) =>
        Enumerable.Range(0, Height).Average(y => Enumerable.Range(from, to - from).Average(x => (double)frame.Row(y)[Frame.Channels * x + 1]));
}
