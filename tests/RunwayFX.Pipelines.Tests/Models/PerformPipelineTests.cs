using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Perform;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.TestModels;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Perform over networks whose answer follows from mean colours: the face becomes a grey of ½ + a tenth of the character's green + the way of the key
/// points from the character's own place to where the performance puts them.</summary>
public sealed class PerformPipelineTests
{
    /// <summary>What the networks' means over two million numbers lose in single precision.</summary>
    private const double Tolerance = 3e-4;

    private const float Green = 0.4f;

    private static readonly ModelRig s_rig = new();

    private readonly PerformPipeline _pipeline = new(s_rig.Maker);

    [OneTimeSetUp]
    public void Write() => PortraitNetworks.Write(Path.Combine(s_rig.Folder, "portrait"), hasStitching: false);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [Test]
    public void PerformerAtRest_LeavesTheFaceWhereItIs()
    {
        Frame source = Character(), made = Render(source, _ => Performer(0.3f), 7, ("faceX", 0.25));
        int outside = 0;
        for (int y = 0; y < 16; y++)
        {
            for (int x = 0; x < 32; x++)
            {
                // The square of 16 pixels around column 8 ends at column 16; its rim of a tenth goes over into the picture.
                ReadOnlySpan<float> pixel = made.Row(y).Slice(4 * x, 4);
                if (x is >= 2 and < 14 && y is >= 2 and < 14) Assert.That(pixel[0], Is.EqualTo(0.5 + 0.1 * Green).Within(Tolerance), $"{x},{y}");
                if (x < 16) continue;
                outside++;
                Assert.That(pixel.SequenceEqual(source.Row(y).Slice(4 * x, 4)), $"{x},{y} keeps its bits");
            }
        }

        Assert.That(outside, Is.EqualTo(16 * 16));
    }

    [Test]
    public void Performance_MovesTheFace_AndNothingDependsOnTheOrder()
    {
        Frame Driving(double time) => Performer(0.1f + 0.1f * (float)time);
        Frame[] forwards = [.. Enumerable.Range(0, 4).Select(time => Render(Character(), Driving, time))];
        Assert.That(forwards[0].Row(8)[4 * 16], Is.EqualTo(0.5 + 0.1 * Green).Within(Tolerance), "the frame at rest");
        // Key points move by t + exp, both of which grow with the performer's blue: three tenths of it and the mean of cos(3i)/10, times the scale.
        Assert.That(Math.Abs(forwards[3].Row(8)[4 * 16] - forwards[0].Row(8)[4 * 16]), Is.GreaterThan(0.01));
        PerformPipeline anew = new(s_rig.Maker);
        foreach (int time in new[] { 3, 1, 0, 2 })
            Assert.That(FrameComparison.AreBitEqual(Render(Character(), Driving, time, anew), forwards[time]), $"frame {time}");
    }

    [Test]
    public void RestFrame_IsTheOneNamed()
    {
        Frame Driving(double time) => Performer(time == 5 ? 0.2f : 0.6f);
        Assert.That(Render(Character(), Driving, 5, ("restFrame", 5)).Row(8)[64], Is.EqualTo(0.5 + 0.1 * Green).Within(Tolerance));
        Assert.That(Render(Character(), Driving, 5, ("restFrame", 6)).Row(8)[64], Is.Not.EqualTo(0.5 + 0.1 * Green).Within(1e-3));
        Assert.That(() => Render(Character(), time => time < 100 ? Performer(0.5f) : null, 5, ("restFrame", 200)),
            Throws.TypeOf<PipelineException>().With.Message.Contains("200").And.Message.Contains("restFrame"));
    }

    [Test]
    public void CharacterPicture_TakesTheSourcesPlace_AndTheSourceIsThePerformance()
    {
        // A square picture in a frame twice as wide lies in its middle, with nothing beside it.
        Clip clip = new(_ => TestPictures.Draw(32, 16, (_, _) => (0.5f, 0.5f, 0.3f)), _ => null) { Picture = TestPictures.Draw(40, 40, (_, _) => (0.9f, Green, 0.1f)) };
        Frame made = _pipeline.Render(Job(0, ("characterPath", "hero.png")), clip, clip, new ExtendPipelineTests.NoProgress(), default);
        Assert.That(made.Row(8)[4 * 16], Is.EqualTo(0.5 + 0.1 * Green).Within(Tolerance));
        Assert.That(made.Row(8)[4 * 16 + 3], Is.EqualTo(1));
        Assert.That(made.Row(8)[..(4 * 8)].ContainsAnyExcept(0f), Is.False, "left of the picture");
    }

    [Test]
    public void WithoutAPerformance_TheMessageSaysHowToGiveOne() =>
        Assert.That(() => Render(Character(), _ => Performer(0.3f), 0, ("drivingFromClip", 0)), Throws.TypeOf<PipelineException>()
            .With.Property("Code").EqualTo(PipelineError.ReferenceMissing).And.Message.Contains("drivingFromClip").And.Message.Contains("characterPath"));

    [Test]
    public void NothingInstalled_SaysWhatToDo()
    {
        using ModelRig empty = new();
        Assert.That(() => Render(Character(), _ => Performer(0.3f), 0, new PerformPipeline(empty.Maker)), Throws.TypeOf<PipelineException>()
            .With.Property("Code").EqualTo(PipelineError.ModelMissing).And.Message.Contains("performance").And.Message.Contains("rfx models import").And.Message.Not.Contains("Built-in"));
    }

    [Test]
    public void Mix_IsHonoured()
    {
        Frame source = Character();
        Assert.That(FrameComparison.AreBitEqual(Render(source, _ => null, 0, ("mix", 0)), source), "nothing is asked for");
        Assert.That(Render(source, _ => Performer(0.3f), 0, ("mix", 0.5)).Row(8)[64], Is.EqualTo(0.5 * 0.7 + 0.5 * (0.5 + 0.1 * Green)).Within(Tolerance));
    }

    [Test]
    public void Matte_IsOneInTheFace_FallsTowardsTheRimOfItsSquare_AndIsZeroOutside()
    {
        Frame matte = Render(Character(), _ => Performer(0.3f), 7, ("faceX", 0.25), ("outputKind", (int)OutputKind.Matte));
        for (int x = 0; x < 32; x++)
        {
            // The square of 16 pixels around column 8; its rim is a tenth of that.
            float share = matte.Row(8)[4 * x];
            if (x is >= 2 and < 14) Assert.That(share, Is.EqualTo(1), $"column {x}");
            else if (x >= 16) Assert.That(share, Is.Zero, $"column {x}");
            else Assert.That(share, Is.GreaterThan(0).And.LessThan(1), $"column {x}");
        }
    }

    [Test]
    public void Matte_OfACharactersPicture_IsAllOfTheFrame()
    {
        Clip clip = new(_ => TestPictures.Draw(32, 16, (_, _) => (0.5f, 0.5f, 0.3f)), _ => null) { Picture = TestPictures.Draw(40, 40, (_, _) => (0.9f, Green, 0.1f)) };
        Frame matte = new OutputPipeline(_pipeline).Render(
            Job(0, ("characterPath", "hero.png"), ("outputKind", (int)OutputKind.Matte)), clip, clip, new ExtendPipelineTests.NoProgress(), default);
        Assert.That(matte.Pixels, Is.All.EqualTo(1f));
    }

    private Frame Render(Frame source, Func<double, Frame?> driving, double time, params (string, object)[] settings) => Render(source, driving, time, _pipeline, settings);

    private static Frame Render(Frame source, Func<double, Frame?> driving, double time, PerformPipeline pipeline, params (string, object)[] settings)
    {
        Clip clip = new(_ => source, driving);
        return new OutputPipeline(pipeline).Render(Job(time, [("drivingFromClip", 1), .. settings]), clip, clip, new ExtendPipelineTests.NoProgress(), default);
    }

    private static RenderJob Job(double time, params (string, object)[] settings) => ModelRig.Job(EffectCatalog.Perform, new(0, 0, 32, 16), time, settings);

    private static Frame Character() => TestPictures.Draw(32, 16, (x, _) => (0.7f, Green, x / 64f));

    /// <summary>Blue moves the key points.</summary>
    private static Frame Performer(float blue) => TestPictures.Draw(24, 24, (_, _) => (0.5f, 0.5f, blue));

    private sealed class Clip(Func<double, Frame?> source, Func<double, Frame?> driving) : IHostFrames, IPictureReader
    {
        public Frame? Picture { get; init; }

        public bool HasTemporalAccess => true;

        public Frame Read(string path) => Picture ?? throw new PipelineException(PipelineError.PictureUnreadable, path);

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            Frame? picture = (clip == 0 ? source : driving)(time);
            frame = picture is null ? null : FakeClip.At(picture);
            return frame is not null;
        }
    }
}
