namespace RunwayFX.Bridge;

/// <summary>A piece of memory that both ends see. It stays mapped until the last reference is given back, so that a peer which detaches it early
/// cannot pull it away under a running job.</summary>
internal abstract unsafe class SharedMemory
{
    private int _references = 1;

    protected SharedMemory(byte* pointer, long bytes)
    {
        Pointer = pointer;
        Bytes = bytes;
    }

    /// <summary>First byte.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Name by which the peer opens it; empty where a descriptor is passed.</summary>
    public virtual string Name => "";

    /// <summary>Memory that the peer can open but neither shrink nor grow.</summary>
    /// <exception cref="BridgeException">The system has no such memory, or not that much.</exception>
    public static SharedMemory Create(long bytes)
    {
        if (OperatingSystem.IsLinux()) return MemfdMemory.CreateSealed(bytes);
        if (OperatingSystem.IsWindows()) return MappingMemory.CreateNamed(bytes);
        throw new BridgeException(BridgeError.Unsupported, "this system has no shared memory for the bridge");
    }

    /// <summary>The peer has it: what was only needed to hand it over is given back, for a host's descriptors are few.</summary>
    public virtual void Settle()
    {
    }

    /// <summary>Keeps it mapped; pair with <see cref="Release"/>.</summary>
    public SharedMemory AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Gives a reference back; the last one unmaps.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        Unmap();
        Pointer = null;
    }

    /// <summary>The view of a slot, after a check that it lies inside.</summary>
    /// <exception cref="BridgeException">It does not.</exception>
    public SlotView View(in FrameSlot slot)
    {
        slot.Validate();
        long end = slot.Offset + slot.SpanBytes;
        if (end > Bytes) throw new BridgeException(BridgeError.OutOfRange, $"FrameSlot ends at byte {end} of a memory of {Bytes}");
        return new SlotView(Pointer + slot.Offset, slot.Width, slot.Height, slot.RowBytes, slot.Format);
    }

    protected abstract void Unmap();
}
