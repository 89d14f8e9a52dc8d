using System.Globalization;

namespace RunwayFX.Media;

/// <summary>An exact fraction: frame rates (30000/1001) and pixel aspects (10/11). 0/1 where unknown.</summary>
/// <remarks>Kept as written in the file, not reduced on construction; <see cref="Reduced"/> compares. Terms are at most
/// <see cref="TermMax"/>.</remarks>
public readonly record struct Rational(int Numerator, int Denominator)
{
    /// <summary>Largest numerator or denominator accepted from a file.</summary>
    public const int TermMax = 100_000_000;

    /// <summary>Unknown: 0/1.</summary>
    public static Rational Unknown => new(0, 1);

    /// <summary>One.</summary>
    public static Rational One => new(1, 1);

    /// <summary>Whether it is a usable positive number.</summary>
    public bool IsPositive => Numerator > 0 && Denominator > 0;

    /// <summary>As a double; 0 where unknown.</summary>
    public double Value => Denominator == 0 ? 0 : (double)Numerator / Denominator;

    /// <summary>The same number in lowest terms.</summary>
    public Rational Reduced
    {
        get
        {
            int divisor = Gcd(Math.Abs(Numerator), Math.Abs(Denominator));
            return divisor <= 1 ? this : new Rational(Numerator / divisor, Denominator / divisor);
        }
    }

    /// <summary>Reads <c>30000/1001</c>, <c>10:11</c>, <c>25</c> or a decimal number such as <c>23.976</c> (which becomes 24000/1001).</summary>
    public static bool TryParse(string? text, out Rational value)
    {
        value = Unknown;
        if (string.IsNullOrWhiteSpace(text)) return false;
        int bar = text.AsSpan().IndexOfAny('/', ':');
        if (bar >= 0)
        {
            if (!int.TryParse(text.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out int top)) return false;
            if (!int.TryParse(text.AsSpan(bar + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bottom)) return false;
            if (bottom == 0 || top > TermMax || bottom > TermMax) return false;
            value = new Rational(top, bottom);
            return true;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
        if (!double.IsFinite(number) || number > TermMax / 1001) return false;
        value = FromDouble(number);
        return true;
    }

    /// <summary>The frame rate that people mean by a decimal number: whole, n·1000/1001 (within 0.005), else thousandths.</summary>
    public static Rational FromDouble(double number)
    {
        double whole = Math.Round(number);
        if (Math.Abs(number - whole) < 1e-9) return new Rational((int)whole, 1);
        double nearest = Math.Round(number * 1001 / 1000);
        if (Math.Abs(number - (nearest * 1000 / 1001)) < 0.005) return new Rational((int)nearest * 1000, 1001);
        return new Rational((int)Math.Round(number * 1000), 1000).Reduced;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static int Gcd(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
