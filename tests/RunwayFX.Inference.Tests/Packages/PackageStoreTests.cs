using System.IO.Compression;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Inference.Tests.Packages;

/// <summary>Installing, comparing and removing packages; archives that mean harm.</summary>
public sealed class PackageStoreTests
{
    private string _folder = "";
    private PackageStore _store = null!;

    [SetUp]
    public void Create()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-store").FullName;
        _store = new PackageStore(Path.Combine(_folder, "models"));
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Folder_IsImportedListedVerifiedAndRemoved()
    {
        ModelPackage package = _store.Import(Source("Tiny Model"));
        Assert.That(package.Name, Is.EqualTo("tiny-model"));
        Assert.That(package.Family, Is.EqualTo(ModelFamily.StableDiffusion));
        Assert.That(_store.Names(), Is.EqualTo(new[] { "tiny-model" }));
        Assert.That(PackageStore.Verify(package), Is.Empty);
        Assert.That(_store.FindFor("text-to-image")?.Name, Is.EqualTo("tiny-model"));
        _store.Remove("tiny-model");
        Assert.That(Directory.EnumerateFileSystemEntries(_store.Folder), Is.Empty);
    }

    [Test]
    public void ChangedFile_IsNamedWithBothHashes()
    {
        ModelPackage package = _store.Import(Source("tiny"));
        File.WriteAllText(Path.Combine(package.Folder, "unet", "model.onnx"), "xxxxx");
        File.Delete(Path.Combine(package.Folder, "scheduler", "scheduler_config.json"));
        Assert.That(PackageStore.Verify(package), Has.Count.EqualTo(2).And.Some.Contains("unet/model.onnx: SHA-256").And.Some.EqualTo("scheduler/scheduler_config.json: missing"));
    }

    [Test]
    public void Archive_WithOneFolderInside_IsImported()
    {
        string zip = Path.Combine(_folder, "tiny.zip");
        ZipFile.CreateFromDirectory(Source("tiny"), zip, CompressionLevel.Fastest, includeBaseDirectory: true);
        Assert.That(_store.Import(zip, "other").Name, Is.EqualTo("other"));
        Assert.That(Directory.EnumerateDirectories(_store.Folder).Select(Path.GetFileName), Is.EqualTo(new[] { "other" }));
    }

    [TestCase("../evil.txt")]
    [TestCase("/etc/evil.txt")]
    [TestCase("a/../../evil.txt")]
    [TestCase("a\\..\\evil.txt")]
    [TestCase("C:evil.txt")]
    public void ArchiveThatLeadsOut_IsRefusedAndLeavesNothing(string path)
    {
        string zip = Zip(archive => Write(archive.CreateEntry(path), "evil"));
        InferenceException e = Assert.Throws<InferenceException>(() => _store.Import(zip))!;
        Assert.That(e.Code, Is.EqualTo(InferenceError.PackageBroken));
        Assert.That(e.Message, Does.Contain(path));
        Assert.That(Directory.EnumerateFileSystemEntries(_store.Folder), Is.Empty);
        Assert.That(File.Exists(Path.Combine(_folder, "evil.txt")), Is.False);
    }

    [Test]
    public void ArchiveWithLink_IsRefused()
    {
        string zip = Zip(archive =>
        {
            ZipArchiveEntry entry = archive.CreateEntry("link");
            entry.ExternalAttributes = unchecked((int)0xA1FF0000);
            Write(entry, "/etc/passwd");
        });
        Assert.That(() => _store.Import(zip), Throws.TypeOf<InferenceException>().With.Message.Contains("link"));
    }

    [Test]
    public void ZipBomb_IsRefusedBeforeItIsWritten()
    {
        string zip = Zip(archive =>
        {
            using Stream stream = archive.CreateEntry("zeros.bin").Open();
            for (int i = 0; i < 64; i++) stream.Write(new byte[1 << 20]);
        });
        Assert.That(() => _store.Import(zip), Throws.TypeOf<InferenceException>().With.Message.Contains("zip bomb"));
        Assert.That(Directory.EnumerateFileSystemEntries(_store.Folder), Is.Empty);
    }

    [Test]
    public void FolderWithLink_IsRefused()
    {
        string source = Source("linked");
        File.CreateSymbolicLink(Path.Combine(source, "secret.json"), "/etc/hostname");
        Assert.That(() => _store.Import(source), Throws.TypeOf<InferenceException>().With.Message.Contains("secret.json"));
    }

    [Test]
    public void DamagedManifest_NamesTheFile()
    {
        string source = Source("damaged");
        File.WriteAllText(Path.Combine(source, PackageManifest.FileName), "{\"format\":1,");
        Assert.That(() => _store.Import(source), Throws.TypeOf<InferenceException>().With.Message.Contains(PackageManifest.FileName));
    }

    [Test]
    public void MissingPackage_SaysHowToInstallOne() =>
        Assert.That(() => _store.Open("sd"), Throws.TypeOf<InferenceException>().With.Message.Contains("rfx models pull sd")
            .And.Property(nameof(InferenceException.Code)).EqualTo(InferenceError.PackageMissing));

    internal static void WriteTiny(string folder)
    {
        foreach (string part in new[] { "unet", "scheduler", "vae_decoder" }) Directory.CreateDirectory(Path.Combine(folder, part));
        File.WriteAllText(Path.Combine(folder, ModelPackage.IndexName), "{\"_class_name\":\"OnnxStableDiffusionPipeline\"}");
        File.WriteAllText(Path.Combine(folder, "unet", "model.onnx"), "onnx!");
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), "{}");
    }

    private string Source(string name)
    {
        string source = Path.Combine(_folder, name);
        WriteTiny(source);
        return source;
    }

    private string Zip(Action<ZipArchive> fill)
    {
        string path = Path.Combine(_folder, "bad.zip");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Write(archive.CreateEntry(ModelPackage.IndexName), "{}");
        fill(archive);
        return path;
    }

    private static void Write(ZipArchiveEntry entry, string text)
    {
        using StreamWriter writer = new(entry.Open());
        writer.Write(text);
    }
}
