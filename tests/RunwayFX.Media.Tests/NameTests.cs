namespace RunwayFX.Media.Tests;

public sealed class NameTests
{
    private readonly Footage _footage = new();

    [OneTimeTearDown]
    public void Clean() => _footage.Dispose();

    [TestCase("-i.mov")]
    [TestCase("100% 'é\"日本 $(id).mov")]
    [TestCase("a%04d.mov")]
    [TestCase("####.mov")]
    [TestCase("concat:back\\slash;semi|pipe.mov")]
    public void OddName_IsJustAName(string name)
    {
        string source = _footage.At("plain.mov");
        if (!File.Exists(source)) _footage.Movie("plain.mov", "yuv422p10le", 3, "25", "64x48", "-c:v", "prores_ks");
        string odd = _footage.At(name);
        File.Copy(source, odd);
        string copy = _footage.At("out " + name);
        Footage.Copy(odd, copy, OutputFormat.ProRes422);
        using FrameReader reader = FrameReader.Open(copy);
        Assert.Multiple(() =>
        {
            Assert.That(reader.Info.FrameCount, Is.EqualTo(3));
            Assert.That(reader.Read(2).Width, Is.EqualTo(64));
        });
    }

    [TestCase("http://example.invalid/a.mov")]
    [TestCase("concat:a.mov|b.mov")]
    [TestCase("subfile,,start,0,end,0,,:a.mov")]
    [TestCase("pipe:0")]
    public void Protocol_IsRefused(string name)
    {
        MediaException e = Assert.Throws<MediaException>(() => FrameReader.Open(name))!;
        Assert.That(e.Code, Is.EqualTo(MediaError.PathRefused).Or.EqualTo(MediaError.NotFound), e.Message);
        Assert.That(e.Message, Does.Contain(name));
    }

    [TestCase("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nplain.ts\n#EXT-X-ENDLIST\n")]
    [TestCase("ffconcat version 1.0\nfile plain.ts\n")]
    public void PlaylistDressedAsMovie_IsNotFollowed(string content)
    {
        _footage.Movie("plain.ts", "yuv420p", 3, "25", "64x48", "-c:v", "mpeg2video");
        string path = _footage.At("list.mov");
        File.WriteAllText(path, content);
        MediaException e = Assert.Throws<MediaException>(() => FrameReader.Open(path))!;
        Assert.That(e.Code, Is.EqualTo(MediaError.Malformed), e.Message);
    }

    [Test]
    public void FileThatIsNoMovie_IsTold()
    {
        Footage.RequireFFmpeg();
        string path = _footage.At("text.mov");
        File.WriteAllText(path, "nothing here");
        MediaException e = Assert.Throws<MediaException>(() => FrameReader.Open(path))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.Malformed));
            Assert.That(e.Message, Does.Contain("text.mov"));
        });
    }

    [Test]
    public void MissingFile_IsTold() =>
        Assert.That(Assert.Throws<MediaException>(() => FrameReader.Open(_footage.At("absent.mov")))!.Code, Is.EqualTo(MediaError.NotFound));

    [Test]
    public void MissingFolder_IsTold()
    {
        var settings = new OutputSettings
        {
            Path = _footage.At("no/where/a.####.png"),
            Format = OutputFormat.Png8,
            Width = 4,
            Height = 4,
            FrameCount = 2,
            FrameRate = new Rational(25, 1),
        };
        Assert.That(Assert.Throws<MediaException>(() => FrameWriter.Open(settings))!.Code, Is.EqualTo(MediaError.WriteFailed));
    }

    [Test]
    public void PlaceThatIsAFolder_CannotBeWrittenAndLeavesNothing()
    {
        string folder = _footage.At("folder");
        string place = Path.Combine(folder, "picture.png");
        Directory.CreateDirectory(place);
        MediaException e = Assert.Throws<MediaException>(() => StillWriter.Write(place, Footage.Noise(4, 4, 1), StillFormat.Png8, hasAlpha: false))!;
        Assert.Multiple(() =>
        {
            Assert.That(e.Code, Is.EqualTo(MediaError.WriteFailed));
            Assert.That(Directory.GetFiles(folder), Is.Empty);
        });
    }

    [TestCase("a.%04d.png", 7, "a.0007.png")]
    [TestCase("a.%d.png", 7, "a.7.png")]
    [TestCase("a.####.png", 12345, "a.12345.png")]
    [TestCase("100%.##.png", 3, "100%.03.png")]
    public void Pattern_NamesItsFiles(string pattern, long number, string expected) =>
        Assert.That(Path.GetFileName(SequenceName.Parse(pattern)!.File(number)), Is.EqualTo(expected));

    [Test]
    public void Folder_WithOneSequence_Opens()
    {
        string folder = _footage.At("sequence");
        Directory.CreateDirectory(folder);
        for (int i = 8; i < 12; i++)
        {
            StillWriter.Write(Path.Combine(folder, $"shot_{i:0000}.png"), Footage.Noise(5, 4, i), StillFormat.Png16, hasAlpha: false);
        }

        using (FrameReader reader = FrameReader.Open(folder))
        {
            Assert.Multiple(() =>
            {
                Assert.That((reader.Info.FirstFrameNumber, reader.Info.FrameCount), Is.EqualTo((8L, 4L)));
                Assert.That(reader.Info.FrameRate, Is.EqualTo(new Rational(24, 1)));
                Assert.That(reader.Read(3).Pixels[0], Is.EqualTo(Footage.Noise(5, 4, 11).Pixels[0]).Within(1e-5f));
                Assert.That(Assert.Throws<MediaException>(() => reader.Read(4))!.Code, Is.EqualTo(MediaError.FrameOutOfRange));
            });
        }

        StillWriter.Write(Path.Combine(folder, "other_0001.png"), Footage.Noise(5, 4, 1), StillFormat.Png8, hasAlpha: false);
        Assert.That(Assert.Throws<MediaException>(() => FrameReader.Open(folder))!.Message, Does.Contain("other_").And.Contain("shot_"));
    }
}
