using RunwayFX.Bridge;

namespace RunwayFX.Cli.Tests;

/// <summary>An engine that the user has running is none of these tests' business: they look for one in a folder of their own.</summary>
[SetUpFixture]
public sealed class OwnRuntimeFolder
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rfx-cli-run-");
    private string? _before;

    [OneTimeSetUp]
    public void Take()
    {
        _before = Environment.GetEnvironmentVariable(BridgeEndpoint.FolderVariable);
        Environment.SetEnvironmentVariable(BridgeEndpoint.FolderVariable, _folder.FullName);
    }

    [OneTimeTearDown]
    public void GiveBack()
    {
        Environment.SetEnvironmentVariable(BridgeEndpoint.FolderVariable, _before);
        _folder.Delete(recursive: true);
    }
}
