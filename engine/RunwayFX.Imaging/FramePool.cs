using System.Runtime.InteropServices;

namespace RunwayFX.Imaging;

/// <summary>Lends the buffers of large frames again. A frame of 4K takes 133 MB: made anew for each step of each render they pile up until a collection, and
/// the system clears every page of every one. Thread-safe.</summary>
/// <remarks>Whoever knows that nobody else looks at a frame any more gives it back; one that is never given back is an ordinary frame. Sizes of which no frame was lent or
/// came back for <see cref="IdleMs"/> go to the collector, so an idle process holds nothing; while frames of a size come and go all of its buffers stay, so that
/// a sequence does not give back between two steps what the next one takes again.</remarks>
public static class FramePool
{
    /// <summary>Frames of fewer values are made and forgotten as any object.</summary>
    public const int ValuesMin = 1 << 22;

    /// <summary>Most bytes of free buffers kept.</summary>
    public const long FreeBytesMax = 1L << 30;

    /// <summary>How long free buffers of a size that nobody uses are kept, in milliseconds: as long as the bridge keeps its slots.</summary>
    public const int IdleMs = 30_000;

    private static readonly Lock s_lock = new();

    /// <summary>Free buffers with the tick at which one of their size was used last, those first that came back first.</summary>
    private static readonly List<(float[] Buffer, long Since)> s_free = [];

    private static readonly Timer s_trim = new(_ => Trim(Environment.TickCount64 - IdleMs));

    /// <summary>Bytes of free buffers.</summary>
    public static long FreeBytes
    {
        get
        {
            lock (s_lock) return s_free.Sum(free => (long)free.Buffer.Length * sizeof(float));
        }
    }

    /// <summary>A frame with any content: all of it must be written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="Frame.SideMax"/>.</exception>
    public static Frame Rent(int width, int height)
    {
        int length = Frame.CheckedLength(width, height);
        if (length < ValuesMin) return new Frame(width, height);
        float[]? buffer = null;
        lock (s_lock)
        {
            int index = s_free.FindLastIndex(free => free.Buffer.Length == length);
            if (index >= 0)
            {
                buffer = s_free[index].Buffer;
                s_free.RemoveAt(index);
            }

            NoteUse(length);
        }

        return new Frame(width, height, buffer ?? GC.AllocateUninitializedArray<float>(length)) { IsLent = true };
    }

    /// <summary>Gives a frame back; nobody may look at it afterwards. A frame that was not lent is left alone, so that it may be one that others hold.</summary>
    public static void Return(Frame? frame)
    {
        if (frame is null) return;
        lock (s_lock)
        {
            if (!frame.IsLent) return;
            frame.IsLent = false;
            long bytes = (long)frame.Pixels.Length * sizeof(float);
            while (s_free.Count > 0 && bytes + s_free.Sum(free => (long)free.Buffer.Length * sizeof(float)) > FreeBytesMax) s_free.RemoveAt(0);
            if (bytes <= FreeBytesMax) s_free.Add((frame.Pixels, Environment.TickCount64));
            NoteUse(frame.Pixels.Length);
        }

        s_trim.Change(IdleMs, Timeout.Infinite);
    }

    /// <summary>Forgets all free buffers.</summary>
    public static void Trim() => Trim(long.MaxValue);

    private static void NoteUse(int length)
    {
        long now = Environment.TickCount64;
        foreach (ref (float[] Buffer, long Since) free in CollectionsMarshal.AsSpan(s_free))
        {
            if (free.Buffer.Length == length) free.Since = now;
        }
    }

    /// <summary>Forgets the buffers of sizes that were used last up to a tick of the system's clock.</summary>
    private static void Trim(long before)
    {
        bool isEmpty;
        lock (s_lock)
        {
            s_free.RemoveAll(free => free.Since <= before);
            isEmpty = s_free.Count == 0;
        }

        if (!isEmpty) s_trim.Change(IdleMs, Timeout.Infinite);
    }
}
