using System.Diagnostics.CodeAnalysis;

namespace RunwayFX.Pipelines;

/// <summary>Keeps results by content key within a limit of bytes; the one unused for longest goes first. Thread-safe.</summary>
/// <param name="bytesMax">Most bytes held; a single value beyond it is not kept at all.</param>
internal sealed class BoundedCache(long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = [];
    private long _bytes;

    /// <summary>Most bytes held.</summary>
    public long BytesMax => bytesMax;

    /// <summary>Bytes held now, as the callers measured them.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>Finds a value and marks it used.</summary>
    public bool TryGet<T>(UInt128 key, [NotNullWhen(true)] out T? value)
        where T : class
    {
        lock (_lock)
        {
            value = null;
            if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node)) return false;
            _order.Remove(node);
            _order.AddFirst(node);
            value = node.Value.Content as T;
            return value is not null;
        }
    }

    /// <summary>Stores a value in place of one of the same key.</summary>
    public void Put(UInt128 key, object value, long bytes)
    {
        lock (_lock)
        {
            RemoveHeld(key);
            if (bytes > bytesMax) return;
            while (_bytes + bytes > bytesMax) RemoveHeld(_order.Last!.Value.Key);
            _entries[key] = _order.AddFirst(new Entry(key, value, bytes));
            _bytes += bytes;
        }
    }

    /// <summary>Forgets a value; nothing happens where there is none.</summary>
    public void Remove(UInt128 key)
    {
        lock (_lock) RemoveHeld(key);
    }

    private void RemoveHeld(UInt128 key)
    {
        if (!_entries.Remove(key, out LinkedListNode<Entry>? node)) return;
        _order.Remove(node);
        _bytes -= node.Value.Bytes;
    }

    private sealed record Entry(UInt128 Key, object Content, long Bytes);
}
