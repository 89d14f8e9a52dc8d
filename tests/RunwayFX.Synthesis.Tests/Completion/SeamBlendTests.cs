using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class SeamBlendTests
{
    private const int Width = 64, Height = 32, Known = 40;

    [Test]
    public void WidthZero_CopiesTheSourcesBits()
    {
        Frame canvas = TestPictures.Noise(Width, Height, 2);
        canvas.Pixels[4] = float.NaN;
        canvas.Pixels[9] = -0f;
        CompletionField field = Shifted();

        Frame filled = SeamBlend.Apply(canvas, field, 0, 2, CancellationToken.None);

        for (int p = 0; p < field.Sources.Length; p++)
            Assert.That(filled.Pixels[(4 * p)..(4 * p + 4)].Select(BitConverter.SingleToInt32Bits),
                Is.EqualTo(canvas.Pixels[(4 * field.Sources[p])..(4 * field.Sources[p] + 4)].Select(BitConverter.SingleToInt32Bits)));
    }

    [Test]
    public void StepOfBrightness_AtTheSeam_IsEvenedOut()
    {
        // A slope that the copies break: the fill starts darker than the picture ends.
        Frame canvas = TestPictures.Draw(Width, Height, (x, _) => (0.4f + 0.002f * x, 0.5f, 0.5f));
        Frame filled = SeamBlend.Apply(canvas, Shifted(), 8, 2, CancellationToken.None);
        Frame copied = SeamBlend.Apply(canvas, Shifted(), 0, 2, CancellationToken.None);

        float before = Math.Abs(copied.Row(16)[4 * Known] - copied.Row(16)[4 * (Known - 1)]),
            after = Math.Abs(filled.Row(16)[4 * Known] - filled.Row(16)[4 * (Known - 1)]);
        Assert.That(after, Is.LessThan(before / 3));
        Assert.That(filled.Row(16)[4 * (Width - 1)], Is.EqualTo(copied.Row(16)[4 * (Width - 1)]).Within(0.02), "the correction fades");
    }

    [Test]
    public void KnownPixels_KeepTheirBits()
    {
        Frame canvas = TestPictures.Noise(Width, Height, 3);
        canvas.Pixels[0] = float.NegativeInfinity;
        Frame filled = SeamBlend.Apply(canvas, Shifted(), 16, 2, CancellationToken.None);

        for (int y = 0; y < Height; y++)
            Assert.That(System.Runtime.InteropServices.MemoryMarshal.AsBytes(filled.Row(y)[..(4 * Known)]).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(canvas.Row(y)[..(4 * Known)])), Is.True);
    }

    [Test]
    public void ValuesThatAreNotNumbers_DoNotSpread()
    {
        Frame canvas = TestPictures.Noise(Width, Height, 4);
        canvas.Row(10)[4 * (Known - 1)] = float.NaN;
        canvas.Row(12)[4 * (Known - 1)] = float.PositiveInfinity;
        canvas.Row(14)[4 * (Known - 1)] = float.MaxValue;

        Frame filled = SeamBlend.Apply(canvas, Shifted(), 16, 2, CancellationToken.None);

        int odd = filled.Pixels.Count(value => !float.IsFinite(value));
        Assert.That(odd, Is.LessThanOrEqualTo(4), "the two pixels and their copies");
        Assert.That(Enumerable.Range(0, Height).Where(y => y is not (10 or 12 or 14)).SelectMany(y => filled.Row(y).ToArray()),
            Has.All.InRange(-2f, 3f));
    }

    [TestCase(1)]
    [TestCase(7)]
    public void AnyNumberOfThreads_GivesTheSameBits(int threads)
    {
        Frame canvas = TestPictures.Noise(Width, Height, 5);

        Assert.That(FrameComparison.AreBitEqual(SeamBlend.Apply(canvas, Shifted(), 12, threads, CancellationToken.None),
            SeamBlend.Apply(canvas, Shifted(), 12, 2, CancellationToken.None)));
    }

    [TestCase(-1)]
    [TestCase(SeamBlend.WidthMax + 1)]
    [TestCase(double.NaN)]
    public void Width_OutsideTheLimits_IsRefused(double width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SeamBlend.Apply(new Frame(Width, Height), Shifted(), width, 1, CancellationToken.None));

    [Test]
    public void Width_AtTheLimit_IsAccepted() => Assert.DoesNotThrow(() =>
        SeamBlend.Apply(new Frame(Width, Height), Shifted(), SeamBlend.WidthMax, 1, CancellationToken.None));

    [Test]
    public void Membrane_CarriesAChangeAtTheEdge_AndFades()
    {
        Frame filled = TestPictures.Draw(Width, Height, (_, _) => (0.5f, 0.5f, 0.5f)), edge = new(Width, Height);
        for (int y = 0; y < Height; y++) edge.Row(y).Fill(-0.05f);

        SeamBlend.AddMembrane(filled, Shifted().Mask, edge, 4, 2, CancellationToken.None);

        Assert.That(filled.Row(16)[4 * (Known - 1)], Is.EqualTo(0.5f), "known pixels stay");
        Assert.That(filled.Row(16)[4 * Known], Is.EqualTo(0.46f).Within(0.01f));
        Assert.That(filled.Row(16)[4 * (Width - 1)], Is.EqualTo(0.5f).Within(0.001f));
        Assert.That(filled.Pixels.Where((_, i) => i % 4 == 3), Has.All.EqualTo(1f), "alpha stays");
    }

    [Test]
    public void Membrane_OfALargeOrOddChange_IsDamped()
    {
        Frame filled = TestPictures.Draw(Width, Height, (_, _) => (0.5f, 0.5f, 0.5f)), edge = new(Width, Height);
        for (int y = 0; y < Height; y++) edge.Row(y).Fill(y < 10 ? float.NaN : y < 20 ? float.PositiveInfinity : -0.5f);

        SeamBlend.AddMembrane(filled, Shifted().Mask, edge, 8, 2, CancellationToken.None);

        Assert.That(filled.Pixels.Where((_, i) => i % 4 != 3), Has.All.EqualTo(0.5f).Within(0.05f));
    }

    /// <summary>The right part is copied from 24 pixels to the left.</summary>
    private static CompletionField Shifted()
    {
        HoleMask mask = HoleMask.Around(Width, Height, 0, 0, Known, Height);
        return new(mask, [.. Enumerable.Range(0, Width * Height).Select(p => mask.Holes[p] ? p - 24 : p)], new bool[Width * Height], 0);
    }
}
