using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace AdobeEffects.Hosting;

/// <summary>Handles of an emulated host: counted, and moved on request.</summary>
internal sealed unsafe class HostMemory(HostCounters counters) : IDisposable
{
    private const byte Gone = 0xDD;

    private readonly ConcurrentDictionary<nint, Block> _blocks = new();
    private readonly ConcurrentQueue<(nint Place, int Bytes)> _left = new();

    /// <summary>The memory of the host whose command runs on this thread: the functions for handles are told nothing else.</summary>
    [ThreadStatic]
    public static HostMemory? Current;

    public void** New(ulong bytes)
    {
        void** handle = (void**)NativeMemory.AllocZeroed((nuint)sizeof(void*));
        *handle = NativeMemory.AllocZeroed((nuint)Math.Max(1, bytes));
        _blocks[(nint)handle] = new Block { Bytes = bytes };
        counters.Add(HostCounters.Count.HandlesMade);
        return handle;
    }

    public void** New(ReadOnlySpan<byte> bytes)
    {
        void** handle = New((ulong)bytes.Length);
        bytes.CopyTo(new Span<byte>(*handle, bytes.Length));
        return handle;
    }

    public void* Hold(void** handle)
    {
        if (!_blocks.TryGetValue((nint)handle, out Block? block))
        {
            counters.Add(HostCounters.Count.RulesBroken);
            return null;
        }

        _ = Interlocked.Increment(ref block.Holds);
        return *handle;
    }

    public void Release(void** handle)
    {
        if (!_blocks.TryGetValue((nint)handle, out Block? block) || Interlocked.Decrement(ref block.Holds) < 0) counters.Add(HostCounters.Count.RulesBroken);
    }

    public void End(void** handle)
    {
        if (!_blocks.TryRemove((nint)handle, out _))
        {
            counters.Add(HostCounters.Count.RulesBroken);
            return;
        }

        NativeMemory.Free(*handle);
        NativeMemory.Free(handle);
        counters.Add(HostCounters.Count.HandlesDisposed);
    }

    public ulong Size(void** handle) => _blocks.TryGetValue((nint)handle, out Block? block) ? block.Bytes : 0;

    public byte[] Bytes(void** handle) => handle == null ? [] : new ReadOnlySpan<byte>(*handle, (int)Size(handle)).ToArray();

    public bool Resize(ulong bytes, void** handle)
    {
        if (!_blocks.TryGetValue((nint)handle, out Block? block)) return false;
        *handle = NativeMemory.Realloc(*handle, (nuint)Math.Max(1, bytes));
        block.Bytes = bytes;
        return true;
    }

    /// <summary>Puts a handle's bytes elsewhere; where they lay is watched.</summary>
    public void Move(void** handle)
    {
        if (handle == null || !_blocks.TryGetValue((nint)handle, out Block? block)) return;
        void* before = *handle;
        int bytes = (int)block.Bytes;
        *handle = NativeMemory.Alloc((nuint)Math.Max(1, bytes));
        Span<byte> old = new(before, bytes);
        old.CopyTo(new Span<byte>(*handle, bytes));
        old.Fill(Gone);
        _left.Enqueue(((nint)before, bytes));
    }

    public void Dispose()
    {
        while (_left.TryDequeue(out (nint Place, int Bytes) left))
        {
            if (new ReadOnlySpan<byte>((void*)left.Place, left.Bytes).ContainsAnyExcept(Gone)) counters.Add(HostCounters.Count.WritesAfterMove);
            NativeMemory.Free((void*)left.Place);
        }
    }

    private sealed class Block
    {
        public int Holds;

        public ulong Bytes { get; set; }
    }
}
