namespace RunwayFX.Bridge;

/// <summary>A piece of slot memory of one connection, used for one frame after another.</summary>
internal sealed class ClientSlot(int memory, SharedMemory map)
{
    /// <summary>Number under which the engine knows the memory; <see cref="FrameSlot.Inline"/> where it does not.</summary>
    public int Memory { get; } = memory;

    /// <summary>The memory itself.</summary>
    public SharedMemory Map { get; } = map;

    /// <summary>Grows with each frame.</summary>
    public uint Generation { get; private set; }

    /// <summary>Whether a frame is in it that somebody still needs.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether it went out as an answer to <see cref="NeedFrames"/> and comes back by <see cref="SlotReleased"/>.</summary>
    public bool IsSupplied { get; set; }

    /// <summary>Whether a frame for the engine to read is in it, which may come back before the job is over.</summary>
    public bool IsInput { get; set; }

    /// <summary>What the message says about the frame in it.</summary>
    public FrameSlot Slot { get; private set; }

    /// <summary>The pixels.</summary>
    public SlotView View => Map.View(Slot);

    /// <summary>Whether a frame of the same size and format is in it.</summary>
    public bool HasShapeOf(ClientSlot other) =>
        Slot.Width == other.Slot.Width && Slot.Height == other.Slot.Height && Slot.Format == other.Slot.Format;

    /// <summary>Lays out a frame of the given shape, rows tightly packed.</summary>
    public void LayOut(int width, int height, PixelFormat format, uint generation)
    {
        Generation = generation;
        Slot = new FrameSlot
        {
            Memory = Memory,
            Generation = generation,
            Offset = 0,
            Width = width,
            Height = height,
            RowBytes = (long)width * format.PixelBytes,
            Depth = format.Depth,
            Components = format.Components,
        };
    }
}

/// <summary>The slots of one connection: reused from frame to frame, within the budget of the process.</summary>
internal sealed class ClientSlots(SlotBudget budget, BridgeLimits limits, Func<bool> trimOthers)
{
    private const long Granularity = 64 * 1024;

    /// <summary>Memory that is so much larger than a frame is not spent on it.</summary>
    private const int WasteFactorMax = 4;

    private readonly List<ClientSlot> _slots = [];
    private uint _generation;

    /// <summary>Whether the engine takes no shared memory of ours, so that pixels travel in the pipe.</summary>
    public bool IsInline { get; set; }

    /// <summary>A slot for a frame of the given shape.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="format">Layout of a pixel.</param>
    /// <param name="attach">Tells the engine about new memory; false where it does not take it.</param>
    /// <param name="poll">Called while waiting for memory that other render threads hold; throws where the host wants to stop.</param>
    /// <exception cref="BridgeException">The shape is outside the limits, or there is no memory.</exception>
    public ClientSlot Take(int width, int height, PixelFormat format, Func<ClientSlot, bool> attach, Action poll)
    {
        var shape = new FrameSlot
        {
            Memory = FrameSlot.Inline, Generation = 0, Offset = 0, Width = width, Height = height,
            RowBytes = (long)width * format.PixelBytes, Depth = format.Depth, Components = format.Components,
        };
        shape.Validate();
        long needed = shape.SpanBytes;
        ClientSlot slot = FindFree(needed) ?? Add(needed, attach, poll);
        slot.LayOut(width, height, format, ++_generation);
        slot.IsTaken = true;
        slot.IsSupplied = slot.IsInput = false;
        return slot;
    }

    /// <summary>Frees a slot the engine has read; an answer about an older frame is dropped.</summary>
    public void Release(in SlotReleased released)
    {
        foreach (ClientSlot slot in _slots)
        {
            if (slot.Memory == released.Memory && slot.Generation == released.Generation && slot.IsInput) slot.IsTaken = slot.IsSupplied = slot.IsInput = false;
        }
    }

    /// <summary>The slot of a frame that was sent and that the engine calls the result; null where there is none of the result's size and format.</summary>
    public ClientSlot? FindInPlaceOf(ClientSlot result, int memory, uint generation)
    {
        foreach (ClientSlot slot in _slots)
        {
            if (slot.Memory != memory || slot.Generation != generation || !slot.IsTaken || memory == FrameSlot.Inline) continue;
            return slot.HasShapeOf(result) ? slot : null;
        }

        return null;
    }

    /// <summary>Frees every slot: the job that used them has ended.</summary>
    public void ReleaseAll()
    {
        foreach (ClientSlot slot in _slots) slot.IsTaken = slot.IsSupplied = slot.IsInput = false;
    }

    /// <summary>Slots sent as answers that the engine has not yet given back.</summary>
    public int CountSupplied()
    {
        int count = 0;
        foreach (ClientSlot slot in _slots)
        {
            if (slot.IsSupplied) count++;
        }

        return count;
    }

    /// <summary>Gives the memory of free slots back.</summary>
    /// <param name="detach">Tells the engine to forget the memory; null where the connection is over.</param>
    public bool Trim(Action<int>? detach)
    {
        bool any = false;
        for (int index = _slots.Count - 1; index >= 0; index--)
        {
            ClientSlot slot = _slots[index];
            if (slot.IsTaken && detach is not null) continue;
            _slots.RemoveAt(index);
            if (slot.Memory != FrameSlot.Inline) detach?.Invoke(slot.Memory);
            Drop(slot.Map);
            any = true;
        }

        return any;
    }

    private ClientSlot? FindFree(long needed)
    {
        ClientSlot? best = null;
        foreach (ClientSlot slot in _slots)
        {
            bool fits = !slot.IsTaken && slot.Map.Bytes >= needed && slot.Map.Bytes / WasteFactorMax <= needed + Granularity
                && slot.Memory == FrameSlot.Inline == IsInline;
            if (fits && (best is null || slot.Map.Bytes < best.Map.Bytes)) best = slot;
        }

        return best;
    }

    private ClientSlot Add(long needed, Func<ClientSlot, bool> attach, Action poll)
    {
        long bytes = Math.Min((needed + Granularity - 1) / Granularity * Granularity, FrameSlot.BytesMax);
        Reserve(bytes, poll);
        SharedMemory? map = null;
        try
        {
            int number = IsInline ? FrameSlot.Inline : FreeNumber();
            if (number != FrameSlot.Inline) map = TryCreateShared(bytes);
            if (map is not null)
            {
                var shared = new ClientSlot(number, map);
                if (attach(shared))
                {
                    map.Settle();
                    _slots.Add(shared);
                    return shared;
                }

                map.Release();
                map = null;
                IsInline = true;
            }

            map = new PrivateMemory(bytes);
            var slot = new ClientSlot(FrameSlot.Inline, map);
            _slots.Add(slot);
            return slot;
        }
        catch
        {
            map?.Release();
            budget.Return(bytes);
            throw;
        }
    }

    private SharedMemory? TryCreateShared(long bytes)
    {
        try
        {
            return SharedMemory.Create(bytes);
        }
        catch (BridgeException e) when (e.Code is BridgeError.SystemCall or BridgeError.Unsupported or BridgeError.SlotMemoryExhausted)
        {
            IsInline = true;
            return null;
        }
    }

    private void Reserve(long bytes, Action poll)
    {
        Deadline deadline = Deadline.In(limits.PoolWaitMs);
        while (!budget.TryReserve(bytes))
        {
            if (deadline.HasPassed)
            {
                throw new BridgeException(
                    BridgeError.SlotMemoryExhausted,
                    $"no memory for a frame of {bytes} bytes: {budget.Used} of {limits.SlotBytesTotalMax} are in use by other frames");
            }

            poll();
            // Other threads may take what is freed here before this one does, again and again: so the deadline comes first.
            if (!trimOthers()) budget.WaitForReturn(limits.AbortPollMs);
        }
    }

    private void Drop(SharedMemory map)
    {
        long bytes = map.Bytes;
        map.Release();
        budget.Return(bytes);
    }

    private int FreeNumber()
    {
        for (int number = 1; number <= FrameSlot.MemoryMax; number++)
        {
            if (!_slots.Exists(slot => slot.Memory == number)) return number;
        }

        return FrameSlot.Inline;
    }
}
