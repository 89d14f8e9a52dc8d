namespace RunwayFX.Cli.Tests.Support;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rfx-cli-test-");

    public string Root => _folder.FullName;

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
