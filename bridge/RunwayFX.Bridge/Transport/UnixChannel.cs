using System.Runtime.InteropServices;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>A connected Unix socket. Descriptors of shared memory travel beside the bytes.</summary>
internal sealed unsafe class UnixChannel : ByteChannel
{
    private const int ControlBytes = 64;

    /// <summary>Most bytes read ahead: a message of the frame path comes with one call.</summary>
    private const int AheadBytes = 4096;

    private readonly Descriptor _socket;
    private readonly byte[] _ahead = new byte[AheadBytes];
    private int _aheadStart;
    private int _aheadEnd;
    private bool _isAtEnd;
    private Descriptor? _received;
    private bool _hasSurplus;
    private volatile bool _closed;

    public UnixChannel(Descriptor socket) => _socket = socket;

    /// <remarks>One that came with bytes which are still unread may belong to the message that begins there.</remarks>
    public override bool HasStrayDescriptor => _received is not null && _aheadStart == _aheadEnd;

    /// <summary>Connects to a socket; null where nobody listens.</summary>
    /// <exception cref="BridgeException">The listener belongs to another user, or takes nobody in time.</exception>
    public static UnixChannel? TryConnect(string path, Deadline deadline, Action? poll = null, int pollMs = 0)
    {
        LibC.sockaddr_un address = Address(path);
        BindWait();
        while (true)
        {
            Descriptor socket = NewSocket();
            bool isKept = false;
            int error = 0;
            try
            {
                if (LibC.connect(socket, &address, (uint)sizeof(LibC.sockaddr_un)) == 0)
                {
                    uint owner = PeerUser(socket), user = LibC.geteuid();
                    isKept = owner == user;
                    if (isKept) return new UnixChannel(socket) { PollMs = pollMs > 0 ? pollMs : BridgeLimits.Default.AbortPollMs, Poll = poll };
                    throw new BridgeException(BridgeError.PeerRefused, $"{path} belongs to user {owner}, not to user {user}");
                }

                error = Marshal.GetLastPInvokeError();
            }
            finally
            {
                if (!isKept) socket.Dispose();
            }

            if (error is LibC.ENOENT or LibC.ECONNREFUSED) return null;
            if (error is not (LibC.EAGAIN or LibC.EINTR)) throw SystemCall.Failed($"connecting to {path}", error);
            if (deadline.HasPassed) throw new BridgeException(BridgeError.TimedOut, $"{path} took no connection in time");
            poll?.Invoke();
            if (error == LibC.EAGAIN) Thread.Sleep(Math.Min(5, deadline.Left())); // The listener's queue is full; there is nothing to wait on.
        }
    }

    public static Descriptor NewSocket()
    {
        int number = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0);
        return number >= 0 ? new Descriptor(number) : throw SystemCall.Failed("socket");
    }

    public static LibC.sockaddr_un Address(string path)
    {
        LibC.sockaddr_un address = default;
        address.sun_family = LibC.AF_UNIX;
        int length = System.Text.Encoding.UTF8.GetByteCount(path);
        if (length > BridgeEndpoint.AddressBytesMax)
        {
            throw new BridgeException(
                BridgeError.OutOfRange, $"socket path {path} has {length} bytes, the limit is {BridgeEndpoint.AddressBytesMax}");
        }

        System.Text.Encoding.UTF8.GetBytes(path, new Span<byte>(address.sun_path, LibC.sockaddr_un.PathBytes));
        return address;
    }

    /// <summary>The user at the other end.</summary>
    public static uint PeerUser(Descriptor socket)
    {
        LibC.ucred credentials;
        uint length = (uint)sizeof(LibC.ucred);
        return LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERCRED, &credentials, &length) == 0
            ? credentials.uid
            : throw SystemCall.Failed("asking who the peer is");
    }

    public override bool WaitReadable(int timeoutMs)
    {
        if (_aheadStart < _aheadEnd || TryReadAhead()) return true;
        if (timeoutMs == 0) return false;
        return Wait(LibC.POLLIN, Deadline.In(timeoutMs));
    }

    public override void Read(byte* destination, long count, Deadline deadline)
    {
        while (count > 0)
        {
            int ahead = (int)Math.Min(count, _aheadEnd - _aheadStart);
            if (ahead > 0)
            {
                _ahead.AsSpan(_aheadStart, ahead).CopyTo(new Span<byte>(destination, ahead));
                _aheadStart += ahead;
                destination += ahead;
                count -= ahead;
                continue;
            }

            if (count < AheadBytes ? TryReadAhead() : TryReadInto(ref destination, ref count))
            {
                if (_isAtEnd) throw Gone();
                continue;
            }

            if (!Wait(LibC.POLLIN, deadline))
            {
                throw new BridgeException(BridgeError.TimedOut, $"the peer did not send the {count} bytes left of a message in time");
            }
        }
    }

    public override void Write(byte* source, long count, Deadline deadline, SharedMemory? memory = null)
    {
        byte* control = stackalloc byte[ControlBytes];
        Descriptor? sent = (memory as MemfdMemory)?.Descriptor;
        while (count > 0)
        {
            var part = new LibC.iovec { iov_base = source, iov_len = (nuint)count };
            var message = new LibC.msghdr { msg_iov = &part, msg_iovlen = 1 };
            if (sent is not null)
            {
                var header = (LibC.cmsghdr*)control;
                *header = new LibC.cmsghdr
                {
                    cmsg_len = (nuint)(sizeof(LibC.cmsghdr) + sizeof(int)), cmsg_level = LibC.SOL_SOCKET, cmsg_type = LibC.SCM_RIGHTS,
                };
                *(int*)(header + 1) = sent.Number;
                message.msg_control = control;
                message.msg_controllen = (nuint)(sizeof(LibC.cmsghdr) + sizeof(long));
            }

            if (_closed) throw Gone();
            nint put = LibC.sendmsg(_socket, &message, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
            if (put > 0)
            {
                sent = null;
                source += put;
                count -= put;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.EINTR) continue;
            if (error is LibC.EPIPE or LibC.ECONNRESET) throw Gone();
            if (error != LibC.EAGAIN) throw SystemCall.Failed("writing to the peer", error);
            if (!Wait(LibC.POLLOUT, deadline))
            {
                throw new BridgeException(BridgeError.TimedOut, $"the peer did not take the {count} bytes left of a message in time");
            }
        }
    }

    public override SharedMemory? TakeMemory(string name, long bytes)
    {
        Descriptor? descriptor = _received;
        _received = null;
        if (_hasSurplus)
        {
            _hasSurplus = false;
            descriptor?.Dispose();
            throw new BridgeException(BridgeError.SlotMemoryUnsafe, "more than one descriptor came with one message");
        }

        return descriptor is null ? null : MemfdMemory.Open(descriptor, bytes);
    }

    public override void Dispose()
    {
        _closed = true;
        _received?.Dispose();
        _socket.Dispose();
    }

    /// <summary>Finds the C function that waits. The runtime makes an object when a function is first called: a frame that is the first to wait, after a
    /// hundred that did not have to, shall not pay for it.</summary>
    private static void BindWait()
    {
        LibC.pollfd none = default;
        _ = LibC.poll(&none, 0, 0);
    }

    private static BridgeException Gone() => new(BridgeError.PeerGone, "the peer closed the connection");

    /// <summary>Reads what is there into the empty buffer; false where there is nothing yet. At the end of the stream it is true and
    /// <see cref="_isAtEnd"/>.</summary>
    private bool TryReadAhead()
    {
        fixed (byte* start = _ahead)
        {
            int got = Receive(start, AheadBytes);
            if (got < 0) return false;
            _aheadStart = 0;
            _aheadEnd = got;
        }

        return true;
    }

    private bool TryReadInto(ref byte* destination, ref long count)
    {
        int got = Receive(destination, count);
        if (got < 0) return false;
        destination += got;
        count -= got;
        return true;
    }

    /// <summary>Receives without waiting; −1 where nothing is there, 0 at the end.</summary>
    private int Receive(byte* destination, long count)
    {
        byte* control = stackalloc byte[ControlBytes];
        while (true)
        {
            var part = new LibC.iovec { iov_base = destination, iov_len = (nuint)Math.Min(count, 1 << 30) };
            var message = new LibC.msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = ControlBytes };
            nint got = _closed ? 0 : LibC.recvmsg(_socket, &message, LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC);
            if (got > 0)
            {
                if (message.msg_controllen > 0) Keep(message);
                return (int)got;
            }

            int error = got == 0 ? LibC.ECONNRESET : Marshal.GetLastPInvokeError();
            if (error == LibC.EINTR) continue;
            if (error == LibC.EAGAIN) return -1;
            if (error != LibC.ECONNRESET) throw SystemCall.Failed("reading from the peer", error);
            _isAtEnd = true;
            return 0;
        }
    }

    /// <summary>Keeps the first descriptor that came and closes any other, so that a peer cannot fill our table.</summary>
    private void Keep(in LibC.msghdr message)
    {
        byte* position = (byte*)message.msg_control;
        byte* end = position + message.msg_controllen;
        while (end - position >= sizeof(LibC.cmsghdr))
        {
            var header = (LibC.cmsghdr*)position;
            if (header->cmsg_len < (nuint)sizeof(LibC.cmsghdr) || header->cmsg_len > (nuint)(end - position)) return;
            if (header->cmsg_level == LibC.SOL_SOCKET && header->cmsg_type == LibC.SCM_RIGHTS)
            {
                int count = (int)(header->cmsg_len - (nuint)sizeof(LibC.cmsghdr)) / sizeof(int);
                for (int index = 0; index < count; index++)
                {
                    var descriptor = new Descriptor(((int*)(header + 1))[index]);
                    _hasSurplus |= _received is not null;
                    if (_received is null) _received = descriptor;
                    else descriptor.Dispose();
                }
            }

            position += (header->cmsg_len + (nuint)(sizeof(long) - 1)) & ~(nuint)(sizeof(long) - 1);
        }
    }

    private bool Wait(short events, Deadline deadline)
    {
        bool held = false;
        try
        {
            if (_closed) throw Gone();
            _socket.DangerousAddRef(ref held);
            while (true)
            {
                var entry = new LibC.pollfd { fd = _socket.Number, events = events };
                int ready = LibC.poll(&entry, 1, deadline.Left(Poll is null ? int.MaxValue : PollMs));
                if (ready > 0) return true; // An error or a hang-up shows in the read or write that follows.
                int error = ready < 0 ? Marshal.GetLastPInvokeError() : LibC.EINTR;
                if (error != LibC.EINTR) throw SystemCall.Failed("poll", error);
                if (deadline.HasPassed) return false;
                Poll?.Invoke();
            }
        }
        catch (ObjectDisposedException)
        {
            throw Gone();
        }
        finally
        {
            if (held) _socket.DangerousRelease();
        }
    }
}
