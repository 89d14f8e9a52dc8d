using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StyleFinishTests
{
    [Test]
    public void WayThere_UndoesTheWayBack()
    {
        foreach (ColourEncoding encoding in Enum.GetValues<ColourEncoding>())
        {
            Frame display = TestPictures.Draw(16, 1, (x, _) => (0.05f + 0.05f * x, 0.8f - 0.045f * x, 0.4f)), zeros = TestPictures.Draw(16, 1,
                (_, _) => (0, 0, 0));
            PerceptualGuide guide = new(encoding);
            DisplayRows source = new(new HostFrame(zeros, new(0, 0, 16, 1), false), guide);
            Frame clip = display.Clone();
            new StyleFinish(encoding).Apply(clip, source, zeros, new FinishOptions { Premultiplied = false }, default);
            FrameComparison.AssertClose(guide.Convert(clip), display, 0.004, 0.002);
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void SmallCopy_RowByRow_HasTheBitsOfTheWholePictures(int halvings)
    {
        HostFrame frame = new(TestPictures.Noise(47, 33, 3), new(0, 0, 47, 33), true);
        DisplayRows display = new(frame, new PerceptualGuide(ColourEncoding.AcesCg));
        Frame whole = new PerceptualGuide(ColourEncoding.AcesCg).Convert(Premultiplication.Unpremultiply(frame.Picture));

        Assert.That(FrameComparison.AreBitEqual(display.Whole(default), whole));
        Assert.That(FrameComparison.AreBitEqual(display.Shrunk(halvings, default), StyleReference.Shrunk(whole, halvings, default)));
    }

    [Test]
    public void Fade_LeavesEqualPicturesBitForBit()
    {
        Frame picture = TestPictures.Noise(9, 5, 1), faded = picture.Clone();
        StyleFinish.Fade(faded, picture.Clone(), 0.37f);
        Assert.That(FrameComparison.AreBitEqual(faded, picture));
    }
}
