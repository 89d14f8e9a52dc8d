namespace RunwayFX.Bridge;

/// <summary>Where the engine of this user and build listens.</summary>
/// <param name="Folder">The folder, verified to be ours and closed to others; empty on Windows.</param>
/// <param name="Address">Path of the socket, or name of the pipe.</param>
public sealed record BridgeEndpoint(string Folder, string Address)
{
    /// <summary>Overrides the folder; absolute path. For tests and for systems without a runtime folder.</summary>
    public const string FolderVariable = "RUNWAYFX_RUNTIME_DIR";

    /// <summary>Longest socket path the system takes, in bytes, without its closing zero.</summary>
    public const int AddressBytesMax = 107;

    /// <summary>Path of the file whose lock the one engine holds.</summary>
    public string LockPath => Address + ".lock";

    /// <summary>Finds, and where needed makes, the folder: <see cref="FolderVariable"/>, else <c>$XDG_RUNTIME_DIR/runwayfx</c>, else
    /// <c>runwayfx-&lt;uid&gt;</c> in the temporary folder.</summary>
    /// <exception cref="BridgeException">No folder is safely ours, or the path is too long.</exception>
    public static BridgeEndpoint Default() => throw new NotImplementedException();

    /// <summary>An endpoint at a given socket path. A client starts its engine as <c>runwayfx-engine serve --socket PATH</c>; the engine takes PATH through here.</summary>
    /// <exception cref="BridgeException">The path is relative or too long, or its folder is not safely ours.</exception>
    public static BridgeEndpoint At(string address) => throw new NotImplementedException();
}
