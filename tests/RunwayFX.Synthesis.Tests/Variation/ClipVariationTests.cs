using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Synthesis.Tests.Variation;

public sealed class ClipVariationTests
{
    private static readonly ClipVariationOptions Quick = new() { Iterations = 2, Passes = 1, Threads = 2 };

    [TestCase(1, PatchKernelKind.Auto)]
    [TestCase(3, PatchKernelKind.Auto)]
    [TestCase(2, PatchKernelKind.Scalar)]
    [TestCase(2, PatchKernelKind.Vector128)]
    [TestCase(2, PatchKernelKind.Vector256)]
    public void AnyThreadsAndInstructions_GiveTheSameMap(int threads, PatchKernelKind kernel)
    {
        SpaceTimeVolume clip = Scene(44, 33, 6);

        ClipVariationResult expected = ClipVariation.Run(clip, Quick), actual = ClipVariation.Run(clip, Quick with { Threads = threads, Kernel = kernel });

        Assert.That(actual.Map, Is.EqualTo(expected.Map));
        Assert.That(actual.Picture.Bytes, Is.EqualTo(expected.Picture.Bytes));
    }

    [Test]
    public void AnotherSeed_GivesAnotherResult()
    {
        SpaceTimeVolume clip = Scene(44, 33, 6);

        Assert.That(ClipVariation.Run(clip, Quick with { Seed = 2 }).Map, Is.Not.EqualTo(ClipVariation.Run(clip, Quick).Map));
    }

    [TestCase(6)]
    [TestCase(1)]
    public void NoVariation_AtTheSourcesSize_IsTheSource(int frames)
    {
        SpaceTimeVolume clip = Scene(44, 33, frames);

        ClipVariationResult result = ClipVariation.Run(clip, Quick with { Variation = 0, Passes = 4, Iterations = 4 });

        // A few pixels may lie in patches that look alike.
        int different = Enumerable.Range(0, clip.Voxels).Count(i => !clip.Bytes.AsSpan(4 * i, 4).SequenceEqual(clip.Bytes.AsSpan(4 * result.Map[i], 4)));
        Assert.That(different, Is.LessThan(clip.Voxels / 20));
    }

    [Test]
    public void Variation_CopiesSourcePixels_InAnotherPlace()
    {
        SpaceTimeVolume clip = Scene(44, 33, 6);

        ClipVariationResult result = ClipVariation.Run(clip, Quick);

        Assert.That(result.Map, Has.All.InRange(0, clip.Voxels - 1));
        int moved = result.Map.Where((from, at) => from != at).Count();
        Assert.That(moved, Is.GreaterThan(clip.Voxels / 2));
    }

    /// <summary>Noise leads pictures of few, smooth shapes back to themselves: their parts are carried elsewhere then.</summary>
    [Test, Combinatorial]
    public void StillOfSmoothShapes_IsRearranged([Values(160, 240)] int width, [Values(1UL, 2UL, 3UL)] ulong seed)
    {
        int height = width * 3 / 4;
        SpaceTimeVolume still = new(width, height, 1);
        for (int i = 0; i < still.Voxels; i++)
        {
            double u = (double)(i % width) / width, v = (double)(i / width) / height;
            still.Bytes[4 * i] = SpaceTimeVolume.Quantise((float)(128 + 100 * Math.Sin(9 * u) * Math.Cos(7 * v)));
            still.Bytes[4 * i + 1] = SpaceTimeVolume.Quantise((float)(128 + 127 * Math.Sin(13 * v + 4 * u)));
            still.Bytes[4 * i + 2] = SpaceTimeVolume.Quantise((float)(77 + 77 * Math.Cos(5 * u * v)));
        }

        ClipVariationResult result = ClipVariation.Run(still, Quick with { Seed = seed });

        int changed = Enumerable.Range(0, still.Voxels).Count(i => Enumerable.Range(4 * i, 3).Any(at => Math.Abs(still.Bytes[at] - result.Picture.Bytes[at]) > 16));
        Assert.That(changed, Is.GreaterThan(still.Voxels / 4));
    }

    [Test]
    public void LargerAndLongerResult_HasTheSizeAskedFor()
    {
        SpaceTimeVolume clip = Scene(40, 30, 5);

        ClipVariationResult result = ClipVariation.Run(clip, Quick with { Variation = 0, Width = 64, Height = 30, Frames = 9 });

        Assert.That((result.Picture.Width, result.Picture.Height, result.Picture.Frames), Is.EqualTo((64, 30, 9)));
        Assert.That(result.Map, Has.Length.EqualTo(64 * 30 * 9).And.All.InRange(0, clip.Voxels - 1));
    }

    [Test]
    public void FixedFrames_ComeOutAsTheyAre()
    {
        SpaceTimeVolume clip = Scene(44, 33, 8);

        ClipVariationResult result = ClipVariation.Run(clip, Quick with { Fixed = clip, FixedFrames = [0, 1, 7] });

        foreach (int frame in new[] { 0, 1, 7 }) Assert.That(result.Picture.Frame(frame).SequenceEqual(clip.Frame(frame)), Is.True, $"frame {frame}");
        Assert.That(result.Picture.Frame(4).SequenceEqual(clip.Frame(4)), Is.False);
    }

    [Test]
    public void Structure_IsFollowedInLightAndDark()
    {
        SpaceTimeVolume clip = Scene(48, 36, 5), structure = new(48, 36, 5);
        for (int i = 0; i < structure.Voxels; i++) structure.Bytes.AsSpan(4 * i, 3).Fill((byte)(i % 48 < 24 ? 230 : 20));

        SpaceTimeVolume picture = ClipVariation.Run(clip, Quick with { Structure = structure }).Picture;

        double left = 0, right = 0;
        for (int i = 0; i < picture.Voxels; i++)
        {
            int value = picture.Bytes[4 * i] + picture.Bytes[4 * i + 1] + picture.Bytes[4 * i + 2];
            if (i % 48 < 24) left += value;
            else right += value;
        }

        // The scene itself is darker at the left.
        Assert.That(left, Is.GreaterThan(1.1 * right));
    }

    [Test]
    public void LessMotion_MovesLess()
    {
        SpaceTimeVolume clip = Scene(48, 36, 8);

        double little = Movement(ClipVariation.Run(clip, Quick with { Motion = 0 }).Picture);
        double much = Movement(ClipVariation.Run(clip, Quick with { Motion = 2 }).Picture);

        Assert.That(little, Is.LessThan(0.9 * much));
    }

    [TestCase(1, 1, 1)]
    [TestCase(1, 1, 5)]
    [TestCase(5, 3, 4)]
    [TestCase(64, 2, 3)]
    [TestCase(20, 20, 2)]
    public void ClipsSmallerThanAPatch_GiveTheirOwnPixels(int width, int height, int frames)
    {
        SpaceTimeVolume clip = Scene(width, height, frames);

        ClipVariationResult result = ClipVariation.Run(clip, Quick);

        Assert.That(result.Map, Has.Length.EqualTo(clip.Voxels).And.All.InRange(0, clip.Voxels - 1));
    }

    [Test]
    public void OptionsOutOfRange_AreRefusedByName()
    {
        SpaceTimeVolume clip = Scene(20, 20, 3);

        Assert.That(() => ClipVariation.Run(clip, Quick with { Variation = double.NaN }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("variation"));
        Assert.That(() => ClipVariation.Run(clip, Quick with { Motion = 2.1 }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("motion 2.1"));
        Assert.That(() => ClipVariation.Run(clip, Quick with { Fixed = clip, FixedFrames = [3] }), Throws.InstanceOf<ArgumentException>().With.Message.Contains("0..2"));
        Assert.That(() => ClipVariation.Run(clip, Quick with { Structure = Scene(19, 20, 3) }), Throws.ArgumentException.With.Message.Contains("19×20×3"));
        Assert.That(() => new SpaceTimeVolume(SpaceTimeVolume.SideMax + 1, 1, 1), Throws.InstanceOf<ArgumentException>().With.Message.Contains("4096"));
    }

    [Test]
    public void Cancelled_Throws()
    {
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.That(() => ClipVariation.Run(Scene(44, 33, 6), Quick, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Discs that move over a textured ground.</summary>
    internal static SpaceTimeVolume Scene(int width, int height, int frames)
    {
        SpaceTimeVolume clip = new(width, height, frames);
        for (int i = 0; i < clip.Voxels; i++)
        {
            int x = i % width, y = i / width % height, t = i / width / height;
            int grain = (int)(DeterministicRandom.Hash(5, x, y) & 31);
            (int r, int g, int b) = (60 + grain + x, 100 + grain - y, 40 + grain);
            if (Square(x - 8 - 3 * t) + Square(y - 10) < 30) (r, g, b) = (230, 60 + 8 * (y % 4), 40);
            if (Square(x - width + 9 + 2 * t) + Square(y - height + 8) < 40) (r, g, b) = (40, 60, 220 - 9 * (x % 5));
            (clip.Bytes[4 * i], clip.Bytes[4 * i + 1], clip.Bytes[4 * i + 2]) = ((byte)Math.Clamp(r, 0, 255), (byte)Math.Clamp(g, 0, 255), (byte)b);
        }

        return clip;
    }

    private static int Square(int value) => value * value;

    private static double Movement(SpaceTimeVolume clip)
    {
        double sum = 0;
        int frame = clip.Width * clip.Height * 4;
        for (int i = frame; i < clip.Voxels * 4; i++) sum += Math.Abs(clip.Bytes[i] - clip.Bytes[i - frame]);
        return sum;
    }
}
