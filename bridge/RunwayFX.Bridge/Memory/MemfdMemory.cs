using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>A sealed memfd: reserved to its full size and unable to shrink, so that reading it can never raise a bus error.</summary>
internal sealed unsafe class MemfdMemory : SharedMemory
{
    private const int Seals = LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL;

    private MemfdMemory(Descriptor? descriptor, byte* pointer, long bytes)
        : base(pointer, bytes) => Descriptor = descriptor;

    /// <summary>What travels to the peer; null on the peer's side, and after <see cref="Settle"/>.</summary>
    public Descriptor? Descriptor { get; private set; }

    /// <summary>Reserves, seals and maps new memory.</summary>
    public static MemfdMemory CreateSealed(long bytes)
    {
        int number;
        fixed (byte* name = "runwayfx-slot"u8) number = LibC.memfd_create(name, LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        if (number < 0) throw SystemCall.Failed("memfd_create");
        var descriptor = new Descriptor(number);
        try
        {
            while (LibC.fallocate(descriptor, 0, 0, bytes) != 0)
            {
                int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
                if (error == LibC.EINTR) continue;
                throw new BridgeException(BridgeError.SlotMemoryExhausted, $"no memory for a frame slot of {bytes} bytes (error {error})", error);
            }

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

    private static byte* Map(Descriptor descriptor, long bytes)
    {
        nint address = LibC.mmap(0, (nuint)bytes, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor, 0);
        return address != -1 ? (byte*)address : throw SystemCall.Failed($"mapping {bytes} bytes of shared memory");
    }
}
