namespace RunwayFX.Engine.Tests;

/// <summary>A folder that is gone after the test. Its path is short, because sockets lie in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => FullPath = Directory.CreateTempSubdirectory("rfx-").FullName;

    public string FullPath { get; }

    public string Combine(params string[] parts) => Path.Combine([FullPath, .. parts]);

    public string WriteFile(string name, int length)
    {
        string path = Combine(name);
        File.WriteAllBytes(path, new byte[length]);
        return path;
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
