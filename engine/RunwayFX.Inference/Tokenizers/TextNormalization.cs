using System.Collections.Frozen;
using System.Text;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>Steps that change a text before it is cut.</summary>
internal static class TextNormalization
{
    private const int HangulFirst = 0xac00;
    private const int LeadFirst = 0x1100, LeadCount = 19;
    private const int VowelFirst = 0x1161, VowelCount = 21;
    private const int TailFirst = 0x11a7, TailCount = 28;

    private static readonly FrozenDictionary<uint, char> Compositions = Enumerable.Range(0, CompositionTable.Pairs.Length / 3)
        .ToFrozenDictionary(i => Key(CompositionTable.Pairs[3 * i], CompositionTable.Pairs[3 * i + 1]), i => CompositionTable.Pairs[3 * i + 2]);

    /// <summary>Joins letters with the marks that follow them (NFC). Several marks on one letter are taken in the order in which they stand.</summary>
    public static string Compose(string text)
    {
        StringBuilder? result = null;
        for (int i = 0; i < text.Length; i++)
        {
            char previous = result is null ? (i > 0 ? text[i - 1] : '\0') : (result.Length > 0 ? result[^1] : '\0');
            if (previous != '\0' && Join(previous, text[i]) is { } joined)
            {
                result ??= new StringBuilder(text, 0, i, text.Length);
                result[^1] = joined;
            }
            else
            {
                result?.Append(text[i]);
            }
        }

        return result?.ToString() ?? text;
    }

    private static char? Join(char first, char second)
    {
        if (second < 0x300) return null;
        if (first - LeadFirst is >= 0 and < LeadCount && second - VowelFirst is >= 0 and < VowelCount)
            return (char)(HangulFirst + ((first - LeadFirst) * VowelCount + (second - VowelFirst)) * TailCount);
        int syllable = first - HangulFirst;
        if (syllable >= 0 && syllable < LeadCount * VowelCount * TailCount && syllable % TailCount == 0 && second - TailFirst is > 0 and < TailCount)
            return (char)(first + (second - TailFirst));
        return Compositions.TryGetValue(Key(first, second), out char joined) ? joined : null;
    }

    private static uint Key(char first, char second) => ((uint)first << 16) | second;
}
