using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

public sealed class DisplayColourTests
{
    [Test]
    public void ThereAndBack_IsTheSameColour([Values] ColourEncoding encoding)
    {
        DisplayColour colour = new(encoding);
        Frame display = TestPictures.Draw(16, 16, (x, y) => (0.1f + x / 20f, 0.1f + y / 20f, 0.1f + (x + y) / 40f));
        Frame there = colour.FromDisplay(display, isFromSource: true, default), back = colour.ToDisplay(FakeClip.At(there));
        for (int i = 0; i < display.Pixels.Length; i++) Assert.That(back.Pixels[i], Is.EqualTo(display.Pixels[i]).Within(2e-3), $"{encoding} at {i}");
    }

    [Test]
    public void White_IsDiffuseWhite_InHighDynamicRange()
    {
        Frame white = TestPictures.Draw(1, 1, (_, _) => (0.9f, 0.9f, 0.9f));
        double linear = TransferFunction.ToLinear(ColourEncoding.Rec2100Pq, new DisplayColour(ColourEncoding.Rec2100Pq).FromDisplay(white, isFromSource: false, default).Pixels[0]);
        Assert.That(linear * 10_000, Is.InRange(100, 203), "a bright grey lies below diffuse white, 203 cd/m²");
    }
}
