using RunwayFX.Imaging.Flow;
using RunwayFX.Testing;

namespace RunwayFX.Imaging.Tests.Flow;

public sealed class FlowFieldTests
{
    [Test]
    public void NoMotion_WarpsToTheSameBits()
    {
        Frame picture = TestPictures.Noise(31, 17, 6);

        Assert.That(FrameComparison.AreBitEqual(new FlowField(31, 17).Warp(picture), picture));
    }

    [Test]
    public void WholeSteps_FetchThosePixels_AndEdgesRepeat()
    {
        Frame picture = TestPictures.Noise(20, 10, 7);
        FlowField motion = new(20, 10);
        Array.Fill(motion.X, 3);
        Array.Fill(motion.Y, -2);

        Frame warped = motion.Warp(picture);

        Assert.That(warped.Row(5)[4 * 4], Is.EqualTo(picture.Row(3)[4 * 7]));
        Assert.That(warped.Row(0)[4 * 19], Is.EqualTo(picture.Row(0)[4 * 19]));
    }

    [Test]
    public void AnyNumberOfThreads_WarpsToTheSameBits()
    {
        Frame picture = TestPictures.Noise(70, 60, 8), vectors = TestPictures.Noise(70, 60, 9);
        FlowField motion = new(70, 60);
        for (int i = 0; i < motion.X.Length; i++) (motion.X[i], motion.Y[i]) = (20 * vectors.Pixels[4 * i] - 10, 20 * vectors.Pixels[4 * i + 1] - 10);

        Assert.That(FrameComparison.AreBitEqual(motion.Warp(picture, 5), motion.Warp(picture)));
    }

    [Test]
    public void OppositeFields_AreConsistent_ButNotWhatLeavesThePicture()
    {
        FlowField there = new(40, 30), back = new(40, 30);
        Array.Fill(there.X, 6.5f);
        Array.Fill(back.X, -6.5f);

        byte[] consistent = there.Consistency(back);

        Assert.That(consistent[15 * 40 + 10], Is.EqualTo(1));
        Assert.That(consistent[15 * 40 + 38], Is.Zero);
    }

    [Test]
    public void FieldThatDoesNotLeadBack_IsDisbelieved()
    {
        FlowField there = new(40, 30), back = new(40, 30);
        Array.Fill(there.X, 3);
        Array.Fill(back.X, -1);

        Assert.That(there.Consistency(back), Is.All.Zero);
        Assert.That(() => there.Consistency(new FlowField(39, 30)), Throws.ArgumentException);
    }

    [TestCase(1)]
    [TestCase(3)]
    public void VectorsRowByRow_WarpToTheBitsOfAField(int threads)
    {
        Frame picture = TestPictures.Noise(37, 41, 9);
        FlowField motion = new(37, 41);
        for (int at = 0; at < motion.X.Length; at++) (motion.X[at], motion.Y[at]) = (at % 11 * 0.37f - 2, at % 7 * -0.61f + 1);

        Frame rows = FlowField.WarpSharp(picture, (y, x, down) =>
        {
            motion.X.AsSpan(37 * y, 37).CopyTo(x);
            motion.Y.AsSpan(37 * y, 37).CopyTo(down);
        }, threads);

        Assert.That(FrameComparison.AreBitEqual(rows, motion.WarpSharp(picture)));
    }

    [TestCase(1, 41)]
    [TestCase(3, 41)]
    [TestCase(3, 300)]
    [TestCase(2, 387)]
    public void PictureWarpedInPlace_HasTheSameBits(int threads, int height)
    {
        const int Reach = 3;
        Frame picture = TestPictures.Noise(37, height, 9), inPlace = picture.Clone();

        FlowField.WarpSharpInPlace(inPlace, Write, Reach, threads);

        Assert.That(FrameComparison.AreBitEqual(inPlace, FlowField.WarpSharp(picture, Write)));

        static void Write(int y, Span<float> x, Span<float> down)
        {
            // Both ends of the reach are among them.
            for (int at = 0; at < x.Length; at++) (x[at], down[at]) = ((at + y) % 11 * 0.37f - 2, (37 * y + at) % 13 * 0.5f - Reach);
        }
    }

    [Test]
    public void VectorsThatDoNotFillTheField_AreRefused() =>
        Assert.That(() => new FlowField(4, 4, new float[16], new float[15]), Throws.ArgumentException.With.Message.Contains("15"));
}
