using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>The plug-in library as the system's loader sees it.</summary>
public static unsafe partial class LoadedLibrary
{
    private const uint Pin = 1, FromAddress = 4;

    /// <summary>Keeps the library that holds an address in memory until the process ends, whatever the host does. An unmapped runtime leaves exception
    /// handlers and thread exit hooks dangling, and the process dies of them.</summary>
    /// <remarks>Only Windows is asked at run time; elsewhere the library is linked so that it stays. Cheap, and may be called again.</remarks>
    public static void Keep(nint address)
    {
        if (!OperatingSystem.IsWindows()) return;
        nint module;
        _ = GetModuleHandle(Pin | FromAddress, address, &module);
    }

    [LibraryImport("kernel32", EntryPoint = "GetModuleHandleExW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetModuleHandle(uint flags, nint address, nint* module);
}
