using System.Runtime.InteropServices;
using System.Text;

namespace RunwayFX.Inference.Sessions;

/// <summary>A zero-ended text in native memory for as long as the runtime needs it.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private byte* _text;

    /// <summary>UTF-8.</summary>
    public NativeText(string text)
        : this(Encoding.UTF8.GetBytes(text), 1)
    {
    }

    private NativeText(byte[] bytes, int terminator)
    {
        _text = (byte*)NativeMemory.Alloc((nuint)(bytes.Length + terminator));
        bytes.CopyTo(new Span<byte>(_text, bytes.Length));
        new Span<byte>(_text + bytes.Length, terminator).Clear();
    }

    ~NativeText() => Free();

    public byte* Pointer => _text;

    /// <summary>A path in the encoding of the runtime's <c>ORTCHAR_T</c>: UTF-16 on Windows, UTF-8 elsewhere.</summary>
    public static NativeText Path(string path) => OperatingSystem.IsWindows() ? new NativeText(Encoding.Unicode.GetBytes(path), 2) : new NativeText(path);

    /// <summary>Reads a zero-ended UTF-8 text; empty for null.</summary>
    public static string Read(byte* text) => text is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_text);
        _text = null;
    }
}
