using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class PixelVoteTests
{
    private static readonly PixelVoteOptions Small = new() { SourceWidth = 23, SourceHeight = 19, PatchWidth = 5 };

    [Test]
    public void AnyDepth_KeepsRangeOfTheSource()
    {
        float[] source = Values(23 * 19, 9, random => 8 * random.NextSingle() - 3);
        MatchField field = Field(17, 13, 23, 19, 2);
        float[] result = new float[17 * 13 * 4];
        PixelVote.Run(source, result, field, Small, default);
        for (int y = 0; y < 13; y++)
        {
            for (int x = 0; x < 17; x++)
            {
                Assert.That(result[(y * 17 + x) * 4 + 1], Is.EqualTo(Mean(source, field, x, y, 1)).Within(1e-5));
                Assert.That(result[(y * 17 + x) * 4 + 3], Is.EqualTo(1));
            }
        }
    }

    [Test]
    public void TwelveBitGradation_Survives()
    {
        // A ramp in steps of 1/4095: were it matched or voted in 8 bits, sixteen steps would be one.
        float[] source = new float[300 * 9 * 4];
        for (int index = 0; index < source.Length; index++) source[index] = index / 4 % 300 / 4095f;
        MatchField field = new(296, 5);
        for (int index = 0; index < field.Matches.Length; index++) field.Matches[index] = MatchField.Pack(index % 296 + 2, index / 296 + 2);
        float[] result = new float[296 * 5 * 4];
        PixelVote.Run(source, result, field, new() { SourceWidth = 300, SourceHeight = 9, PatchWidth = 5 }, default);
        for (int x = 1; x < 296; x++) Assert.That((result[4 * x] - result[4 * x - 4]) * 4095, Is.EqualTo(1).Within(0.001), $"step {x}");
    }

    [Test]
    public void IdentityField_GivesTheSourceBits()
    {
        float[] source = Values(20 * 20, 2, random => random.Next(256) / 256f);
        MatchField field = new(16, 16);
        for (int index = 0; index < 256; index++) field[index % 16, index / 16] = (index % 16 + 2, index / 16 + 2);
        float[] result = new float[16 * 16 * 4];
        PixelVote.Run(source, result, field, new() { SourceWidth = 20, SourceHeight = 20, PatchWidth = 5, Threads = 2 }, default);
        for (int index = 0; index < result.Length; index++)
        {
            if (index % 4 == 3) continue;
            int x = index / 4 % 16, y = index / 4 / 16;
            Assert.That(result[index], Is.EqualTo(source[((y + 2) * 20 + x + 2) * 4 + index % 4]));
        }
    }

    [Test]
    public void NonFiniteValue_HasNoVote()
    {
        float[] source = Values(23 * 19, 5, random => random.NextSingle());
        MatchField field = Field(17, 13, 23, 19, 2);
        source[(9 * 23 + 11) * 4] = float.NaN;
        source[(5 * 23 + 6) * 4 + 1] = float.PositiveInfinity;
        source[(5 * 23 + 7) * 4 + 1] = float.NegativeInfinity;
        float[] result = new float[17 * 13 * 4];
        PixelVote.Run(source, result, field, Small, default);
        Assert.That(result, Is.All.Matches<float>(float.IsFinite));
        for (int pixel = 0; pixel < 17 * 13; pixel++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                Assert.That(result[4 * pixel + channel], Is.EqualTo(Mean(source, field, pixel % 17, pixel / 17, channel)).Within(1e-5));
            }
        }
    }

    [Test]
    public void NothingFinite_GivesTheOwnPatchsCentre()
    {
        float[] source = [.. Enumerable.Repeat(float.PositiveInfinity, 23 * 19 * 4)];
        float[] result = new float[17 * 13 * 4];
        PixelVote.Run(source, result, Field(17, 13, 23, 19, 2), Small, default);
        Assert.That(result[4], Is.EqualTo(float.PositiveInfinity));
    }

    [Test]
    public void LargestFiniteValues_DoNotOverflow()
    {
        float[] source = [.. Enumerable.Repeat(float.MaxValue, 23 * 19 * 4)];
        float[] result = new float[17 * 13 * 4];
        PixelVote.Run(source, result, Field(17, 13, 23, 19, 2), Small, default);
        Assert.That(result[0], Is.EqualTo(float.MaxValue));
    }

    [Test]
    public void Confidence_WeighsVotesAndZerosCountAlike()
    {
        float[] source = Values(23 * 19, 5, random => random.NextSingle());
        MatchField field = Field(17, 13, 23, 19, 2);
        ushort[] none = new ushort[17 * 13], one = new ushort[17 * 13];
        one[6 * 17 + 8] = 9;
        float[] plain = new float[17 * 13 * 4], unweighted = new float[17 * 13 * 4], weighted = new float[17 * 13 * 4];
        PixelVote.Run(source, plain, field, Small, default);
        PixelVote.Run(source, unweighted, field, Small with { Confidence = none }, default);
        PixelVote.Run(source, weighted, field, Small with { Confidence = one }, default);
        (int matchX, int matchY) = field[8, 6];
        Assert.Multiple(() =>
        {
            Assert.That(unweighted, Is.EqualTo(plain).Within(1e-6));
            Assert.That(weighted[(5 * 17 + 9) * 4], Is.EqualTo(source[((matchY - 1) * 23 + matchX + 1) * 4]));
        });
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(16)]
    public void Threads_DoNotChangeABit(int threads)
    {
        float[] source = Values(60 * 60, 3, random => random.NextSingle());
        MatchField field = Field(70, 90, 60, 60, 2);
        float[] one = new float[70 * 90 * 4], many = new float[70 * 90 * 4];
        PixelVoteOptions options = new() { SourceWidth = 60, SourceHeight = 60, PatchWidth = 5 };
        PixelVote.Run(source, one, field, options, default);
        PixelVote.Run(source, many, field, options with { Threads = threads }, default);
        Assert.That(many, Is.EqualTo(one));
    }

    [Test]
    public void SpaceTimeVote_ReadsNeighbouringFrames()
    {
        float[] source = Values(9 * 9 * 5, 3, random => random.NextSingle());
        MatchField field = new(5, 5, 3);
        for (int index = 0; index < field.Matches.Length; index++)
        {
            field.Matches[index] = MatchField.Pack(index % 5 + 2, (index / 25 + 1) * 9 + index / 5 % 5 + 2);
        }

        float[] result = new float[5 * 5 * 3 * 4];
        PixelVote.Run(source, result, field, new() { SourceWidth = 9, SourceHeight = 9, PatchWidth = 3, PatchFrames = 3 }, default);
        for (int index = 0; index < field.Matches.Length; index++)
        {
            int from = ((index / 25 + 1) * 81 + (index / 5 % 5 + 2) * 9 + index % 5 + 2) * 4;
            Assert.That(result[4 * index], Is.EqualTo(source[from]).Within(1e-6));
        }
    }

    [Test]
    public void WrongSizes_AreRefused()
    {
        MatchField field = Field(17, 13, 23, 19, 2);
        float[] source = new float[23 * 19 * 4];
        Assert.Multiple(() =>
        {
            Assert.That(() => PixelVote.Run(source, new float[17 * 13 * 3], field, Small, default), Throws.ArgumentException);
            Assert.That(() => PixelVote.Run(source[1..], new float[17 * 13 * 4], field, Small, default), Throws.ArgumentException);
            Assert.That(() => PixelVote.Run(source, new float[17 * 13 * 4], field, Small with { Confidence = new ushort[3] }, default), Throws.ArgumentException);
        });
    }

    private static float[] Values(int pixels, int seed, Func<Random, float> draw)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, pixels * 4).Select(_ => draw(random))];
    }

    private static MatchField Field(int width, int height, int sourceWidth, int sourceHeight, int radius)
    {
        MatchField field = new(width, height);
        field.Randomize(sourceWidth, sourceHeight, radius, 5);
        return field;
    }

    private static double Mean(float[] source, MatchField field, int x, int y, int channel)
    {
        double sum = 0;
        int count = 0;
        for (int row = Math.Max(y - 2, 0); row <= Math.Min(y + 2, field.Height - 1); row++)
        {
            for (int column = Math.Max(x - 2, 0); column <= Math.Min(x + 2, field.Width - 1); column++)
            {
                (int matchX, int matchY) = field[column, row];
                float value = source[((matchY + y - row) * 23 + matchX + x - column) * 4 + channel];
                if (!float.IsFinite(value)) continue;
                sum += value;
                count++;
            }
        }

        return sum / count;
    }
}
