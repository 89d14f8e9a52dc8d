namespace RunwayFX.Imaging;

/// <summary>Exponentials, logarithms, powers and sines with the same bits on every machine, because the platform's own differ between
/// systems.</summary>
/// <remarks>Built from IEEE additions, multiplications and divisions in a fixed order; about 1e-15 relative. Special values follow IEEE 754 as
/// <see cref="Math"/> does.</remarks>
public static class DeterministicMath
{
    private const double Ln2High = 0.69314718036912381649;
    private const double Ln2Low = 1.9082149292705877000e-10;
    private const double Log2E = 1.4426950408889634074;
    private const double Log10Of2 = 0.30102999566398119521;
    private const double HalfPi = 1.5707963267948966192;
    private const double SquareRootOf2 = 1.4142135623730950488;

    /// <summary>e to the power of x.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return double.NaN;
        if (x > 709.79) return double.PositiveInfinity;
        if (x < -745.14) return 0;
        double k = Math.Floor(x * Log2E + 0.5);
        return Scale(ExpOfSmall(x - k * Ln2High - k * Ln2Low), (int)k);
    }

    /// <summary>2 to the power of x.</summary>
    public static double Exp2(double x)
    {
        if (double.IsNaN(x)) return double.NaN;
        if (x >= 1024) return double.PositiveInfinity;
        if (x < -1075) return 0;
        double k = Math.Floor(x + 0.5);
        double rest = x - k;
        return Scale(ExpOfSmall(rest * Ln2High + rest * Ln2Low), (int)k);
    }

    /// <summary>Natural logarithm.</summary>
    public static double Log(double x)
    {
        if (!TrySplit(x, out double logOfMantissa, out int exponent, out double special)) return special;
        return exponent * Ln2High + (exponent * Ln2Low + logOfMantissa);
    }

    /// <summary>Logarithm to base 2.</summary>
    public static double Log2(double x) => TrySplit(x, out double logOfMantissa, out int exponent, out double special)
        ? exponent + logOfMantissa * Log2E
        : special;

    /// <summary>Logarithm to base 10.</summary>
    public static double Log10(double x) => TrySplit(x, out double logOfMantissa, out int exponent, out double special)
        ? exponent * Log10Of2 + logOfMantissa * (Log2E * Log10Of2)
        : special;

    /// <summary>x to the power of y for x at or above 0; NaN for negative x.</summary>
    public static double Pow(double x, double y)
    {
        if (y == 0) return 1;
        if (double.IsNaN(x) || double.IsNaN(y) || x < 0) return double.NaN;
        if (x == 0) return y > 0 ? 0 : double.PositiveInfinity;
        if (x == 1) return 1;
        return Exp2(y * Log2(x));
    }

    /// <summary>Sine of an angle in radians, for angles up to about a million.</summary>
    public static double Sin(double x)
    {
        if (!double.IsFinite(x)) return double.NaN;
        double quarter = Math.Floor(x / HalfPi + 0.5);
        double r = x - quarter * HalfPi;
        double square = r * r;
        long turn = (long)quarter & 3;
        double result = (turn & 1) == 0 ? r * SineSeries(square) : CosineSeries(square);
        return (turn & 2) == 0 ? result : -result;
    }

    private static double SineSeries(double s) => 1 + s * (-1 / 6.0 + s * (1 / 120.0 + s * (-1 / 5040.0 + s * (1 / 362880.0 + s * (-1 / 39916800.0
        + s * (1 / 6227020800.0 + s * (-1 / 1307674368000.0)))))));

    private static double CosineSeries(double s) => 1 + s * (-1 / 2.0 + s * (1 / 24.0 + s * (-1 / 720.0 + s * (1 / 40320.0 + s * (-1 / 3628800.0
        + s * (1 / 479001600.0 + s * (-1 / 87178291200.0 + s * (1 / 20922789888000.0))))))));

    /// <summary>Taylor series of e^r for |r| ≤ ln 2 / 2.</summary>
    private static double ExpOfSmall(double r)
    {
        double sum = 1;
        for (int n = 13; n >= 1; n--) sum = 1 + sum * r / n;
        return sum;
    }

    private static double Scale(double mantissa, int exponent)
    {
        // Two steps, so that subnormal results are reached with one rounding only.
        if (exponent < -1021) return mantissa * PowerOf2(exponent + 64) * PowerOf2(-64);
        return exponent > 1023 ? mantissa * 2 * PowerOf2(exponent - 1) : mantissa * PowerOf2(exponent);
    }

    private static double PowerOf2(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);

    /// <summary>Splits x into 2^exponent × m with m in [√½, √2) and gives ln m.</summary>
    private static bool TrySplit(double x, out double logOfMantissa, out int exponent, out double special)
    {
        (logOfMantissa, exponent, special) = (0, 0, double.NaN);
        if (double.IsNaN(x) || x < 0) return false;
        if (x == 0 || double.IsPositiveInfinity(x))
        {
            special = x == 0 ? double.NegativeInfinity : double.PositiveInfinity;
            return false;
        }

        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            exponent = -54;
        }

        long bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000);
        if (mantissa >= SquareRootOf2)
        {
            mantissa /= 2;
            exponent++;
        }

        // ln m = 2 artanh((m − 1) / (m + 1))
        double s = (mantissa - 1) / (mantissa + 1), square = s * s, sum = 0;
        for (int n = 23; n >= 1; n -= 2) sum = sum * square + 1.0 / n;
        logOfMantissa = 2 * s * sum;
        return true;
    }
}
