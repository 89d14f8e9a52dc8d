using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StyleSequenceTests
{
    [TestCase(3, 5)]
    [TestCase(0, 9)]
    [TestCase(22, 25)]
    [TestCase(26, 29)]
    public void OrderOfRequests_DoesNotChangeABit(int first, int second)
    {
        StyleScene scene = new(0, 31);
        StylePipeline forward = new(), backward = new();
        Frame firstThenSecond = scene.Render(forward, first), secondAfter = scene.Render(forward, second);
        Frame secondFirst = scene.Render(backward, second), firstAfter = scene.Render(backward, first);
        Assert.Multiple(() =>
        {
            Assert.That(FrameComparison.AreBitEqual(firstThenSecond, firstAfter), $"frame {first}");
            Assert.That(FrameComparison.AreBitEqual(secondAfter, secondFirst), $"frame {second}");
        });
    }

    [Test]
    public void OrderOfRequests_DoesNotMatterWithoutMemoryEither()
    {
        StyleScene scene = new(0, 8);
        StylePipeline forgetful = new(0), normal = new();
        foreach (int time in new[] { 6, 2, 7, 7, 3 }) Assert.That(FrameComparison.AreBitEqual(scene.Render(forgetful, time),
            scene.Render(normal, time)), $"frame {time}");
        Assert.That(forgetful.HeldBytes, Is.Zero);
    }

    [TestCase(-7)]
    [TestCase(-24)]
    [TestCase(-1)]
    public void NegativeTimes_AreBlocksLikeOthers(int time)
    {
        StyleScene scene = new(-30, 31);
        Frame direct = scene.Render(new StylePipeline(), time);
        StylePipeline warm = new();
        scene.Render(warm, time - 3);
        Assert.That(FrameComparison.AreBitEqual(scene.Render(warm, time), direct));
    }

    [Test]
    public void FractionalTime_IsPaintedFromTheFrameBefore()
    {
        StyleScene scene = new();
        scene[4.5] = StyleScene.Host(StyleScene.Walk(4));
        StylePipeline warm = new();
        scene.Render(warm, 6);
        Frame between = scene.Render(warm, 4.5), direct = scene.Render(new StylePipeline(), 4.5);
        Assert.That(FrameComparison.AreBitEqual(between, direct));
    }

    [Test]
    public void StillGround_KeepsItsStrokesWhileItsSourceIsNoisy()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        Frame before = scene.Render(pipeline, 0);
        for (int time = 1; time < 6; time++)
        {
            Frame now = scene.Render(pipeline, time);
            double sum = 0, sourceSum = 0;
            int count = 0;
            for (int y = 0; y < StyleScene.Height; y++)
            {
                for (int x = 50; x < StyleScene.Width; x++, count++)
                {
                    sum += Math.Abs(now.Row(y)[4 * x] - before.Row(y)[4 * x]);
                    sourceSum += Math.Abs(scene[time].Picture.Row(y)[4 * x] - scene[time - 1].Picture.Row(y)[4 * x]);
                }
            }

            Assert.That(sum / count, Is.LessThan(sourceSum / count), $"frame {time}: steadier than the source");
            before = now;
        }
    }

    [Test]
    public void WhatAWalkerCovered_ComesBackAsItWas()
    {
        StyleScene scene = new(0, 20);
        StylePipeline pipeline = new();
        Frame first = scene.Render(pipeline, 0), last = scene.Render(pipeline, 19);

        // Columns 30 to 39 are free in frame 0, covered in frames 6 to 14 and free again.
        double sum = 0;
        for (int y = 20; y < 44; y++)
        {
            for (int x = 31; x < 39; x++) sum += Math.Abs(first.Row(y)[4 * x] - last.Row(y)[4 * x]);
        }

        Assert.That(sum / (24 * 8), Is.LessThan(0.02));
    }

    [TestCase(3, 1)]
    [TestCase(-7, 5)]
    public void MovingCamera_TakesTheStrokesAlong(int x, int y)
    {
        Frame wide = TestPictures.Draw(200, 160, (u, v) =>
        {
            float tone = 0.5f + 0.2f * MathF.Sin(u * 0.21f + 2 * MathF.Sin(v * 0.13f)) + 0.2f * MathF.Sin(v * 0.23f + 2 * MathF.Sin(u * 0.09f));
            return (tone, tone, tone);
        });
        StyleScene scene = new();
        for (int time = 0; time < 5; time++)
        {
            Frame view = new(StyleScene.Width, StyleScene.Height);
            for (int row = 0; row < view.Height; row++) wide.Row(60 - time * y + row).Slice(4 * (60 - time * x),
                view.Width * 4).CopyTo(view.Row(row));
            scene[time] = StyleScene.Host(view);
        }

        StylePipeline pipeline = new();
        Frame before = scene.Render(pipeline, 3), now = scene.Render(pipeline, 4);
        // Away from the edges, where strokes that came into view may still settle.
        double sum = 0;
        for (int row = 32; row < 50; row++)
        {
            for (int column = 24; column < 40; column++) sum += Math.Abs(now.Row(row)[4 * column] - before.Row(row - y)[4 * (column - x)]);
        }

        Assert.That(sum / (18 * 16), Is.LessThan(0.004));
    }

    [Test]
    public void StabilityZero_PaintsEveryFrameAlone()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        scene.Render(pipeline, 4, ("temporalStability", 0));
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 4.0 }));
    }

    [Test]
    public void NoTemporalAccess_AsksForNoOtherFrame()
    {
        StyleScene scene = new() { HasTemporalAccess = false };
        scene.Render(new StylePipeline(), 4);
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 4.0 }));
    }

    [Test]
    public void InOrder_EachFrameIsFetchedOnceAfterTheStart()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        for (int time = 0; time < 6; time++) scene.Render(pipeline, time);
        scene.Fetched.Clear();
        for (int time = 6; time < 10; time++) scene.Render(pipeline, time);
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 6.0, 7, 8, 9 }));
    }

    [TestCase(4)]
    [TestCase(25)]
    [TestCase(26.5)]
    public void FramesOfTheWalk_AreReleased_AndNotLookedAtAfterwards(double time)
    {
        StyleScene scene = new(0, 31) { SpoilsReleased = true }, other = new(0, 31);
        scene[26.5] = other[26.5] = StyleScene.Host(StyleScene.Walk(26));

        Frame painted = scene.Render(new StylePipeline(), time);

        Assert.That(scene.ReleasedCount, Is.EqualTo(scene.Fetched.Count - 1), "all but the frame itself");
        Assert.That(FrameComparison.AreBitEqual(painted, other.Render(new StylePipeline(), time)));
    }

    [Test]
    public void InOrder_TheBlockBefore_IsNotAskedForItsLastFrameAgain()
    {
        StyleScene scene = new(0, 31);
        StylePipeline pipeline = new();
        for (int time = 20; time < 24; time++) scene.Render(pipeline, time);
        scene.Fetched.Clear();

        scene.Render(pipeline, 24);

        // Itself, and what the new block is anchored at.
        Assert.That(scene.Fetched, Is.EqualTo(new[] { 24.0, 0 }));
    }

    [Test]
    public void SharedAnchor_StaysInASmallMemory_AndIsPaintedOnce()
    {
        const long Limit = 300_000;
        StyleScene scene = new(0, 31);
        StyleSettings settings = StyleSettings.From(scene.Job(0));
        StyleReference style = StyleReference.Create(scene.StylePicture!, settings, StyleScene.Width, StyleScene.Height, CancellationToken.None);
        PerceptualGuide guide = new(settings.Encoding);
        List<double> painted = [];
        StyleSequence sequence = new(new BoundedCache(Limit));
        for (int time = 0; time <= StyleSequence.BlockFramesMax; time++) sequence.Paint(new SequenceRequest(1, Fetch, time, Fetch(time)!), null, CancellationToken.None);

        // The last one begins the next block, which starts from the anchor, too, and is what the block before goes on to.
        Assert.That(painted, Is.EquivalentTo(Enumerable.Range(0, StyleSequence.BlockFramesMax + 1)));

        SequenceFrame? Fetch(double time) => time < 0 ? null : new(StyleSettings.Hash(scene[time]), new DisplayRows(scene[time], guide), () =>
        {
            painted.Add(time);
            return style;
        }, settings);
    }

    [Test]
    public void ChangedSource_IsPaintedAnew()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        for (int time = 0; time < 6; time++) scene.Render(pipeline, time);
        Frame changed = TestPictures.Noise(StyleScene.Width, StyleScene.Height, 77);
        scene[5] = StyleScene.Host(changed);
        scene[2] = StyleScene.Host(TestPictures.Noise(StyleScene.Width, StyleScene.Height, 78));

        Assert.That(FrameComparison.AreBitEqual(scene.Render(pipeline, 5), scene.Render(new StylePipeline(), 5)),
            "the frame itself and one before it");
        scene[3] = StyleScene.Host(changed);
        Assert.That(FrameComparison.AreBitEqual(scene.Render(pipeline, 9), scene.Render(new StylePipeline(), 9)), "a frame before it, after a jump");
    }

    [Test]
    public void MissingFrames_AreSkipped()
    {
        StyleScene late = new(7, 6);
        Frame result = late.Render(new StylePipeline(), 9);
        StylePipeline warm = new();
        late.Render(warm, 7);
        Assert.That(FrameComparison.AreBitEqual(late.Render(warm, 9), result));
    }

    [Test]
    public void ManyThreads_GetTheSamePictures()
    {
        StyleScene scene = new();
        StylePipeline shared = new();
        Frame[] results = new Frame[8];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index => results[index] = scene.Render(shared, index));
        StylePipeline alone = new();
        for (int time = 0; time < results.Length; time++) Assert.That(FrameComparison.AreBitEqual(results[time], scene.Render(alone, time)),
            $"frame {time}");
    }

    [Test]
    public void Memory_StaysWithinItsLimit()
    {
        const long Limit = 300_000;
        StyleScene scene = new(0, 30);
        StylePipeline small = new(Limit), large = new();
        for (int time = 0; time < 30; time++)
        {
            Assert.That(FrameComparison.AreBitEqual(scene.Render(small, time), scene.Render(large, time)), $"frame {time}");
            Assert.That(small.HeldBytes, Is.LessThanOrEqualTo(Limit));
        }

        Assert.That(small.HeldBytes, Is.GreaterThan(0));
        Assert.That(large.HeldBytes, Is.GreaterThan(Limit));
    }
}
