using System.Globalization;
using System.Text;

namespace RunwayFX.Inference.Prompts;

/// <summary>A stretch of a prompt with one weight.</summary>
/// <param name="Text">The words, escapes resolved.</param>
/// <param name="Weight">How much they count; 1 = as written.</param>
public readonly record struct PromptSegment(string Text, float Weight);

/// <summary>A reference to a named picture.</summary>
/// <param name="Name">Its name without the @.</param>
/// <param name="Start">Where the @ stands in the prompt, in UTF-16 units.</param>
/// <param name="Length">Length with the @.</param>
public readonly record struct PromptReference(string Name, int Start, int Length);

/// <summary>Reads what prompts say besides words: <c>(word)</c> counts 1.1 times, <c>(word:1.3)</c> 1.3 times, <c>[word]</c> 1/1.1 times, brackets nest, a
/// backslash makes a bracket or an @ a letter, <c>@name</c> refers to a picture.</summary>
/// <remarks>No text is an error except one that is too long: brackets without their other half are letters where they close, and reach to the end where they
/// open.</remarks>
public static class PromptText
{
    /// <summary>Longest prompt, in UTF-16 units.</summary>
    public const int LengthMax = 1 << 14;

    /// <summary>Deepest nesting; brackets beyond it are letters.</summary>
    public const int DepthMax = 32;

    /// <summary>Greatest weight; the least is 0.</summary>
    public const float WeightMax = 10;

    /// <summary>Longest name of a picture.</summary>
    public const int NameMax = 32;

    /// <summary>Most references in a prompt.</summary>
    public const int ReferencesMax = 16;

    private const float Emphasis = 1.1f;

    /// <summary>Cuts a prompt into stretches of one weight.</summary>
    /// <exception cref="InferenceException"><see cref="InferenceError.SettingUnsupported"/>: over <see cref="LengthMax"/>.</exception>
    public static IReadOnlyList<PromptSegment> Parse(string prompt)
    {
        CheckLength(prompt);
        List<(StringBuilder Text, float Weight)> parts = [];
        Stack<(char Bracket, int Part)> open = new();
        Next(1);
        for (int i = 0; i < prompt.Length; i++)
        {
            char letter = prompt[i];
            switch (letter)
            {
                case '\\' when i + 1 < prompt.Length && prompt[i + 1] is '(' or ')' or '[' or ']' or '\\' or '@':
                    parts[^1].Text.Append(prompt[++i]);
                    break;
                case '(' or '[' when open.Count < DepthMax:
                    Next(1);
                    open.Push((letter, parts.Count - 1));
                    break;
                case ':' when open.Count > 0 && open.Peek().Bracket == '(' && WeightAt(prompt, i + 1, out float weight) is var end and > 0:
                    Multiply(open.Pop().Part, weight);
                    Next(1);
                    i = end;
                    break;
                case ')' when open.Count > 0 && open.Peek().Bracket == '(':
                    Multiply(open.Pop().Part, Emphasis);
                    Next(1);
                    break;
                case ']' when open.Count > 0 && open.Peek().Bracket == '[':
                    Multiply(open.Pop().Part, 1 / Emphasis);
                    Next(1);
                    break;
                default:
                    parts[^1].Text.Append(letter);
                    break;
            }
        }

        while (open.TryPop(out var left)) Multiply(left.Part, left.Bracket == '(' ? Emphasis : 1 / Emphasis);
        return Joined(parts);

        void Next(float weight) => parts.Add((new StringBuilder(), weight));

        void Multiply(int from, float factor)
        {
            for (int k = from; k < parts.Count; k++) parts[k] = (parts[k].Text, Math.Clamp(parts[k].Weight * factor, 0, WeightMax));
        }
    }

    /// <summary>The pictures that a prompt refers to, in order; the same name may come twice.</summary>
    /// <exception cref="InferenceException"><see cref="InferenceError.SettingUnsupported"/>: too long, or over <see cref="ReferencesMax"/>.</exception>
    public static IReadOnlyList<PromptReference> References(string prompt)
    {
        CheckLength(prompt);
        List<PromptReference> found = [];
        for (int i = 0; i < prompt.Length; i++)
        {
            if (prompt[i] == '\\')
            {
                i++;
                continue;
            }

            // An @ within a word, as in an address, refers to nothing.
            if (prompt[i] != '@' || (i > 0 && IsNameLetter(prompt[i - 1]))) continue;
            int end = i + 1;
            while (end < prompt.Length && end - i <= NameMax && IsNameLetter(prompt[end])) end++;
            if (end - i - 1 is < 1 or > NameMax || !char.IsAsciiLetter(prompt[i + 1])) continue;
            if (end < prompt.Length && IsNameLetter(prompt[end])) continue;
            if (found.Count == ReferencesMax)
                throw new InferenceException(InferenceError.SettingUnsupported, $"A prompt with over {ReferencesMax} references is not supported.");
            found.Add(new PromptReference(prompt[(i + 1)..end], i, end - i));
            i = end - 1;
        }

        return found;
    }

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';

    /// <summary>Reads <c>1.3)</c>; gives the place of the bracket, or 0 where something else stands there.</summary>
    private static int WeightAt(string prompt, int start, out float weight)
    {
        weight = 1;
        const int digitsMax = 16;
        int end = start;
        while (end < prompt.Length && end - start <= digitsMax && prompt[end] is (>= '0' and <= '9') or '.' or ' ' or '+' or '-') end++;
        if (end == start || end >= prompt.Length || prompt[end] != ')') return 0;
        ReadOnlySpan<char> number = prompt.AsSpan(start, end - start).Trim();
        const NumberStyles style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!float.TryParse(number, style, CultureInfo.InvariantCulture, out weight) || !float.IsFinite(weight)) return 0;
        weight = Math.Clamp(weight, 0, WeightMax);
        return end;
    }

    private static List<PromptSegment> Joined(List<(StringBuilder Text, float Weight)> parts)
    {
        List<PromptSegment> segments = [];
        foreach (var (text, weight) in parts)
        {
            if (text.Length == 0) continue;
            if (segments.Count > 0 && segments[^1].Weight == weight) segments[^1] = new PromptSegment(segments[^1].Text + text, weight);
            else segments.Add(new PromptSegment(text.ToString(), weight));
        }

        return segments;
    }

    private static void CheckLength(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Length > LengthMax)
            throw new InferenceException(InferenceError.SettingUnsupported, $"A prompt of {prompt.Length} characters is over the limit of {LengthMax}.");
    }
}
