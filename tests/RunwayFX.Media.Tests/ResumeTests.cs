using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class ResumeTests
{
    private readonly Footage _footage = new();
    private string _source = "";

    [OneTimeSetUp]
    public void Make()
    {
        Footage.RequireFFmpeg();
        _source = _footage.At("source.mov");
        _footage.FFmpeg(
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=30000/1001", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-frames:v",
                "44", "-t", "1.468",
            "-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "aac", "-timecode", "01:00:00;00", "file:" + _source);
    }

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [TestCase(OutputFormat.Ffv1, "mkv")]
    [TestCase(OutputFormat.ProRes422, "mov")]
    [TestCase(OutputFormat.H264, "mp4")]
    public void BrokenMovie_EndsByteEqualToAnUnbrokenOne(OutputFormat format, string ending)
    {
        using FrameReader reader = FrameReader.Open(_source);
        string whole = _footage.At($"whole.{ending}");
        string broken = _footage.At($"broken.{ending}");
        Run(reader, Settings(reader, whole, format), 0, int.MaxValue, out _);
        Run(reader, Settings(reader, broken, format), 0, 21, out _); // Two segments of eight and a torn third.
        Run(reader, Settings(reader, broken, format), 16, 9, out _); // Again: one more segment.
        Assert.That(File.Exists(broken), Is.False, "nothing appears before the end");
        Run(reader, Settings(reader, broken, format), 24, int.MaxValue, out IReadOnlyList<string> warnings);
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(broken).AsSpan().SequenceEqual(File.ReadAllBytes(whole)), Is.True);
            Assert.That(warnings, Has.None.Contains("starting over").And.None.Contains(" became "));
            Assert.That(MovieProbe.Probe(broken).StartTimecode?.ToString(), Is.EqualTo("01:00:00;00"));
            Assert.That(Directory.Exists(broken + ".rfxwork"), Is.False, "the work folder goes");
        });
    }

    [Test]
    public void DamagedSegment_IsMadeAnew()
    {
        using FrameReader reader = FrameReader.Open(_source);
        string path = _footage.At("damaged.mkv");
        OutputSettings settings = Settings(reader, path, OutputFormat.Ffv1);
        Run(reader, settings, 0, 24, out _);
        string segment = Path.Combine(path + ".rfxwork", "segment-000001");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[^9] ^= 1;
        File.WriteAllBytes(segment, bytes);
        using FrameWriter writer = FrameWriter.Open(settings);
        Assert.That(writer.Pending[0], Is.EqualTo(8));
    }

    [Test]
    public void LeftOversOfAKilledRun_AreRemovedAndNeverWrittenInto()
    {
        using FrameReader reader = FrameReader.Open(_source);
        string path = _footage.At("orphan.mkv"), orphan = Path.Combine(path + ".rfxwork", "segment-000000.1.tmp");
        Directory.CreateDirectory(path + ".rfxwork");
        // The encoder of a killed run still has its file open, and goes on writing after the next run began.
        using (FileStream still = new(orphan, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            using FrameWriter writer = FrameWriter.Open(Settings(reader, path, OutputFormat.Ffv1));
            Assert.That(File.Exists(orphan), Is.False);
            foreach (long index in writer.Pending)
            {
                writer.Write(index, reader.Read(index));
                still.Write(new byte[1000]);
                still.Flush();
            }

            writer.Finish();
        }

        string whole = _footage.At("no-orphan.mkv");
        Run(reader, Settings(reader, whole, OutputFormat.Ffv1), 0, int.MaxValue, out _);
        Assert.That(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(whole)), Is.True);
    }

    [Test]
    public void OtherRecipe_StartsOverLoudly()
    {
        using FrameReader reader = FrameReader.Open(_source);
        OutputSettings settings = Settings(reader, _footage.At("recipe.mkv"), OutputFormat.Ffv1);
        Run(reader, settings, 0, 20, out _);
        using FrameWriter writer = FrameWriter.Open(settings with { Recipe = "another" });
        Assert.Multiple(() =>
        {
            Assert.That(writer.ResumedFrames, Is.Zero);
            Assert.That(writer.Warnings, Has.Some.Contains("starting over"));
        });
    }

    [Test]
    public void SecondWriterOfTheSameOutput_IsRefused()
    {
        using FrameReader reader = FrameReader.Open(_source);
        OutputSettings settings = Settings(reader, _footage.At("twice.mkv"), OutputFormat.Ffv1);
        using FrameWriter first = FrameWriter.Open(settings);
        MediaException e = Assert.Throws<MediaException>(() => FrameWriter.Open(settings))!;
        Assert.That(e.Message, Does.Contain("another run"));
    }

    [Test]
    public void BrokenSequence_GoesOnAfterItsVerifiedFiles()
    {
        string pattern = _footage.At("frames.####.png");
        using FrameReader reader = FrameReader.Open(_source);
        OutputSettings settings = OutputSettings.ForSource(reader.Info, pattern, firstFrame: 4, frameCount: 10) with { Recipe = "r" };
        Run(reader, settings, 0, 6, out _);
        byte[] file = File.ReadAllBytes(_footage.At("frames.0007.png"));
        file[^20] ^= 1;
        File.WriteAllBytes(_footage.At("frames.0007.png"), file);
        using (FrameWriter writer = FrameWriter.Open(settings))
        {
            Assert.That(writer.Pending, Is.EqualTo(new long[] { 2, 6, 7, 8, 9 }));
            foreach (long index in writer.Pending) writer.Write(index, reader.Read(4 + index));
            writer.Finish();
        }

        using FrameReader back = FrameReader.Open(pattern);
        Assert.Multiple(() =>
        {
            Assert.That(back.Info.FrameCount, Is.EqualTo(10));
            Assert.That(back.Info.FirstFrameNumber, Is.EqualTo(5));
            Assert.That(back.Info.BitDepth, Is.EqualTo(16));
        });
        for (int i = 0; i < 10; i++)
        {
            float[] expected = [.. reader.Read(4 + i).Pixels.Select(value => (int)((Math.Clamp(value, 0, 1) * 65535) + 0.5f) / 65535f)];
            Assert.That(back.Read(i).Pixels.AsSpan().SequenceEqual(expected), Is.True, $"frame {i}");
        }
    }

    [Test]
    public void FullDisk_IsToldAndLeavesTheOldOutput()
    {
        if (!File.Exists("/dev/full")) Assert.Ignore("needs /dev/full");
        using FrameReader reader = FrameReader.Open(_source);
        string path = _footage.At("full.mkv");
        File.WriteAllText(path, "old");
        using FrameWriter writer = FrameWriter.Open(Settings(reader, path, OutputFormat.Ffv1));
        File.CreateSymbolicLink(Path.Combine(path + ".rfxwork", $"segment-000000.{Environment.ProcessId}.tmp"), "/dev/full");
        MediaException e = Assert.Throws<MediaException>(() =>
        {
            foreach (long index in writer.Pending) writer.Write(index, reader.Read(index));
        })!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WriteFailed), e.Message);
            Assert.That(e.Message, Does.Contain("No space left").And.Contain("full.mkv"));
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        });
    }

    [Test]
    public void Cancelled_StopsAndKeepsFinishedSegments()
    {
        using FrameReader reader = FrameReader.Open(_source);
        OutputSettings settings = Settings(reader, _footage.At("cancelled.mkv"), OutputFormat.Ffv1);
        using (var stop = new CancellationTokenSource())
        using (FrameWriter writer = FrameWriter.Open(settings, stop.Token))
        {
            for (int i = 0; i < 12; i++) writer.Write(i, reader.Read(i), null, stop.Token);
            stop.Cancel();
            Assert.Throws<OperationCanceledException>(() => writer.Write(12, reader.Read(12), null, stop.Token));
            Assert.Throws<OperationCanceledException>(() => reader.Read(40, stop.Token));
        }

        Assert.That(reader.Read(40).Width, Is.EqualTo(64), "the reader stays usable");
        using FrameWriter again = FrameWriter.Open(settings);
        Assert.That(again.ResumedFrames, Is.EqualTo(8));
    }

    [Test]
    public void FrameOutOfTurn_IsRefused()
    {
        using FrameReader reader = FrameReader.Open(_source);
        using FrameWriter writer = FrameWriter.Open(Settings(reader, _footage.At("turn.mkv"), OutputFormat.Ffv1));
        Frame frame = reader.Read(0);
        Assert.Multiple(() =>
        {
            Assert.That(Assert.Throws<MediaException>(() => writer.Write(1, frame))!.Code, Is.EqualTo(MediaError.FrameOutOfRange));
            Assert.That(Assert.Throws<MediaException>(() => writer.Write(0, new Frame(3, 3)))!.Code, Is.EqualTo(MediaError.SizeChanged));
            Assert.That(Assert.Throws<MediaException>(() => writer.Finish())!.Code, Is.EqualTo(MediaError.FrameOutOfRange));
        });
    }

    private static OutputSettings Settings(FrameReader reader, string path, OutputFormat format) =>
        OutputSettings.ForSource(reader.Info, path, format) with { SegmentFrames = 8, Recipe = "r", AllowLoss = format == OutputFormat.H264 };

    private static void Run(FrameReader reader, OutputSettings settings, long resumed, int frames, out IReadOnlyList<string> warnings)
    {
        long first = settings.FirstFrameNumber - 1;
        using FrameWriter writer = FrameWriter.Open(settings);
        Assert.That(writer.ResumedFrames, Is.EqualTo(resumed));
        foreach (long index in writer.Pending.Take(frames)) writer.Write(index, reader.Read(first + index));
        if (frames >= writer.Pending.Count) writer.Finish();
        warnings = writer.Warnings;
    }
}
