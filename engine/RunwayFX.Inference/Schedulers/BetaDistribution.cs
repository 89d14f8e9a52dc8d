namespace RunwayFX.Inference.Schedulers;

/// <summary>Quantiles of the beta distribution, by which one spacing puts its noise levels.</summary>
internal static class BetaDistribution
{
    private const int BisectionsMax = 200;
    private const int FractionTermsMax = 300;
    private const double Tiny = 1e-300;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
        9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The x in 0..1 with P(X ≤ x) = <paramref name="probability"/>.</summary>
    public static double Quantile(double probability, double alpha, double beta)
    {
        if (probability <= 0) return 0;
        if (probability >= 1) return 1;
        double low = 0, high = 1;
        for (int i = 0; i < BisectionsMax; i++)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high) break;
            if (Cumulative(middle, alpha, beta) < probability) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>P(X ≤ x): the regularised incomplete beta function.</summary>
    public static double Cumulative(double x, double alpha, double beta)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        double front = Math.Exp(LogGamma(alpha + beta) - LogGamma(alpha) - LogGamma(beta) + alpha * Math.Log(x) + beta * Math.Log(1 - x));
        return x < (alpha + 1) / (alpha + beta + 2) ? front * Fraction(x, alpha, beta) / alpha : 1 - front * Fraction(1 - x, beta, alpha) / beta;
    }

    /// <summary>The continued fraction of the incomplete beta function, by Lentz's method.</summary>
    private static double Fraction(double x, double a, double b)
    {
        double c = 1, d = 1 / NotZero(1 - (a + b) * x / (a + 1)), result = d;
        for (int m = 1; m <= FractionTermsMax; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            double change = d * c;
            result *= change;
            if (Math.Abs(change - 1) < 1e-16) break;
        }

        return result;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    private static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x -= 1;
        double sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x + i);
        double t = x + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
