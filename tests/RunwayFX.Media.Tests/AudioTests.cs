namespace RunwayFX.Media.Tests;

public sealed class AudioTests
{
    private readonly Footage _footage = new();

    [OneTimeSetUp]
    public void Require() => Footage.RequireFFmpeg();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [Test]
    public void PcmOfARange_IsCutToTheSample()
    {
        string source = Make("pcm.mov", "pcm_s16le");
        string part = _footage.At("part.mov");
        using (FrameReader reader = FrameReader.Open(source))
        {
            OutputSettings settings = OutputSettings.ForSource(reader.Info, part, OutputFormat.Auto, 12, 20);
            using FrameWriter writer = FrameWriter.Open(settings);
            foreach (long index in writer.Pending) writer.Write(index, reader.Read(12 + index));
            writer.Finish();
        }

        byte[] all = _footage.Sound(source);
        byte[] cut = _footage.Sound(part);
        int first = 12 * 48000 / 25 * 2;
        MediaInfo info = MovieProbe.Probe(part);
        Assert.Multiple(() =>
        {
            Assert.That(cut, Is.EqualTo(all[first..(first + (20 * 48000 / 25 * 2))]));
            Assert.That(info.StartTimecode?.ToString(), Is.EqualTo("10:00:00:12"));
            Assert.That(info.FrameCount, Is.EqualTo(20));
        });
    }

    [Test]
    public void CompressedAudio_IsCopiedUntouched()
    {
        string source = Make("aac.mov", "aac");
        string copy = _footage.At("aac copy.mov");
        Footage.Copy(source, copy, OutputFormat.ProRes422);
        Assert.That(Packets(copy), Is.EqualTo(Packets(source)));
    }

    [Test]
    public void AudioThatTheContainerCannotHold_IsRefusedOrConverted()
    {
        string source = Make("pcm for mp4.mov", "pcm_s24le");
        using FrameReader reader = FrameReader.Open(source);
        OutputSettings settings = OutputSettings.ForSource(reader.Info, _footage.At("out.mp4"));
        MediaException e = Assert.Throws<MediaException>(() => FrameWriter.Open(settings with { SourceBitDepth = 8 }))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WouldLose));
            Assert.That(e.Message, Does.Contain("pcm_s24le"));
        });
        IReadOnlyList<string> warnings = Footage.Copy(source, _footage.At("out.mp4"), OutputFormat.Auto, change => change with { AllowLoss = true });
        Assert.Multiple(() =>
        {
            Assert.That(MovieProbe.Probe(_footage.At("out.mp4")).Audio[0].Codec, Is.EqualTo("aac"));
            Assert.That(warnings, Has.Some.Contains("stored as aac"));
        });
    }

    private string Make(string name, string codec)
    {
        string path = _footage.At(name);
        _footage.FFmpeg(
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25", "-f", "lavfi", "-i", "anoisesrc=seed=7:sample_rate=48000", "-frames:v", "40", "-t",
                "1.6", "-c:v", "prores_ks",
            "-pix_fmt", "yuv422p10le", "-c:a", codec, "-timecode", "10:00:00:00", "file:" + path);
        return path;
    }

    /// <summary>The coded packets, end to end.</summary>
    private byte[] Packets(string path)
    {
        string raw = _footage.At("packets.bin");
        _footage.FFmpeg("-i", "file:" + path, "-map", "0:a:0", "-c", "copy", "-f", "data", "file:" + raw);
        return File.ReadAllBytes(raw);
    }
}
