using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class PatchVoteTests
{
    [Test]
    public void Channels_AreTheRoundedMeanOfAllCoveringPatches()
    {
        ChannelPicture source = SynthesisPictures.Noise(23, 19, 5, 4), target = new(17, 13, 5, 2);
        MatchField field = Field(17, 13, 23, 19, 2);
        PatchVote.Channels(source, target, field, new(5, 4, null, 1), default);
        for (int y = 0; y < 13; y++)
        {
            for (int x = 0; x < 17; x++)
            {
                for (int channel = 0; channel < 5; channel++)
                {
                    (double sum, int count) = Voters(field, x, y, 2, (sx, sy) => source.Bytes[source.Offset(sx, sy) + channel]);
                    int expected = channel < 4 ? (int)Math.Floor(sum / count + 0.5) : 0;
                    Assert.That(target.Bytes[target.Offset(x, y) + channel], Is.EqualTo(expected), $"({x}, {y}) channel {channel}");
                }
            }
        }
    }

    [Test]
    public void Pixels_KeepDepthAndRangeOfTheSource()
    {
        float[] source = new float[23 * 19 * 4];
        Random random = new(9);
        for (int index = 0; index < source.Length; index++) source[index] = 8 * random.NextSingle() - 3;
        MatchField field = Field(17, 13, 23, 19, 2);
        float[] result = new float[17 * 13 * 4];
        PatchVote.Pixels(source, 23, result, field, 5, 1, default);
        for (int y = 0; y < 13; y++)
        {
            for (int x = 0; x < 17; x++)
            {
                (double sum, int count) = Voters(field, x, y, 2, (sx, sy) => source[(sy * 23 + sx) * 4 + 1]);
                Assert.That(result[(y * 17 + x) * 4 + 1], Is.EqualTo(sum / count).Within(1e-5));
                Assert.That(result[(y * 17 + x) * 4 + 3], Is.EqualTo(1));
            }
        }
    }

    [Test]
    public void IdentityField_GivesTheSourceBits()
    {
        Random random = new(2);
        float[] source = new float[20 * 20 * 4];
        for (int index = 0; index < source.Length; index++) source[index] = random.Next(256) / 256f;
        MatchField field = new(16, 16);
        for (int y = 0; y < 16; y++)
        {
            for (int x = 0; x < 16; x++) field[x, y] = (x + 2, y + 2);
        }

        float[] result = new float[16 * 16 * 4];
        PatchVote.Pixels(source, 20, result, field, 5, 2, default);
        for (int index = 0; index < 16 * 16 * 4; index++)
        {
            if (index % 4 == 3) continue;
            int x = index / 4 % 16, y = index / 4 / 16;
            Assert.That(result[index], Is.EqualTo(source[((y + 2) * 20 + x + 2) * 4 + index % 4]));
        }
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(16)]
    public void Threads_DoNotChangeABit(int threads)
    {
        float[] source = new float[60 * 60 * 4];
        Random random = new(3);
        for (int index = 0; index < source.Length; index++) source[index] = random.NextSingle();
        MatchField field = Field(70, 90, 60, 60, 2);
        float[] one = new float[70 * 90 * 4], many = new float[70 * 90 * 4];
        PatchVote.Pixels(source, 60, one, field, 5, 1, default);
        PatchVote.Pixels(source, 60, many, field, 5, threads, default);
        Assert.That(many, Is.EqualTo(one));
    }

    [Test]
    public void ActiveVote_TouchesOnlyWhatActivePatchesCover()
    {
        ChannelPicture source = SynthesisPictures.Noise(23, 19, 3, 4), target = new(17, 13, 3, 2), full = new(17, 13, 3, 2);
        MatchField field = Field(17, 13, 23, 19, 2);
        byte[] active = new byte[17 * 13];
        active[6 * 17 + 8] = 1;
        PatchVote.Channels(source, full, field, new(5, 3, null, 1), default);
        PatchVote.Channels(source, target, field, new(5, 3, active, 1), default);
        for (int y = 0; y < 13; y++)
        {
            for (int x = 0; x < 17; x++)
            {
                bool isNear = Math.Abs(x - 8) <= 2 && Math.Abs(y - 6) <= 2;
                int at = target.Offset(x, y);
                Assert.That(target.Bytes[at..(at + 3)], Is.EqualTo(isNear ? full.Bytes[at..(at + 3)] : new byte[3]), $"({x}, {y})");
            }
        }
    }

    [Test]
    public void TooManyChannels_AreRefused()
    {
        ChannelPicture source = new(9, 9, PatchVoteOptions.ChannelsMax + 1), target = new(4, 4, PatchVoteOptions.ChannelsMax + 1, 2);
        MatchField field = Field(4, 4, 9, 9, 2);
        Assert.Multiple(() =>
        {
            Assert.That(() => PatchVote.Channels(source, target, field, new(5, PatchVoteOptions.ChannelsMax, null, 1), default), Throws.Nothing);
            Assert.That(() => PatchVote.Channels(source, target, field, new(5, PatchVoteOptions.ChannelsMax + 1, null, 1), default),
                Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    private static MatchField Field(int width, int height, int sourceWidth, int sourceHeight, int radius)
    {
        MatchField field = new(width, height);
        field.Randomize(sourceWidth, sourceHeight, radius, 5);
        return field;
    }

    private static (double Sum, int Count) Voters(MatchField field, int x, int y, int radius, Func<int, int, double> source)
    {
        double sum = 0;
        int count = 0;
        for (int row = Math.Max(y - radius, 0); row <= Math.Min(y + radius, field.Height - 1); row++)
        {
            for (int column = Math.Max(x - radius, 0); column <= Math.Min(x + radius, field.Width - 1); column++)
            {
                (int matchX, int matchY) = field[column, row];
                sum += source(matchX + x - column, matchY + y - row);
                count++;
            }
        }

        return (sum, count);
    }
}
