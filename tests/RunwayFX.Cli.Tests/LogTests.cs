using RunwayFX.Bridge;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests;

/// <summary><c>rfx log</c>: the end of the file in use, a job's entries out of all files, and on over files that the engine sets aside.</summary>
internal sealed class LogTests
{
    private const string Begin = "2026-11-22T21:12:38.000Z 4711 ";

    private DirectoryInfo _folder = null!;

    private string LogPath => At("engine-0.1.0.log");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rfx-log-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static string Line(string text) => Begin + text + "\n";

    private string Shown(JobReference? job = null)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using LogReader reader = new(output, LogPath, job);
        reader.ShowEnd();
        return output.ToString();
    }

    [Test]
    public void End_OfALongFile_BeginsWithAWholeLine()
    {
        string text = string.Concat(Enumerable.Range(0, 2000).Select(line => Line($"INFO line {line}")));
        File.WriteAllText(LogPath, text);
        string shown = Shown();
        Assert.That(shown, Has.Length.InRange(LogReader.TailBytes - 200, LogReader.TailBytes));
        Assert.That(shown, Does.StartWith(Begin).And.EndWith(Line("INFO line 1999")));
        Assert.That(text, Does.EndWith(shown));
    }

    [Test]
    public void Job_OutOfAllFiles_HasItsLinesAndStacksInOrder()
    {
        File.WriteAllText(At("engine-0.1.0_09.log"), Line("DEBUG [3f2a-17] begins") + Line("DEBUG [3f2a-18] begins") + Line("INFO of no job"));
        File.WriteAllText(At("engine-0.1.0_10.log"), Line("ERROR [3f2a-17] fault|odd") + "   at A.B()\n   at C.D()\n" + Line("INFO [13f2a-17] another") + "   at E.F()\n");
        File.WriteAllText(At("engine-0.1.0_100.log"), Line("INFO [3f2a-17] failed"));
        File.WriteAllText(LogPath, Line("INFO [3f2a-1] not this") + Line("INFO [3f2a-17] really the last"));
        Assert.That(Shown(new JobReference(0x3f2a, 17)), Is.EqualTo(Line("DEBUG [3f2a-17] begins") + Line("ERROR [3f2a-17] fault|odd") + "   at A.B()\n   at C.D()\n"
            + Line("INFO [3f2a-17] failed") + Line("INFO [3f2a-17] really the last")));
    }

    [Test]
    public void Following_OverFilesSetAside_MissesAndRepeatsNothing()
    {
        using StringWriter output = new() { NewLine = "\n" };
        File.WriteAllText(LogPath, Line("INFO 1"));
        using LogReader reader = new(output, LogPath, null);
        reader.ShowEnd();
        File.AppendAllText(LogPath, Line("INFO 2") + Begin + "INFO ha");
        reader.ShowNew();
        Assert.That(output.ToString(), Is.EqualTo(Line("INFO 1") + Line("INFO 2")), "half a line waits for its other half");
        File.AppendAllText(LogPath, "lf ä\n");
        reader.ShowNew();
        reader.ShowNew();
        File.AppendAllText(LogPath, Line("INFO 3, just before the end"));
        File.Move(LogPath, At("engine-0.1.0_00.log"));
        reader.ShowNew();
        File.WriteAllText(LogPath, Line("INFO 4, in the new file"));
        reader.ShowNew();
        File.AppendAllText(LogPath, Line("INFO 5"));
        reader.ShowNew();
        File.Delete(LogPath);
        reader.ShowNew();
        File.WriteAllText(LogPath, Line("INFO 6, of another engine"));
        reader.ShowNew();
        Assert.That(output.ToString(), Is.EqualTo(Line("INFO 1") + Line("INFO 2") + Line("INFO half ä") + Line("INFO 3, just before the end") + Line("INFO 4, in the new file")
            + Line("INFO 5") + Line("INFO 6, of another engine")));
    }

    [Test]
    public void NoEngine_TheLatestLogIsFound()
    {
        FakeSystem system = new();
        system.Variables[EngineLogFiles.FolderVariable] = _folder.FullName;
        CliRun none = CliRun.Of(system, null, default, "log");
        Assert.That((none.ExitCode, none.Error), Is.EqualTo((ExitCode.Failed, none.Error)));
        Assert.That(none.Error, Does.Contain("there is no log yet").And.Contain(_folder.FullName));
        foreach (string version in new[] { "0.0.9", "0.1.0" })
        {
            File.WriteAllText(At($"engine-{version}.log"), Line($"INFO of {version}"));
            system.Files.Add(At($"engine-{version}.log"));
        }

        File.WriteAllText(At("engine-0.1.0_00.log"), Line("INFO an older one"));
        File.SetLastWriteTimeUtc(At("engine-0.0.9.log"), DateTime.UtcNow.AddDays(-1));
        CliRun run = CliRun.Of(system, null, default, "log");
        Assert.That((run.ExitCode, run.Output.Trim(), run.Error), Is.EqualTo((ExitCode.Success, Line("INFO of 0.1.0").Trim(), "")));
    }

    [Test]
    public void Job_ThatTheLogDoesNotKnow_Fails()
    {
        File.WriteAllText(LogPath, Line("INFO [3f2a-17] known"));
        FakeSystem system = new();
        system.Files.Add(LogPath);
        CliRun known = CliRun.Of(system, null, default, "log", "3F2A-17", "--file", LogPath), unknown = CliRun.Of(system, null, default, "log", "3f2a-18", "--file", LogPath);
        Assert.That((known.ExitCode, known.Output.Trim()), Is.EqualTo((ExitCode.Success, Line("INFO [3f2a-17] known").Trim())));
        Assert.That((unknown.ExitCode, unknown.Output), Is.EqualTo((ExitCode.Failed, "")));
        Assert.That(unknown.Error, Does.Contain("say nothing about job 3f2a-18"));
        CliRun wrong = CliRun.Of(system, null, default, "log", "seventeen", "--file", LogPath);
        Assert.That((wrong.ExitCode, wrong.Error.Contains("'seventeen' names no job", StringComparison.Ordinal)), Is.EqualTo((ExitCode.Usage, true)));
    }
}
