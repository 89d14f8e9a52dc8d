using System.Text;

namespace OpenFX.Hosting;

/// <summary>Lets dictionaries keyed by text be searched with the UTF-8 bytes a plug-in hands over, without making a string.</summary>
internal sealed class Utf8NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    /// <summary>Longest name accepted, in bytes; a longer one matches nothing.</summary>
    public const int NameBytesMax = 1024;

    public static Utf8NameComparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string obj)
    {
        Span<byte> bytes = stackalloc byte[NameBytesMax];
        return Encoding.UTF8.TryGetBytes(obj, bytes, out int written) ? GetHashCode(bytes[..written]) : 0;
    }

    public bool Equals(ReadOnlySpan<byte> alternate, string other)
    {
        Span<byte> bytes = stackalloc byte[NameBytesMax];
        return Encoding.UTF8.TryGetBytes(other, bytes, out int written) && alternate.SequenceEqual(bytes[..written]);
    }

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        if (alternate.Length > NameBytesMax) return 0;
        uint hash = 2166136261;
        foreach (byte value in alternate) hash = (hash ^ value) * 16777619;
        return (int)hash;
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
}

/// <summary>Maps between the numbers of this library and the texts of the standard.</summary>
internal static class OfxText
{
    public static string Of(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
