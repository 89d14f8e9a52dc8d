using RunwayFX.Engine.Results;
using RunwayFX.Imaging;

namespace RunwayFX.Engine.Tests.Results;

/// <summary>Results on disk: bit for bit, within the limit, and whatever happens to the files costs no more than a miss.</summary>
public sealed class ResultStoreTests
{
    private const long Roomy = 1L << 30;
    private static readonly UInt128 s_name = new(0x0123456789abcdef, 42);
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    /// <summary>Every kind of bits that a float can be.</summary>
    private static readonly float[] s_values =
        [0f, -0f, 1f, -2.5f, float.NaN, BitConverter.Int32BitsToSingle(0x7fa00001), float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, 65504f];

    internal static KeptResult Sample(int width = 7, int height = 5, bool hasAlpha = true, bool hasShares = true, int seed = 1)
    {
        Random random = new(seed);
        Frame picture = new(width, height);
        for (int i = 0; i < picture.Pixels.Length; i++)
            picture.Pixels[i] = i % Frame.Channels == 3 && !hasAlpha ? 1 : s_values[random.Next(s_values.Length)];
        float[] shares = new float[width * height];
        for (int i = 0; i < shares.Length; i++) shares[i] = hasShares ? random.NextSingle() : 1;
        return new KeptResult(picture, shares, [new ResultInput(0, -1.5, "", 17), new ResultInput(ResultInput.File, 0, "/pictures/nächte.png", UInt128.MaxValue)], "onnxruntime 1");
    }

    private static KeptResult? Find(ResultStore store, UInt128 name, int width = 7, int height = 5) => store.Find(name, width, height, static _ => true, out _);

    private static void AssertSame(KeptResult? found, KeptResult expected)
    {
        Assert.That(found, Is.Not.Null);
        Assert.That(found!.Picture.Pixels.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(expected.Picture.Pixels.Select(BitConverter.SingleToInt32Bits)));
        Assert.That(found.Shares.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(expected.Shares.Select(BitConverter.SingleToInt32Bits)));
        Assert.That(found.Inputs, Is.EqualTo(expected.Inputs));
        Assert.That(found.MadeBy, Is.EqualTo(expected.MadeBy));
    }

    private string OnlyFile() => Directory.GetFiles(_folder.FullPath, "*.rfxr", SearchOption.AllDirectories).Single();

    [Test]
    public void Result_IsFoundBitForBit([Values] bool hasAlpha, [Values] bool hasShares)
    {
        KeptResult result = Sample(hasAlpha: hasAlpha, hasShares: hasShares);
        new ResultStore(_folder.FullPath, Roomy).Put(s_name, result);
        ResultStore another = new(_folder.FullPath, Roomy);
        AssertSame(Find(another, s_name), result);
        Assert.That(Find(another, s_name + 1), Is.Null);
        Assert.That(another.Counters, Is.EqualTo((1L, new FileInfo(OnlyFile()).Length, 1L)));
    }

    [Test]
    public void Result_OfAnotherSize_IsAMissAndRemoved()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Put(s_name, Sample());
        Assert.That(Find(store, s_name, 5, 7), Is.Null);
        Assert.That(store.Has(s_name), Is.False);
    }

    [Test]
    public void Result_ThatIsNotAccepted_IsStaleAndStays()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Put(s_name, Sample());
        Assert.That(store.Find(s_name, 7, 5, static _ => false, out bool isStale), Is.Null);
        Assert.That((isStale, store.Has(s_name)), Is.EqualTo((true, true)));
    }

    [Test]
    public void File_CutAtEveryLength_IsAMissAndRemoved()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Put(s_name, Sample());
        string path = OnlyFile();
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.That(Find(store, s_name), Is.Null, $"{length} of {whole.Length} bytes");
            Assert.That(File.Exists(path), Is.False, $"{length} of {whole.Length} bytes");
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.That(Find(store, s_name), Is.Null, "a byte more");
        File.WriteAllBytes(path, whole);
        AssertSame(Find(store, s_name), Sample());
    }

    [Test]
    public void File_WithAnyByteChanged_IsAMissAndRemoved()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Put(s_name, Sample(3, 2));
        string path = OnlyFile();
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x10;
            File.WriteAllBytes(path, changed);
            Assert.That(Find(store, s_name, 3, 2), Is.Null, $"byte {at}");
            Assert.That(File.Exists(path), Is.False, $"byte {at}");
        }
    }

    /// <summary>Heads whose check is right, as nobody but ourselves writes them, with any body.</summary>
    [Test]
    public void HostileHeads_AreRefusedWithoutHarm()
    {
        const int seed = 4711;
        Random random = new(seed);
        using MemoryStream written = new();
        ResultFile.TryWrite(written, s_name, Sample(3, 2));
        byte[] whole = written.ToArray();
        int length = BitConverter.ToInt32(whole, 8);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
                bytes[random.Next(4, 12 + length)] = random.Next(3) == 0 ? (byte)0xff : (byte)random.Next(256);
            int claimed = BitConverter.ToInt32(bytes, 8);
            if (claimed >= 0 && 12 + claimed + 16 <= bytes.Length) System.IO.Hashing.XxHash128.Hash(bytes.AsSpan(0, 12 + claimed), bytes.AsSpan(12 + claimed, 16));
            long before = GC.GetAllocatedBytesForCurrentThread();
            using MemoryStream stream = new(bytes);
            Assert.That(() => ResultFile.ReadHead(stream, s_name), Throws.Nothing, $"seed {seed}, round {round}");
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20), $"seed {seed}, round {round}");
        }
    }

    [Test]
    public void Limit_KeepsWhatWasUsedLast()
    {
        using MemoryStream one = new();
        ResultFile.TryWrite(one, 1, Sample(64, 64));
        long bytes = one.Length;
        ResultStore store = new(_folder.FullPath, 5 * bytes);
        for (int number = 1; number <= 4; number++)
        {
            store.Put((UInt128)number, Sample(64, 64, seed: number));
            string path = Directory.GetFiles(_folder.FullPath, $"{number:x32}.rfxr", SearchOption.AllDirectories).Single();
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(number - 10));
        }

        AssertSame(Find(store, 1, 64, 64), Sample(64, 64, seed: 1)); // Used now.
        store.Put(5, Sample(64, 64, seed: 5));
        store.Put(6, Sample(64, 64, seed: 6));
        Assert.That(Enumerable.Range(1, 6).Where(number => store.Has((UInt128)number)), Does.Contain(1).And.Contain(6).And.Not.Contain(2));
        Assert.That(store.Counters.Bytes, Is.LessThanOrEqualTo(store.BytesMax));
    }

    [Test]
    public void Result_LargerThanTheLimit_IsNotKept()
    {
        ResultStore store = new(_folder.FullPath, 100);
        store.Put(s_name, Sample());
        Assert.That(Directory.GetFiles(_folder.FullPath, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Folder_ThatCannotBeWrittenTo_KeepsNothingAndHarmsNothing()
    {
        string place = _folder.WriteFile("taken", 1);
        ResultStore store = new(place, Roomy);
        store.Put(s_name, Sample());
        store.Jobs.Add(1, new JobFrame(0, 1, 1, s_name));
        Assert.That((Find(store, s_name), store.Counters, store.Count(1, static _ => true), store.Forget(1)), Is.EqualTo(((KeptResult?)null, (0L, 0L, 0L), (0L, 0L), (0L, 0L))));
    }

    [Test]
    public void Leftovers_OfAnEngineThatDied_AreRemovedAfterAWhile()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Put(s_name, Sample());
        string folder = Path.GetDirectoryName(OnlyFile())!, old = Path.Combine(folder, "a.tmp"), young = Path.Combine(folder, "b.tmp");
        File.WriteAllBytes(old, [1]);
        File.WriteAllBytes(young, [1]);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-1));
        _ = new ResultStore(_folder.FullPath, Roomy).Counters;
        Assert.That((File.Exists(old), File.Exists(young), store.Has(s_name)), Is.EqualTo((false, true, true)));
    }

    /// <summary>Two engines with one folder write and read the same results at once: each read finds nothing or the whole.</summary>
    [Test]
    public void TwoEngines_AtOnce_NeverSeeAPart()
    {
        ResultStore[] stores = [new(_folder.FullPath, Roomy), new(_folder.FullPath, Roomy)];
        KeptResult expected = Sample(32, 32);
        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, round =>
        {
            ResultStore store = stores[round % 2];
            UInt128 name = (UInt128)(round / 4 % 3 + 1);
            if (round % 3 == 0) store.Put(name, expected);
            if (round % 7 == 0) store.Forget(9);
            store.Jobs.Add(9, new JobFrame(round % 5, 1, 1, name));
            if (Find(store, name, 32, 32) is { } found) AssertSame(found, expected);
        });
        Assert.That(stores[0].Jobs.Read(9).Select(frame => frame.ScaleX), Is.All.EqualTo(1));
    }

    [Test]
    public void JobLists_CountFramesOnceAndForgetTheirResults()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Put(1, Sample());
        store.Put(2, Sample());
        store.Put(3, Sample());
        store.Jobs.Add(7, new JobFrame(0, 1, 1, 1));
        store.Jobs.Add(7, new JobFrame(0, 1, 1, 1));
        store.Jobs.Add(7, new JobFrame(1, 1, 1, 2));
        store.Jobs.Add(7, new JobFrame(1, 0.5, 0.5, 4)); // Not kept.
        store.Jobs.Add(8, new JobFrame(1, 1, 1, 3));
        Assert.That(store.Jobs.Read(7), Has.Count.EqualTo(3));
        Assert.That(store.Count(7, static _ => true).Frames, Is.EqualTo(2));
        Assert.That(store.Count(7, static frame => frame.Time > 0).Frames, Is.EqualTo(1));
        Assert.That(store.Forget(7).Frames, Is.EqualTo(2));
        Assert.That((store.Has(1), store.Has(2), store.Has(3), store.Count(7, static _ => true).Frames, store.Count(8, static _ => true).Frames), Is.EqualTo((false, false, true, 0L, 1L)));
    }

    [Test]
    public void ForgetAll_LeavesNothing_OfOtherEnginesEither()
    {
        ResultStore store = new(_folder.FullPath, Roomy), other = new(_folder.FullPath, Roomy);
        store.Put(1, Sample());
        other.Put(2, Sample());
        store.Jobs.Add(7, new JobFrame(0, 1, 1, 1));
        (long frames, long bytes) = store.ForgetAll();
        Assert.That((frames, bytes > 0, store.Has(1), store.Has(2)), Is.EqualTo((2L, true, false, false)));
        Assert.That((store.Counters.Entries, store.Counters.Bytes, store.Jobs.Read(7).Count, store.ForgetAll()), Is.EqualTo((0L, 0L, 0, (0L, 0L))));
        store.Put(1, Sample());
        store.Jobs.Add(7, new JobFrame(0, 1, 1, 1));
        Assert.That(store.Count(7, static _ => true).Frames, Is.EqualTo(1), "keeping goes on");
    }

    [Test]
    public void JobList_WithATornLine_LosesThatLineAlone()
    {
        ResultStore store = new(_folder.FullPath, Roomy);
        store.Jobs.Add(7, new JobFrame(0, 1, 1, 1));
        string path = Directory.GetFiles(_folder.FullPath, "*.job", SearchOption.AllDirectories).Single();
        File.AppendAllBytes(path, [1, 2, 3]);
        store.Jobs.Add(7, new JobFrame(1, 1, 1, 2));
        Assert.That(store.Jobs.Read(7).Select(frame => frame.Time), Is.EqualTo(new[] { 0.0, 1.0 }));
    }
}
