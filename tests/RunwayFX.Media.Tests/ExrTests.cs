using CsCheck;
using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class ExrTests
{
    private readonly Footage _footage = new();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [Test]
    public void Float_KeepsEveryBit()
    {
        Frame frame = Odd(Footage.Noise(45, 37, 3, -8, 8));
        string path = _footage.At("float.exr");
        StillWriter.Write(path, frame, StillFormat.ExrFloat, hasAlpha: true);
        StillPicture picture = StillReader.ReadPicture(path);
        Assert.Multiple(() =>
        {
            Assert.That(Bits(picture.Frame), Is.EqualTo(Bits(frame)));
            Assert.That((picture.BitDepth, picture.IsFloat, picture.HasAlpha, picture.IsPremultiplied), Is.EqualTo((32, true, true, true)));
        });
    }

    [Test]
    public void Half_KeepsEveryHalf()
    {
        var frame = new Frame(256, 64);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] = (float)BitConverter.UInt16BitsToHalf((ushort)i);
        string path = _footage.At("half.exr");
        StillWriter.Write(path, frame, StillFormat.ExrHalf, hasAlpha: true);
        Frame back = StillReader.ReadPicture(path).Frame;
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            if (float.IsNaN(frame.Pixels[i])) Assert.That(back.Pixels[i], Is.NaN);
            else Assert.That(BitConverter.SingleToInt32Bits(back.Pixels[i]), Is.EqualTo(BitConverter.SingleToInt32Bits(frame.Pixels[i])));
        }
    }

    [Test]
    public void WindowsLayersAndAttributes_AreCarriedThrough()
    {
        Frame frame = Footage.Noise(20, 33, 9);
        byte[] depth = new byte[20 * 33 * 4];
        byte[] ids = new byte[20 * 33 * 4];
        byte[] mask = new byte[20 * 33 * 2];
        var random = new Random(4);
        random.NextBytes(depth);
        random.NextBytes(ids);
        random.NextBytes(mask);
        var extras = new ExrExtras
        {
            DataWindow = new ExrBox(-4, 7, 15, 39),
            DisplayWindow = new ExrBox(0, 0, 63, 47),
            Channels =
            [
                new ExrChannelData("Z", ExrPixelType.Float, false, depth),
                new ExrChannelData("object with a name longer than thirty-one.id", ExrPixelType.UInt, false, ids),
                new ExrChannelData("mask.A", ExrPixelType.Half, true, mask),
            ],
            Attributes = [new ExrHeaderEntry("comments", "string", "grüße"u8.ToArray()),
                new ExrHeaderEntry("pixelAspectRatio", "float", BitConverter.GetBytes(2f))],
        };
        string path = _footage.At("layers.exr");
        StillWriter.Write(path, frame, StillFormat.ExrFloat, hasAlpha: false, extras);
        StillPicture first = StillReader.ReadPicture(path);
        string again = _footage.At("again.exr");
        StillWriter.Write(again, first.Frame, StillFormat.ExrFloat, first.HasAlpha, first.Exr);
        ExrExtras found = StillReader.ReadPicture(again).Exr!;
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(again), Is.EqualTo(File.ReadAllBytes(path)));
            Assert.That(found.DataWindow, Is.EqualTo(extras.DataWindow));
            Assert.That(found.DisplayWindow, Is.EqualTo(extras.DisplayWindow));
            Assert.That(found.Channels.Select(channel => channel.Name),
                Is.EqualTo(new[] { "Z", "mask.A", "object with a name longer than thirty-one.id" }));
            Assert.That(found.Channels[0].Data, Is.EqualTo(depth));
            Assert.That(found.Channels[1].Data, Is.EqualTo(mask));
            Assert.That(found.Channels[2].Data, Is.EqualTo(ids));
            Assert.That(found.Attributes.Select(entry => entry.Name), Does.Contain("comments"));
            Assert.That(first.SampleAspect, Is.EqualTo(new Rational(2, 1)));
        });
    }

    [TestCase("none", "half")]
    [TestCase("rle", "half")]
    [TestCase("zip1", "float")]
    [TestCase("zip16", "float")]
    public void FileOfFFmpeg_ReadsAsFFmpegReadsIt(string compression, string format)
    {
        string path = _footage.At($"{compression} {format}.exr");
        Make(path, "gbrapf32le", ["-compression", compression, "-format", format]);
        byte[] raw = _footage.Raw(path, "gbrapf32le");
        Assert.That(StillReader.ReadPicture(path).Frame.Pixels.AsSpan().SequenceEqual(Decode(raw, 61, 43).Pixels), Is.True);
    }

    [Test]
    public void FileOfOurs_ReadsTheSameInFFmpeg()
    {
        string path = _footage.At("ours.exr");
        Frame frame = Footage.Noise(29, 35, 8, -1, 3);
        StillWriter.Write(path, frame, StillFormat.ExrFloat, hasAlpha: true);
        Assert.That(Decode(_footage.Raw(path, "gbrapf32le"), 29, 35).Pixels.AsSpan().SequenceEqual(frame.Pixels), Is.True);
    }

    [Test]
    public void PixelsUnpremultiplied_OnlyWhereAsked()
    {
        var frame = new Frame(1, 1, [0.25f, 0.5f, 0.125f, 0.5f]);
        string path = _footage.At("alpha.exr");
        StillWriter.Write(path, frame, StillFormat.ExrHalf, hasAlpha: true);
        Assert.Multiple(() =>
        {
            Assert.That(StillReader.ReadPicture(path).Frame.Pixels, Is.EqualTo(frame.Pixels));
            Assert.That(StillReader.Read(path).Pixels, Is.EqualTo(new[] { 0.5f, 1f, 0.25f, 0.5f }));
        });
    }

    [TestCase(0x800, "deep")]
    [TestCase(0x1000, "multi-part")]
    public void KindThatWouldLose_IsRefusedByName(int flag, string word)
    {
        byte[] file = Small();
        file[5] |= (byte)(flag >> 8);
        MediaException e = Assert.Throws<MediaException>(() => ExrReader.Read("kind.exr", file, CancellationToken.None))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WouldLose));
            Assert.That(e.Message, Does.Contain(word).And.Contain("kind.exr"));
        });
    }

    [TestCase(true, "Z")]
    [TestCase(false, "data window")]
    public void CompressionThatGoesThroughFFmpeg_RefusesWhatWouldBeLost(bool withLayer, string word)
    {
        var extras = new ExrExtras
        {
            DataWindow = new ExrBox(0, 0, 4, 4),
            DisplayWindow = new ExrBox(0, 0, withLayer ? 4 : 9, 4),
            Channels = withLayer ? [new ExrChannelData("Z", ExrPixelType.Float, false, new byte[100])] : [],
        };
        byte[] file = ExrWriter.Encode("piz.exr", new Frame(5, 5), ExrPixelType.Half, hasAlpha: true, extras, Rational.One, CancellationToken.None);
        file[file.AsSpan().IndexOf("compression\0compression\0"u8) + 28] = (byte)ExrCompression.Piz;
        MediaException e = Assert.Throws<MediaException>(() => ExrReader.Read("piz.exr", file, CancellationToken.None))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WouldLose));
            Assert.That(e.Message, Does.Contain("Piz").And.Contain(word));
        });
    }

    [Test]
    public void HostileBytes_ThrowOnlyMediaExceptions()
    {
        byte[] good = Small();
        Gen.Select(Gen.Int[4, good.Length - 5], Gen.Int, Gen.Int[1, 4], Gen.Int[4, good.Length]).Sample(
            (at, value, width, length) =>
            {
                byte[] bad = good[..];
                BitConverter.GetBytes(value).AsSpan(0, width).CopyTo(bad.AsSpan(at));
                Attempt(bad[..length]);
                Attempt(bad);
            },
            iter: 20000);

        static void Attempt(byte[] file)
        {
            // Other compressions go to ffmpeg, which is not the subject here and would be slow.
            try
            {
                if (ExrHeader.Read("hostile.exr", file) is { IsTiled: false, Compression: <= ExrCompression.Zip })
                {
                    ExrReader.Read("hostile.exr", file, CancellationToken.None);
                }
            }
            catch (MediaException)
            {
                // What is expected.
            }
        }
    }

    [Test]
    public void EmptyChunk_IsRefused()
    {
        byte[] file = Small();
        int first = (int)BitConverter.ToInt64(file, ExrHeader.Read("empty.exr", file).EndOffset);
        BitConverter.TryWriteBytes(file.AsSpan(first + 4), 0);
        Assert.That(Assert.Throws<MediaException>(() => ExrReader.Read("empty.exr", file, CancellationToken.None))!.Code, Is.EqualTo(MediaError.Malformed));
    }

    [Test]
    public void EveryCutOff_IsRefused()
    {
        byte[] good = Small();
        for (int length = 4; length < good.Length; length++)
        {
            byte[] cut = good[..length];
            Assert.Throws<MediaException>(() => ExrReader.Read("cut.exr", cut, CancellationToken.None), $"{length} of {good.Length} bytes");
        }
    }

    private static byte[] Small() =>
        ExrWriter.Encode("small.exr", Footage.Noise(5, 19, 2), ExrPixelType.Half, hasAlpha: true, null, Rational.One, CancellationToken.None);

    private static int[] Bits(Frame frame) => [.. frame.Pixels.Select(BitConverter.SingleToInt32Bits)];

    private static Frame Odd(Frame frame)
    {
        ReadOnlySpan<float> odd = [-0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon, float.MaxValue];
        odd.CopyTo(frame.Pixels);
        return frame;
    }

    private void Make(string path, string pixelFormat, string[] options) =>
        _footage.FFmpeg(["-f", "lavfi", "-i", "testsrc=size=61x43", "-frames:v", "1", "-pix_fmt", pixelFormat, .. options, "-update", "1", "file:"
            + path]);

    private static Frame Decode(byte[] raw, int width, int height)
    {
        PixelLayout layout = PixelLayout.ForSource("gbrapf32le", "raw");
        var frame = new Frame(width, height);
        YuvRules rules = YuvRules.From(YuvRules.Resolve(ColorTags.None, null, layout, height), layout, FieldOrder.Progressive, height, "raw");
        new FrameConverter(layout, rules, width, height).Decode(raw, frame);
        return frame;
    }
}
