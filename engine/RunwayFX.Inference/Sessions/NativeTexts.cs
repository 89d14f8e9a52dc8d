using System.Runtime.InteropServices;

namespace RunwayFX.Inference.Sessions;

/// <summary>Names and values of options as two arrays of native texts.</summary>
internal sealed unsafe class NativeTexts : IDisposable
{
    private readonly NativeText[] _keys, _values;

    public NativeTexts(IEnumerable<KeyValuePair<string, string>> options)
    {
        KeyValuePair<string, string>[] all = [.. options];
        _keys = [.. all.Select(option => new NativeText(option.Key))];
        _values = [.. all.Select(option => new NativeText(option.Value))];
        nuint bytes = (nuint)(Math.Max(1, all.Length) * sizeof(nint));
        Keys = (byte**)NativeMemory.Alloc(bytes);
        Values = (byte**)NativeMemory.Alloc(bytes);
        for (int index = 0; index < all.Length; index++)
        {
            Keys[index] = _keys[index].Pointer;
            Values[index] = _values[index].Pointer;
        }
    }

    ~NativeTexts() => Free();

    public byte** Keys { get; private set; }

    public byte** Values { get; private set; }

    public nuint Count => (nuint)_keys.Length;

    public void Dispose()
    {
        Free();
        foreach (NativeText text in _keys) text.Dispose();
        foreach (NativeText text in _values) text.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(Keys);
        NativeMemory.Free(Values);
        Keys = Values = null;
    }
}
