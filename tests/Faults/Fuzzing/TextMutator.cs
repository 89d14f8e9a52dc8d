using System.Text;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>Changes JSON and the like by their words: numbers become extreme, values change their kind, pieces go, come twice or move. Allocates nothing.</summary>
internal static class TextMutator
{
    private static readonly byte[][] s_values =
    [
        .. new[]
        {
            "0", "-1", "1", "1.5", "1e999", "-1e-999", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e308", "null",
            "true", "false", "\"\"", "\"a\"", "\"\\u0000\"", "\"\\ud800\"", "\"../x\"", "\"/etc/x\"", "\"(a+)+$\"", "\"(?=a)\"", "\"\u00e9\"", "[]", "{}", "[[]]", "[1,2]", "{\"a\":1}", "[null]",
            "[0.5,0.5]", "[-1,0]", "[1e39]",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Writes a changed copy; gives its length.</summary>
    public static int Vary(byte[] parent, byte[] input, ref FuzzRandom random)
    {
        int length = Math.Min(parent.Length, input.Length);
        parent.AsSpan(0, length).CopyTo(input);
        for (int changes = 1 + random.Below(3); changes > 0 && length > 0; changes--) length = Change(input, length, ref random);
        return length;
    }

    private static int Change(byte[] input, int length, ref FuzzRandom random)
    {
        (int start, int end) = Word(input, length, random.Below(length));
        switch (random.Below(8))
        {
            case 0 or 1 or 2:
                return Replace(input, length, (start, end), s_values[random.Below(s_values.Length)]);
            case 3:
                return Replace(input, length, (start, end), []);
            case 4:
                // A piece comes twice.
                int size = Math.Min(random.Below(40), length - start);
                Span<byte> piece = stackalloc byte[40];
                input.AsSpan(start, size).CopyTo(piece);
                return Replace(input, length, (start, start), piece[..size]);
            case 5:
                return Math.Min(length, 1 + random.Below(length));
            case 6:
                input[random.Below(length)] ^= (byte)(1 << random.Below(8));
                return length;
            default:
                input[random.Below(length)] = "{}[]:,\"\\ -.0e"u8[random.Below(13)];
                return length;
        }
    }

    /// <summary>The number, name or text that a place lies in.</summary>
    private static (int Start, int End) Word(byte[] input, int length, int at)
    {
        int start = at, end = at;
        while (start > 0 && !IsBetween(input[start - 1])) start--;
        while (end < length && !IsBetween(input[end])) end++;
        return (start, end);
    }

    private static bool IsBetween(byte value) => value is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)':' or (byte)',' or (byte)'\n';

    private static int Replace(byte[] input, int length, (int Start, int End) piece, ReadOnlySpan<byte> by)
    {
        int result = length - (piece.End - piece.Start) + by.Length;
        if (result > input.Length) return length;
        input.AsSpan(piece.End, length - piece.End).CopyTo(input.AsSpan(piece.Start + by.Length));
        by.CopyTo(input.AsSpan(piece.Start));
        return result;
    }
}
