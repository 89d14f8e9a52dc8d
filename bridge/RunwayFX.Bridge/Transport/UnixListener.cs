using System.Runtime.InteropServices;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>A listening Unix socket beside a lock file.</summary>
internal sealed unsafe class UnixListener : Listener
{
    private const int Backlog = 128;
    private const int OwnerReadWrite = 0b110_000_000;
    private const int PauseMs = 20;
    private const int LockMs = 250, LockAgainMs = 5;

    private readonly BridgeEndpoint _endpoint;
    private readonly Descriptor _lock;
    private readonly Descriptor _socket;
    private int _isHidden;
    private bool _isClosed;

    public UnixListener(BridgeEndpoint endpoint)
    {
        _endpoint = endpoint;
        int number = LibC.open(endpoint.LockPath, LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, OwnerReadWrite);
        if (number < 0) throw SystemCall.Failed($"opening {endpoint.LockPath}");
        _lock = new Descriptor(number);
        if (!TryLock(_lock))
        {
            _lock.Dispose();
            throw new BridgeException(BridgeError.AlreadyRunning, $"another RunwayFX engine holds {endpoint.LockPath}");
        }

        _socket = UnixChannel.NewSocket();
        try
        {
            RemoveStale(endpoint.Address);
            LibC.sockaddr_un address = UnixChannel.Address(endpoint.Address);
            if (LibC.bind(_socket, &address, (uint)sizeof(LibC.sockaddr_un)) != 0) throw SystemCall.Failed($"binding {endpoint.Address}");
            if (LibC.chmod(endpoint.Address, OwnerReadWrite) != 0) throw SystemCall.Failed($"closing {endpoint.Address} to others");
            if (LibC.listen(_socket, Backlog) != 0) throw SystemCall.Failed($"listening at {endpoint.Address}");
        }
        catch
        {
            _socket.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    public override ByteChannel? Accept(int timeoutMs)
    {
        var entry = new LibC.pollfd { fd = _socket.Number, events = LibC.POLLIN };
        if (LibC.poll(&entry, 1, timeoutMs) <= 0) return null;
        int number = LibC.accept4(_socket, null, null, LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK);
        if (number < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is LibC.EAGAIN or LibC.EINTR or LibC.ECONNABORTED) return null;
            Thread.Sleep(PauseMs); // Out of descriptors: the waiting connection would make this a busy loop.
            throw SystemCall.Failed("accepting a connection", error);
        }

        var socket = new Descriptor(number);
        try
        {
            uint user = UnixChannel.PeerUser(socket);
            if (user == LibC.geteuid()) return new UnixChannel(socket);
            throw new BridgeException(BridgeError.PeerRefused, $"a connection of user {user} was refused");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override void Hide()
    {
        // Once only: afterwards the path may be another engine's.
        if (Interlocked.Exchange(ref _isHidden, 1) == 0) _ = LibC.unlink(_endpoint.Address);
    }

    public override void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        Hide();
        _socket.Dispose();
    }

    public override void Dispose()
    {
        Close();
        _lock.Dispose(); // The file stays: removing it would let two engines lock two files of one name.
    }

    /// <summary>Takes the lock for good. A client that looks whether an engine holds it has it for a moment itself, which must not pass for an
    /// engine.</summary>
    private static bool TryLock(Descriptor file)
    {
        Deadline deadline = Deadline.In(LockMs);
        while (LibC.flock(file, LibC.LOCK_EX | LibC.LOCK_NB) != 0)
        {
            if (deadline.HasPassed) return false;
            Thread.Sleep(LockAgainMs); // A lock cannot be waited on with a limit.
        }

        return true;
    }

    /// <summary>Removes the socket of an engine that died; we hold the lock, so nobody listens there.</summary>
    private static void RemoveStale(string path)
    {
        LibC.statx_t stat;
        if (LibC.statx(LibC.AT_FDCWD, path, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &stat) != 0) return;
        if ((stat.stx_mode & LibC.S_IFMT) != LibC.S_IFSOCK)
        {
            throw new BridgeException(BridgeError.RuntimeFolderUnsafe, $"{path} is there and is no socket");
        }

        if (LibC.unlink(path) != 0) throw SystemCall.Failed($"removing the stale socket {path}");
    }
}
