using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>C strings lent to a plug-in: one text stays at one address as long as it does not change; old ones are kept for a while, because plug-ins
/// hold on to them longer than they should.</summary>
internal sealed unsafe class NativeTextCache : IDisposable
{
    /// <summary>Replaced texts kept alive.</summary>
    public const int RetiredMax = 64;

    private readonly Dictionary<string, nint> _live = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private bool _disposed;

    /// <summary>The address of a text. Valid until <see cref="RetiredMax"/> other texts were lent, or this is disposed.</summary>
    public byte* Lend(string text)
    {
        lock (_live)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_live.TryGetValue(text, out nint known)) return (byte*)known;
            if (_order.Count >= RetiredMax && _live.Remove(_order.Dequeue(), out nint old)) NativeMemory.Free((void*)old);
            byte* memory = NativeText.Allocate(text);
            _live[text] = (nint)memory;
            _order.Enqueue(text);
            return memory;
        }
    }

    public void Dispose()
    {
        lock (_live)
        {
            _disposed = true;
            foreach (nint memory in _live.Values) NativeMemory.Free((void*)memory);
            _live.Clear();
            _order.Clear();
        }
    }
}
