using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.Engine.Log;

namespace RunwayFX.Engine.Tests;

/// <summary>The log is there where it can be, never grows without end, and holds the stack of what nobody expected.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EngineLogTests
{
    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void CloseAndRemove()
    {
        EngineLog.Stop();
        _folder.Dispose();
    }

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    [Test]
    public void Lines_Many_StayWithinSizeAndCount()
    {
        const int fileBytesMax = 16_384, archiveFilesMax = 3;
        string path = _folder.Combine("engine-test.log");
        EngineLog.Use(LogConfiguration.BuiltIn(path, fileBytesMax, archiveFilesMax));
        for (int line = 0; line < 4000; line++) EngineLog.Info($"line {line} of a batch that would fill the disk if nobody counted");
        EngineLog.Stop();
        FileInfo[] files = new DirectoryInfo(_folder.FullPath).GetFiles();
        Assert.That(files, Has.Length.InRange(2, archiveFilesMax + 1));
        Assert.That(files.Select(file => file.Length), Is.All.LessThan(fileBytesMax + 1024));
        Assert.That(File.ReadAllText(path), Does.Contain("line 3999 "), "the file in use keeps its name");
        string all = string.Concat(EngineLogFiles.Sequence(path).Select(File.ReadAllText));
        int[] lines = [.. all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line[(line.IndexOf("line ", StringComparison.Ordinal) + 5)..].Split(' ')[0], CultureInfo.InvariantCulture))];
        Assert.That(lines, Is.EqualTo(Enumerable.Range(lines[0], 4000 - lines[0])), "in order, without a gap");
        Assert.That(EngineLogFiles.FindLatest([_folder.FullPath]), Is.EqualTo(path));
    }

    [Test]
    public void Line_TooLong_IsCut()
    {
        string path = EngineLog.Start(_folder.Combine("engine-test.log"))!;
        EngineLog.Info(new string('x', 10 * LogConfiguration.LineLengthMax));
        EngineLog.Stop();
        Assert.That(new FileInfo(path).Length, Is.InRange(LogConfiguration.LineLengthMax, LogConfiguration.LineLengthMax + 128));
    }

    [Test]
    public void Unexpected_HasTheStack()
    {
        string path = EngineLog.Start(_folder.Combine("engine-test.log"))!;
        try
        {
            throw new InvalidOperationException("that should never be");
        }
        catch (InvalidOperationException exception)
        {
            EngineLog.Unexpected("style at 7", exception);
        }

        EngineLog.Stop();
        Assert.That(File.ReadAllText(path), Does.Contain("style at 7").And.Contain("that should never be").And.Contain(nameof(Unexpected_HasTheStack)));
    }

    [Test]
    public void Braces_InAMessage_AreTextAndNoTemplate()
    {
        string path = EngineLog.Start(_folder.Combine("engine-test.log"))!;
        EngineLog.Info("a {0} b ${environment:HOME} c {x");
        EngineLog.Stop();
        Assert.That(File.ReadAllText(path), Does.Contain("a {0} b ${environment:HOME} c {x"));
    }

    [Test]
    public void Lines_BeforeTheLogIsOpen_AreHeldUpToABound()
    {
        string path = _folder.Combine("engine-test.log");
        EngineLog.Hold();
        for (int line = 0; line <= EngineLog.HeldMax; line++) EngineLog.Info($"held {line}");
        EngineLog.Start(path);
        EngineLog.Info("open");
        EngineLog.Stop();
        string[] lines = File.ReadAllLines(path);
        Assert.That(lines, Has.Length.EqualTo(EngineLog.HeldMax + 1));
        Assert.That((lines[0][^6..], lines[^1][^4..]), Is.EqualTo(("held 0", "open")));
    }

    [Test]
    public void Calls_WithoutAFile_DoNothing()
    {
        Assert.That(EngineLog.Start(null), Is.Null);
        Assert.That(() => EngineLog.Info("nobody listens"), Throws.Nothing);
        EngineLog.Stop();
        Assert.That(() => EngineLog.Warn("nobody listens"), Throws.Nothing);
    }

    [Test]
    public void Folder_WithStateHome_IsThere()
    {
        string? folder = LogFolder.Find(Environment(("XDG_STATE_HOME", _folder.Combine("state")), ("HOME", _folder.Combine("home"))), _folder.Combine("run"));
        Assert.That(folder, Is.EqualTo(_folder.Combine("state", "runwayfx", "log")).And.Exist);
    }

    [Test]
    public void Folder_WithHomeAlone_IsItsLocalState() => Assert.That(
        LogFolder.Find(Environment(("HOME", _folder.Combine("home"))), _folder.Combine("run")),
        Is.EqualTo(_folder.Combine("home", ".local", "state", "runwayfx", "log")));

    [Test]
    public void Folder_WithoutHomeOrStateHome_LiesInTheRuntimeFolder()
    {
        Assert.That(LogFolder.Find(Environment(), _folder.Combine("run")), Is.EqualTo(_folder.Combine("run", "log")));
        Assert.That(LogFolder.Find(Environment(("HOME", ""), ("XDG_STATE_HOME", "relative")), _folder.Combine("run")), Is.EqualTo(_folder.Combine("run", "log")));
    }

    [Test]
    public void Folder_ThatCannotBeMade_IsPassedOver()
    {
        string file = _folder.WriteFile("occupied", 1);
        Assert.That(LogFolder.Find(Environment(("XDG_STATE_HOME", file), ("HOME", file)), _folder.Combine("run")), Is.EqualTo(_folder.Combine("run", "log")));
        Assert.That(LogFolder.Find(Environment(("XDG_STATE_HOME", file), ("HOME", file)), file), Is.Null);
    }
}
