using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Synthesis.Tests.Style;

/// <summary>The preview of guided synthesis: pieces laid by a look-up.</summary>
public sealed class GuidedLookupTests
{
    private const int Radius = 2;

    [Test]
    public void Matches_LieInsideTheSourceAndAnswerTheGuides()
    {
        (ChannelPicture source, ChannelPicture target) = (Ramp(70, 50, 0), Ramp(96, 64, 9));

        MatchField field = Run(source, target);

        field.CheckInside(new SourceRegion(source, new PatchWeights(2 * Radius + 1, [1])));
        double sum = 0;
        for (int y = 0; y < target.Height; y++)
        {
            for (int x = 0; x < target.Width; x++)
            {
                (int fromX, int fromY) = field[x, y];
                sum += Math.Abs(source.Bytes[source.Offset(fromX, fromY) + 1] - target.Bytes[target.Offset(x, y) + 1]);
            }
        }

        Assert.That(sum / (target.Width * target.Height), Is.LessThan(18), "mean difference of the tones");
    }

    [Test]
    public void Neighbours_MostlyTakeNeighbouringPixels()
    {
        MatchField field = Run(Ramp(70, 50, 0), Ramp(96, 64, 9));
        int coherent = 0;
        for (int i = 1; i < field.Matches.Length; i++) coherent += field.Matches[i] == field.Matches[i - 1] + 1 ? 1 : 0;

        Assert.That(coherent, Is.GreaterThan(field.Matches.Length / 2), "pieces, not single pixels");
    }

    [Test]
    public void LittleNoise_ChangesFewMatches()
    {
        ChannelPicture source = Ramp(70, 50, 0), quiet = Ramp(96, 64, 9), noisy = Ramp(96, 64, 9);
        Random random = new(5);
        for (int i = 0; i < noisy.Bytes.Length - ChannelPicture.SlackBytes; i++) noisy.Bytes[i] = (byte)Math.Clamp(noisy.Bytes[i] + random.Next(-2, 3), 0, 255);

        int[] before = Run(source, quiet).Matches, after = Run(source, noisy).Matches;

        Assert.That(before.Zip(after).Count(pair => pair.First == pair.Second), Is.GreaterThan(before.Length * 3 / 4));
    }

    [TestCase(2)]
    [TestCase(5)]
    public void AnyNumberOfThreads_GivesTheSameMatches(int threads)
    {
        (ChannelPicture source, ChannelPicture target) = (Ramp(70, 50, 0), Ramp(96, 64, 9));

        Assert.That(Run(source, target, threads).Matches, Is.EqualTo(Run(source, target).Matches));
    }

    [Test]
    public void SameContent_WhereItIsAligned_IsTakenFromItsPlace()
    {
        ChannelPicture source = Ramp(64, 48, 0);

        MatchField field = GuidedLookup.Run(Input(source, source), new GuidedLookupOptions { IsAligned = true }, CancellationToken.None);

        for (int y = Radius; y < 48 - Radius; y++)
        {
            for (int x = Radius; x < 64 - Radius; x++) Assert.That(field[x, y], Is.EqualTo((x, y)));
        }
    }

    [TestCase(5, 5, 1, 1)]
    [TestCase(5, 9, 300, 1)]
    [TestCase(400, 5, 3, 70)]
    public void TinyPictures_AreDefined(int sourceWidth, int sourceHeight, int width, int height)
    {
        ChannelPicture source = Ramp(sourceWidth, sourceHeight, 0);

        Run(source, Ramp(width, height, 4)).CheckInside(new SourceRegion(source, new PatchWeights(2 * Radius + 1, [1])));
    }

    [Test]
    public void SourceSmallerThanAPatch_AndClips_AreRefused()
    {
        Assert.That(() => Run(Ramp(4, 30, 0), Ramp(20, 20, 0)), Throws.ArgumentException.With.Message.Contains("4×30"));
        ChannelPicture clip = new(20, 20, 3, 3, 0, 0);
        Assert.That(() => GuidedLookup.Run(Input(clip, clip), new(), CancellationToken.None), Throws.ArgumentException);
    }

    [Test]
    public void Cancelled_Stops()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.That(() => GuidedLookup.Run(Input(Ramp(70, 50, 0), Ramp(96, 64, 9)), new(), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static MatchField Run(ChannelPicture source, ChannelPicture target, int threads = 1) =>
        GuidedLookup.Run(Input(source, target), new GuidedLookupOptions { Threads = threads }, CancellationToken.None);

    private static GuidedSynthesisInput Input(ChannelPicture source, ChannelPicture target) =>
        new() { Source = source, Target = target, StyleChannels = 1, Weights = [1, 1, 0.5] };

    /// <summary>A style channel, and two guides: a ramp from left to right and one from the top, with a little structure.</summary>
    private static ChannelPicture Ramp(int width, int height, int phase)
    {
        ChannelPicture picture = new(width, height, 3);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = picture.Offset(x, y);
                picture.Bytes[at] = (byte)((x * 31 + y * 17) % 251);
                picture.Bytes[at + 1] = (byte)Math.Clamp(20 + 200 * x / width + (x / 4 + y / 4 + phase) % 3, 0, 255);
                picture.Bytes[at + 2] = (byte)(20 + 200 * y / height);
            }
        }

        return picture;
    }
}
