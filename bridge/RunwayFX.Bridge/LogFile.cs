using Microsoft.Win32.SafeHandles;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>Opens a file for lines inside a host: whatever stands at the path, the host is neither kept waiting nor led to another file.</summary>
public static class LogFile
{
    private const int OwnerReadWrite = 0b110_000_000;

    /// <summary>Appends bytes in one piece.</summary>
    /// <param name="path">Absolute path; made where absent, readable by this user alone.</param>
    /// <param name="bytes">What to append.</param>
    /// <param name="fileBytesMax">Nothing is added that would make the file longer.</param>
    /// <returns>False where nothing was written: the path is a link, a pipe, a device or a folder, or the file is full or cannot be written.</returns>
    public static bool TryAppend(string path, ReadOnlySpan<byte> bytes, long fileBytesMax)
    {
        if (!OperatingSystem.IsLinux()) return TryAppendPortably(path, bytes, fileBytesMax);
        int flags = LibC.O_WRONLY | LibC.O_APPEND | LibC.O_CREAT | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;
        int number = LibC.open(path, flags, OwnerReadWrite);
        if (number < 0) return false;
        using var file = new SafeFileHandle(number, ownsHandle: true);
        long length = RegularLength(number);
        if (length < 0 || length + bytes.Length > Math.Min(fileBytesMax, LimitOfProcess())) return false;
        try
        {
            RandomAccess.Write(file, bytes, length);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static unsafe long RegularLength(int descriptor)
    {
        LibC.statx_t stat;
        if (LibC.statx(descriptor, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &stat) != 0) return -1;
        return (stat.stx_mode & LibC.S_IFMT) == LibC.S_IFREG ? (long)stat.stx_size : -1;
    }

    /// <summary>Writing past it would raise SIGXFSZ, which ends most hosts.</summary>
    private static unsafe long LimitOfProcess()
    {
        ulong* limit = stackalloc ulong[2]; // Soft and hard.
        return LibC.getrlimit(LibC.RLIMIT_FSIZE, limit) == 0 ? (long)Math.Min(limit[0], long.MaxValue) : long.MaxValue;
    }

    private static bool TryAppendPortably(string path, ReadOnlySpan<byte> bytes, long fileBytesMax)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            if (file.Length + bytes.Length > fileBytesMax) return false;
            file.Write(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return false;
        }
    }
}
