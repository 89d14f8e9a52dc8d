namespace RunwayFX.Inference.Schedulers;

/// <summary>The coefficients of DPM-Solver's steps: one set for the solver in clean samples (++) or noise, each as an ordinary or a stochastic equation.</summary>
/// <remarks>A step is: next = <see cref="OfSample"/>·sample + <see cref="Zeroth"/>·D0 + <see cref="First"/>·D1 + <see cref="Second"/>·D2
/// + <see cref="OfNoise"/>·noise, with the differences D1 and D2 as the solver forms them.</remarks>
internal readonly record struct DpmAlgorithm(bool IsPlusPlus, bool IsStochastic)
{
    public static DpmAlgorithm Parse(string? name) => name switch
    {
        "dpmsolver" => new DpmAlgorithm(false, false),
        "sde-dpmsolver" => new DpmAlgorithm(false, true),
        "sde-dpmsolver++" => new DpmAlgorithm(true, true),
        _ => new DpmAlgorithm(true, false), // DEIS' name in a shared configuration, or none.
    };

    /// <summary>Coefficient of the sample.</summary>
    public double OfSample(double alpha, double sigma, double alphaFrom, double sigmaFrom, double h)
        => !IsPlusPlus ? alpha / alphaFrom : IsStochastic ? sigma / sigmaFrom * Math.Exp(-h) : sigma / sigmaFrom;

    /// <summary>Coefficient of the newest output.</summary>
    public double Zeroth(double alpha, double sigma, double h) => this switch
    {
        { IsPlusPlus: true, IsStochastic: false } => -alpha * Minus1(-h),
        { IsPlusPlus: true, IsStochastic: true } => -alpha * Minus1(-2 * h),
        { IsStochastic: false } => -sigma * Minus1(h),
        _ => -2 * sigma * Minus1(h),
    };

    /// <summary>Coefficient of the first difference.</summary>
    public double First(double alpha, double sigma, double h, bool midpoint)
    {
        if (midpoint) return 0.5 * Zeroth(alpha, sigma, h);
        return this switch
        {
            { IsPlusPlus: true, IsStochastic: false } => alpha * (Minus1(-h) / h + 1),
            { IsPlusPlus: true, IsStochastic: true } => alpha * (Minus1(-2 * h) / (2 * h) + 1),
            { IsStochastic: false } => -sigma * (Minus1(h) / h - 1),
            _ => -2 * sigma * (Minus1(h) / h - 1),
        };
    }

    /// <summary>Coefficient of the second difference, of the ordinary equation and of the stochastic one in clean samples.</summary>
    public double Second(double alpha, double sigma, double h) => this switch
    {
        { IsPlusPlus: true, IsStochastic: false } => -alpha * ((Minus1(-h) + h) / (h * h) - 0.5),
        { IsPlusPlus: true, IsStochastic: true } => alpha * ((-Minus1(-2 * h) - 2 * h) / (4 * h * h) - 0.5),
        _ => -sigma * ((Minus1(h) - h) / (h * h) - 0.5),
    };

    /// <summary>Coefficient of fresh noise.</summary>
    public double OfNoise(double sigma, double h)
    {
        if (!IsStochastic) return 0;
        return sigma * Math.Sqrt(Math.Max(IsPlusPlus ? -Minus1(-2 * h) : Minus1(2 * h), 0));
    }

    /// <summary>e^x − 1.</summary>
    private static double Minus1(double x) => Exponential.MinusOne(x);
}

/// <summary>e^x − 1 without losing small x.</summary>
internal static class Exponential
{
    private const double SeriesBelow = 1e-3;

    public static double MinusOne(double x)
        => Math.Abs(x) < SeriesBelow ? x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5)))) : Math.Exp(x) - 1;
}
