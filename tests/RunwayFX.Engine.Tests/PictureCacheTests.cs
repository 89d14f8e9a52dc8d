using RunwayFX.Engine.Pictures;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests;

/// <summary>Style pictures are decoded once, and what cannot be one is refused with its name and the reason.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PictureCacheTests
{
    private readonly TemporaryFolder _folder = new();
    private int _decoded;

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private PictureCache Cache(long memoryMax = PictureCache.MemoryDefault) => new(Decode, memoryMax);

    /// <summary>A picture as wide as the file is long, one high.</summary>
    private Frame Decode(string path)
    {
        Interlocked.Increment(ref _decoded);
        return new Frame((int)new FileInfo(path).Length, 1);
    }

    private static PipelineException Refusal(PictureCache cache, string path)
    {
        PipelineException refusal = Assert.Throws<PipelineException>(() => cache.Read(path))!;
        Assert.That(refusal.Code, Is.EqualTo(PipelineError.PictureUnreadable));
        return refusal;
    }

    [Test]
    public void Read_Twice_DecodesOnce()
    {
        PictureCache cache = Cache();
        string path = _folder.WriteFile("a.png", 10);
        Frame first = cache.Read(path);
        Assert.That(cache.Read(path), Is.SameAs(first));
        Assert.That(_decoded, Is.EqualTo(1));
        Assert.That(cache.Counters, Is.EqualTo((1, 160L, 1L)));
    }

    [Test]
    public void Read_FromManyThreads_DecodesOnce()
    {
        PictureCache cache = Cache();
        string path = _folder.WriteFile("a.png", 10);
        Frame[] frames = new Frame[16];
        Parallel.For(0, frames.Length, index => frames[index] = cache.Read(path));
        Assert.That(frames, Is.All.SameAs(frames[0]));
        Assert.That(_decoded, Is.EqualTo(1));
    }

    [Test]
    public void Read_AfterTheFileChanged_DecodesAnew()
    {
        PictureCache cache = Cache();
        string path = _folder.WriteFile("a.png", 10);
        cache.Read(path);
        _folder.WriteFile("a.png", 11);
        Assert.That(cache.Read(path).Width, Is.EqualTo(11), "another length");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        cache.Read(path);
        Assert.That(_decoded, Is.EqualTo(3), "another time");
    }

    [Test]
    public void Memory_AtTheBound_IsKeptAndOnePastItDropsTheOldest()
    {
        PictureCache cache = Cache(memoryMax: 2 * 160);
        string a = _folder.WriteFile("a", 10), b = _folder.WriteFile("b", 10), c = _folder.WriteFile("c", 1);
        cache.Read(a);
        cache.Read(b);
        Assert.That(cache.Counters.Entries, Is.EqualTo(2));
        cache.Read(c);
        Assert.That(cache.Counters, Is.EqualTo((2, 160L + 16L, 0L)));
        cache.Read(b);
        Assert.That(_decoded, Is.EqualTo(3), "b was kept");
        cache.Read(a);
        Assert.That(_decoded, Is.EqualTo(4), "a was dropped");
    }

    [Test]
    public void Read_LargerThanTheCache_IsGivenButNotKept()
    {
        PictureCache cache = Cache(memoryMax: 1);
        Assert.That(cache.Read(_folder.WriteFile("a", 10)).Width, Is.EqualTo(10));
        Assert.That(cache.Counters.Entries, Is.Zero);
    }

    [Test]
    public void Count_AtTheBound_IsKeptAndOnePastItDropsTheOldest()
    {
        PictureCache cache = Cache();
        for (int index = 0; index < PictureCache.PicturesMax; index++) cache.Read(_folder.WriteFile($"{index}", 1));
        Assert.That(cache.Counters.Entries, Is.EqualTo(PictureCache.PicturesMax));
        cache.Read(_folder.WriteFile("more", 1));
        Assert.That(cache.Counters.Entries, Is.EqualTo(PictureCache.PicturesMax));
        cache.Read(_folder.Combine("0"));
        Assert.That(_decoded, Is.EqualTo(PictureCache.PicturesMax + 2));
    }

    [Test]
    public void Missing_IsRefusedByName()
    {
        string path = _folder.Combine("no such.png");
        Assert.That(Refusal(Cache(), path).Message, Does.Contain(path).And.Contain("does not exist"));
    }

    [Test]
    public void Folder_IsRefusedAsSuch() => Assert.That(Refusal(Cache(), _folder.FullPath).Message, Does.Contain("is a folder"));

    [Test]
    public void Empty_IsRefused() => Assert.That(Refusal(Cache(), _folder.WriteFile("empty.png", 0)).Message, Does.Contain("is empty"));

    [TestCase("", "No picture file is named")]
    [TestCase("style.png", "not absolute")]
    [TestCase("/pictures/a\0b.png", "zero character")]
    public void Path_Hostile_IsRefused(string path, string reason) => Assert.That(Refusal(Cache(), path).Message, Does.Contain(reason));

    [Test]
    public void PathLength_AtTheBound_IsLookedForAndOnePastItIsRefused()
    {
        Assert.That(Refusal(Cache(), "/" + new string('a', PictureCache.PathLengthMax - 1)).Message, Does.Not.Contain("characters is over"));
        Assert.That(Refusal(Cache(), "/" + new string('a', PictureCache.PathLengthMax)).Message, Does.Contain("4097 characters is over 4096"));
    }

    [Test]
    public void FileLength_OnePastTheBound_IsRefusedWithoutReading()
    {
        string path = _folder.Combine("huge.png");
        using (FileStream file = File.Create(path)) file.SetLength(PictureCache.FileBytesMax + 1);
        Assert.That(Refusal(Cache(), path).Message, Does.Contain($"{PictureCache.FileBytesMax + 1} bytes"));
        Assert.That(_decoded, Is.Zero);
        using (FileStream file = File.OpenWrite(path)) file.SetLength(PictureCache.FileBytesMax);
        PictureCache cache = new(_ => new Frame(1, 1));
        Assert.That(cache.Read(path).Width, Is.EqualTo(1));
    }

    [Test]
    public void DecoderFailure_IsReportedWithItsReasonAndNotKept()
    {
        string path = _folder.WriteFile("a.png", 1);
        bool fails = true;
        PictureCache cache = new(_ => fails ? throw new MediaException(MediaError.Malformed, "the header ends early") : new Frame(1, 1));
        Assert.That(Refusal(cache, path).Message, Does.Contain(path).And.Contain("the header ends early"));
        fails = false;
        Assert.That(cache.Read(path).Width, Is.EqualTo(1));
    }

    [Test]
    public void DecoderFault_IsReportedWithoutItsWords()
    {
        PictureCache cache = new(_ => throw new InvalidCastException("internal"));
        Assert.That(Refusal(cache, _folder.WriteFile("a.png", 1)).Message, Does.Contain("damaged or of an unknown kind").And.Not.Contain("internal"));
    }
}
