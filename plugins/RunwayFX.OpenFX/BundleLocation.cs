using System.Globalization;
using System.Runtime.InteropServices;

namespace RunwayFX.OpenFX;

/// <summary>Finds the bundle that this library was loaded from. Hosts do not tell (the file path property is unreadable in some), the system's loader
/// does.</summary>
internal static unsafe partial class BundleLocation
{
    private const string BundleSuffix = ".ofx.bundle";
    private const int WindowsPathMax = 32_768;
    private const uint FromAddress = 4;
    private const uint UnchangedReferenceCount = 2;

    /// <summary>Absolute path of <c>NAME.ofx.bundle</c>; null where the library does not lie in a bundle, or cannot be found.</summary>
    public static string? Find()
    {
        string? file = OperatingSystem.IsWindows() ? FindOnWindows() : FindOnUnix();
        if (file is null || !Path.IsPathFullyQualified(file)) return null;
        for (string? folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (folder.EndsWith(BundleSuffix, StringComparison.OrdinalIgnoreCase)) return folder;
        }

        return null;
    }

    private static string? FindOnUnix()
    {
        string? path = AskLoader();
        // A host that loads by a relative path leaves only that; the kernel's map of the process has the whole one.
        return path is not null && Path.IsPathFullyQualified(path) ? path : OperatingSystem.IsLinux() ? FindInMap() : null;
    }

    /// <summary>What the loader calls this library; null where it cannot be asked.</summary>
    private static string? AskLoader()
    {
        LoaderInfo info = default;
        try
        {
            return LoaderInfoOf(Exports.Address, &info) != 0 ? Marshal.PtrToStringUTF8(info.FileName) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // Before glibc 2.34 the function lies in a library of its own.
        }

        try
        {
            return LoaderInfoOfOlder(Exports.Address, &info) != 0 ? Marshal.PtrToStringUTF8(info.FileName) : null;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    private static string? FindInMap()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/maps"))
            {
                int dash = line.IndexOf('-', StringComparison.Ordinal), space = line.IndexOf(' ', StringComparison.Ordinal);
                int slash = line.IndexOf('/', StringComparison.Ordinal);
                if (dash < 0 || space < dash || slash < 0) continue;
                if (nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nint first)
                    && nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nint last)
                    && Exports.Address >= first && Exports.Address < last)
                {
                    return line[slash..];
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ShimLog.Write("The process map is unreadable: " + exception.Message);
        }

        return null;
    }

    private static string? FindOnWindows()
    {
        nint module = 0;
        if (GetModuleHandle(FromAddress | UnchangedReferenceCount, Exports.Address, &module) == 0) return null;
        char[] path = new char[WindowsPathMax];
        fixed (char* first = path)
        {
            uint length = GetModuleFileName(module, first, WindowsPathMax);
            return length is 0 or >= WindowsPathMax ? null : new string(path, 0, (int)length);
        }
    }

    [LibraryImport("libc", EntryPoint = "dladdr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LoaderInfoOf(nint address, LoaderInfo* info);

    [LibraryImport("libdl.so.2", EntryPoint = "dladdr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LoaderInfoOfOlder(nint address, LoaderInfo* info);

    [LibraryImport("kernel32", EntryPoint = "GetModuleHandleExW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetModuleHandle(uint flags, nint address, nint* module);

    [LibraryImport("kernel32", EntryPoint = "GetModuleFileNameW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial uint GetModuleFileName(nint module, char* path, uint size);

    /// <summary><c>Dl_info</c> of dlfcn.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LoaderInfo
    {
        public nint FileName;
        public nint Base;
        public nint SymbolName;
        public nint SymbolAddress;
    }
}
