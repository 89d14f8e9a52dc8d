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
            Frame clip = new StyleFinish(encoding).Apply(display.Clone(), zeros, zeros, new FinishOptions { Premultiplied = false, Mix = 1 }, default);
            FrameComparison.AssertClose(new PerceptualGuide(encoding).Convert(clip), display, 0.004, 0.002);
        }
    }

    [Test]
    public void Fade_LeavesEqualPicturesBitForBit()
    {
        Frame picture = TestPictures.Noise(9, 5, 1), faded = picture.Clone();
        StyleFinish.Fade(faded, picture.Clone(), 0.37f);
        Assert.That(FrameComparison.AreBitEqual(faded, picture));
    }
}
