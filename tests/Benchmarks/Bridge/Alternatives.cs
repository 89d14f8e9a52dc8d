using System.IO.MemoryMappedFiles;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace RunwayFX.Benchmarks;

/// <summary>Another way of carrying a frame to a second process and back, as its users write it.</summary>
internal unsafe interface IAlternative : IDisposable
{
    /// <summary>Name in the rows.</summary>
    string Name { get; }

    /// <summary>From a host's buffer through the other process into a host's buffer.</summary>
    void RoundTrip(byte* source, byte* result, long bytes);
}

/// <summary>The alternatives, and their other ends.</summary>
internal static class Alternatives
{
    /// <summary>Largest frame of the bench, and so the size of the mapped file.</summary>
    public const long BytesMax = 3840L * 2160 * 16;

    /// <summary>Starts all that this system has.</summary>
    public static List<IAlternative> Start() => [new PipePixels(), new GrpcUnixSocket(), new TcpProtobuf(), new MappedFileTcp()];

    /// <summary>The child's side.</summary>
    public static int Serve(string kind, string folder, Action<string> announce)
    {
        if (kind == GrpcUnixSocket.Kind) return GrpcUnixSocket.Serve(folder, announce);
        if (kind == PipePixels.Kind)
        {
            string path = Path.Combine(folder, "pipe.sock");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            return Accept(listener, path, announce, PipePixels.Answer);
        }

        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = ((IPEndPoint)tcp.LocalEndPoint!).ToString();
        return Accept(tcp, address, announce, kind == TcpProtobuf.Kind ? TcpProtobuf.Answer : MappedFileTcp.Answer);
    }

    private static int Accept(Socket listener, string address, Action<string> announce, Action<Socket> answer)
    {
        listener.Listen(1);
        announce(address);
        using Socket socket = listener.Accept();
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
        answer(socket); // Until the parent closes its end.
        return 0;
    }
}

/// <summary>The pixels themselves through a Unix socket, there and back.</summary>
internal sealed unsafe class PipePixels : IAlternative
{
    public const string Kind = "pipe";
    private readonly BenchProcess _server = BenchProcess.Start(Kind);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public PipePixels() => _socket.Connect(new UnixDomainSocketEndPoint(_server.Address));

    public string Name => "pipe";

    public void RoundTrip(byte* source, byte* result, long bytes)
    {
        SocketBytes.Send(_socket, new ReadOnlySpan<byte>(&bytes, sizeof(long)));
        SocketBytes.Send(_socket, new ReadOnlySpan<byte>(source, (int)bytes));
        if (!SocketBytes.TryReceive(_socket, new Span<byte>(result, (int)bytes))) throw new IOException("the pipe's other end is gone");
    }

    public static void Answer(Socket socket)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>((int)Alternatives.BytesMax);
        long bytes;
        while (SocketBytes.TryReceive(socket, new Span<byte>(&bytes, sizeof(long))))
        {
            Span<byte> frame = buffer.AsSpan(0, (int)bytes);
            if (!SocketBytes.TryReceive(socket, frame)) return;
            SocketBytes.Send(socket, frame);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _server.Dispose();
    }
}

/// <summary>Length-prefixed protobuf messages over loopback TCP, as the best-known machine-learning bridge of Nuke has them.</summary>
internal sealed unsafe class TcpProtobuf : IAlternative
{
    public const string Kind = "tcp-protobuf";
    private readonly BenchProcess _server = BenchProcess.Start(Kind);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly NetworkStream _stream;

    public TcpProtobuf()
    {
        _socket.Connect(IPEndPoint.Parse(_server.Address));
        _stream = new NetworkStream(_socket);
    }

    public string Name => "tcp-protobuf";

    public void RoundTrip(byte* source, byte* result, long bytes)
    {
        var request = new BytesValue { Value = ByteString.CopyFrom(new ReadOnlySpan<byte>(source, (int)bytes)) };
        request.WriteDelimitedTo(_stream);
        BytesValue reply = Read(_stream) ?? throw new IOException("the other end is gone");
        reply.Value.Span.CopyTo(new Span<byte>(result, (int)bytes));
    }

    public static void Answer(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        while (Read(stream) is BytesValue request) new BytesValue { Value = request.Value }.WriteDelimitedTo(stream);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
        _server.Dispose();
    }

    /// <summary>Reads the length, then the message at one stroke; null at the end.</summary>
    private static BytesValue? Read(NetworkStream stream)
    {
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0) return null;
            length |= (next & 0x7F) << shift;
            if (next < 0x80) break;
        }

        byte[] body = GC.AllocateUninitializedArray<byte>(length);
        stream.ReadExactly(body);
        return BytesValue.Parser.ParseFrom(body);
    }
}

/// <summary>A file in the temporary folder that both ends have mapped, and a byte over loopback TCP to say that it is the other's turn.</summary>
internal sealed unsafe class MappedFileTcp : IAlternative
{
    public const string Kind = "mapped-file-tcp";
    private readonly BenchProcess _server = BenchProcess.Start(Kind);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    public MappedFileTcp()
    {
        _socket.Connect(IPEndPoint.Parse(_server.Address));
        string path = Path.Combine(_server.Folder, "frame");
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, Alternatives.BytesMax);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        byte[] name = System.Text.Encoding.UTF8.GetBytes(path);
        int length = name.Length;
        SocketBytes.Send(_socket, new ReadOnlySpan<byte>(&length, sizeof(int)));
        SocketBytes.Send(_socket, name);
    }

    public string Name => "mapped-file-tcp";

    public void RoundTrip(byte* source, byte* result, long bytes)
    {
        Buffer.MemoryCopy(source, _bytes, Alternatives.BytesMax, bytes);
        byte turn = 1;
        SocketBytes.Send(_socket, new ReadOnlySpan<byte>(&turn, 1));
        if (!SocketBytes.TryReceive(_socket, new Span<byte>(&turn, 1))) throw new IOException("the other end is gone");
        Buffer.MemoryCopy(_bytes, result, bytes, bytes);
    }

    public static void Answer(Socket socket)
    {
        int length;
        if (!SocketBytes.TryReceive(socket, new Span<byte>(&length, sizeof(int)))) return;
        byte[] name = new byte[length];
        if (!SocketBytes.TryReceive(socket, name)) return;
        using var file = MemoryMappedFile.CreateFromFile(System.Text.Encoding.UTF8.GetString(name), FileMode.Open);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor();
        byte turn;
        while (SocketBytes.TryReceive(socket, new Span<byte>(&turn, 1))) SocketBytes.Send(socket, new ReadOnlySpan<byte>(&turn, 1));
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        _socket.Dispose();
        _server.Dispose();
    }
}

/// <summary>Whole buffers through a blocking socket.</summary>
internal static class SocketBytes
{
    /// <summary>Sends all of it.</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[socket.Send(bytes)..];
    }

    /// <summary>Fills the buffer; false where the other end closed first.</summary>
    public static bool TryReceive(Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int got = socket.Receive(bytes);
            if (got == 0) return false;
            bytes = bytes[got..];
        }

        return true;
    }
}
