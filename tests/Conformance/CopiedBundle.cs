using OpenFX.Hosting;
using RunwayFX.Bridge;

namespace RunwayFX.Conformance;

/// <summary>A copy of the bundle that finds no engine and has a runtime folder of its own: a second, untouched plug-in runtime in this
/// process.</summary>
internal sealed class CopiedBundle : IDisposable
{
    public CopiedBundle()
    {
        Folder = Directory.CreateTempSubdirectory("rfx-copy-").FullName;
        BundlePath = Path.Combine(Folder, "RunwayFX.ofx.bundle");
        RuntimeFolder = Path.Combine(Folder, "runtime");
        string binary = Path.Combine(BundlePath, "Contents", PluginScanner.ArchitectureFolders[0], "RunwayFX.ofx");
        Directory.CreateDirectory(Path.GetDirectoryName(binary)!);
        if (File.Exists(Product.LibraryPath)) File.Copy(Product.LibraryPath, binary);
        Sandbox.Set(BridgeEndpoint.FolderVariable, RuntimeFolder);
        Sandbox.Set(Product.EngineVariable, Path.Combine(Folder, "no-engine-here"));
    }

    public string Folder { get; }

    public string BundlePath { get; }

    public string RuntimeFolder { get; }

    public void Dispose()
    {
        Sandbox.Set(BridgeEndpoint.FolderVariable, Sandbox.Folder);
        Sandbox.Set(Product.EngineVariable, Product.EnginePath);
        Directory.Delete(Folder, recursive: true);
    }
}
