using System.Runtime.InteropServices;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>A sealed memfd: reserved to its full size and unable to shrink, so that reading it can never raise a bus error.</summary>
internal sealed unsafe class MemfdMemory : SharedMemory
{
    private const int Seals = LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL;

    /// <summary>Reserved by one call. Kernels before 5.16 throw away what a call has reserved when a signal comes, so that a host with a busy timer
    /// would never get a large slot in one piece.</summary>
    private const long PieceBytesMax = 64L << 20, PieceBytesMin = 64L << 10;

    /// <summary>Signals during the reservation of one slot.</summary>
    private const int InterruptsMax = 10_000;

    private MemfdMemory(Descriptor? descriptor, byte* pointer, long bytes)
        : base(pointer, bytes) => Descriptor = descriptor;

    /// <summary>What travels to the peer; null on the peer's side, and after <see cref="Settle"/>.</summary>
    public Descriptor? Descriptor { get; private set; }

    /// <summary>Reserves, seals and maps new memory.</summary>
    public static MemfdMemory CreateSealed(long bytes)
    {
        CheckFileLimit(bytes);
        Descriptor descriptor = NewFile();
        try
        {
            Reserve(descriptor, bytes);
            if (LibC.fcntl(descriptor, LibC.F_ADD_SEALS, Seals) != 0) throw SystemCall.Failed("sealing shared memory");
            return new MemfdMemory(descriptor, Map(descriptor, bytes), bytes);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Checks and maps memory that a peer sent; takes over the descriptor.</summary>
    /// <exception cref="BridgeException">It could still shrink, or is smaller than claimed.</exception>
    public static MemfdMemory Open(Descriptor descriptor, long bytes)
    {
        using (descriptor)
        {
            int seals = LibC.fcntl(descriptor, LibC.F_GET_SEALS, 0);
            if (seals < 0 || (seals & Seals) != Seals)
            {
                throw new BridgeException(BridgeError.SlotMemoryUnsafe, $"shared memory has seals {Math.Max(seals, 0)}, needed are {Seals}");
            }

            LibC.statx_t stat;
            if (LibC.statx(descriptor.Number, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &stat) != 0) throw SystemCall.Failed("statx");
            if (stat.stx_size < (ulong)bytes)
            {
                throw new BridgeException(BridgeError.SlotMemoryUnsafe, $"shared memory has {stat.stx_size} bytes, {bytes} were claimed");
            }

            return new MemfdMemory(null, Map(descriptor, bytes), bytes);
        }
    }

    /// <inheritdoc/>
    public override void Settle()
    {
        Descriptor?.Dispose();
        Descriptor = null;
    }

    protected override void Unmap()
    {
        _ = LibC.munmap((nint)Pointer, (nuint)Bytes);
        Descriptor?.Dispose();
    }

    /// <summary>Growing a file past the process's limit would raise SIGXFSZ, which ends most hosts.</summary>
    private static void CheckFileLimit(long bytes)
    {
        ulong* limit = stackalloc ulong[2]; // Soft and hard.
        if (LibC.getrlimit(LibC.RLIMIT_FSIZE, limit) != 0 || limit[0] >= (ulong)bytes) return;
        throw new BridgeException(
            BridgeError.SlotMemoryExhausted, $"a frame slot of {bytes} bytes is over the process's limit for files, {limit[0]} bytes");
    }

    private static Descriptor NewFile()
    {
        fixed (byte* name = "runwayfx-slot"u8)
        {
            const uint flags = LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING;
            // Kernels may insist on memory that nobody can execute; those before 6.3 do not know the flag.
            int number = LibC.memfd_create(name, flags | LibC.MFD_NOEXEC_SEAL);
            if (number < 0 && Marshal.GetLastPInvokeError() == LibC.EINVAL) number = LibC.memfd_create(name, flags);
            return number >= 0 ? new Descriptor(number) : throw SystemCall.Failed("memfd_create");
        }
    }

    /// <summary>Takes every page now: a write to a page that is not there would be a bus error when memory has run out.</summary>
    private static void Reserve(Descriptor descriptor, long bytes)
    {
        long piece = PieceBytesMax;
        int interrupts = 0;
        for (long done = 0; done < bytes;)
        {
            long count = Math.Min(piece, bytes - done);
            if (LibC.fallocate(descriptor, 0, done, count) == 0)
            {
                done += count;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == LibC.EINTR && ++interrupts <= InterruptsMax)
            {
                piece = Math.Max(piece / 2, PieceBytesMin);
                continue;
            }

            throw new BridgeException(BridgeError.SlotMemoryExhausted, $"no memory for a frame slot of {bytes} bytes (error {error})", error);
        }
    }

    private static byte* Map(Descriptor descriptor, long bytes)
    {
        nint address = LibC.mmap(0, (nuint)bytes, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor, 0);
        return address != -1 ? (byte*)address : throw SystemCall.Failed($"mapping {bytes} bytes of shared memory");
    }
}
