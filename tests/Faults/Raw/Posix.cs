using System.Runtime.InteropServices;

#pragma warning disable CS8981 // Names as in the C headers, so that one search finds both.

namespace RunwayFX.Faults.Raw;

/// <summary>What the faults need of the C library beyond what the bridge itself uses.</summary>
internal static unsafe partial class Posix
{
    public const int SIGKILL = 9, SIGCONT = 18, SIGSTOP = 19;
    public const int SHUT_RDWR = 2;
    public const int RLIMIT_FSIZE = 1, RLIMIT_NOFILE = 7;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_CLOEXEC = 0x80000;
    public const uint SECCOMP_SET_MODE_FILTER = 1, SECCOMP_FILTER_FLAG_TSYNC = 1, SECCOMP_RET_ALLOW = 0x7fff0000, SECCOMP_RET_ERRNO = 0x00050000;
    public const ushort BPF_LD_W_ABS = 0x20, BPF_JEQ = 0x15, BPF_RET = 0x06;

    /// <summary>Numbers of the system calls on x86-64.</summary>
    public const int SYS_socket = 41, SYS_fallocate = 285, SYS_seccomp = 317, SYS_memfd_create = 319;

    /// <summary>One instruction of the filter language of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sock_filter
    {
        public ushort code;
        public byte jt, jf;
        public uint k;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }

    [LibraryImport("libc", SetLastError = true)] public static partial int kill(int process, int signal);
    [LibraryImport("libc", SetLastError = true)] public static partial int shutdown(SafeHandle fd, int how);
    [LibraryImport("libc", SetLastError = true)] public static partial int dup(SafeHandle fd);
    [LibraryImport("libc", SetLastError = true)] public static partial int prctl(int option, nint a, nint b, nint c, nint d);
    [LibraryImport("libc", SetLastError = true)] public static partial nint syscall(nint number, nint a, nint b, void* c);
    [LibraryImport("libc", SetLastError = true)] public static partial int setrlimit(int resource, ulong* softAndHard);
    [LibraryImport("libc", SetLastError = true)] public static partial int getrlimit(int resource, ulong* softAndHard);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    /// <summary>From now on a system call fails with an error in every thread of this process, for good.</summary>
    public static void Refuse(int call, int error)
    {
        sock_filter* program = stackalloc sock_filter[4];
        program[0] = new sock_filter { code = BPF_LD_W_ABS, k = 0 }; // The call's number.
        program[1] = new sock_filter { code = BPF_JEQ, jt = 0, jf = 1, k = (uint)call };
        program[2] = new sock_filter { code = BPF_RET, k = SECCOMP_RET_ERRNO | (uint)error };
        program[3] = new sock_filter { code = BPF_RET, k = SECCOMP_RET_ALLOW };
        var filter = new sock_fprog { len = 4, filter = program };
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || syscall(SYS_seccomp, (nint)SECCOMP_SET_MODE_FILTER, (nint)SECCOMP_FILTER_FLAG_TSYNC, &filter) != 0)
        {
            throw new InvalidOperationException($"the filter was refused (error {Marshal.GetLastPInvokeError()})");
        }
    }

    /// <summary>Sets the soft limit of a resource.</summary>
    public static void Limit(int resource, ulong value)
    {
        ulong* limit = stackalloc ulong[2];
        if (getrlimit(resource, limit) != 0) throw new InvalidOperationException("getrlimit failed");
        limit[0] = value;
        if (setrlimit(resource, limit) != 0) throw new InvalidOperationException("setrlimit failed");
    }
}
