using RunwayFX.Engine.Results;

namespace RunwayFX.Engine.Tests.Results;

/// <summary>Where results are kept, on systems with and without a home.</summary>
public sealed class ResultFolderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private static ResultFolder Find(params (string Name, string Value)[] variables) =>
        ResultFolder.Find(name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault());

    [Test]
    public void NamedFolder_ComesFirstAndIsClosedToOthers()
    {
        string place = _folder.Combine("named");
        ResultFolder found = Find((ResultFolder.FolderVariable, place), ("HOME", _folder.Combine("home")));
        Assert.That((found.Folder, found.BytesMax, found.Complaint), Is.EqualTo((Path.Combine(place, "results"), ResultFolder.BytesDefault, (string?)null)));
        if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(found.Folder!), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Test]
    public void CacheHome_ComesBeforeHome()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows has another folder.");
        Assert.That(Find(("XDG_CACHE_HOME", _folder.Combine("c")), ("HOME", _folder.Combine("h"))).Folder, Is.EqualTo(_folder.Combine("c", "runwayfx", "results")));
        Assert.That(Find(("HOME", _folder.Combine("h"))).Folder, Is.EqualTo(_folder.Combine("h", ".cache", "runwayfx", "results")));
    }

    [TestCase("off")]
    [TestCase("OFF")]
    public void Off_KeepsNothingWithoutComplaint(string value) =>
        Assert.That(Find((ResultFolder.FolderVariable, value), ("HOME", _folder.FullPath)), Is.EqualTo(new ResultFolder(null, 0, null)));

    [Test]
    public void NoHome_KeepsNothingAndSaysWhy() => Assert.That((Find().Folder, Find().Complaint), Is.EqualTo(((string?)null, $"there is no folder for results; set {ResultFolder.FolderVariable}")));

    [Test]
    public void RelativeFolder_IsRefused() => Assert.That(Find((ResultFolder.FolderVariable, "here")).Complaint, Does.Contain("'here' is not absolute"));

    [TestCase("0", 0L)]
    [TestCase("12", 12L << 20)]
    public void Megabytes_AreTheLimit(string text, long bytes) =>
        Assert.That(Find((ResultFolder.MegabytesVariable, text), ("HOME", _folder.FullPath), ("LOCALAPPDATA", _folder.FullPath)).BytesMax, Is.EqualTo(bytes));

    [TestCase("-1")]
    [TestCase("many")]
    [TestCase("67108865")]
    public void Megabytes_OutOfRange_KeepNothingAndSayWhy(string text)
    {
        ResultFolder found = Find((ResultFolder.MegabytesVariable, text), ("HOME", _folder.FullPath));
        Assert.That((found.Folder, found.Complaint), Is.EqualTo(((string?)null, $"{ResultFolder.MegabytesVariable} '{text}' is not a whole number in 0..{ResultFolder.MegabytesMax}")));
    }

    [Test]
    public void FolderOpenToOthersOrALink_IsNotTrusted()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows has access lists.");
            return;
        }

        Directory.CreateDirectory(_folder.Combine("open", "results"));
        File.SetUnixFileMode(_folder.Combine("open", "results"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Assert.That(Find((ResultFolder.FolderVariable, _folder.Combine("open"))).Complaint, Does.Contain("open to others"));
        Directory.CreateDirectory(_folder.Combine("link"));
        Directory.CreateSymbolicLink(_folder.Combine("link", "results"), _folder.FullPath);
        Assert.That(Find((ResultFolder.FolderVariable, _folder.Combine("link"))).Complaint, Does.Contain("is not a folder"));
    }
}
