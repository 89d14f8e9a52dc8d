using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class MovieRoundTripTests
{
    private readonly Footage _footage = new();

    [OneTimeSetUp]
    public void Require() => Footage.RequireFFmpeg();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [Test]
    public void Probe_TellsWhatTheFileHas()
    {
        string path = Rich("facts.mov", "prores_ks", "yuv422p10le");
        MediaInfo info = MovieProbe.Probe(path);
        Assert.Multiple(() =>
        {
            Assert.That((info.Width, info.Height), Is.EqualTo((96, 64)));
            Assert.That(info.FrameRate, Is.EqualTo(new Rational(30000, 1001)));
            Assert.That(info.FrameCount, Is.EqualTo(60));
            Assert.That(info.StartTimecode?.ToString(), Is.EqualTo("00:59:59;28"));
            Assert.That(info.PixelFormat, Is.EqualTo("yuv422p10le"));
            Assert.That(info.BitDepth, Is.EqualTo(10));
            Assert.That(info.Codec, Is.EqualTo("prores"));
            Assert.That(info.SampleAspect.Reduced, Is.EqualTo(new Rational(10, 11)));
            Assert.That(info.Color.Matrix, Is.EqualTo("smpte170m"));
            Assert.That(info.Color.Primaries, Is.EqualTo("smpte170m"));
            Assert.That(info.Color.Transfer, Is.EqualTo("bt709"));
            Assert.That(info.Audio, Has.Count.EqualTo(1));
            Assert.That(info.Audio[0].Codec, Is.EqualTo("pcm_s16le"));
            Assert.That(info.Audio[0].SampleRate, Is.EqualTo(48000));
            Assert.That(info.DurationSeconds, Is.EqualTo(60 * 1001 / 30000.0).Within(0.001));
        });
    }

    [TestCase("yuv420p", "ffv1", "mkv")]
    [TestCase("yuv422p10le", "ffv1", "mkv")]
    [TestCase("yuv444p12le", "ffv1", "mkv")]
    [TestCase("yuv420p16le", "ffv1", "mov")]
    [TestCase("gray16le", "ffv1", "mkv")]
    [TestCase("bgra", "ffv1", "mkv")]
    [TestCase("gbrp12le", "ffv1", "mkv")]
    [TestCase("yuva444p10le", "ffv1", "mkv")]
    [TestCase("yuv411p", "ffv1", "avi")]
    public void Ffv1_GivesBackEveryCode(string pixelFormat, string codec, string ending)
    {
        // Noise over every code, so that super-whites and below-blacks are there.
        string noise = $"random {pixelFormat}.{ending}";
        _footage.FFmpeg(
            "-f", "lavfi", "-i", "nullsrc=size=36x22:rate=25,geq=lum='random(1)*255':cb='random(2)*255':cr='random(3)*255'", "-frames:v", "7",
                "-pix_fmt", pixelFormat,
            "-c:v", codec, "file:" + _footage.At(noise));
        string copy = _footage.At($"copy {pixelFormat}.{ending}");
        Footage.Copy(_footage.At(noise), copy, OutputFormat.Ffv1, settings => settings with { SegmentFrames = 3 });
        MediaInfo info = MovieProbe.Probe(copy);
        Assert.Multiple(() =>
        {
            Assert.That(info.PixelFormat, Is.EqualTo(pixelFormat));
            Assert.That(_footage.Raw(copy, pixelFormat), Is.EqualTo(_footage.Raw(_footage.At(noise), pixelFormat)));
        });
    }

    [TestCase(OutputFormat.Ffv1, "mkv")]
    [TestCase(OutputFormat.Ffv1, "mov")]
    [TestCase(OutputFormat.ProRes422, "mov")]
    [TestCase(OutputFormat.ProRes4444, "mov")]
    [TestCase(OutputFormat.H264, "mov")]
    [TestCase(OutputFormat.DnxHr, "mov")]
    public void Copy_KeepsWhatTheFramesDoNotTouch(OutputFormat format, string ending)
    {
        string source = format is OutputFormat.DnxHr ? Rich("large.mov", "prores_ks", "yuv422p10le", "256x128")
            : Rich("small.mov", "prores_ks", "yuv422p10le");
        string copy = _footage.At($"kept {format}.{ending}");
        IReadOnlyList<string> warnings = Footage.Copy(source, copy, format, settings => settings with { AllowLoss = format is OutputFormat.H264 });
        MediaInfo before = MovieProbe.Probe(source);
        MediaInfo after = MovieProbe.Probe(copy);
        TestContext.Out.WriteLine(string.Join('\n', warnings));
        using FrameReader reader = FrameReader.Open(copy);
        Assert.Multiple(() =>
        {
            Assert.That(reader.Info.FrameCount, Is.EqualTo(60));
            Assert.That(after.FrameRate, Is.EqualTo(before.FrameRate));
            Assert.That(after.AverageRate, Is.EqualTo(before.FrameRate));
            Assert.That(after.StartTimecode, Is.EqualTo(before.StartTimecode));
            Assert.That(after.SampleAspect.Reduced, Is.EqualTo(before.SampleAspect.Reduced));
            Assert.That(after.Color.Matrix, Is.EqualTo(before.Color.Matrix));
            Assert.That(after.Color.Primaries, Is.EqualTo(before.Color.Primaries));
            Assert.That(after.Color.Transfer, Is.EqualTo(before.Color.Transfer));
            Assert.That(after.Audio, Has.Count.EqualTo(1));
            Assert.That(after.Audio[0].Codec, Is.EqualTo("pcm_s16le"));
            Assert.That(_footage.Sound(copy), Is.EqualTo(_footage.Sound(source)));
            Assert.That(after.FieldOrder, Is.EqualTo(format == OutputFormat.DnxHr ? FieldOrder.Unknown : FieldOrder.Progressive));
            Assert.That(warnings.Where(text => text.Contains(" became ", StringComparison.Ordinal)), Is.Empty);
        });
    }

    [TestCase("10/1", OutputFormat.H264, "mp4")]
    [TestCase("24/1", OutputFormat.ProRes422, "mov")]
    [TestCase("24000/1001", OutputFormat.Ffv1, "mkv")]
    [TestCase("25/1", OutputFormat.Ffv1, "avi")]
    [TestCase("60000/1001", OutputFormat.H264, "mov")]
    [TestCase("100/1", OutputFormat.ProRes422, "mov")]
    public void Rate_IsExactAcrossSegments(string rate, OutputFormat format, string ending)
    {
        string source = _footage.Movie($"rate {rate.Replace('/', '-')}.mkv", "yuv420p", 31, rate, "64x48", "-c:v", "ffv1");
        string copy = _footage.At($"rate copy {format}.{ending}");
        Footage.Copy(source, copy, format, settings => settings with { SegmentFrames = 10 });
        using FrameReader reader = FrameReader.Open(copy);
        Assert.Multiple(() =>
        {
            Assert.That(reader.Info.FrameRate.ToString(), Is.EqualTo(rate));
            Assert.That(reader.Info.IsVariableFrameRate, Is.False);
            Assert.That(reader.Info.FrameCount, Is.EqualTo(31));
        });
    }

    [TestCase("tff", "tt", FieldOrder.TopFirst)]
    [TestCase("bff", "bb", FieldOrder.BottomFirst)]
    [TestCase("tff", "tb", FieldOrder.TopStoredBottomFirst)]
    public void Interlaced_KeepsTagAndPictureFlag(string flag, string tag, FieldOrder expected)
    {
        string first = _footage.At($"fields {flag}.mov");
        string source = _footage.At($"fields {flag} {tag}.mov");
        _footage.FFmpeg(
            "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-vf", $"setfield={flag}", "-frames:v", "6", "-c:v", "prores_ks", "-flags", "+ildct",
            "-pix_fmt", "yuv422p10le", "file:" + first);
        _footage.FFmpeg("-i", "file:" + first, "-c", "copy", "-field_order:v", tag, "file:" + source);
        Assert.That(MovieProbe.Probe(source).FieldOrder, Is.EqualTo(expected));
        foreach ((OutputFormat format, string ending) in ((OutputFormat, string)[])[(OutputFormat.ProRes422, "mov"), (OutputFormat.Ffv1, "mkv"),
            (OutputFormat.Ffv1, "mov")])
        {
            string copy = _footage.At($"fields {flag} {tag} {format}.{ending}");
            Footage.Copy(source, copy, format);
            MediaInfo info = MovieProbe.Probe(copy);
            Assert.That(info.FieldOrder, Is.EqualTo(expected), $"{format} {ending}");
            if (format == OutputFormat.ProRes422) Assert.That(info.TopFieldFirst, Is.EqualTo(flag == "tff"));
        }
    }

    [TestCase("libx264", "yuv420p", "mp4", new[] { "-g", "12", "-bf", "3" })]
    [TestCase("libx264", "yuv420p", "mkv", new[] { "-g", "10", "-bf", "2", "-x264-params", "open-gop=1" })]
    [TestCase("mpeg2video", "yuv420p", "ts", new[] { "-g", "9", "-bf", "2", "-q:v", "2" })]
    [TestCase("mpeg4", "yuv420p", "avi", new[] { "-g", "9", "-bf", "2" })]
    [TestCase("prores_ks", "yuv422p10le", "mov", new string[0])]
    public void AnyOrder_GivesTheSameFramesAsForward(string codec, string pixelFormat, string ending, string[] options)
    {
        string path = _footage.Movie($"seek {codec}.{ending}", pixelFormat, 131, "30000/1001", "64x48", ["-c:v", codec, .. options]);
        byte[] raw = _footage.Raw(path, pixelFormat);
        using FrameReader forward = FrameReader.Open(path);
        using FrameReader jumping = FrameReader.Open(path, new FrameReaderOptions { CacheBytesMax = 1 });
        int count = (int)forward.Info.FrameCount;
        PixelLayout layout = PixelLayout.ForSource(pixelFormat, path);
        int frameBytes = (int)layout.FrameBytes(64, 48);
        Assert.That(count, Is.EqualTo(raw.Length / frameBytes), "frame count");
        var converter = new FrameConverter(layout, YuvRules.From(forward.Info.EffectiveColor, layout, forward.Info.FieldOrder, 48, path), 64, 48);
        float[][] all = new float[count][];
        for (int i = 0; i < count; i++)
        {
            all[i] = forward.Read(i).Pixels;
            byte[] bytes = new byte[frameBytes];
            converter.Encode(new Frame(64, 48, all[i]), bytes);
            Assert.That(bytes.AsSpan().SequenceEqual(raw.AsSpan(i * frameBytes, frameBytes)), Is.True, $"forward frame {i}");
        }

        foreach (int i in (int[])[count - 1, 0, 77, 76, 13, 100, 1, 11, 12, 60, 59])
        {
            Assert.That(jumping.Read(i).Pixels.AsSpan().SequenceEqual(all[i]), Is.True, $"frame {i} of {count}");
        }
    }

    private string Rich(string name, string codec, string pixelFormat, string size = "96x64")
    {
        string path = _footage.At(name);
        if (File.Exists(path)) return path;
        _footage.FFmpeg(
            "-f", "lavfi", "-i", $"testsrc2=size={size}:rate=30000/1001", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-frames:v",
                "60", "-t", "2.002",
            "-vf", "setsar=10/11,setparams=range=tv:colorspace=smpte170m:color_primaries=smpte170m:color_trc=bt709", "-colorspace", "smpte170m",
                "-color_primaries", "smpte170m",
            "-color_trc", "bt709", "-color_range", "tv", "-c:v", codec, "-pix_fmt", pixelFormat, "-c:a", "pcm_s16le", "-timecode", "00:59:59;28",
                "file:" + path);
        return path;
    }
}
