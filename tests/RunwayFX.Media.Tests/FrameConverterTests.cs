using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class FrameConverterTests
{
    private static readonly string[] _layouts =
    [
        "yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "yuva420p", "yuv420p10le", "yuv422p10le", "yuv444p10be",
            "yuva444p10le",
        "yuv420p12le", "yuv422p12le", "yuv444p12le", "yuv420p16le", "yuv444p16le", "gray", "gray10le", "gray12le", "gray16be", "ya8", "rgb24",
            "bgra", "abgr", "bgr0",
        "rgb48be", "rgba64le", "gbrp", "gbrp10le", "gbrp12le", "gbrp16le", "gbrap12le", "gbrpf32le", "gbrapf32le", "grayf32le",
    ];

    [TestCaseSource(nameof(_layouts))]
    public void RandomCodes_ComeBackUnchanged(string name)
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach ((int width, int height) in ((int, int)[])[(1, 1), (2, 2), (3, 5), (17, 9), (64, 48), (33, 20)])
        {
            foreach (string matrix in (string[])["bt709", "smpte170m", "bt2020nc"])
            {
                foreach (string range in (string[])["tv", "pc"])
                {
                    foreach (string siting in (string[])["left", "center", "topleft"])
                    {
                        Check(name, width, height, new ColorTags { Matrix = matrix, Range = range, ChromaLocation = siting },
                            FieldOrder.Progressive, random);
                        Check(name, width, height, new ColorTags { Matrix = matrix, Range = range, ChromaLocation = siting }, FieldOrder.TopFirst,
                            random);
                    }
                }
            }
        }
    }

    [TestCase(8)]
    [TestCase(10)]
    [TestCase(12)]
    [TestCase(16)]
    public void EveryLumaCode_SurvivesBothRanges(int depth)
    {
        string name = depth == 8 ? "yuv444p" : $"yuv444p{depth}le";
        PixelLayout layout = PixelLayout.ForSource(name, "test");
        int codes = 1 << depth;
        int width = Math.Min(codes, 4096);
        int height = codes / width;
        foreach (string range in (string[])["tv", "pc"])
        {
            var converter = new FrameConverter(layout,
                Rules(layout, new ColorTags { Range = range, Matrix = "bt709" }, FieldOrder.Progressive, height), width, height);
            byte[] raw = new byte[converter.FrameBytes];
            for (int plane = 0; plane < 3; plane++)
            {
                for (int i = 0; i < codes; i++)
                {
                    // Luma rises, one difference falls, the other walks by a prime: extremes meet extremes.
                    int code = plane switch { 0 => i, 1 => codes - 1 - i, _ => i * 7919 % codes };
                    int at = ((plane * codes) + i) * layout.SampleBytes;
                    raw[at] = (byte)code;
                    if (layout.SampleBytes == 2) raw[at + 1] = (byte)(code >> 8);
                }
            }

            var frame = new Frame(width, height);
            converter.Decode(raw, frame);
            byte[] back = new byte[raw.Length];
            converter.Encode(frame, back);
            Assert.That(back.AsSpan().SequenceEqual(raw), Is.True, range);
        }
    }

    [Test]
    public void LegalRange_MapsReferenceCodesAndKeepsWhatLiesOutside()
    {
        PixelLayout layout = PixelLayout.ForSource("yuv444p10le", "test");
        var converter = new FrameConverter(layout, Rules(layout, new ColorTags { Range = "tv", Matrix = "bt709" }, FieldOrder.Progressive, 1), 4, 1);
        ushort[] luma = [64, 940, 1019, 4];
        byte[] raw = new byte[converter.FrameBytes];
        for (int x = 0; x < 4; x++)
        {
            BitConverter.TryWriteBytes(raw.AsSpan(2 * x), luma[x]);
            BitConverter.TryWriteBytes(raw.AsSpan(8 + (2 * x)), (ushort)512);
            BitConverter.TryWriteBytes(raw.AsSpan(16 + (2 * x)), (ushort)512);
        }

        var frame = new Frame(4, 1);
        converter.Decode(raw, frame);
        Assert.Multiple(() =>
        {
            Assert.That(frame.Pixels[0], Is.Zero, "reference black");
            Assert.That(frame.Pixels[4], Is.EqualTo(1f).Within(1e-6f), "reference white");
            Assert.That(frame.Pixels[8], Is.EqualTo(955f / 876).Within(1e-6f), "super-white");
            Assert.That(frame.Pixels[12], Is.EqualTo(-60f / 876).Within(1e-6f), "below black");
        });
    }

    [TestCase("bt709", 63, 102, 240, 255, 0, 0)] // Red in 8-bit legal BT.709 is (63, 102, 240).
    [TestCase("smpte170m", 81, 90, 240, 255, 0, 0)] // In BT.601 (81, 90, 240).
    [TestCase("bt709", 32, 240, 118, 0, 0, 255)] // Blue.
    public void KnownColours_HaveTheirPublishedCodes(string matrix, int luma, int cb, int cr, int red, int green, int blue)
    {
        PixelLayout layout = PixelLayout.ForSource("yuv444p", "test");
        var converter = new FrameConverter(layout, Rules(layout, new ColorTags { Range = "tv", Matrix = matrix }, FieldOrder.Progressive, 1), 1, 1);
        var frame = new Frame(1, 1, [red / 255f, green / 255f, blue / 255f, 1]);
        byte[] raw = new byte[3];
        converter.Encode(frame, raw);
        Assert.That(raw, Is.EqualTo(new[] { (byte)luma, (byte)cb, (byte)cr }));
    }

    [Test]
    public void NotANumber_BecomesTheLowestCode()
    {
        PixelLayout layout = PixelLayout.ForSource("rgb24", "test");
        var converter = new FrameConverter(layout, Rules(layout, ColorTags.None, FieldOrder.Progressive, 1), 1, 1);
        byte[] raw = new byte[3];
        converter.Encode(new Frame(1, 1, [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1]), raw);
        Assert.That(raw, Is.EqualTo(new byte[] { 0, 255, 0 }));
    }

    [Test]
    public void UnknownPixelFormat_IsRefusedByName()
    {
        MediaException e = Assert.Throws<MediaException>(() => PixelLayout.ForSource("bayer_bggr8", "clip.mov"))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.Unsupported));
            Assert.That(e.Message, Does.Contain("clip.mov").And.Contain("bayer_bggr8"));
        });
    }

    private static YuvRules Rules(PixelLayout layout, ColorTags tags, FieldOrder fields, int height) =>
        YuvRules.From(YuvRules.Resolve(tags, null, layout, height), layout, fields, height, "test");

    private static void Check(string name, int width, int height, ColorTags tags, FieldOrder fields, Random random)
    {
        PixelLayout layout = PixelLayout.ForSource(name, "test");
        var converter = new FrameConverter(layout, Rules(layout, tags, fields, height), width, height);
        byte[] raw = new byte[converter.FrameBytes];
        random.NextBytes(raw);
        int high = layout.SampleBytes == 2 ? (1 << (layout.Depth - 8)) - 1 : 255;
        for (int i = layout.IsBigEndian ? 0 : 1; layout.SampleBytes == 2 && i < raw.Length; i += 2) raw[i] &= (byte)high;
        for (int i = 0; layout.SampleBytes == 4 && i < raw.Length; i += 4) BitConverter.TryWriteBytes(raw.AsSpan(i), (random.NextSingle() * 8) - 4);
        if (layout.Order.Contains(-1))
        {
            for (int i = 3; i < raw.Length; i += 4) raw[i] = 255;
        }

        var frame = new Frame(width, height);
        converter.Decode(raw, frame);
        byte[] back = new byte[raw.Length];
        converter.Encode(frame, back);
        Assert.That(back.AsSpan().SequenceEqual(raw), Is.True, $"{name} {width}×{height} {tags} {fields}");
    }
}
