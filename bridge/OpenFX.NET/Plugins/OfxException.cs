using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>Ends an action with a status of the standard. Thrown by effects and by the wrappers where a host lacks something that cannot be
/// replaced; caught at the export, logged and turned into <see cref="Status"/>.</summary>
public sealed class OfxException(OfxStatus status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the host is told.</summary>
    public OfxStatus Status { get; } = status;
}
