using System.Buffers.Binary;
using System.Text;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>SentencePiece's precompiled character map: a double-array trie of UTF-8 prefixes, each with what replaces it. The longest prefix wins.</summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads a map.</summary>
    /// <exception cref="InvalidDataException">It is shorter than it says, or its trie is no multiple of four bytes.</exception>
    public CharacterMap(ReadOnlySpan<byte> data)
    {
        if (data.Length < 8) throw new InvalidDataException($"the precompiled map has {data.Length} bytes, at least 8 are needed");
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(data);
        if (size % 4 != 0 || size == 0 || size > data.Length - 4)
            throw new InvalidDataException($"the precompiled map says that its trie has {size} bytes of {data.Length - 4}");
        _units = new uint[size / 4];
        for (int i = 0; i < _units.Length; i++) _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(data[(4 + 4 * i)..]);
        _replacements = data[(4 + (int)size)..].ToArray();
    }

    /// <summary>Replaces what the map knows.</summary>
    public string Apply(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using MemoryStream result = new(bytes.Length);
        for (int i = 0; i < bytes.Length;)
        {
            int length = Longest(bytes.AsSpan(i), out int at);
            if (length > 0)
            {
                ReadOnlySpan<byte> rest = _replacements.AsSpan(at);
                int end = rest.IndexOf((byte)0);
                result.Write(end < 0 ? rest : rest[..end]);
            }
            else
            {
                length = Math.Min(LetterLength(bytes[i]), bytes.Length - i);
                result.Write(bytes, i, length);
            }

            i += length;
        }

        return Encoding.UTF8.GetString(result.GetBuffer(), 0, (int)result.Length);
    }

    private int Longest(ReadOnlySpan<byte> text, out int at)
    {
        at = 0;
        int longest = 0;
        uint node = Offset(_units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            byte letter = text[i];
            if (letter == 0) break;
            node ^= letter;
            if (node >= (uint)_units.Length) break;
            uint unit = _units[node];
            if ((unit & 0x8000_00ffu) != letter) break;
            node ^= Offset(unit);
            if (node >= (uint)_units.Length) break;
            if ((unit & 0x100) == 0) continue;
            uint value = _units[node] & 0x7fff_ffff;
            if (value >= (uint)_replacements.Length) break;
            (longest, at) = (i + 1, (int)value);
        }

        return longest;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private static int LetterLength(byte first) => first switch { < 0x80 => 1, < 0xe0 => 2, < 0xf0 => 3, _ => 4 };
}
