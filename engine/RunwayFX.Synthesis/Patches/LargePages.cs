using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Asks the system to keep a large buffer that is read at random in pages of 2 MB. The search of a 4K picture jumps over 80 MB; in pages of 4 KB nearly
/// every jump waits for the address to be translated before it waits for the pixels. A request, not a need: where it is refused, or on another system than
/// Linux, nothing changes but the time.</summary>
internal static unsafe partial class LargePages
{
    /// <summary>Smaller buffers have few enough pages for a processor to remember them all.</summary>
    public const long BytesMin = 12L << 20;

    private const nuint PageBytes = 2 << 20;

    /// <summary>From linux/mman.h: use large pages from now on.</summary>
    private const int AdviseHugePage = 14;

    /// <summary>From linux/mman.h, Linux 6.1: make large pages of what is there already.</summary>
    private const int AdviseCollapse = 25;

    /// <summary>Asks for a buffer's pages. Cheap where they are large already. Contents and identity stay.</summary>
    public static void Ask<T>(T[] buffer)
        where T : unmanaged
    {
        if (!OperatingSystem.IsLinux() || (long)buffer.Length * Unsafe.SizeOf<T>() < BytesMin) return;
        fixed (T* start = buffer)
        {
            nuint first = ((nuint)start + PageBytes - 1) & ~(PageBytes - 1), end = (nuint)(start + buffer.Length) & ~(PageBytes - 1);
            if (first >= end || Advise((void*)first, end - first, AdviseHugePage) != 0) return;
            _ = Advise((void*)first, end - first, AdviseCollapse);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* start, nuint length, int advice);
}
