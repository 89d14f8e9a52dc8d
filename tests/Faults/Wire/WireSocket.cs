using System.Runtime.InteropServices;
using RunwayFX.Bridge;
using RunwayFX.Bridge.Raw;
using RunwayFX.Faults.Raw;

namespace RunwayFX.Faults.Wire;

/// <summary>A socket that reads and writes whole or broken messages with their descriptors, and checks nothing.</summary>
internal sealed unsafe class WireSocket(Descriptor socket) : IDisposable
{
    private const int ControlBytes = 256;
    private const int PollMs = 20;

    private int _closed;

    /// <summary>Whether this end was closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>The socket.</summary>
    public int Number => socket.Number;

    /// <summary>Connects; null where nobody listens.</summary>
    public static WireSocket? TryConnect(string path)
    {
        LibC.sockaddr_un address = UnixChannel.Address(path);
        Descriptor socket = UnixChannel.NewSocket();
        if (LibC.connect(socket, &address, (uint)sizeof(LibC.sockaddr_un)) == 0) return new WireSocket(socket);
        socket.Dispose();
        return null;
    }

    /// <summary>The next message; null at the end of the stream or after <see cref="Close"/>.</summary>
    public WireMessage? Read()
    {
        List<Descriptor> descriptors = [];
        byte[] header = new byte[MessageHeader.Bytes];
        if (Fill(header, descriptors))
        {
            int length = BitConverter.ToInt32(header, 8);
            if (length is >= 0 and <= MessageHeader.BodyBytesMax)
            {
                byte[] bytes = new byte[MessageHeader.Bytes + length];
                header.CopyTo(bytes, 0);
                if (Fill(bytes.AsSpan(MessageHeader.Bytes), descriptors)) return new WireMessage(bytes, descriptors);
            }
        }

        foreach (Descriptor descriptor in descriptors) descriptor.Dispose();
        return null;
    }

    /// <summary>Writes bytes; false where the peer is gone or this end was closed.</summary>
    public bool Write(ReadOnlySpan<byte> bytes, IReadOnlyList<Descriptor>? descriptors = null)
    {
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length && !IsClosed)
            {
                var part = new LibC.iovec { iov_base = start + done, iov_len = (nuint)(bytes.Length - done) };
                var message = new LibC.msghdr { msg_iov = &part, msg_iovlen = 1 };
                if (done == 0 && descriptors is { Count: > 0 }) Attach(ref message, control, descriptors);
                nint put = LibC.sendmsg(socket, &message, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
                if (put > 0) done += (int)put;
                else if (Marshal.GetLastPInvokeError() == LibC.EAGAIN) Wait(LibC.POLLOUT);
                else if (Marshal.GetLastPInvokeError() != LibC.EINTR) return false;
            }
        }

        return !IsClosed;
    }

    /// <summary>Ends every call on it, from any thread.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) _ = Posix.shutdown(socket, Posix.SHUT_RDWR);
    }

    public void Dispose()
    {
        Close();
        socket.Dispose();
    }

    private static void Attach(ref LibC.msghdr message, byte* control, IReadOnlyList<Descriptor> descriptors)
    {
        var header = (LibC.cmsghdr*)control;
        nuint length = (nuint)(sizeof(LibC.cmsghdr) + descriptors.Count * sizeof(int));
        *header = new LibC.cmsghdr { cmsg_len = length, cmsg_level = LibC.SOL_SOCKET, cmsg_type = LibC.SCM_RIGHTS };
        for (int index = 0; index < descriptors.Count; index++) ((int*)(header + 1))[index] = descriptors[index].Number;
        message.msg_control = control;
        message.msg_controllen = (length + 7) & ~(nuint)7;
    }

    private bool Fill(Span<byte> bytes, List<Descriptor> descriptors)
    {
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                if (IsClosed) return false;
                var part = new LibC.iovec { iov_base = start + done, iov_len = (nuint)(bytes.Length - done) };
                var message = new LibC.msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = ControlBytes };
                nint got = LibC.recvmsg(socket, &message, LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC);
                if (got == 0) return false;
                if (got > 0)
                {
                    done += (int)got;
                    if (message.msg_controllen >= (nuint)(sizeof(LibC.cmsghdr) + sizeof(int))) Collect((LibC.cmsghdr*)control, descriptors);
                }
                else if (Marshal.GetLastPInvokeError() == LibC.EAGAIN)
                {
                    Wait(LibC.POLLIN);
                }
                else if (Marshal.GetLastPInvokeError() != LibC.EINTR)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static void Collect(LibC.cmsghdr* header, List<Descriptor> descriptors)
    {
        if (header->cmsg_level != LibC.SOL_SOCKET || header->cmsg_type != LibC.SCM_RIGHTS) return;
        int count = (int)(header->cmsg_len - (nuint)sizeof(LibC.cmsghdr)) / sizeof(int);
        for (int index = 0; index < count; index++) descriptors.Add(new Descriptor(((int*)(header + 1))[index]));
    }

    private void Wait(short events)
    {
        var entry = new LibC.pollfd { fd = socket.Number, events = events };
        _ = LibC.poll(&entry, 1, PollMs);
    }
}
