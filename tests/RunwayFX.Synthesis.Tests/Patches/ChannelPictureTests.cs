using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class ChannelPictureTests
{
    [Test]
    public void Border_RepeatsTheNearestEdgePixel()
    {
        ChannelPicture picture = SynthesisPictures.Noise(4, 3, 2, 1, 3);
        for (int y = -3; y < 6; y++)
        {
            for (int x = -3; x < 7; x++)
            {
                int inside = picture.Offset(Math.Clamp(x, 0, 3), Math.Clamp(y, 0, 2)), at = picture.Offset(x, y);
                Assert.That(picture.Bytes[at..(at + 2)], Is.EqualTo(picture.Bytes[inside..(inside + 2)]), $"({x}, {y})");
            }
        }
    }

    [Test]
    public void MirroredBorder_RunsBackFromTheEdge()
    {
        ChannelPicture picture = new(5, 1, 1, 3) { MirrorsEdges = true };
        for (int x = 0; x < 5; x++) picture.Bytes[picture.Offset(x, 0)] = (byte)(x + 1);
        picture.ExtendBorder();
        byte[] expected = [4, 3, 2, 1, 2, 3, 4, 5, 4, 3, 2];
        for (int y = -3; y <= 3; y++) Assert.That(picture.Bytes[picture.Offset(-3, y)..(picture.Offset(-3, y) + 11)], Is.EqualTo(expected),
            $"row {y}");
    }

    [TestCase(8, 6, 4, 3)]
    [TestCase(9, 7, 4, 3)]
    [TestCase(1, 1, 1, 1)]
    public void Halved_IsTheRoundedMeanOfFour(int width, int height, int halfWidth, int halfHeight)
    {
        ChannelPicture picture = SynthesisPictures.Noise(width, height, 3, 5);
        ChannelPicture half = picture.Halved();
        Assert.That((half.Width, half.Height), Is.EqualTo((halfWidth, halfHeight)));
        for (int y = 0; y < halfHeight; y++)
        {
            for (int x = 0; x < halfWidth; x++)
            {
                int right = Math.Min(2 * x + 1, width - 1), below = Math.Min(2 * y + 1, height - 1);
                int sum = picture.Bytes[picture.Offset(2 * x, 2 * y)] + picture.Bytes[picture.Offset(right, 2 * y)]
                    + picture.Bytes[picture.Offset(2 * x, below)] + picture.Bytes[picture.Offset(right, below)];
                Assert.That(half.Bytes[half.Offset(x, y)], Is.EqualTo((sum + 2) / 4));
            }
        }
    }

    [Test]
    public void ChannelsPastTheLimit_AreRefused()
    {
        Assert.That(new ChannelPicture(1, 1, ChannelPicture.ChannelsMax).Channels, Is.EqualTo(ChannelPicture.ChannelsMax));
        Assert.That(() => new ChannelPicture(1, 1, ChannelPicture.ChannelsMax + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
