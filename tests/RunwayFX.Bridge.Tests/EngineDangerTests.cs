using System.Runtime.Versioning;

namespace RunwayFX.Bridge.Tests;

/// <summary>A program that everybody may exchange is not started.</summary>
[SupportedOSPlatform("linux"), Platform("Linux")]
public sealed class EngineDangerTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private TestFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TestFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void OwnProgram_IsNoDanger() => Assert.That(EngineLocator.Danger(NewProgram(Owner)), Is.Null);

    [Test]
    public void ProgramThatEverybodyMayWrite_IsRefusedByName()
    {
        string program = NewProgram(Owner | UnixFileMode.OtherWrite);
        Assert.That(EngineLocator.Danger(program), Does.Contain("everybody may write to " + program));
        using var client = new EngineClient(new EngineClientOptions { Endpoint = _folder.Endpoint, EnginePath = program });
        BridgeException failure = Assert.Throws<BridgeException>(() => client.QueryStatus(startsEngine: true))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineNotFound));
        Assert.That(failure.Message, Does.Contain("everybody may write"));
    }

    [TestCase(UnixFileMode.None, false)]
    [TestCase(UnixFileMode.StickyBit, true)]
    public void ProgramInAFolderThatEverybodyMayWrite_IsRefusedUnlessEntriesAreTheirOwners(UnixFileMode more, bool isFine)
    {
        string folder = Path.Combine(_folder.FullPath, "open");
        Directory.CreateDirectory(Path.Combine(folder, "engine"));
        string program = Path.Combine(folder, "engine", "runwayfx-engine");
        File.Copy(NewProgram(Owner), program);
        File.SetUnixFileMode(folder, Owner | UnixFileMode.OtherWrite | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | more);
        Assert.That(EngineLocator.Danger(program), isFine ? Is.Null : Does.Contain("everybody may write to " + folder));
    }

    [Test]
    public void WithoutTheListOfDescriptors_EveryNumberIsClosed()
    {
        IReadOnlyList<int> listed = UnixEngine.OpenDescriptors(), all = UnixEngine.OpenDescriptors("/no/such/folder");
        Assert.That(listed, Is.Not.Empty);
        Assert.That(all, Is.SupersetOf(listed.Where(number => number < all.Count)));
        Assert.That(all, Has.Count.InRange(16, 65_536));
    }

    private string NewProgram(UnixFileMode mode)
    {
        string path = Path.Combine(_folder.FullPath, "runwayfx-engine");
        File.WriteAllText(path, "#!/bin/sh\n");
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
