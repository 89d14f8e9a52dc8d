using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

public sealed class StillTests
{
    private const string Pictures = "/usr/share/doc/opencv-doc/examples/data";

    private readonly Footage _footage = new();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [TestCase(StillFormat.Dpx10, 1023, false, "dpx")]
    [TestCase(StillFormat.Dpx12, 4095, false, "dpx")]
    [TestCase(StillFormat.Tiff16, 65535, true, "tif")]
    public void ThroughFFmpeg_EveryCodeComesBack(StillFormat format, int max, bool hasAlpha, string ending)
    {
        Footage.RequireFFmpeg();
        var frame = new Frame(128, 130);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] = (i & 3) == 3 && !hasAlpha ? 1 : i * 40503L % (max + 1) / (float)max;
        string path = _footage.At($"-%d.{ending}");
        StillWriter.Write(path, frame, format, hasAlpha);
        StillPicture picture = StillReader.ReadPicture(path);
        Assert.Multiple(() =>
        {
            Assert.That(picture.Frame.Pixels.AsSpan().SequenceEqual(frame.Pixels), Is.True);
            Assert.That(picture.BitDepth, Is.EqualTo(format == StillFormat.Dpx10 ? 10 : format == StillFormat.Dpx12 ? 12 : 16));
            Assert.That(picture.HasAlpha, Is.EqualTo(hasAlpha));
        });
    }

    [TestCase("starry_night.jpg", 752, 600)]
    [TestCase("graf1.png", 800, 640)]
    public void RealPicture_Reads(string name, int width, int height)
    {
        string path = Path.Combine(Pictures, name);
        if (!File.Exists(path)) Assert.Ignore("needs the opencv-doc pictures");
        Frame frame = StillReader.Read(path);
        Assert.Multiple(() =>
        {
            Assert.That((frame.Width, frame.Height), Is.EqualTo((width, height)));
            Assert.That(frame.Pixels.Max(), Is.LessThanOrEqualTo(1).And.GreaterThan(0.8f));
            Assert.That(frame.Pixels.Average(), Is.InRange(0.2f, 0.9f));
            Assert.That(frame.Pixels[3], Is.EqualTo(1));
        });
    }

    [Test]
    public void Jpeg_ReadsAsFFmpegReadsIt()
    {
        string path = _footage.At("picture.jpg");
        _footage.FFmpeg("-f", "lavfi", "-i", "testsrc=size=64x48", "-frames:v", "1", "-pix_fmt", "yuvj444p", "-q:v", "2", "-update", "1", "file:"
            + path);
        byte[] raw = _footage.Raw(path, "rgb24");
        Frame frame = StillReader.Read(path);
        int worst = 0;
        for (int i = 0; i < 64 * 48 * 3; i++) worst = Math.Max(worst, Math.Abs(raw[i] - (int)((frame.Pixels[(i / 3 * 4) + (i % 3)] * 255) + 0.5f)));
        Assert.That(worst, Is.LessThanOrEqualTo(4), "two decoders may differ by rounding");
    }

    [TestCase("nothing of the kind")]
    [TestCase("")]
    [TestCase("II*\0\b\0\0\0\u0001\0\0\u0001")]
    [TestCase("SDPX no header at all")]
    [TestCase("\u00FF\u00D8\u00FF")]
    public void FileThatIsNoPicture_IsTold(string content)
    {
        Footage.RequireFFmpeg();
        string path = _footage.At("no picture.png");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(content));
        MediaException e = Assert.Throws<MediaException>(() => StillReader.Read(path))!;
        Assert.That(e.Message, Does.Contain("no picture.png"));
    }

    [Test]
    public void MissingPicture_IsTold() =>
        Assert.That(Assert.Throws<MediaException>(() => StillReader.Read(_footage.At("absent.png")))!.Code, Is.EqualTo(MediaError.NotFound));
}
