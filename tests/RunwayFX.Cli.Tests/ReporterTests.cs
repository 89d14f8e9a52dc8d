using RunwayFX.Cli.Output;
using RunwayFX.Cli.Rendering;

namespace RunwayFX.Cli.Tests;

internal sealed class ReporterTests
{
    [TestCase(0.2, "1 s")]
    [TestCase(59, "59 s")]
    [TestCase(185, "3 min 05 s")]
    [TestCase(7625, "2 h 07 min")]
    public void TimeSpans_AreSaidShortly(double seconds, string text) =>
        Assert.That(PlainReporter.Text(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    [Test]
    public void Rate_ComesFromTheRecentFrames()
    {
        var clock = new HandClock();
        var meter = new RateMeter(clock);
        Assert.That((meter.FramesPerSecond, meter.TimeFor(10)), Is.EqualTo((0.0, (TimeSpan?)null)));
        for (int frame = 0; frame < 100; frame++)
        {
            clock.Advance(frame < 60 ? 10 : 0.5);
            meter.Add();
        }

        Assert.That(meter.FramesPerSecond, Is.EqualTo(2).Within(1e-9));
        Assert.That(meter.TimeFor(10), Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void PlainLines_ComeAtIntervalsAndAtTheEnd()
    {
        var clock = new HandClock();
        using var text = new StringWriter();
        var reporter = new PlainReporter(text, clock);
        for (int frame = 1; frame <= 20; frame++)
        {
            clock.Advance(1);
            reporter.Advanced(new RenderProgress(frame, frame, 20, 1, TimeSpan.FromSeconds(20 - frame)));
        }

        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines.Select(line => line.Trim()), Is.EqualTo(new[]
        {
            "5/20 frames, 1.0 frames/s, 15 s left", "10/20 frames, 1.0 frames/s, 10 s left", "15/20 frames, 1.0 frames/s, 5 s left",
                "20/20 frames, 1.0 frames/s",
        }));
    }

    [Test]
    public void SlowRender_IsSaidInSecondsPerFrame() =>
        Assert.That(PlainReporter.Speed(new RenderProgress(1, 1, 4, 0.25, TimeSpan.FromSeconds(12))), Is.EqualTo(", 4.0 s/frame, 12 s left"));

    private sealed class HandClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(double seconds) => _ticks += (long)(seconds * TimeSpan.TicksPerSecond);
    }
}
