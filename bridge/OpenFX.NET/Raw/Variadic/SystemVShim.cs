using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>A few machine instructions that set AL, which System V x86-64 wants before a variadic call and C# function pointers leave
/// alone.</summary>
/// <remarks>
/// AL is an upper bound of the vector registers used; compilers skip saving them where it is 0, and the doubles are lost. The shim takes the
/// function to call as the seventh integer argument, which lies first on the stack, sets AL to 8 and jumps there: the callee finds registers
/// and return address as if it had been called directly, and never looks at the stack because no call here passes more than fits the registers.
/// The page is written first and executable afterwards, never both. A process that may not have such pages gets null, and callers say so by a
/// status.
/// </remarks>
internal static unsafe partial class SystemVShim
{
    private const int PageBytes = 4096;
    private const int ProtRead = 1;
    private const int ProtWrite = 2;
    private const int ProtExec = 4;
    private const int MapPrivate = 2;
    private const int MapAnonymousLinux = 0x20;
    private const int MapAnonymousApple = 0x1000;

    private static readonly Lazy<nint> Page = new(Create);

    /// <summary>Where the shim lies; null where this process may not have executable pages, or is not System V x86-64.</summary>
    public static void* Address => (void*)Page.Value;

    private static ReadOnlySpan<byte> Code =>
    [
        0xF3, 0x0F, 0x1E, 0xFA,       // endbr64
        0x4C, 0x8B, 0x5C, 0x24, 0x08, // mov r11, [rsp+8]
        0xB8, 0x08, 0x00, 0x00, 0x00, // mov eax, 8
        0x41, 0xFF, 0xE3,             // jmp r11
    ];

    private static nint Create()
    {
        if (Variadics.Current != VariadicConvention.SystemVX64) return 0;
        int flags = MapPrivate | (OperatingSystem.IsMacOS() ? MapAnonymousApple : MapAnonymousLinux);
        nint page = Map(0, PageBytes, ProtRead | ProtWrite, flags, -1, 0);
        if (page is -1 or 0) return 0;
        Code.CopyTo(new Span<byte>((void*)page, PageBytes));
        if (Protect(page, PageBytes, ProtRead | ProtExec) == 0) return page;
        _ = Unmap(page, PageBytes);
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
