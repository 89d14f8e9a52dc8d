using System.Globalization;
using System.Text;

namespace OpenFX.Raw;

/// <summary>Formats a <c>printf</c> text from the arguments of a variadic call, for the messages of plug-ins.</summary>
/// <remarks>Knows the flags, width, precision and the conversions d i u o x X c s p f F e E g G a A and %%. What it does not know (<c>%n</c>,
/// <c>long double</c>, wide characters) ends the formatting: the rest of the text is copied as it stands, because the arguments can no longer be
/// told apart.</remarks>
public static unsafe class VariadicText
{
    /// <summary>Longest text returned, in characters.</summary>
    public const int LengthMax = 16_384;

    private const int FieldMax = 512;

    /// <summary>Formats a text.</summary>
    /// <param name="format">The format without its terminating zero.</param>
    /// <param name="arguments">What stands behind it.</param>
    public static string Format(ReadOnlySpan<byte> format, ref VariadicArguments arguments)
    {
        StringBuilder text = new();
        while (!format.IsEmpty && text.Length < LengthMax)
        {
            int percent = format.IndexOf((byte)'%');
            if (percent < 0) break;
            text.Append(Encoding.UTF8.GetString(format[..percent]));
            format = format[percent..];
            if (!TryReadField(format, ref arguments, out Field field) || !TryAppend(text, field, ref arguments)) break;
            format = format[field.Length..];
        }

        text.Append(Encoding.UTF8.GetString(format[..Math.Min(format.Length, LengthMax)]));
        return text.Length > LengthMax ? text.ToString(0, LengthMax) : text.ToString();
    }

    private static bool TryReadField(ReadOnlySpan<byte> format, ref VariadicArguments arguments, out Field field)
    {
        field = new Field { Precision = -1 };
        int at = 1;
        for (; at < format.Length && "-+ #0"u8.Contains(format[at]); at++)
        {
            field.Left |= format[at] == '-';
            field.Plus |= format[at] == '+';
            field.Zero |= format[at] == '0';
        }

        field.Width = ReadNumber(format, ref at, ref arguments);
        if (field.Width < 0)
        {
            field.Left = true;
            field.Width = Math.Min(FieldMax, -Math.Max(field.Width, -FieldMax));
        }

        if (at < format.Length && format[at] == '.')
        {
            at++;
            field.Precision = ReadNumber(format, ref at, ref arguments);
        }

        for (; at < format.Length && "hlqjzt"u8.Contains(format[at]); at++)
        {
            // A C long has 64 bits everywhere but on Windows, where only the doubled letter has.
            bool doubled = format[at] == 'l' && format[at - 1] == 'l';
            field.Wide |= "qjzt"u8.Contains(format[at]) || doubled || (format[at] == 'l' && !OperatingSystem.IsWindows());
        }

        if (at >= format.Length) return false;
        field.Conversion = (char)format[at];
        field.Length = at + 1;
        return true;
    }

    private static int ReadNumber(ReadOnlySpan<byte> format, ref int at, ref VariadicArguments arguments)
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            return Math.Clamp(arguments.NextInt32(), -FieldMax, FieldMax);
        }

        int number = 0;
        for (; at < format.Length && char.IsAsciiDigit((char)format[at]); at++) number = Math.Min(FieldMax, number * 10 + format[at] - '0');
        return number;
    }

    private static bool TryAppend(StringBuilder text, in Field field, ref VariadicArguments arguments)
    {
        switch (field.Conversion)
        {
            case '%':
                text.Append('%');
                return true;
            case 'd' or 'i' when arguments.HasInteger:
                long signed = field.Wide ? arguments.NextInteger() : arguments.NextInt32();
                Pad(text, field, (field.Plus && signed >= 0 ? "+" : "") + signed.ToString(CultureInfo.InvariantCulture), isNumber: true);
                return true;
            case 'u' or 'x' or 'X' or 'o' when arguments.HasInteger:
                ulong unsigned = field.Wide ? (nuint)arguments.NextInteger() : (uint)arguments.NextInt32();
                Pad(text, field, Digits(unsigned, field.Conversion), isNumber: true);
                return true;
            case 'p' when arguments.HasInteger:
                Pad(text, field, "0x" + arguments.NextInteger().ToString("x", CultureInfo.InvariantCulture), isNumber: false);
                return true;
            case 'c' when arguments.HasInteger:
                Pad(text, field, ((char)(byte)arguments.NextInt32()).ToString(), isNumber: false);
                return true;
            case 's' when arguments.HasInteger:
                Pad(text, field, ReadText((byte*)arguments.NextPointer(), field.Precision), isNumber: false);
                return true;
            case 'f' or 'F' or 'e' or 'E' or 'g' or 'G' or 'a' or 'A' when arguments.HasDouble:
                double number = arguments.NextDouble();
                Pad(text, field, (field.Plus && number >= 0 ? "+" : "") + Number(number, field), isNumber: double.IsFinite(number));
                return true;
            default:
                return false;
        }
    }

    private static string ReadText(byte* text, int precision)
    {
        if (text == null) return "(null)";
        int limit = precision >= 0 ? precision : LengthMax, length = 0;
        while (length < limit && text[length] != 0) length++;
        return Encoding.UTF8.GetString(text, length);
    }

    private static string Digits(ulong value, char conversion) => conversion switch
    {
        'x' => value.ToString("x", CultureInfo.InvariantCulture),
        'X' => value.ToString("X", CultureInfo.InvariantCulture),
        'o' => Convert.ToString(unchecked((long)value), 8),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Number(double value, in Field field)
    {
        int precision = field.Precision < 0 ? 6 : field.Precision;
        return char.ToLowerInvariant(field.Conversion) switch
        {
            'f' => value.ToString("F" + precision, CultureInfo.InvariantCulture),
            'e' => value.ToString((precision > 0 ? "0." : "0") + new string('0', precision) + field.Conversion + "+00", CultureInfo.InvariantCulture),
            _ => value.ToString("G" + Math.Max(1, precision), CultureInfo.InvariantCulture),
        };
    }

    private static void Pad(StringBuilder text, in Field field, string value, bool isNumber)
    {
        int missing = field.Width - value.Length;
        if (missing <= 0) text.Append(value);
        else if (field.Left) text.Append(value).Append(' ', missing);
        else if (field.Zero && isNumber) text.Append(value.StartsWith('-') ? "-" : "").Append('0', missing).Append(value.TrimStart('-'));
        else text.Append(' ', missing).Append(value);
    }

    private struct Field
    {
        public bool Left;
        public bool Plus;
        public bool Zero;
        public bool Wide;
        public int Width;
        public int Precision;
        public char Conversion;
        public int Length;
    }
}
