using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace RunwayFX.Bridge.Raw;

/// <summary>The Windows calls that the bridge needs.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Kernel32
{
    public const uint PAGE_READWRITE = 4, FILE_MAP_READ_WRITE = 6;
    public const uint GENERIC_READ_WRITE = 0xC0000000, OPEN_EXISTING = 3;
    public const uint FILE_FLAG_OVERLAPPED = 0x40000000, SECURITY_SQOS_IDENTIFICATION = 0x00110000;
    public const uint PIPE_ACCESS_DUPLEX = 3, FILE_FLAG_FIRST_PIPE_INSTANCE = 0x00080000;
    public const uint PIPE_REJECT_REMOTE_CLIENTS = 8, PIPE_UNLIMITED_INSTANCES = 255;
    public const int ERROR_FILE_NOT_FOUND = 2, ERROR_ACCESS_DENIED = 5, ERROR_BROKEN_PIPE = 109, ERROR_PIPE_BUSY = 231, ERROR_NO_DATA = 232;
    public const int ERROR_PIPE_NOT_CONNECTED = 233, ERROR_PIPE_CONNECTED = 535;
    public const int ERROR_IO_PENDING = 997, ERROR_IO_INCOMPLETE = 996, WAIT_TIMEOUT = 258;
    public const uint CREATE_UNICODE_ENVIRONMENT = 0x400, CREATE_NO_WINDOW = 0x08000000, CREATE_NEW_PROCESS_GROUP = 0x200;

    private const string Library = "kernel32";

    [StructLayout(LayoutKind.Sequential)]
    public struct OVERLAPPED
    {
        public nuint Internal, InternalHigh;
        public ulong Offset;
        public nint hEvent;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct SECURITY_ATTRIBUTES
    {
        public uint nLength;
        public nint lpSecurityDescriptor;
        public int bInheritHandle;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct STARTUPINFOW
    {
        public uint cb;
        public nint lpReserved, lpDesktop, lpTitle;
        public uint dwX, dwY, dwXSize, dwYSize, dwXCountChars, dwYCountChars, dwFillAttribute, dwFlags;
        public ushort wShowWindow, cbReserved2;
        public nint lpReserved2, hStdInput, hStdOutput, hStdError;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PROCESS_INFORMATION
    {
        public nint hProcess, hThread;
        public uint dwProcessId, dwThreadId;
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint CreateFileMappingW(nint file, nint security, uint protection, uint sizeHigh, uint sizeLow, string name);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint OpenFileMappingW(uint access, int inherit, string name);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint MapViewOfFile(nint mapping, uint access, uint offsetHigh, uint offsetLow, nuint bytes);
    [LibraryImport(Library, SetLastError = true)] public static partial int UnmapViewOfFile(nint address);
    [LibraryImport(Library, SetLastError = true)] public static partial int CloseHandle(nint handle);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint CreateFileW(string name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint CreateNamedPipeW(
        string name, uint openMode, uint pipeMode, uint instances, uint outBytes, uint inBytes, uint timeoutMs, SECURITY_ATTRIBUTES* security);

    [LibraryImport(Library, SetLastError = true)] public static partial int ConnectNamedPipe(nint pipe, OVERLAPPED* overlapped);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int PeekNamedPipe(nint pipe, void* buffer, uint bytes, uint* read, uint* available, uint* left);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int ReadFile(nint file, void* buffer, uint bytes, uint* done, OVERLAPPED* overlapped);
    [LibraryImport(Library, SetLastError = true)]
    public static partial int WriteFile(nint file, void* buffer, uint bytes, uint* done, OVERLAPPED* overlapped);
    [LibraryImport(Library, SetLastError = true)] public static partial int CancelIoEx(nint file, OVERLAPPED* overlapped);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int GetOverlappedResultEx(nint file, OVERLAPPED* overlapped, uint* done, uint timeoutMs, int alertable);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint CreateEventW(nint security, int manualReset, int initialState, nint name);
    [LibraryImport(Library, SetLastError = true)] public static partial uint WaitForSingleObject(nint handle, uint timeoutMs);
    [LibraryImport(Library)] public static partial nint LocalFree(nint memory);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int CreateProcessW(
        char* application, char* commandLine, nint processSecurity, nint threadSecurity, int inherit, uint flags, char* environment, char* folder,
        STARTUPINFOW* startup, PROCESS_INFORMATION* process);

    [LibraryImport("advapi32", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial int ConvertStringSecurityDescriptorToSecurityDescriptorW(string text, uint revision, nint* descriptor, nint size);
}
