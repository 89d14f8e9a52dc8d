using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>A connected named pipe, read and written with overlapped calls so that every wait has a limit.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsPipe : ByteChannel
{
    private const int BusyMs = 5;
    private const int PeekMs = 1;

    private readonly nint _readEvent = Kernel32.CreateEventW(0, 1, 0, 0);
    private readonly nint _writeEvent = Kernel32.CreateEventW(0, 1, 0, 0);
    private nint _pipe;

    public WindowsPipe(nint pipe) => _pipe = pipe;

    public override bool HasStrayDescriptor => false;

    /// <summary>Connects to a pipe; null where nobody listens.</summary>
    public static WindowsPipe? TryConnect(string name, Deadline deadline, Action? poll = null, int pollMs = 0)
    {
        while (true)
        {
            uint flags = Kernel32.FILE_FLAG_OVERLAPPED | Kernel32.SECURITY_SQOS_IDENTIFICATION;
            nint pipe = Kernel32.CreateFileW(name, Kernel32.GENERIC_READ_WRITE, 0, 0, Kernel32.OPEN_EXISTING, flags, 0);
            if (pipe != -1) return new WindowsPipe(pipe) { PollMs = pollMs > 0 ? pollMs : BridgeLimits.Default.AbortPollMs, Poll = poll };
            int error = Marshal.GetLastPInvokeError();
            if (error == Kernel32.ERROR_FILE_NOT_FOUND) return null;
            if (error != Kernel32.ERROR_PIPE_BUSY) throw SystemCall.Failed($"connecting to {name}", error);
            if (deadline.HasPassed) throw new BridgeException(BridgeError.TimedOut, $"{name} took no connection in time");
            poll?.Invoke();
            Thread.Sleep(BusyMs); // Between two instances of the pipe.
        }
    }

    public override bool WaitReadable(int timeoutMs)
    {
        Deadline deadline = Deadline.In(timeoutMs);
        while (true)
        {
            uint available;
            if (Kernel32.PeekNamedPipe(_pipe, null, 0, null, &available, null) == 0) return true; // Broken: the read that follows says so.
            if (available > 0) return true;
            if (deadline.HasPassed) return false;
            Poll?.Invoke();
            Thread.Sleep(PeekMs); // A pipe cannot be waited on for data without reading it.
        }
    }

    public override void Read(byte* destination, long count, Deadline deadline) => Transfer(destination, count, deadline, isWrite: false);

    public override void Write(byte* source, long count, Deadline deadline, SharedMemory? memory = null) =>
        Transfer(source, count, deadline, isWrite: true);

    public override SharedMemory? TakeMemory(string name, long bytes) => name.Length > 0 ? MappingMemory.OpenNamed(name, bytes) : null;

    public override void Dispose()
    {
        if (_pipe == 0) return;
        _ = Kernel32.CloseHandle(_pipe);
        _ = Kernel32.CloseHandle(_readEvent);
        _ = Kernel32.CloseHandle(_writeEvent);
        _pipe = 0;
    }

    private void Transfer(byte* bytes, long count, Deadline deadline, bool isWrite)
    {
        while (count > 0)
        {
            if (_pipe == 0) throw Gone();
            uint part = (uint)Math.Min(count, MessagePipe.ChunkBytes);
            uint done;
            var overlapped = new Kernel32.OVERLAPPED { hEvent = isWrite ? _writeEvent : _readEvent };
            int ok = isWrite ? Kernel32.WriteFile(_pipe, bytes, part, null, &overlapped) : Kernel32.ReadFile(_pipe, bytes, part, null, &overlapped);
            if (ok == 0 && Marshal.GetLastPInvokeError() != Kernel32.ERROR_IO_PENDING) throw Failure(Marshal.GetLastPInvokeError());
            bool isOver = false;
            try
            {
                while (Kernel32.GetOverlappedResultEx(_pipe, &overlapped, &done, (uint)deadline.Left(Poll is null ? int.MaxValue : PollMs), 0) == 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error is not (Kernel32.WAIT_TIMEOUT or Kernel32.ERROR_IO_INCOMPLETE))
                    {
                        isOver = true;
                        throw Failure(error);
                    }

                    if (deadline.HasPassed)
                    {
                        throw new BridgeException(BridgeError.TimedOut, $"{count} bytes of a message were left when the time was over");
                    }

                    Poll?.Invoke();
                }

                isOver = true;
            }
            finally
            {
                if (!isOver)
                {
                    _ = Kernel32.CancelIoEx(_pipe, &overlapped);
                    // The buffer is ours again only after this; it ends at once.
                    _ = Kernel32.GetOverlappedResultEx(_pipe, &overlapped, &done, uint.MaxValue, 0);
                }
            }

            if (done == 0) throw Gone();
            bytes += done;
            count -= done;
        }
    }

    private static BridgeException Gone() => new(BridgeError.PeerGone, "the peer closed the connection");

    private static BridgeException Failure(int error) =>
        error is Kernel32.ERROR_BROKEN_PIPE or Kernel32.ERROR_NO_DATA or Kernel32.ERROR_PIPE_NOT_CONNECTED
            ? Gone()
            : SystemCall.Failed("the pipe", error);
}

/// <summary>A named pipe that only the current user may open, and only from this machine. The first instance is the lock.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsListener : Listener
{
    private const uint BufferBytes = 64 * 1024;

    /// <summary>Full access for the owner, nothing for anybody else; protected from inherited entries.</summary>
    private const string OwnerOnly = "D:P(A;;GA;;;OW)";

    private readonly string _name;
    private readonly nint _event = Kernel32.CreateEventW(0, 1, 0, 0);
    private nint _descriptor;
    private nint _pipe;

    public WindowsListener(BridgeEndpoint endpoint)
    {
        _name = endpoint.Address;
        nint descriptor;
        if (Kernel32.ConvertStringSecurityDescriptorToSecurityDescriptorW(OwnerOnly, 1, &descriptor, 0) == 0)
        {
            throw SystemCall.Failed("making the pipe's access list");
        }

        _descriptor = descriptor;
        _pipe = CreateInstance(isFirst: true);
    }

    public override ByteChannel? Accept(int timeoutMs)
    {
        if (_pipe == 0) return null;
        uint done;
        var overlapped = new Kernel32.OVERLAPPED { hEvent = _event };
        if (Kernel32.ConnectNamedPipe(_pipe, &overlapped) == 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == Kernel32.ERROR_IO_PENDING)
            {
                if (Kernel32.GetOverlappedResultEx(_pipe, &overlapped, &done, (uint)timeoutMs, 0) == 0)
                {
                    _ = Kernel32.CancelIoEx(_pipe, &overlapped);
                    if (Kernel32.GetOverlappedResultEx(_pipe, &overlapped, &done, uint.MaxValue, 0) == 0) return null;
                }
            }
            else if (error != Kernel32.ERROR_PIPE_CONNECTED)
            {
                throw SystemCall.Failed("accepting a connection", error);
            }
        }

        nint connected = _pipe;
        _pipe = CreateInstance(isFirst: false);
        return new WindowsPipe(connected);
    }

    public override void Hide()
    {
        // A pipe goes when its last instance does; until then the handshake sends newcomers away.
    }

    public override void Close()
    {
        if (_pipe != 0) _ = Kernel32.CloseHandle(_pipe);
        _pipe = 0;
    }

    public override void Dispose()
    {
        Close();
        if (_descriptor == 0) return;
        _ = Kernel32.LocalFree(_descriptor);
        _ = Kernel32.CloseHandle(_event);
        _descriptor = 0;
    }

    private nint CreateInstance(bool isFirst)
    {
        var security = new Kernel32.SECURITY_ATTRIBUTES { nLength = (uint)sizeof(Kernel32.SECURITY_ATTRIBUTES), lpSecurityDescriptor = _descriptor };
        uint mode = Kernel32.PIPE_ACCESS_DUPLEX | Kernel32.FILE_FLAG_OVERLAPPED | (isFirst ? Kernel32.FILE_FLAG_FIRST_PIPE_INSTANCE : 0);
        nint pipe = Kernel32.CreateNamedPipeW(
            _name, mode, Kernel32.PIPE_REJECT_REMOTE_CLIENTS, Kernel32.PIPE_UNLIMITED_INSTANCES, BufferBytes, BufferBytes, 0, &security);
        if (pipe != -1) return pipe;
        int error = Marshal.GetLastPInvokeError();
        if (isFirst && error == Kernel32.ERROR_ACCESS_DENIED)
        {
            throw new BridgeException(BridgeError.AlreadyRunning, $"another RunwayFX engine listens at {_name}");
        }

        throw SystemCall.Failed($"listening at {_name}", error);
    }
}
