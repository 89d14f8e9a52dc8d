using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Synthesis.Tests.Continuation;

public sealed class ContinuationPlannerTests
{
    private const int Width = 160, Height = 96, Frames = 60, Period = 8;

    [Test]
    public void Walker_GoesOnInHisStep_WithWhatHeMovesInACycle()
    {
        ContinuationPlan plan = Plan(Walk(speed: 1), 20);

        Sprite sprite = plan.Sprites.Single();
        Assert.That(sprite.Frames.Count % Period, Is.Zero, $"{sprite.Frames.Count} frames are whole steps");
        Assert.That(sprite.ShiftX, Is.EqualTo(sprite.Frames.Count).Within(1));
        Assert.That(sprite.ShiftY, Is.Zero.Within(1));
    }

    [Test]
    public void Sprites_NeverRunBackwards()
    {
        Sprite sprite = Plan(Walk(speed: 1), 40).Sprites.Single();

        for (int step = 1; step < 40; step++)
        {
            (SpriteFrame now, int cycle) = sprite.At(step);
            (SpriteFrame next, int nextCycle) = sprite.At(step + 1);
            Assert.That(nextCycle == cycle ? next.Frame - now.Frame : next.Frame + sprite.Frames.Count - now.Frame, Is.EqualTo(1), $"step {step}");
        }
    }

    [Test]
    public void Runs_NeverRunBackwards()
    {
        ContinuationPlan plan = Plan(Walk(speed: 1), 90);

        for (int step = 2; step <= plan.Count; step++)
        {
            if (!plan.Jumps.Contains(step - 1)) Assert.That(plan.RunFrame(step), Is.EqualTo(plan.RunFrame(step - 1) + 1), $"step {step}");
        }
    }

    [Test]
    public void StandingCamera_StaysWhereItIs() => Assert.That(Plan(Walk(speed: 1), 5).View(5), Is.EqualTo(CameraStep.Still));

    [Test]
    public void Pan_GoesOnInItsDirection_AndEasesOff()
    {
        ReducedClip clip = new(Width, Height);
        for (int frame = 0; frame < 20; frame++) clip.AddReduced(Scene(frame * 2, null));

        ContinuationPlan plan = Plan(clip, 250);

        Assert.That(plan.Layer.Camera.IsStill, Is.False);
        Assert.That(plan.View(10).X, Is.EqualTo(20).Within(1), "two pixels a frame");
        Assert.That(plan.View(10).Y, Is.Zero.Within(0.5));
        double late = plan.View(250).X - plan.View(249).X;
        Assert.That(late, Is.InRange(1, 1.6), "slower after some seconds, never back");
    }

    [Test]
    public void AnyNumberOfThreads_GivesTheSamePlan()
    {
        ContinuationPlan one = ContinuationPlanner.Plan(Walk(1), 30, 10, 1, 1, CancellationToken.None);
        ContinuationPlan four = ContinuationPlanner.Plan(Walk(1), 30, 10, 1, 4, CancellationToken.None);

        for (int step = 1; step <= 30; step++)
        {
            Assert.That(four.RunFrame(step), Is.EqualTo(one.RunFrame(step)));
            Assert.That(four.Share(step), Is.EqualTo(one.Share(step)));
        }

        Assert.That(four.Layer.Mask(Frames - 1), Is.EqualTo(one.Layer.Mask(Frames - 1)));
    }

    [TestCase(1, 1, 1)]
    [TestCase(1, 1, 3)]
    [TestCase(2, 40, 2)]
    public void TinyClips_GivePlans(int width, int height, int frames)
    {
        ReducedClip clip = new(width, height);
        for (int frame = 0; frame < frames; frame++) clip.AddReduced(new Frame(width, height));

        Assert.That(Plan(clip, 3).Count, Is.EqualTo(3));
    }

    [Test]
    public void StepsOutOfRange_AreRefused()
    {
        Assert.That(() => Plan(Walk(1), 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Plan(Walk(1), ContinuationPlanner.StepsMax + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void FullClip_TakesNoMore()
    {
        ReducedClip clip = new(2, 2);
        for (int frame = 0; frame < ReducedClip.FramesMax; frame++) clip.AddReduced(new Frame(2, 2));

        Assert.That(() => clip.AddReduced(new Frame(2, 2)), Throws.InvalidOperationException);
    }

    [Test]
    public void Cancelled_Ends()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();

        Assert.That(() => ContinuationPlanner.Plan(Walk(1), 20, 10, 1, 2, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static ContinuationPlan Plan(ReducedClip clip, int steps) => ContinuationPlanner.Plan(clip, steps, 10, 1, 2, CancellationToken.None);

    private static ReducedClip Walk(double speed)
    {
        ReducedClip clip = new(Width, Height);
        for (int frame = 0; frame < Frames; frame++) clip.AddReduced(Scene(0, (20 + speed * frame, frame)));
        return clip;
    }

    /// <summary>A textured ground, and somebody whose step repeats every <see cref="Period"/> frames.</summary>
    private static Frame Scene(int left, (double X, int Phase)? walker)
    {
        Frame frame = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float ground = 0.5f + 0.15f * (float)(Math.Sin((x + left) * 0.35) * Math.Cos(y * 0.27) + 0.6 * Math.Sin((x + left) * 0.11 + y * 0.19));
                if (walker is { } at && IsWalker(x - at.X, y, at.Phase)) ground = 0;
                Span<float> pixel = frame.Row(y).Slice(x * Frame.Channels, Frame.Channels);
                pixel.Fill(ground);
                pixel[3] = 1;
            }
        }

        return frame;
    }

    private static bool IsWalker(double x, int y, int phase)
    {
        if (y is >= 30 and < 50) return Math.Abs(x) < 5;
        int swing = phase % Period * 10 / Period;
        return y is >= 50 and < 64 && (Math.Abs(x - swing + 5) < 2.5 || Math.Abs(x + swing - 5) < 2.5);
    }
}
