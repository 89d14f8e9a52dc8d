using System.IO.Compression;
using RunwayFX.Cli.Tests.Support;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Cli.Tests.Models;

/// <summary><c>rfx models</c>: every command with what it writes and answers to the shell.</summary>
[NonParallelizable]
internal sealed class ModelsCommandTests
{
    private static readonly string[] s_variables = [PackageStore.FolderVariable, PackageCatalogue.Variable];

    private readonly Dictionary<string, string?> _before = [];
    private TempFolder _folder = null!;

    [SetUp]
    public void UseAFolderOfItsOwn()
    {
        _folder = new TempFolder();
        foreach (string name in s_variables) _before[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(PackageStore.FolderVariable, _folder["models"]);
        Environment.SetEnvironmentVariable(PackageCatalogue.Variable, null);
    }

    [TearDown]
    public void PutBack()
    {
        foreach ((string name, string? value) in _before) Environment.SetEnvironmentVariable(name, value);
        _folder.Dispose();
    }

    [TestCase("models", "Required command")]
    [TestCase("models info", "Required argument")]
    [TestCase("models verify", "Required argument")]
    [TestCase("models import", "Required argument")]
    [TestCase("models pull", "Required argument")]
    [TestCase("models remove", "Required argument")]
    [TestCase("models list --all", "--all")]
    [TestCase("models remove a b", "b")]
    [TestCase("models pull no-such-name", "'no-such-name' is neither in the catalogue (rfx models list) nor an address")]
    [TestCase("models pull ftp://example.com/runwayfx.json", "neither in the catalogue")]
    public void WrongCommandLine_AnswersWith2(string arguments, string part)
    {
        CliRun run = CliRun.Of(arguments.Split(' '));
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((ExitCode.Usage, "")));
        Assert.That(run.Error, Does.Contain(part));
    }

    [TestCase("info")]
    [TestCase("verify")]
    [TestCase("remove")]
    public void PackageThatIsNotThere_AnswersWith3(string command)
    {
        CliRun run = CliRun.Of("models", command, "absent");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.MissingDependency));
        Assert.That(run.Error, Does.StartWith("rfx: no model package 'absent' is installed in").And.Contain(_folder["models"]));
    }

    [TestCase("info", "../models")]
    [TestCase("verify", "Upper")]
    [TestCase("remove", "..")]
    [TestCase("remove", ".hidden")]
    public void NameThatIsNone_AnswersWith1(string command, string name)
    {
        CliRun run = CliRun.Of("models", command, name);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(run.Error, Does.Contain($"'{name}' is no package name"));
    }

    [Test]
    public void List_OfNothing_ShowsTheCatalogueWithLicences()
    {
        CliRun run = CliRun.Of("models", "list");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.StartWith($"installed in {_folder["models"]}:").And.Contain("(none)"));
        foreach (CatalogueEntry entry in PackageCatalogue.Load().Packages)
            Assert.That(run.Lines.Single(line => line.StartsWith($"  {entry.Name} ", StringComparison.Ordinal)), Does.Contain($"{entry.Title}; {entry.Licence}; {string.Join(", ", entry.Tasks)}; "));
        Assert.That(Directory.Exists(_folder["models"]), Is.False, "looking makes nothing");
    }

    [Test]
    public void ImportListInfoVerifyRemove_GoTogether()
    {
        CliRun import = CliRun.Of("models", "import", Source(), "--as", "mine");
        Assert.That((import.ExitCode, import.Output.Trim()), Is.EqualTo((ExitCode.Success, "installed mine (StableDiffusion; text-to-image)")), import.Error);
        Directory.CreateDirectory(Path.Combine(_folder["models"], "damaged"));
        CliRun list = CliRun.Of("models", "list");
        Assert.That(list.Lines, Has.One.Match("^  mine +StableDiffusion +text-to-image$").And.One.Match("^  damaged +broken: .*neither model_index.json"));
        CliRun info = CliRun.Of("models", "info", "mine");
        Assert.That(info.ExitCode, Is.EqualTo(ExitCode.Success));
        foreach (string line in new[] { "name      mine", "family    StableDiffusion (ORTStableDiffusionPipeline)", "tasks     text-to-image", "licence   not stated", $"source    {Source()}",
            $"folder    {Path.Combine(_folder["models"], "mine")}", "files     2, " })
            Assert.That(info.Output, Does.Contain(line));
        CliRun verify = CliRun.Of("models", "verify", "mine");
        Assert.That((verify.ExitCode, verify.Output.Trim()), Is.EqualTo((ExitCode.Success, "mine: every file is what its manifest says")));
        File.AppendAllText(Path.Combine(_folder["models"], "mine", "unet", "model.onnx"), "!");
        verify = CliRun.Of("models", "verify", "mine");
        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(verify.Error, Does.Contain("rfx: mine: unet/model.onnx: 6 bytes, expected 5"));
        CliRun remove = CliRun.Of("models", "remove", "mine");
        Assert.That((remove.ExitCode, remove.Error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(Directory.Exists(Path.Combine(_folder["models"], "mine")), Is.False);
    }

    [Test]
    public void Import_OfAnArchive_TakesItsOwnName_AndOnlyOnce()
    {
        ZipFile.CreateFromDirectory(Source(), _folder["My Model.zip"]);
        Assert.That(CliRun.Of("models", "import", _folder["My Model.zip"]).Output, Does.StartWith("installed my-model "));
        CliRun again = CliRun.Of("models", "import", _folder["My Model.zip"]);
        Assert.That(again.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(again.Error, Does.Contain("'my-model' is installed already; `rfx models remove my-model` removes it"));
    }

    [Test]
    public void Import_OfWhatIsNone_NamesIt()
    {
        CliRun absent = CliRun.Of("models", "import", _folder["absent"]);
        Assert.That((absent.ExitCode, absent.Error), Is.EqualTo((ExitCode.MissingDependency, $"rfx: there is neither a folder nor an archive '{_folder["absent"]}'{Environment.NewLine}")));
        File.WriteAllText(_folder["text.zip"], "no archive");
        CliRun text = CliRun.Of("models", "import", _folder["text.zip"]);
        Assert.That(text.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(text.Error, Does.Contain("is no sound zip archive"));
        CliRun named = CliRun.Of("models", "import", Source(), "--as", "No Name");
        Assert.That((named.ExitCode, named.Error.Contains("'No Name' is no package name")), Is.EqualTo((ExitCode.Failed, true)));
        Assert.That(new PackageStore(_folder["models"]).Names(), Is.Empty);
    }

    [Test]
    public void Pull_OfAKnownPackageWithoutHashes_SaysWhyAndHow()
    {
        foreach (CatalogueEntry entry in PackageCatalogue.Load().Packages.Where(entry => entry.Manifest is null))
        {
            CliRun run = CliRun.Of("models", "pull", entry.Name);
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.MissingDependency));
            Assert.That(run.Error, Does.Contain(entry.Licence).And.Contain(entry.Reason).And.Contain(entry.Repository).And.Contain($"--as {entry.Name}"));
        }
    }

    [Test]
    public void Pull_OverPlainHttp_IsRefused()
    {
        CliRun run = CliRun.Of("models", "pull", "http://example.com/tiny/runwayfx.json");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(run.Error, Does.Contain("is not HTTPS"));
    }

    [Test]
    public void Interrupted_AnswersWith130()
    {
        CliRun.Of("models", "import", Source());
        CliRun run = CliRun.Of(new FakeSystem(), null, new CancellationToken(true), "models", "verify", "source");
        Assert.That((run.ExitCode, run.Error.Trim()), Is.EqualTo((ExitCode.Interrupted, "rfx: interrupted")));
        run = CliRun.Of(new FakeSystem(), null, new CancellationToken(true), "models", "import", Source(), "--as", "other");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Interrupted));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder["models"]).Select(Path.GetFileName), Is.EqualTo(new[] { "source" }), "nothing half-done");
    }

    [Test]
    public void DamagedCatalogue_IsNamed()
    {
        File.WriteAllText(_folder["catalogue.json"], "{\"packages\":[{\"name\":\"x\",\"title\":\"X\",\"tasks\":[\"depth\"],\"repository\":\"https://example.com\",\"reason\":\"none\"}]}");
        Environment.SetEnvironmentVariable(PackageCatalogue.Variable, _folder["catalogue.json"]);
        CliRun run = CliRun.Of("models", "pull", "x");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(run.Error, Does.Contain("catalogue.json").And.Contain("'x' states no licence"));
    }

    private string Source()
    {
        string source = _folder["source"];
        Directory.CreateDirectory(Path.Combine(source, "unet"));
        File.WriteAllText(Path.Combine(source, "model_index.json"), "{\"_class_name\":\"ORTStableDiffusionPipeline\"}");
        File.WriteAllText(Path.Combine(source, "unet", "model.onnx"), "onnx!");
        return source;
    }
}
