using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenFX.Raw;

/// <summary>Strings as C sees them: zero-terminated UTF-8.</summary>
public static unsafe class NativeText
{
    /// <summary>Room on the stack for a name: of a clip, a parameter or a property.</summary>
    public const int NameBytes = 256;

    /// <summary>The address of a <c>u8</c> literal, to be passed as <c>const char*</c>.</summary>
    /// <param name="literal">A <c>u8</c> literal or a constant of <see cref="OfxConstants"/>: those lie in the library's read-only data, never
    /// move and have a zero behind them. Anything else is a bug.</param>
    public static byte* Literal(ReadOnlySpan<byte> literal) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));

    /// <summary>Reads a C string; null for a null pointer.</summary>
    public static string? Read(byte* text) => text == null ? null : Marshal.PtrToStringUTF8((nint)text);

    /// <summary>Reads a C string that is most often the same as before: <paramref name="known"/> itself where it is, so that nothing is made.</summary>
    public static string? Read(byte* text, string known) => text != null && Matches(Bytes(text), known) ? known : Read(text);

    /// <summary>The bytes of a C string without the terminating zero; empty for a null pointer. Valid as long as the string is.</summary>
    public static ReadOnlySpan<byte> Bytes(byte* text) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);

    /// <summary>Whether a C string equals a constant.</summary>
    public static bool Equals(byte* text, ReadOnlySpan<byte> constant) => text != null && Bytes(text).SequenceEqual(constant);

    /// <summary>Whether UTF-8 bytes spell a text; false for bytes that are no UTF-8.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> text)
    {
        while (!bytes.IsEmpty)
        {
            bool isSame = Rune.DecodeFromUtf8(bytes, out Rune left, out int leftLength) == OperationStatus.Done
                & Rune.DecodeFromUtf16(text, out Rune right, out int rightLength) == OperationStatus.Done && left == right;
            if (!isSame) return false;
            bytes = bytes[leftLength..];
            text = text[rightLength..];
        }

        return text.IsEmpty;
    }

    /// <summary>A text as a C string, behind a prefix: in the room given, or in an array of its own where it is longer.</summary>
    /// <param name="prefix">Bytes that come first; may be empty.</param>
    /// <param name="text">What to write. A zero character ends it, as it would in C.</param>
    /// <param name="room">Place on the stack; <see cref="NameBytes"/> are enough for every name.</param>
    /// <returns>The bytes with their closing zero.</returns>
    public static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> prefix, ReadOnlySpan<char> text, Span<byte> room)
    {
        int most = checked(prefix.Length + BytesMax(text));
        if (most > room.Length) room = new byte[most];
        prefix.CopyTo(room);
        return room[..(prefix.Length + Write(text, room[prefix.Length..]) + 1)];
    }

    /// <summary>Bytes that <see cref="Write"/> needs for a text at most, the terminating zero included.</summary>
    public static int BytesMax(ReadOnlySpan<char> text) => checked(text.Length * 3 + 1);

    /// <summary>Writes a text as a C string. A zero character ends the text, as it would in C.</summary>
    /// <param name="text">What to write.</param>
    /// <param name="destination">Room for <see cref="BytesMax"/> bytes.</param>
    /// <returns>Bytes written without the terminating zero.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        int end = text.IndexOf('\0');
        if (end >= 0) text = text[..end];
        int written = Encoding.UTF8.GetBytes(text, destination);
        destination[written] = 0;
        return written;
    }

    /// <summary>Copies a text into native memory as a C string.</summary>
    /// <returns>To be freed with <see cref="NativeMemory.Free"/>.</returns>
    public static byte* Allocate(ReadOnlySpan<char> text)
    {
        int size = BytesMax(text);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)size);
        Write(text, new Span<byte>(memory, size));
        return memory;
    }
}
