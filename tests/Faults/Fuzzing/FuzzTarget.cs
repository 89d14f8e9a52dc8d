using System.Buffers;
using RunwayFX.Bridge;
using RunwayFX.Bridge.Tests;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>One decoder: takes any bytes and either gives a message or throws its room's exception.</summary>
internal abstract class FuzzTarget(string name, byte[] seed)
{
    /// <summary>Every decoder of the protocol: the header, and the body of every type of message; and every reader of what model packages hold.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new HeaderTarget(),
        new BodyTarget<Hello>(ProtocolSamples.Hello),
        new BodyTarget<HelloReply>(ProtocolSamples.HelloReply),
        new BodyTarget<OpenSession>(ProtocolSamples.OpenSession),
        new BodyTarget<SessionOpened>(ProtocolSamples.SessionOpened),
        new BodyTarget<AttachMemory>(ProtocolSamples.AttachMemory),
        new BodyTarget<MemoryAttached>(ProtocolSamples.MemoryAttached),
        new BodyTarget<DetachMemory>(ProtocolSamples.DetachMemory),
        new BodyTarget<RenderRequest>(ProtocolSamples.Request),
        new BodyTarget<NeedFrames>(ProtocolSamples.NeedFrames),
        new BodyTarget<SupplyFrame>(ProtocolSamples.SupplyFrame),
        new BodyTarget<Progress>(ProtocolSamples.Progress),
        new BodyTarget<LogLine>(ProtocolSamples.LogLine),
        new BodyTarget<RenderDone>(ProtocolSamples.RenderDone),
        new BodyTarget<RenderFailed>(ProtocolSamples.RenderFailed),
        new BodyTarget<Cancel>(ProtocolSamples.Cancel),
        new BodyTarget<SlotReleased>(ProtocolSamples.SlotReleased),
        new BodyTarget<Ping>(ProtocolSamples.Ping),
        new BodyTarget<Pong>(ProtocolSamples.Pong),
        new BodyTarget<StatusRequest>(ProtocolSamples.StatusRequest),
        new BodyTarget<EngineStatus>(ProtocolSamples.EngineStatus),
        new BodyTarget<CacheRequest>(ProtocolSamples.CacheRequest),
        new BodyTarget<CacheReply>(ProtocolSamples.CacheReply),
        new BodyTarget<PreviewRequest>(ProtocolSamples.PreviewRequest),
        new BodyTarget<PreviewReply>(ProtocolSamples.PreviewReply),
        new BodyTarget<Shutdown>(ProtocolSamples.Shutdown),
        .. PackageTargets.All,
    ];

    /// <summary>What is decoded.</summary>
    public string Name { get; } = name;

    /// <summary>Bytes that are valid.</summary>
    public byte[] Seed { get; } = seed;

    /// <summary>The same decoder for another thread.</summary>
    public abstract FuzzTarget Fresh();

    /// <summary>Most bytes a decoder may allocate for a body of so many: texts become twice as long, and a refusal costs a message.</summary>
    public virtual long AllocationMax(int length) => 64 * 1024 + 64L * length;

    /// <summary>Whether bodies are MessagePack, whose structure the fuzzer knows.</summary>
    public virtual bool HasPackedFields => true;

    /// <summary>Makes an input that is nearly right of one that is; negative where the target knows no better way than the fuzzer.</summary>
    public virtual int Vary(byte[] parent, byte[] input, ref FuzzRandom random) => -1;

    /// <summary>Decodes.</summary>
    /// <returns>Whether the bytes were accepted.</returns>
    /// <exception cref="FuzzException">The decoder did what it must not.</exception>
    public bool Execute(byte[] bytes, int length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isAccepted;
        try
        {
            isAccepted = Decode(bytes.AsMemory(0, length));
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            isAccepted = false;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocationMax(length)) throw new FuzzException($"{Name} allocated {allocated} bytes for {length}");
        return isAccepted;
    }

    /// <summary>Whether an exception is the decoder's way of refusing.</summary>
    protected virtual bool IsRefusal(Exception exception) => exception is BridgeException;

    /// <summary>Decodes; what it accepts must mean the same after it was written and read again.</summary>
    protected abstract bool Decode(ReadOnlyMemory<byte> bytes);

    private sealed class HeaderTarget() : FuzzTarget(nameof(MessageHeader), Sample())
    {
        public override FuzzTarget Fresh() => new HeaderTarget();

        protected override bool Decode(ReadOnlyMemory<byte> bytes)
        {
            Span<byte> whole = stackalloc byte[MessageHeader.Bytes];
            bytes.Span[..Math.Min(bytes.Length, whole.Length)].CopyTo(whole);
            MessageHeader header = MessageHeader.Parse(whole);
            if (header.BodyBytes < 0 || header.BodyBytes > MessageHeader.BodyLimit(header.Type)) throw new FuzzException($"a header of {header.BodyBytes} bytes");
            Span<byte> again = stackalloc byte[MessageHeader.Bytes];
            header.Write(again);
            return again.SequenceEqual(whole) ? true : throw new FuzzException("a header changed");
        }

        private static byte[] Sample()
        {
            byte[] bytes = new byte[MessageHeader.Bytes];
            new MessageHeader(MessageType.RenderRequest, 100).Write(bytes);
            return bytes;
        }
    }

    private sealed class BodyTarget<T>(T sample) : FuzzTarget(T.Type.ToString(), Encode(sample))
        where T : IBridgeMessage<T>
    {
        private readonly ArrayBufferWriter<byte> _first = new(1_024), _second = new(1_024);

        public override FuzzTarget Fresh() => new BodyTarget<T>(sample);

        protected override bool Decode(ReadOnlyMemory<byte> bytes)
        {
            T message = MessageCodec.Decode<T>(bytes);
            try
            {
                _first.ResetWrittenCount();
                MessageCodec.Encode(_first, message);
                _second.ResetWrittenCount();
                MessageCodec.Encode(_second, MessageCodec.Decode<T>(_first.WrittenMemory));
            }
            catch (BridgeException exception)
            {
                throw new FuzzException($"{Name} was accepted and is refused when it is written again: {exception.Message}");
            }

            return _first.WrittenSpan.SequenceEqual(_second.WrittenSpan) ? true : throw new FuzzException($"{Name} changed when it was written and read");
        }

        private static byte[] Encode(T message)
        {
            var writer = new ArrayBufferWriter<byte>();
            MessageCodec.Encode(writer, message);
            return writer.WrittenSpan.ToArray();
        }
    }
}

/// <summary>A decoder did what it must not.</summary>
internal sealed class FuzzException(string message) : Exception(message);
