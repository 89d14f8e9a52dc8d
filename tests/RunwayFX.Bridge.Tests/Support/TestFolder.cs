using System.Globalization;

namespace RunwayFX.Bridge.Tests;

/// <summary>A folder of a test's own, closed to others, with a path short enough for a socket.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        FullPath = Path.Combine(Path.GetTempPath(), "rfx-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]);
        _ = Endpoint; // Makes the folder, closed to others.
    }

    public string FullPath { get; }

    public BridgeEndpoint Endpoint => BridgeEndpoint.At(Path.Combine(FullPath, "e.sock"));

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
