using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CS8981 // Names as in the C headers, so that one search finds both.

namespace RunwayFX.Bridge.Raw;

/// <summary>The Linux C library, as far as the bridge needs it. 64-bit layouts of glibc and musl.</summary>
internal static unsafe partial class LibC
{
    public const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800;
    public const int SOL_SOCKET = 1, SO_PEERCRED = 17, SCM_RIGHTS = 1;
    public const int MSG_NOSIGNAL = 0x4000, MSG_DONTWAIT = 0x40, MSG_CMSG_CLOEXEC = 0x40000000, MSG_CTRUNC = 8;
    public const short POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;
    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EAGAIN = 11, ENOMEM = 12, EEXIST = 17, EINVAL = 22, EMFILE = 24, ENFILE = 23, EPIPE = 32;
    public const int ECONNRESET = 104, ECONNREFUSED = 111, ECHILD = 10, ECONNABORTED = 103;
    public const int O_WRONLY = 1, O_APPEND = 0x400, O_NOCTTY = 0x100;

    /// <summary>0x20000 on x86, 0x8000 on the systems of Arm.</summary>
    public static int O_NOFOLLOW => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    public const int O_RDONLY = 0, O_RDWR = 2, O_CREAT = 0x40, O_CLOEXEC = 0x80000, O_NONBLOCK = 0x800;
    public const int LOCK_EX = 2, LOCK_SH = 1, LOCK_NB = 4, LOCK_UN = 8;
    public const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;
    public const uint MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_NOEXEC_SEAL = 8;
    public const int F_ADD_SEALS = 1033, F_GET_SEALS = 1034, F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4;
    public const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
    public const uint STATX_BASIC_STATS = 0x7ff;
    public const int S_IFMT = 0xF000, S_IFDIR = 0x4000, S_IFREG = 0x8000, S_IFSOCK = 0xC000;
    public const int X_OK = 1, WNOHANG = 1, RLIMIT_FSIZE = 1, RLIMIT_NOFILE = 7;
    public const short POSIX_SPAWN_SETSIGDEF = 0x04, POSIX_SPAWN_SETSIGMASK = 0x08, POSIX_SPAWN_SETSID = 0x80;

    /// <summary>Room for sigset_t, posix_spawnattr_t and posix_spawn_file_actions_t, which differ between C libraries and are opaque.</summary>
    public const int OpaqueBytes = 1024;

    private const string Library = "libc";

    [StructLayout(LayoutKind.Sequential)]
    public struct pollfd
    {
        public int fd;
        public short events, revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct iovec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct msghdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public iovec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct cmsghdr
    {
        public nuint cmsg_len;
        public int cmsg_level, cmsg_type;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ucred
    {
        public int pid;
        public uint uid, gid;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_un
    {
        public const int PathBytes = 108;
        public ushort sun_family;
        public fixed byte sun_path[PathBytes];
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct statx_t
    {
        [FieldOffset(20)] public uint stx_uid;
        [FieldOffset(28)] public ushort stx_mode;
        [FieldOffset(40)] public ulong stx_size;
    }

    [LibraryImport(Library, SetLastError = true)] public static partial int socket(int domain, int type, int protocol);
    [LibraryImport(Library, SetLastError = true)] public static partial int connect(SafeHandle fd, sockaddr_un* address, uint length);
    [LibraryImport(Library, SetLastError = true)] public static partial int bind(SafeHandle fd, sockaddr_un* address, uint length);
    [LibraryImport(Library, SetLastError = true)] public static partial int listen(SafeHandle fd, int backlog);
    [LibraryImport(Library, SetLastError = true)] public static partial int accept4(SafeHandle fd, void* address, uint* length, int flags);
    [LibraryImport(Library, SetLastError = true)] public static partial int getsockopt(SafeHandle fd, int level, int name, void* value, uint* length);
    [LibraryImport(Library, SetLastError = true)] public static partial int socketpair(int domain, int type, int protocol, int* pair);
    [LibraryImport(Library, SetLastError = true)] public static partial int poll(pollfd* fds, nuint count, int timeoutMs);
    [LibraryImport(Library, SetLastError = true)] public static partial nint sendmsg(SafeHandle fd, msghdr* message, int flags);
    [LibraryImport(Library, SetLastError = true)] public static partial nint recvmsg(SafeHandle fd, msghdr* message, int flags);
    [LibraryImport(Library, SetLastError = true)] public static partial nint read(SafeHandle fd, void* buffer, nuint count);
    [LibraryImport(Library, SetLastError = true)] public static partial int close(int fd);
    [LibraryImport(Library, SetLastError = true)] public static partial int pipe2(int* pair, int flags);
    [LibraryImport(Library, SetLastError = true)] public static partial int dup3(SafeHandle from, int to, int flags);
    [LibraryImport(Library, SetLastError = true)] public static partial int flock(SafeHandle fd, int operation);
    [LibraryImport(Library, SetLastError = true)] public static partial int fcntl(SafeHandle fd, int command, nint argument);
    [LibraryImport(Library, SetLastError = true)] public static partial int memfd_create(byte* name, uint flags);
    [LibraryImport(Library, SetLastError = true)] public static partial int fallocate(SafeHandle fd, int mode, long offset, long length);
    [LibraryImport(Library, SetLastError = true)] public static partial int ftruncate(SafeHandle fd, long length);
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint mmap(nint address, nuint length, int protection, int flags, SafeHandle fd, long offset);
    [LibraryImport(Library, SetLastError = true)] public static partial int munmap(nint address, nuint length);
    [LibraryImport(Library)] public static partial uint geteuid();
    [LibraryImport(Library, SetLastError = true)] public static partial int getrlimit(int resource, ulong* softAndHard);
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] public static partial int mkdir(string path, uint mode);
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] public static partial int chmod(string path, uint mode);
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] public static partial int unlink(string path);
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] public static partial int access(string path, int mode);
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, statx_t* result);

    [LibraryImport(Library)] public static partial int posix_spawnattr_init(void* attributes);
    [LibraryImport(Library)] public static partial int posix_spawnattr_destroy(void* attributes);
    [LibraryImport(Library)] public static partial int posix_spawnattr_setflags(void* attributes, short flags);
    [LibraryImport(Library)] public static partial int posix_spawnattr_setsigmask(void* attributes, void* set);
    [LibraryImport(Library)] public static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);
    [LibraryImport(Library)] public static partial int sigemptyset(void* set);
    [LibraryImport(Library)] public static partial int sigfillset(void* set);
    [LibraryImport(Library)] public static partial int sigdelset(void* set, int signal);
    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_init(void* actions);
    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_destroy(void* actions);
    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);
    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_addclose(void* actions, int fd);
    [LibraryImport(Library)] public static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(void* actions, int fd, string path, int flags, uint mode);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);
    [LibraryImport(Library, SetLastError = true)] public static partial int waitpid(int pid, int* status, int options);
}

/// <summary>A file descriptor that is closed exactly once, on whatever path.</summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor()
        : base(ownsHandle: true)
    {
    }

    public Descriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    public int Number => (int)handle;

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
