using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StyleHueTests
{
    private const int Width = 96, Height = 64;

    [Test]
    public void OneToneInTwoHues_LieOnEitherSideOfTheUsual()
    {
        // Blue-grey and yellow-grey of luma 0.5.
        byte[] hues = Hues((x, _) => x < Width / 2 ? (0.47f, 0.4917f, 0.67f) : (0.53f, 0.5083f, 0.33f));
        byte left = hues[32 * Width + 20], right = hues[32 * Width + 76];
        Assert.That(Math.Abs(left - right), Is.GreaterThan(60), "the hues differ");
        Assert.That((left + right) / 2.0, Is.EqualTo(StyleHue.Usual).Within(4), "the usual one is between them");
    }

    [Test]
    public void HueThatFollowsTone_IsTheUsualOneEverywhere()
    {
        byte[] hues = Hues((x, y) =>
        {
            float tone = (x + y) / (float)(Width + Height);
            return (tone, tone, 0.4f + 0.3f * tone);
        });
        Assert.That(hues, Has.All.InRange(StyleHue.Usual - 16, StyleHue.Usual + 16));
    }

    [Test]
    public void Grey_HasNoHue() =>
        Assert.That(Hues((x, y) => ((x * 7 + y * 5) % 64 / 64f, (x * 7 + y * 5) % 64 / 64f, (x * 7 + y * 5) % 64 / 64f)), Has.All.EqualTo(StyleHue.Usual));

    [Test]
    public void EvenGround_HasItsOwnToneBesideWhatStandsOnIt()
    {
        Frame scene = TestPictures.Draw(Width, Height, (x, y) => x is >= 40 and < 52 && y is >= 16 and < 48 ? (0.1f, 0.1f, 0.1f) : (0.6f, 0.6f, 0.6f));
        ChannelPicture guides = new(Width, Height, StyleGuides.Channels);
        StyleGuides.WriteTones(LumaPlane.From(scene), guides, default);
        for (int x = 55; x < 80; x++) Assert.That(guides.Bytes[guides.Offset(x, 32) + StyleGuides.ToneChannel + 1], Is.EqualTo(153).Within(12), $"column {x}");
    }

    private static byte[] Hues(Func<int, int, (float, float, float)> draw)
    {
        ChannelPicture picture = new(Width, Height, StyleGuides.Channels);
        StyleHue.Write(TestPictures.Draw(Width, Height, draw), picture, default);
        return [.. Enumerable.Range(0, Width * Height).Select(at => picture.Bytes[picture.Offset(at % Width, at / Width) + StyleGuides.HueChannel])];
    }
}
