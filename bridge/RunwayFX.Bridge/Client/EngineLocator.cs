namespace RunwayFX.Bridge;

/// <summary>Finds the engine program. Never looks into the current folder or along PATH.</summary>
public static class EngineLocator
{
    /// <summary>Names the engine program by absolute path; relative values are ignored.</summary>
    public const string EngineVariable = "RUNWAYFX_ENGINE";

    /// <summary>File name of the engine program.</summary>
    public static string ProgramName => OperatingSystem.IsWindows() ? "runwayfx-engine.exe" : "runwayfx-engine";

    /// <summary>All places in the order in which they are tried: <see cref="EngineVariable"/>, <c>Contents/Engine</c> in the bundle, <c>RunwayFX.engine</c>
    /// beside the bundle, and the system's folder.</summary>
    public static IReadOnlyList<string> Candidates(string? bundlePath) => throw new NotImplementedException();

    /// <summary>The first candidate that is a regular executable file; null where there is none.</summary>
    public static string? Find(string? bundlePath) => throw new NotImplementedException();
}
