using CsCheck;
using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class PngTests
{
    private readonly Footage _footage = new();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [TestCase(StillFormat.Png8, 255)]
    [TestCase(StillFormat.Png16, 65535)]
    public void EveryCode_ComesBackExactly(StillFormat format, int max)
    {
        var frame = new Frame(256, 256);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] = i * 40503L % (max + 1) / (float)max;
        string path = _footage.At($"-{format} %d.png");
        StillWriter.Write(path, frame, format, hasAlpha: true);
        StillPicture picture = StillReader.ReadPicture(path);
        Assert.Multiple(() =>
        {
            Assert.That(picture.Frame.Pixels.AsSpan().SequenceEqual(frame.Pixels), Is.True);
            Assert.That(picture.BitDepth, Is.EqualTo(max == 255 ? 8 : 16));
            Assert.That(picture.HasAlpha, Is.True);
            Assert.That(picture.Codec, Is.EqualTo("png"));
        });
    }

    [TestCase("gray", "gray")]
    [TestCase("ya16be", "ya16be")]
    [TestCase("rgb24", "rgb24")]
    [TestCase("rgba64be", "rgba64be")]
    [TestCase("pal8", "bgra")]
    [TestCase("monob", "gray")]
    public void FileOfFFmpeg_ReadsAsFFmpegReadsIt(string pixelFormat, string rawFormat)
    {
        string path = _footage.At($"by ffmpeg {pixelFormat}.png");
        _footage.FFmpeg(["-f", "lavfi", "-i", "testsrc=size=61x43", "-frames:v", "1", "-pix_fmt", pixelFormat, "-pred", "mixed", "-update", "1",
            "file:" + path]);
        byte[] raw = _footage.Raw(path, rawFormat);
        PixelLayout layout = PixelLayout.ForSource(rawFormat, path);
        var converter = new FrameConverter(layout,
            YuvRules.From(YuvRules.Resolve(ColorTags.None, null, layout, 43), layout, FieldOrder.Progressive, 43, path), 61, 43);
        var expected = new Frame(61, 43);
        converter.Decode(raw, expected);
        Assert.That(StillReader.Read(path).Pixels.AsSpan().SequenceEqual(expected.Pixels), Is.True);
    }

    [Test]
    public void FileOfOurs_ReadsTheSameInFFmpeg()
    {
        string path = _footage.At("ours.png");
        Frame frame = Footage.Noise(37, 23, 5);
        StillWriter.Write(path, frame, StillFormat.Png16, hasAlpha: true, pixelAspect: new Rational(10, 11));
        byte[] raw = _footage.Raw(path, "rgba64be");
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            Assert.That((raw[2 * i] << 8) | raw[(2 * i) + 1], Is.EqualTo((int)((frame.Pixels[i] * 65535) + 0.5f)));
        }

        Assert.That(StillReader.ReadPicture(path).SampleAspect, Is.EqualTo(new Rational(10, 11)));
    }

    [Test]
    public void HostileBytes_ThrowOnlyMediaExceptions()
    {
        byte[] good = PngWriter.Encode(Footage.Noise(9, 7, 1), isDeep: true, hasAlpha: true, Rational.One, CancellationToken.None);
        Gen.Select(Gen.Int[8, good.Length - 1], Gen.Byte, Gen.Int[8, good.Length], Gen.Bool).Sample(
            (at, value, length, fix) =>
            {
                byte[] bad = good[..];
                bad[at] = value;
                if (fix) FixChecksums(bad);
                try
                {
                    PngReader.Read("hostile.png", bad[..length]);
                }
                catch (MediaException)
                {
                    // What is expected.
                }
            },
            iter: 20000);
    }

    [Test]
    public void SizeOverLimit_IsRefusedBeforeAllocation()
    {
        byte[] file = PngWriter.Encode(new Frame(1, 1), isDeep: false, hasAlpha: false, Rational.One, CancellationToken.None);
        file[16] = 0;
        file[18] = 0x40;
        file[19] = 0x01; // 16385 wide.
        FixChecksums(file);
        MediaException e = Assert.Throws<MediaException>(() => PngReader.Read("wide.png", file))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.TooLarge));
            Assert.That(e.Message, Does.Contain("wide.png").And.Contain("16385").And.Contain("16384"));
        });
        file[18] = 0x40;
        file[19] = 0x00; // At the limit the size passes, but 12 bytes of data cannot fill it.
        file[22] = 0x10;
        FixChecksums(file);
        Assert.That(Assert.Throws<MediaException>(() => PngReader.Read("wide.png", file))!.Code, Is.EqualTo(MediaError.Malformed));
    }

    [Test]
    public void Interlaced_ReadsLikePlain()
    {
        const int Width = 13;
        const int Height = 11;
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int pass = 0; pass < 7; pass++)
            {
                for (int y = PngFormat.PassY[pass]; y < Height; y += PngFormat.StepY[pass])
                {
                    if (PngFormat.PassX[pass] < Width) zip.WriteByte(0);
                    for (int x = PngFormat.PassX[pass]; x < Width; x += PngFormat.StepX[pass]) zip.WriteByte((byte)((y * Width) + x));
                }
            }
        }

        byte[] header = [0, 0, 0, Width, 0, 0, 0, Height, 8, 0, 0, 0, 1];
        byte[] file = [.. PngFormat.Signature, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
        FixChecksums(file);
        Frame frame = PngReader.Read("interlaced.png", file).Frame;
        for (int i = 0; i < Width * Height; i++) Assert.That(frame.Pixels[4 * i], Is.EqualTo(i / 255f));
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] body) =>
        [0, 0, (byte)(body.Length >> 8), (byte)body.Length, .. type, .. body, 0, 0, 0, 0];

    private static void FixChecksums(byte[] file)
    {
        int at = 8;
        while (at + 12 <= file.Length)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 12) return;
            uint crc = ~PngFormat.Crc(PngFormat.CrcStart, file.AsSpan(at + 4, length + 4));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + length), crc);
            at += 12 + length;
        }
    }
}
