using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>Memory of this process alone, for pixels that travel in the pipe.</summary>
internal sealed unsafe class PrivateMemory : SharedMemory
{
    public PrivateMemory(long bytes)
        : base(Allocate(bytes), bytes)
    {
    }

    protected override void Unmap() => NativeMemory.Free(Pointer);

    private static byte* Allocate(long bytes)
    {
        try
        {
            return (byte*)NativeMemory.AllocZeroed((nuint)bytes);
        }
        catch (OutOfMemoryException e)
        {
            throw new BridgeException(BridgeError.SlotMemoryExhausted, $"no memory for a frame of {bytes} bytes", 0, e);
        }
    }
}
