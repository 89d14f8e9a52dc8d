using RunwayFX.Bridge;
using RunwayFX.Engine.Log;

namespace RunwayFX.Engine.Tests;

/// <summary>Users may edit what is logged and where; whatever they write, the engine logs and never throws.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LogConfigurationTests
{
    private readonly TemporaryFolder _folder = new();

    private static string Shipped => Path.Combine(AppContext.BaseDirectory, LogConfiguration.FileName);

    private string LogFile => _folder.Combine("engine-test.log");

    [TearDown]
    public void CloseAndRemove()
    {
        EngineLog.Stop();
        _folder.Dispose();
    }

    private string Write(string text, string name = "nlog.config")
    {
        string path = _folder.Combine(name);
        File.WriteAllText(path, text);
        return path;
    }

    private string[] Lines(Action log)
    {
        log();
        EngineLog.Stop();
        string[] lines = File.ReadAllLines(LogFile);
        File.Delete(LogFile);
        // What differs from run to run: the time.
        return [.. lines.Select(line => line.Length > 24 && line[10] == 'T' ? line[24..] : line)];
    }

    private static void Everything()
    {
        EngineLog.Debug("connection");
        EngineLog.Info("job", new JobReference(0x3f2a, 17));
        EngineLog.Warn("  spaces  ");
        EngineLog.Unexpected("fault", new InvalidOperationException("odd"), new JobReference(0x3f2a, 17));
        EngineLog.Info(new string('x', 2 * LogConfiguration.LineLengthMax));
    }

    [Test]
    public void ShippedFile_WritesWhatTheBuiltInConfigurationWrites()
    {
        Assert.That(EngineLog.Start(LogFile), Is.EqualTo(LogFile));
        string[] builtIn = Lines(Everything);
        Assert.That(EngineLog.Start(LogFile, Shipped), Is.EqualTo(LogFile));
        string[] shipped = Lines(Everything);
        Assert.That(shipped[0], Does.EndWith($"log configuration {Shipped}"));
        Assert.That(shipped[1..], Is.EqualTo(builtIn));
        Assert.That(builtIn[1], Does.EndWith(" INFO [3f2a-17] job"));
        string text = File.ReadAllText(Shipped);
        Assert.That(text, Does.Contain($"archiveAboveSize=\"{LogConfiguration.FileBytesMax}\"").And.Contain($"maxArchiveFiles=\"{LogConfiguration.ArchiveFilesMax}\""));
    }

    [TestCase("", "document", TestName = "EmptyFile_IsNotUsed")]
    [TestCase("<nlog", "document", TestName = "HalfAFile_IsNotUsed")]
    [TestCase("make the log short", "document", TestName = "NoXml_IsNotUsed")]
    [TestCase("<nlog/>", "names no target", TestName = "FileWithoutTargets_IsNotUsed")]
    [TestCase("<nlog><targets><target name='file' type='Paper'/></targets></nlog>", "Paper", TestName = "UnknownTarget_IsNotUsed")]
    [TestCase("<nlog><targets><target name='file' type='File' fileName='x'/></targets><rules><logger name='*' minlevel='Loud' writeTo='file'/></rules></nlog>", "Loud",
        TestName = "UnknownLevel_IsNotUsed")]
    public void Unusable_TheBuiltInOneIsUsedAndTheLogSaysWhy(string text, string reason)
    {
        string file = Write(text);
        Assert.That(EngineLog.Start(LogFile, file), Is.EqualTo(LogFile));
        string[] lines = Lines(() => EngineLog.Info("on it goes"));
        Assert.That(lines[0], Does.Contain("WARN the log configuration cannot be used, the built-in one is").And.Contain(reason));
        Assert.That(lines[^1], Does.EndWith("INFO on it goes"));
    }

    [Test]
    public void Missing_TheBuiltInOneIsUsedAndTheLogSaysWhy()
    {
        EngineLog.Start(LogFile, _folder.Combine("gone.config"));
        Assert.That(Lines(() => EngineLog.Info("on it goes"))[0], Does.Contain("there is no file").And.Contain("gone.config"));
    }

    [Test]
    public void FileThatThrowsOnEveryLine_CostsOnlyTheLines()
    {
        string file = Write("<nlog throwExceptions='true'><targets><target name='file' type='File' fileName='/proc/none/x.log'/></targets>"
            + "<rules><logger name='*' minlevel='Debug' writeTo='file'/></rules></nlog>");
        EngineLog.Start(LogFile, file);
        Assert.That(Everything, Throws.Nothing);
    }

    [Test]
    public void EditedFile_Decides()
    {
        string elsewhere = _folder.Combine("elsewhere.log");
        string file = Write($"<nlog><targets><target name='file' type='File' fileName='{elsewhere}' layout='${{event-properties:item=job}}|${{message}}'/></targets>"
            + "<rules><logger name='*' minlevel='Info' writeTo='file'/></rules></nlog>");
        Assert.That(EngineLog.Start(LogFile, file), Is.EqualTo(elsewhere));
        EngineLog.Debug("not wanted");
        EngineLog.Info("wanted", new JobReference(0x3f2a, 17));
        EngineLog.Stop();
        Assert.That(File.ReadAllLines(elsewhere), Is.EqualTo(new[] { "3f2a-17|wanted" }));
        Assert.That(File.Exists(LogFile), Is.False);
    }

    [Test]
    public void Find_TakesTheNamedFileThenTheUsersThenTheOneBesideTheEngine()
    {
        Dictionary<string, string?> variables = [];
        string program = _folder.Combine("program"), home = _folder.Combine("home"), config = _folder.Combine("config");
        string? Found() => LogConfiguration.Find(name => variables.GetValueOrDefault(name), program);
        string Place(params string[] parts)
        {
            string path = _folder.Combine(parts);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "<nlog/>");
            return path;
        }

        Assert.That(Found(), Is.Null);
        string beside = Place("program", "nlog.config");
        Assert.That(Found(), Is.EqualTo(beside));
        variables["HOME"] = home;
        Assert.That(Found(), Is.EqualTo(beside));
        string own = Place("home", ".config", "runwayfx", "nlog.config");
        Assert.That(Found(), Is.EqualTo(own));
        variables["XDG_CONFIG_HOME"] = config;
        string configured = Place("config", "runwayfx", "nlog.config");
        Assert.That(Found(), Is.EqualTo(configured));
        variables[LogConfiguration.FileVariable] = "relative.config";
        Assert.That(Found(), Is.EqualTo(configured));
        variables[LogConfiguration.FileVariable] = _folder.Combine("named.config");
        Assert.That(Found(), Is.EqualTo(_folder.Combine("named.config")));
    }
}
