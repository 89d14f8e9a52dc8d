using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class OutputTests
{
    private readonly Footage _footage = new();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [TestCase("out.mov", OutputFormat.Auto, "ffmpeg's ProRes encoder is 10-bit")]
    [TestCase("out.mov", OutputFormat.ProRes4444, "ffmpeg's ProRes encoder is 10-bit")]
    [TestCase("out.mp4", OutputFormat.H264, "12 bits, the format 8")]
    [TestCase("out.mxf", OutputFormat.DnxHr, "12 bits, the format 10")]
    public void TwelveBits_AreNotCutDownSilently(string name, OutputFormat format, string words)
    {
        Footage.RequireFFmpeg();
        OutputSettings settings = OutputSettings.ForSource(Source("yuv422p12le", 12), _footage.At(name), format);
        MediaException e = Assert.Throws<MediaException>(() => FrameWriter.Open(settings))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WouldLose));
            Assert.That(e.Message, Does.Contain(words).And.Contain(name));
        });
        using FrameWriter allowed = FrameWriter.Open(settings with { AllowLoss = true });
        Assert.That(allowed.Pending, Has.Count.EqualTo(10));
    }

    [TestCase("a.mp4", "yuv420p", 8, OutputFormat.H264)]
    [TestCase("a.mov", "yuv422p10le", 10, OutputFormat.ProRes422)]
    [TestCase("a.mov", "gbrp10le", 10, OutputFormat.ProRes4444)]
    [TestCase("a.mkv", "yuv422p12le", 12, OutputFormat.Ffv1)]
    [TestCase("a.mxf", "yuv422p", 8, OutputFormat.DnxHr)]
    [TestCase("a.####.png", "yuv420p", 8, OutputFormat.Png8)]
    [TestCase("a.####.png", "yuv422p10le", 10, OutputFormat.Png16)]
    [TestCase("a.####.dpx", "yuv422p10le", 10, OutputFormat.Dpx10)]
    [TestCase("a.####.dpx", "yuv444p12le", 12, OutputFormat.Dpx12)]
    [TestCase("a.####.exr", "yuv444p12le", 12, OutputFormat.ExrFloat)]
    [TestCase("a.####.TIFF", "yuv420p", 8, OutputFormat.Tiff16)]
    public void Ending_ChoosesTheFormat(string name, string pixelFormat, int bits, OutputFormat expected) =>
        Assert.That(OutputSettings.ForSource(Source(pixelFormat, bits), name).Format, Is.EqualTo(expected));

    [Test]
    public void UnknownEnding_IsRefused() =>
        Assert.That(Assert.Throws<MediaException>(() => OutputSettings.ForSource(Source("yuv420p", 8), "a.xyz"))!.Message, Does.Contain(".xyz"));

    [Test]
    public void ExrSequence_KeepsWindowsAndLayers()
    {
        for (int i = 1; i <= 3; i++) WriteExr(i, 20);
        string to = _footage.At("out.%03d.exr");
        Footage.Copy(_footage.At("in.####.exr"), to, OutputFormat.Auto);
        for (int i = 1; i <= 3; i++)
        {
            Assert.That(File.ReadAllBytes(_footage.At($"out.00{i}.exr")), Is.EqualTo(File.ReadAllBytes(_footage.At($"in.000{i}.exr"))), $"frame {i}");
        }

        using FrameReader reader = FrameReader.Open(_footage.At("in.####.exr"));
        MediaFrame frame = reader.ReadFull(0);
        OutputSettings larger = OutputSettings.ForSource(reader.Info, _footage.At("large.####.exr")) with { Width = 40, FrameCount = 1 };
        using FrameWriter writer = FrameWriter.Open(larger);
        MediaException e = Assert.Throws<MediaException>(() => writer.Write(0, new Frame(40, 10), frame.Exr))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WouldLose));
            Assert.That(e.Message, Does.Contain("Z"));
        });
    }

    [Test]
    public void SequenceThatChangesSize_IsRefused()
    {
        for (int i = 1; i <= 2; i++) StillWriter.Write(_footage.At($"size.{i}.png"), new Frame(4 + i, 4), StillFormat.Png8, hasAlpha: false);
        using FrameReader reader = FrameReader.Open(_footage.At("size.#.png"));
        Assert.That(Assert.Throws<MediaException>(() => reader.Read(1))!.Code, Is.EqualTo(MediaError.SizeChanged));
    }

    [Test]
    public void SequenceWithGap_TellsAndFailsOnlyThere()
    {
        foreach (int i in (int[])[1, 2, 4]) StillWriter.Write(_footage.At($"gap.{i}.png"), new Frame(4, 4), StillFormat.Png8, hasAlpha: false);
        using FrameReader reader = FrameReader.Open(_footage.At("gap.#.png"));
        Assert.Multiple(() =>
        {
            Assert.That(reader.Info.FrameCount, Is.EqualTo(4));
            Assert.That(reader.Info.Warnings, Has.Some.Contains("missing"));
            Assert.That(Assert.Throws<MediaException>(() => reader.Read(2))!.Message, Does.Contain("gap.3.png"));
            Assert.That(reader.Read(3).Width, Is.EqualTo(4));
        });
    }

    [Test]
    public void UnevenTimes_BecomeAConstantRate()
    {
        string path = _footage.At("uneven.mkv");
        // Frame 3 stays on screen for three frames' time.
        _footage.FFmpeg(
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25", "-vf", "select='not(eq(n,4)+eq(n,5))'", "-fps_mode", "passthrough", "-t", "0.4",
                "-c:v", "ffv1", "file:" + path);
        using FrameReader reader = FrameReader.Open(path);
        Assert.Multiple(() =>
        {
            Assert.That(reader.Info.IsVariableFrameRate, Is.True);
            Assert.That(reader.Info.FrameRate, Is.EqualTo(new Rational(25, 1)));
            Assert.That(reader.Info.FrameCount, Is.EqualTo(10));
            Assert.That(reader.Info.Warnings, Has.Some.Contains("unevenly"));
            Assert.That(reader.Read(5).Pixels.AsSpan().SequenceEqual(reader.Read(3).Pixels), Is.True);
            Assert.That(reader.Read(6).Pixels.AsSpan().SequenceEqual(reader.Read(3).Pixels), Is.False);
        });
    }

    [Test]
    public void ColorOverride_RulesTheConversion()
    {
        string path = _footage.Movie("untagged.mkv", "yuv420p", 2, "25", "64x48", "-c:v", "ffv1");
        using FrameReader plain = FrameReader.Open(path);
        using FrameReader other = FrameReader.Open(path, new FrameReaderOptions { ColorOverride = new ColorTags { Matrix = "bt709" } });
        Assert.Multiple(() =>
        {
            Assert.That(plain.Info.EffectiveColor.Matrix, Is.EqualTo("smpte170m"));
            Assert.That(plain.Info.Warnings, Has.Some.Contains("smpte170m"));
            Assert.That(other.Info.EffectiveColor.Matrix, Is.EqualTo("bt709"));
            Assert.That(other.Read(0).Pixels.AsSpan().SequenceEqual(plain.Read(0).Pixels), Is.False);
        });
    }

    [TestCase("yuv420p", 191, 143)]
    [TestCase("yuv422p10le", 191, 143)]
    [TestCase("yuv420p", 17, 19)]
    [TestCase("yuv420p", 353, 289)]
    [TestCase("yuv411p", 85, 17)]
    [TestCase("yuv410p", 33, 31)]
    [TestCase("bgr0", 16, 16)]
    [TestCase("gbrp", 191, 143)]
    public void Ffv1OfAnySize_IsWritten(string pixels, int width, int height)
    {
        string source = _footage.At($"odd-{pixels}-{width}.nut"), copy = _footage.At($"odd-{pixels}-{width}.mkv");
        _footage.FFmpeg("-f", "lavfi", "-i", "testsrc2=size=400x300", "-frames:v", "2", "-vf", $"scale={width}:{height}", "-pix_fmt", pixels, "-c:v",
            "rawvideo", "file:" + source);
        Footage.Copy(source, copy, OutputFormat.Ffv1);
        using FrameReader expected = FrameReader.Open(source), written = FrameReader.Open(copy);
        Assert.That((written.Info.Width, written.Info.Height), Is.EqualTo((width, height)));
        Assert.That(written.Read(1).Pixels.AsSpan().SequenceEqual(expected.Read(1).Pixels), Is.True);
    }

    [Test]
    public void Ffv1OfAFewPixels_IsRefused()
    {
        Footage.RequireFFmpeg();
        OutputSettings settings = OutputSettings.ForSource(Source("yuv420p", 8) with { Width = 5 }, _footage.At("tiny.mkv"), OutputFormat.Ffv1);
        Assert.That(Assert.Throws<MediaException>(() => FrameWriter.Open(settings))!.Message, Does.Contain("5×128").And.Contain("16"));
    }

    [TestCase("yuv420p", 1920, 1080, Ffv1Slices.Usual)]
    [TestCase("yuv420p", 191, 143, 25)]
    [TestCase("yuv420p", 1, 1, 1)]
    public void Ffv1Slices_AreTheUsualOnesWhereTheyFit(string pixels, int width, int height, int slices) =>
        Assert.That(Ffv1Slices.For(width, height, PixelLayout.ForSource(pixels, "x")), Is.EqualTo(slices));

    [Test]
    public void Ffv1Slices_OfHugePictures_StaySmallEnough()
    {
        PixelLayout layout = PixelLayout.ForSource("rgba64le", "x");
        Assert.That(Ffv1Slices.For(8192, 4320, layout), Is.InRange(18, 64));
        Assert.That(Ffv1Slices.For(16384, 16384, layout), Is.InRange(136, 256));
    }

    [Test]
    public void PixelAspectOfStills_IsKept()
    {
        StillWriter.Write(_footage.At("wide.1.png"), new Frame(4, 4), StillFormat.Png8, hasAlpha: false, pixelAspect: new Rational(2, 1));
        Footage.Copy(_footage.At("wide.#.png"), _footage.At("wide copy.#.exr"), OutputFormat.Auto);
        Assert.That(StillReader.ReadPicture(_footage.At("wide copy.1.exr")).SampleAspect, Is.EqualTo(new Rational(2, 1)));
    }

    private static MediaInfo Source(string pixelFormat, int bits) => new()
    {
        Path = "source",
        Kind = MediaKind.Movie,
        Width = 256,
        Height = 128,
        FrameRate = new Rational(25, 1),
        FrameCount = 10,
        PixelFormat = pixelFormat,
        BitDepth = bits,
        Codec = "test",
    };

    private void WriteExr(int number, int width)
    {
        byte[] depth = new byte[width * 10 * 4];
        new Random(number).NextBytes(depth);
        var extras = new ExrExtras
        {
            DataWindow = new ExrBox(3, -2, width + 2, 7),
            DisplayWindow = new ExrBox(0, 0, 30, 20),
            Channels = [new ExrChannelData("Z", ExrPixelType.Float, false, depth)],
        };
        StillWriter.Write(_footage.At($"in.{number:0000}.exr"), Footage.Noise(width, 10, number, -1, 2), StillFormat.ExrFloat, hasAlpha: true,
            extras);
    }
}
