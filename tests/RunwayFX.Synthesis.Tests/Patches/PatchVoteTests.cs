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

    [Test]
    public void MatchOutsideTheSource_IsRefused()
    {
        ChannelPicture source = new(9, 9, 3), target = new(4, 4, 3, 2);
        MatchField field = Field(4, 4, 9, 9, 2);
        field[3, 3] = (7, 4);
        Assert.That(() => PatchVote.Channels(source, target, field, new(5, 3, null, 1), default),
            Throws.ArgumentException.With.Message.Contains("(7, 4)"));
    }

    [Test]
    public void WrongSizes_AreRefused()
    {
        ChannelPicture source = new(9, 9, 3), target = new(4, 4, 3, 2);
        MatchField field = Field(4, 4, 9, 9, 2), other = Field(5, 4, 9, 9, 2);
        Assert.Multiple(() =>
        {
            Assert.That(() => PatchVote.Channels(source, target, other, new(5, 3, null, 1), default), Throws.ArgumentException);
            Assert.That(() => PatchVote.Channels(source, target, field, new(5, 3, new byte[15], 1), default), Throws.ArgumentException);
            Assert.That(() => PatchVote.Channels(source, target, field, new(5, 3, null, 1) { Confidence = new ushort[15] }, default), Throws.ArgumentException);
            Assert.That(() => PatchVote.Channels(source, target, field, new(5, 3, null, 1) { Confidence = [.. new ushort[15], 4097] }, default),
                Throws.InstanceOf<ArgumentException>().With.Message.Contains("4097"));
            Assert.That(() => PatchVote.Channels(source, target, field, new(5, 3, null, 1) { Confidence = [.. new ushort[15], 4096] }, default), Throws.Nothing);
        });
    }

    [Test]
    public void Confidence_WeighsVotesAndZerosCountAlike()
    {
        ChannelPicture source = SynthesisPictures.Noise(23, 19, 6, 4), target = new(17, 13, 6, 2);
        MatchField field = Field(17, 13, 23, 19, 2);
        Random random = new(6);
        ushort[] confidence = [.. Enumerable.Range(0, 17 * 13).Select(index => (ushort)(index % 17 < 6 ? 0 : random.Next(4097)))];
        PatchVote.Channels(source, target, field, new(5, 6, null, 2) { Confidence = confidence }, default);
        for (int y = 0; y < 13; y++)
        {
            for (int x = 0; x < 17; x++)
            {
                long sum = 0, total = 0, plain = 0, count = 0;
                for (int row = Math.Max(y - 2, 0); row <= Math.Min(y + 2, 12); row++)
                {
                    for (int column = Math.Max(x - 2, 0); column <= Math.Min(x + 2, 16); column++)
                    {
                        (int matchX, int matchY) = field[column, row];
                        int value = source.Bytes[source.Offset(matchX + x - column, matchY + y - row) + 5];
                        sum += value * confidence[row * 17 + column];
                        total += confidence[row * 17 + column];
                        plain += value;
                        count++;
                    }
                }

                long expected = total > 0 ? (sum + total / 2) / total : (plain + count / 2) / count;
                Assert.That((long)target.Bytes[target.Offset(x, y) + 5], Is.EqualTo(expected), $"({x}, {y})");
            }
        }
    }

    [Test]
    public void SpaceTimeVote_IsTheMeanOverNeighbouringFrames()
    {
        ChannelPicture source = SynthesisPictures.NoiseClip(11, 9, 6, 3, 4), target = new(8, 7, 4, 3, 1, 1);
        SourceRegion region = new(source, new PatchWeights(3, [1, 1, 1], 3));
        MatchField field = new(8, 7, 4);
        field.Randomize(region, 3);
        PatchVote.Channels(source, target, field, new(3, 3, null, 2) { PatchFrames = 3 }, default);
        for (int index = 0; index < field.Matches.Length; index++)
        {
            int x = index % 8, y = index / 8 % 7, frame = index / 56, sum = 0, count = 0;
            for (int time = Math.Max(frame - 1, 0); time <= Math.Min(frame + 1, 3); time++)
            {
                for (int row = Math.Max(y - 1, 0); row <= Math.Min(y + 1, 6); row++)
                {
                    for (int column = Math.Max(x - 1, 0); column <= Math.Min(x + 1, 7); column++)
                    {
                        int match = field.Matches[(time * 7 + row) * 8 + column];
                        int sourceFrame = MatchField.Y(match) / 9 + frame - time, sourceY = MatchField.Y(match) % 9 + y - row;
                        sum += source.Bytes[source.Offset(MatchField.X(match) + x - column, sourceY, sourceFrame) + 1];
                        count++;
                    }
                }
            }

            Assert.That(target.Bytes[target.Offset(x, y, frame) + 1], Is.EqualTo((sum + count / 2) / count), $"({x}, {y}, {frame})");
        }
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
