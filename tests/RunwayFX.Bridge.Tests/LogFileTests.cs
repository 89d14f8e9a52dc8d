using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

namespace RunwayFX.Bridge.Tests;

/// <summary>A host's log leads the host nowhere, whatever stands at its path.</summary>
[SupportedOSPlatform("linux"), Platform("Linux")]
public sealed class LogFileTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TestFolder();

    private string LogPath => Path.Combine(_folder.FullPath, "log");

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Lines_AreAppendedAndTheFileIsTheUsersAlone()
    {
        Assert.That(LogFile.TryAppend(LogPath, "one\n"u8, 100), Is.True);
        Assert.That(LogFile.TryAppend(LogPath, "two\n"u8, 100), Is.True);
        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("one\ntwo\n"));
        Assert.That(File.GetUnixFileMode(LogPath), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void FileIsFull_NothingIsAdded()
    {
        Assert.That(LogFile.TryAppend(LogPath, "12345678"u8, 8), Is.True);
        Assert.That(LogFile.TryAppend(LogPath, "9"u8, 8), Is.False);
        Assert.That(new FileInfo(LogPath).Length, Is.EqualTo(8));
    }

    [Test, CancelAfter(10_000)]
    public void PipeThatNobodyReads_IsNotWaitedOn()
    {
        using (Process make = Process.Start("mkfifo", [LogPath])!) make.WaitForExit();
        var clock = Stopwatch.StartNew();
        Assert.That(LogFile.TryAppend(LogPath, "line\n"u8, 100), Is.False);
        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(2_000));
    }

    [Test]
    public void Link_IsNotFollowed()
    {
        string precious = Path.Combine(_folder.FullPath, "precious");
        File.WriteAllText(precious, "mine");
        File.CreateSymbolicLink(LogPath, precious);
        Assert.That(LogFile.TryAppend(LogPath, "line\n"u8, 100), Is.False);
        Assert.That(File.ReadAllText(precious), Is.EqualTo("mine"));
    }

    [Test]
    public void FolderOrDevice_IsNotWrittenTo()
    {
        Assert.That(LogFile.TryAppend(_folder.FullPath, Encoding.UTF8.GetBytes("line\n"), 100), Is.False);
        Assert.That(LogFile.TryAppend("/dev/null", "line\n"u8, 100), Is.False);
        Assert.That(LogFile.TryAppend("/no/such/folder/log", "line\n"u8, 100), Is.False);
    }
}
