using System.Text;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>GPT-2's alphabet: every byte is a printable character, so that a byte-level vocabulary is a text file.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = Build();
    private static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(i => Letters[i], i => (byte)i);

    /// <summary>All 256 letters, by byte.</summary>
    public static string All => new(Letters);

    /// <summary>A text's UTF-8 bytes as letters.</summary>
    public static string Encode(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, static (letters, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++) letters[i] = Letters[bytes[i]];
        });
    }

    /// <summary>The text of letters; what is no letter of the alphabet stays as it is, and broken UTF-8 becomes U+FFFD.</summary>
    public static string Decode(string letters)
    {
        List<byte> bytes = new(letters.Length);
        foreach (Rune rune in letters.EnumerateRunes())
        {
            if (rune.IsBmp && Bytes.TryGetValue((char)rune.Value, out byte value)) bytes.Add(value);
            else bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static char[] Build()
    {
        char[] letters = new char[256];
        int next = 256;
        for (int i = 0; i < 256; i++)
            letters[i] = i is >= '!' and <= '~' or >= 0xa1 and <= 0xac or >= 0xae and <= 0xff ? (char)i : (char)next++;
        return letters;
    }
}
