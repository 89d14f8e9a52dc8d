using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>Memory a plug-in asked for through the image effect suite.</summary>
internal sealed unsafe class ImageMemory : IDisposable
{
    /// <summary>Largest block given out, in bytes.</summary>
    public const long BytesMax = 16L << 30;

    private nint _memory;

    public ImageMemory(nuint bytes, EffectNode? owner)
    {
        _memory = (nint)NativeMemory.AlignedAlloc(Math.Max(bytes, 1), 64);
        Owner = owner;
        Handle = new OfxImageMemoryHandle(HandleTable.Register(this));
    }

    public EffectNode? Owner { get; }

    public OfxImageMemoryHandle Handle { get; }

    /// <summary>Where the block lies; null after its end.</summary>
    public void* Address => (void*)Volatile.Read(ref _memory);

    public void Dispose()
    {
        HandleTable.Release(Handle.Value);
        NativeMemory.AlignedFree((void*)Interlocked.Exchange(ref _memory, 0));
    }
}
