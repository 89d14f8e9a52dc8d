using System.Text;
using RunwayFX.Bridge;
using RunwayFX.Bridge.Raw;
using RunwayFX.Faults.Raw;
using RunwayFX.Faults.Wire;

namespace RunwayFX.Faults.Cases;

/// <summary>The processes that a fault may happen to.</summary>
internal interface IVictims
{
    void SignalHost(int signal);

    void SignalEngine(int signal);

    /// <summary>Stops the engine or the host and lets it go on after a while, whatever comes in between.</summary>
    void Suspend(bool isEngine, int milliseconds);
}

/// <summary>What happens to a message that a case has chosen.</summary>
internal sealed unsafe class MessageFault(FaultCase fault, BridgeLimits limits, IVictims victims)
{
    private readonly Random _random = new(fault.Seed ^ 0x5EED);

    public FaultCase Case => fault;

    /// <summary>Whether the engine was told something that the host never said, so that the frame of this request may come out otherwise.</summary>
    public bool IsRequestForged { get; private set; }

    /// <summary>Whether that was what a session is. One valid message in place of another is believed, and holds for every frame of its connection.</summary>
    public bool IsSessionForged { get; private set; }

    /// <summary>Whether pixels on their way in the pipe may have been changed.</summary>
    public bool ArePixelsForged { get; private set; }

    /// <summary>Whether a fault of this kind can happen to a message of this type.</summary>
    public bool CanHappenTo(WireMessage message) => fault.Kind switch
    {
        FaultKind.SlotLie => message.Type is MessageType.AttachMemory or MessageType.MemoryAttached or MessageType.RenderRequest
            or MessageType.SupplyFrame or MessageType.RenderDone or MessageType.SlotReleased,
        FaultKind.Descriptor => message.Type == MessageType.AttachMemory || (fault.Variant % 11 == 10 && message.Type != MessageType.Hello),
        FaultKind.OtherVersion => message.Type is MessageType.Hello or MessageType.HelloReply,
        _ => true,
    };

    /// <summary>Lets it happen; false where the connection is over.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="message">The message.</param>
    /// <param name="to">Where it was to go.</param>
    /// <param name="earlier">What went there before.</param>
    public bool Apply(Link link, WireMessage message, WireSocket to, List<byte[]> earlier)
    {
        switch (fault.Kind)
        {
            case FaultKind.KillEngine or FaultKind.KillHost or FaultKind.Close:
                return AtBoundary(link, message, to);
            case FaultKind.Stall:
                if (fault.Moment == Moment.After) to.Write(message.Bytes, message.Descriptors);
                link.Stall();
                return false;
            case FaultKind.HalfWritten:
                to.Write(message.Bytes.AsSpan(0, _random.Next(1, message.Bytes.Length)), message.Descriptors);
                link.Stall();
                return false;
            case FaultKind.Garbage:
                return to.Write(Garbage(message), message.Descriptors);
            case FaultKind.Replay:
                byte[] again = earlier.Count > 0 && fault.Variant % 2 == 0 ? earlier[_random.Next(earlier.Count)] : message.Bytes;
                ArePixelsForged = TypeOf(again) == MessageType.PixelChunk; // Pixels bear no number.
                return to.Write(message.Bytes, message.Descriptors) && to.Write(again, TypeOf(again) == MessageType.AttachMemory ? message.Descriptors : null);
            case FaultKind.SlotLie or FaultKind.FieldLie:
                return to.Write(Lie(message), message.Descriptors);
            case FaultKind.Descriptor:
                return ForeignDescriptor(message, to);
            case FaultKind.Drop:
                return true;
            case FaultKind.Drip:
                return Drip(message, to);
            case FaultKind.SuspendEngine or FaultKind.SuspendHost:
                victims.Suspend(fault.Kind == FaultKind.SuspendEngine, (int)(limits.SilenceMs * (fault.Variant % 5) * 0.4) + 1);
                return to.Write(message.Bytes, message.Descriptors);
            case FaultKind.OtherVersion:
                return to.Write(OtherVersion(message), message.Descriptors);
            default:
                return to.Write(message.Bytes, message.Descriptors);
        }
    }

    private bool AtBoundary(Link link, WireMessage message, WireSocket to)
    {
        int part = fault.Moment switch { Moment.Before => 0, Moment.After => message.Bytes.Length, _ => _random.Next(1, message.Bytes.Length) };
        if (part > 0) to.Write(message.Bytes.AsSpan(0, part), message.Descriptors);
        if (fault.Kind == FaultKind.KillEngine) victims.SignalEngine(Posix.SIGKILL);
        if (fault.Kind == FaultKind.KillHost) victims.SignalHost(Posix.SIGKILL);
        if (fault.Kind == FaultKind.Close) link.Close();
        return part == message.Bytes.Length;
    }

    private byte[] Garbage(WireMessage message)
    {
        if (message.Type == MessageType.PixelChunk) ArePixelsForged = true;
        if (message.Type is MessageType.RenderRequest or MessageType.SupplyFrame or MessageType.OpenSession) IsRequestForged = true;
        if (message.Type == MessageType.OpenSession) IsSessionForged = true;
        byte[] noise = new byte[_random.Next(1, 400)];
        _random.NextBytes(noise);
        switch (fault.Variant % 6)
        {
            case 0:
                return noise;
            case 1:
                return [.. noise, .. message.Bytes];
            case 2:
                return message.WithBody(noise);
            case 3:
                byte[] typed = [.. message.Bytes];
                BitConverter.TryWriteBytes(typed.AsSpan(4), (ushort)_random.Next(50));
                return typed;
            case 4:
                byte[] long_ = [.. message.Bytes];
                BitConverter.TryWriteBytes(long_.AsSpan(8), _random.Next(2) == 0 ? uint.MaxValue : (uint)_random.Next(1 << 21));
                return long_;
            default:
                return Liar.Scramble(message.Bytes, _random);
        }
    }

    private byte[] Lie(WireMessage message)
    {
        if (message.Type == MessageType.PixelChunk) return message.Bytes; // No field, only pixels.
        if (fault.ToEngine) IsRequestForged = true;
        if (message.Type == MessageType.OpenSession) IsSessionForged = true;
        PackNode root = PackNode.Parse(message.Body);
        PackNode[] candidates = [.. Candidates(root)];
        if (candidates.Length == 0) return message.Bytes;
        PackNode target = candidates[_random.Next(candidates.Length)];
        if (fault.Kind == FaultKind.SlotLie || _random.Next(3) > 0) Liar.ChangeValue(target, _random);
        else Liar.Change(target, _random);
        return message.WithBody(root.Write());
    }

    private IEnumerable<PackNode> Candidates(PackNode root)
    {
        if (fault.Kind == FaultKind.FieldLie) return root.All();
        // A slot is a list of eight whole numbers; messages that only name one say so at their top.
        PackNode[] slots = [.. root.All().Where(static node => node.Items.Count == 8 && node.Items.All(static item => item.Kind == PackKind.Whole))];
        return slots.Length > 0 ? slots.SelectMany(static slot => slot.Items) : root.Items.Where(static item => item.Kind == PackKind.Whole);
    }

    private byte[] OtherVersion(WireMessage message)
    {
        PackNode root = PackNode.Parse(message.Body);
        if (root.Items.Count < 4) return message.Bytes;
        switch (fault.Variant % 4)
        {
            case 0:
                root.Items[0].Whole += 1 + fault.Variant % 7; // Newer.
                break;
            case 1:
                root.Items[1].Bytes = Encoding.UTF8.GetBytes("0.0." + fault.Variant);
                break;
            case 2:
                // Newer and with more to say.
                root.Items[0].Whole++;
                for (int more = fault.Variant % 5; more >= 0; more--) root.Items.Add(new PackNode { Kind = PackKind.Text, Bytes = [65, 66] });
                break;
            default:
                // The same protocol with a field more, as a later build of it may send: no reason to part.
                root.Items.Add(new PackNode { Kind = PackKind.Whole, Whole = fault.Variant });
                break;
        }

        return message.WithBody(root.Write());
    }

    private bool Drip(WireMessage message, WireSocket to)
    {
        // Within the limit, at it and past it.
        int total = limits.SilenceMs * (1 + fault.Variant % 4) / 2;
        int bytes = Math.Min(message.Bytes.Length, 400);
        int pieces = Math.Min(bytes, 40);
        for (int piece = 0; piece < pieces; piece++)
        {
            int from = bytes * piece / pieces, until = piece == pieces - 1 ? message.Bytes.Length : bytes * (piece + 1) / pieces;
            if (!to.Write(message.Bytes.AsSpan(from..until), piece == 0 ? message.Descriptors : null)) return false;
            Thread.Sleep(total / pieces); // The fault itself: a peer that takes its time.
        }

        return true;
    }

    /// <summary>Sends another descriptor than the host's, or pulls the file away under the engine's mapping.</summary>
    private bool ForeignDescriptor(WireMessage message, WireSocket to)
    {
        if (message.Type != MessageType.AttachMemory)
        {
            using Descriptor stray = Memfd(4_096, isSealed: true);
            return to.Write(message.Bytes, [stray]);
        }

        long bytes = Math.Max(PackNode.Parse(message.Body).Items[1].Whole, 1);
        switch (fault.Variant % 10)
        {
            case 0:
                return to.Write(message.Bytes); // None at all.
            case 1:
                using (Descriptor small = Memfd(Math.Max(bytes / 2, 1), isSealed: true)) return to.Write(message.Bytes, [small]);
            case 2:
                using (Descriptor open = Memfd(bytes, isSealed: false))
                {
                    bool isSent = to.Write(message.Bytes, [open]);
                    Truncate(open, 0); // Under the mapping, were there one.
                    return isSent;
                }

            case 3:
                using (Descriptor file = RemovedFile(bytes)) return to.Write(message.Bytes, [file]);
            case 4:
                using (var zero = new Descriptor(Posix.open("/dev/zero", Posix.O_RDWR | Posix.O_CLOEXEC, 0))) return to.Write(message.Bytes, [zero]);
            case 5:
                using (Descriptor a = Memfd(bytes, isSealed: true), b = Memfd(bytes, isSealed: true)) return to.Write(message.Bytes, [a, b, .. message.Descriptors]);
            case 6:
                using (var readOnly = new Descriptor(Posix.open($"/proc/self/fd/{message.Descriptors[0].Number}", Posix.O_CLOEXEC, 0)))
                {
                    return to.Write(message.Bytes, [readOnly]);
                }

            case 7:
                using (Descriptor socket = UnixChannel.NewSocket()) return to.Write(message.Bytes, [socket]);
            case 8:
                // The host's own memory: it cannot be shrunk, by anybody.
                if (Truncate(message.Descriptors[0], 0)) throw new InvalidOperationException("a slot could be truncated");
                return to.Write(message.Bytes, message.Descriptors);
            default:
                using (Descriptor file = RemovedFile(bytes))
                {
                    bool isSent = to.Write(message.Bytes, [file]);
                    Truncate(file, 0);
                    return isSent;
                }
        }
    }

    private static MessageType TypeOf(byte[] message) => (MessageType)BitConverter.ToUInt16(message, 4);

    private static Descriptor Memfd(long bytes, bool isSealed)
    {
        fixed (byte* name = "fault"u8)
        {
            var descriptor = new Descriptor(LibC.memfd_create(name, LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING));
            Truncate(descriptor, bytes);
            if (isSealed) _ = LibC.fcntl(descriptor, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL);
            return descriptor;
        }
    }

    private static Descriptor RemovedFile(long bytes)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var descriptor = new Descriptor(Posix.open(path, Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL | Posix.O_CLOEXEC, 0b110_000_000));
        Truncate(descriptor, bytes);
        File.Delete(path);
        return descriptor;
    }

    private static bool Truncate(Descriptor descriptor, long bytes) => LibC.ftruncate(descriptor, bytes) == 0;
}
