using System.Buffers;
using System.Diagnostics;

namespace RunwayFX.Bridge;

/// <summary>Messages over a byte channel. One thread reads; any thread may send, a message (with its pixels) at a time.</summary>
internal sealed unsafe class MessagePipe(ByteChannel channel, BridgeLimits limits) : IDisposable
{
    /// <summary>Body of one <see cref="MessageType.PixelChunk"/> as we send it.</summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>How long a reader looks for the next message before it sleeps, counted from the last message either way: waking a sleeping processor costs
    /// more than answering a small request does. Once per wait, so that a long one costs nothing.</summary>
    private const int AttentionMicroseconds = 60;

    private static readonly long AttentionTicks =
        Environment.ProcessorCount > 1 ? AttentionMicroseconds * Stopwatch.Frequency / 1_000_000 : 0;

    private readonly Lock _writing = new();
    private readonly Scratch _scratch = new();
    private readonly ArrayBufferWriter<byte> _outgoing = new(256);
    private byte[] _incoming = new byte[512];
    private int _bodyBytes;
    private long _lastMessage;
    private bool _closed;
    private int _tearing;

    /// <summary>What the message last received holds.</summary>
    public MessageType ReceivedType { get; private set; }

    /// <summary>Called every <see cref="BridgeLimits.AbortPollMs"/> at most while a wait for the peer lasts; what it throws ends the wait.</summary>
    public Action? Poll
    {
        get => channel.Poll;
        set => channel.Poll = value;
    }

    /// <summary>Whether a message, or the pixels after one, were left half-way in either direction: no further message can follow.</summary>
    public bool IsTorn => Volatile.Read(ref _tearing) != 0;

    /// <summary>Whether something, or the end, can be read now.</summary>
    public bool HasBytes => channel.WaitReadable(0);

    /// <summary>When the peer last sent anything, on the clock of <see cref="MonotonicClock.Milliseconds"/>.</summary>
    public long LastReceived { get; private set; } = MonotonicClock.Milliseconds;

    /// <summary>Waits for a message and reads it, a <see cref="MessageType.PixelChunk"/> excepted, whose body stays for
    /// <see cref="ReceivePixels"/>.</summary>
    /// <returns>False where none began within the time.</returns>
    /// <exception cref="BridgeException">The peer is gone, or sent what is no message.</exception>
    public bool TryReceive(int timeoutMs) => TryReceive(timeoutMs, Deadline.In((long)timeoutMs + limits.SilenceMs));

    /// <summary>As <see cref="TryReceive(int)"/>, with a point in time by which a message that has begun is there as a whole.</summary>
    public bool TryReceive(int timeoutMs, Deadline latest)
    {
        if (!WaitForMessage(timeoutMs)) return false;
        Deadline deadline = Deadline.In(latest.Left(limits.SilenceMs));
        Interlocked.Increment(ref _tearing);
        byte* bytes = stackalloc byte[MessageHeader.Bytes];
        channel.Read(bytes, MessageHeader.Bytes, deadline);
        MessageHeader header = MessageHeader.Parse(new ReadOnlySpan<byte>(bytes, MessageHeader.Bytes));
        ReceivedType = header.Type;
        _bodyBytes = header.BodyBytes;
        if (header.Type != MessageType.PixelChunk)
        {
            if (_incoming.Length < _bodyBytes) _incoming = new byte[Math.Max(_bodyBytes, Math.Min(2 * _incoming.Length, MessageHeader.BodyBytesMax))];
            fixed (byte* body = _incoming) channel.Read(body, _bodyBytes, deadline);
        }

        if (channel.HasStrayDescriptor && header.Type != MessageType.AttachMemory)
        {
            throw new BridgeException(BridgeError.OutOfOrder, $"a descriptor came with message {header.Type}");
        }

        Interlocked.Decrement(ref _tearing);
        LastReceived = MonotonicClock.Milliseconds;
        Volatile.Write(ref _lastMessage, Stopwatch.GetTimestamp());
        return true;
    }

    /// <summary>The message last received. Lists in it are good until the next message of its type is read.</summary>
    /// <exception cref="BridgeException">Its body is malformed or a value is outside its limits.</exception>
    public T Read<T>()
        where T : IBridgeMessage<T>
    {
        if (ReceivedType != T.Type) throw new BridgeException(BridgeError.OutOfOrder, $"message {ReceivedType} came where {T.Type} was due");
        return MessageCodec.Decode<T>(_incoming.AsMemory(0, _bodyBytes), _scratch);
    }

    /// <summary>The shared memory that came with the message last received; null where none came.</summary>
    public SharedMemory? TakeMemory(in AttachMemory message) => channel.TakeMemory(message.Name, message.Bytes);

    /// <summary>Reads the chunks that follow a message with an inline slot.</summary>
    /// <exception cref="BridgeException">Something else came, or too much, or it took longer than <see cref="BridgeLimits.PixelsMs"/>.</exception>
    public void ReceivePixels(byte* destination, long bytes)
    {
        Deadline latest = Deadline.In(limits.PixelsMs);
        Interlocked.Increment(ref _tearing);
        while (bytes > 0)
        {
            if (!TryReceive(latest.Left(limits.SilenceMs), latest))
            {
                throw new BridgeException(BridgeError.TimedOut, $"the peer did not send the {bytes} bytes left of a frame in time");
            }

            if (ReceivedType != MessageType.PixelChunk) throw new BridgeException(BridgeError.OutOfOrder, $"message {ReceivedType} came amid pixels");
            if (_bodyBytes < 1 || _bodyBytes > bytes)
            {
                throw new BridgeException(BridgeError.OutOfRange, $"a pixel chunk has {_bodyBytes} bytes, expected are 1..{bytes}");
            }

            channel.Read(destination, _bodyBytes, Deadline.In(latest.Left(limits.SilenceMs)));
            destination += _bodyBytes;
            bytes -= _bodyBytes;
        }

        Interlocked.Decrement(ref _tearing);
    }

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="memory">Shared memory to pass along.</param>
    /// <param name="pixels">Pixels to send after it, tightly packed, where its slot is inline.</param>
    /// <exception cref="BridgeException">The peer is gone or does not read.</exception>
    public void Send<T>(in T message, SharedMemory? memory = null, SlotView pixels = default)
        where T : IBridgeMessage<T>
    {
        lock (_writing)
        {
            Begin();
            MessageCodec.Encode(_outgoing, in message);
            Finish(T.Type, memory);
            if (pixels.Height > 0) SendChunks((byte*)pixels.Pointer, pixels.RowBytes * pixels.Height, Deadline.In(limits.PixelsMs));
            Interlocked.Decrement(ref _tearing);
        }
    }

    /// <summary>Sends a message and, after it, the pixels of several inline slots.</summary>
    public void Send<T>(in T message, ReadOnlySpan<SlotView> pictures)
        where T : IBridgeMessage<T>
    {
        lock (_writing)
        {
            Begin();
            MessageCodec.Encode(_outgoing, in message);
            Finish(T.Type, null);
            foreach (SlotView picture in pictures) SendChunks((byte*)picture.Pointer, picture.RowBytes * picture.Height, Deadline.In(limits.PixelsMs));
            Interlocked.Decrement(ref _tearing);
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_closed) return;
            _closed = true;
            channel.Dispose();
        }
    }

    private bool WaitForMessage(int timeoutMs)
    {
        if (timeoutMs > 0)
        {
            long asleepAt = Volatile.Read(ref _lastMessage) + AttentionTicks;
            while (Stopwatch.GetTimestamp() < asleepAt)
            {
                if (channel.WaitReadable(0)) return true;
            }
        }

        return channel.WaitReadable(timeoutMs);
    }

    private void Begin()
    {
        if (_closed) throw new BridgeException(BridgeError.PeerGone, "the connection is closed");
        _outgoing.ResetWrittenCount();
        _outgoing.GetSpan(MessageHeader.Bytes);
        _outgoing.Advance(MessageHeader.Bytes);
    }

    private void Finish(MessageType type, SharedMemory? memory)
    {
        int length = _outgoing.WrittenCount;
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(_outgoing.WrittenMemory, out ArraySegment<byte> bytes);
        new MessageHeader(type, length - MessageHeader.Bytes).Write(bytes);
        Interlocked.Increment(ref _tearing);
        fixed (byte* start = bytes.Array) channel.Write(start + bytes.Offset, length, Deadline.In(limits.SilenceMs), memory);
        Volatile.Write(ref _lastMessage, Stopwatch.GetTimestamp());
    }

    private void SendChunks(byte* source, long bytes, Deadline latest)
    {
        byte* header = stackalloc byte[MessageHeader.Bytes];
        while (bytes > 0)
        {
            int count = (int)Math.Min(bytes, ChunkBytes);
            new MessageHeader(MessageType.PixelChunk, count).Write(new Span<byte>(header, MessageHeader.Bytes));
            channel.Write(header, MessageHeader.Bytes, Deadline.In(latest.Left(limits.SilenceMs)));
            channel.Write(source, count, Deadline.In(latest.Left(limits.SilenceMs)));
            source += count;
            bytes -= count;
        }
    }
}
