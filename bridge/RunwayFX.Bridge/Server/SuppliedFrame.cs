namespace RunwayFX.Bridge;

/// <summary>A host's frame in a slot, ours to read until disposed.</summary>
/// <remarks>The object is used again for a later frame, so that a frame costs the engine no memory: it must not be touched after it was disposed of, not
/// even to dispose of it once more.</remarks>
public sealed class SuppliedFrame : IDisposable
{
    private readonly ServerJob _job;
    private int _isLent;

    internal SuppliedFrame(ServerJob job) => _job = job;

    /// <summary>Index of the clip in the effect's definition.</summary>
    public int Clip { get; private set; }

    /// <summary>The time asked for.</summary>
    public double Time { get; private set; }

    /// <summary>What the picture is and where it lies.</summary>
    public FrameDescription Description { get; private set; }

    /// <summary>The pixels, top-down, in the host's own format.</summary>
    public SlotView Pixels { get; private set; }

    /// <summary>Where the client has them.</summary>
    internal FrameSlot Slot { get; private set; }

    /// <summary>The reference that goes with this object; null where the job keeps it.</summary>
    internal SharedMemory? Owned { get; private set; }

    /// <summary>Lets the client use the slot again; <see cref="Pixels"/> must not be touched afterwards.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isLent, 0) == 0) return;
        _job.TakeBack(this);
    }

    /// <summary>Lets the client use the slot again once this is disposed of, also where the frame came with the request: then it is not to be fetched again, or the client
    /// is asked for it.</summary>
    public void GiveUp() => Owned ??= _job.GiveUp(Slot);

    internal void Lend(in ClipFrame frame, in FrameSlot slot, SharedMemory memory, bool isOwned)
    {
        Clip = frame.Clip;
        Time = frame.Time;
        Description = new FrameDescription(
            frame.X1, frame.Y1, slot.Width, slot.Height, slot.Format, frame.Premultiplication, frame.PixelAspect, frame.Field);
        Pixels = memory.View(slot);
        Slot = slot;
        Owned = isOwned ? memory : null;
        Volatile.Write(ref _isLent, 1);
    }

    internal void Forget()
    {
        Owned = null;
        Pixels = default;
    }
}
