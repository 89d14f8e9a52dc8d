namespace RunwayFX.Inference.Schedulers;

/// <summary>Where a run's steps lie on the training schedule, from the noisiest on, and their noise levels.</summary>
internal static class Spacing
{
    private const double KarrasRho = 7;
    private const double BetaShape = 0.6;

    /// <summary>Evenly from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    public static double[] Linspace(double start, double end, int count)
    {
        double[] values = new double[count];
        double step = count > 1 ? (end - start) / (count - 1) : 0;
        for (int i = 0; i < count; i++) values[i] = start + i * step;
        if (count > 1) values[^1] = end;
        return values;
    }

    /// <summary>Whole timesteps, falling (DDIM, DDPM, PNDM).</summary>
    public static double[] Whole(TimestepSpacing spacing, int train, int steps, int offset) => spacing switch
    {
        TimestepSpacing.Linspace => Falling(Linspace(0, train - 1, steps), rounds: true),
        TimestepSpacing.Leading => Leading(steps, train / steps, offset),
        _ => Trailing(train, train, steps),
    };

    /// <summary>Timesteps of samplers in noise level, falling; linspace leaves them between whole ones.</summary>
    public static double[] Fractional(TimestepSpacing spacing, int train, int steps, int offset)
    {
        if (spacing != TimestepSpacing.Linspace) return Whole(spacing, train, steps, offset);
        double[] values = Falling(Linspace(0, train - 1, steps), rounds: false);
        for (int i = 0; i < values.Length; i++) values[i] = (float)values[i];
        return values;
    }

    /// <summary>Whole timesteps of samplers in log signal-to-noise ratio, which leave out the last of one more than wanted.</summary>
    /// <param name="spacing">How they are spread.</param>
    /// <param name="train">Length of the training schedule.</param>
    /// <param name="last">How much of it is used.</param>
    /// <param name="steps">How many.</param>
    /// <param name="offset">Added to leading ones.</param>
    public static double[] WithoutLast(TimestepSpacing spacing, int train, int last, int steps, int offset) => spacing switch
    {
        TimestepSpacing.Linspace => Falling(Linspace(0, last - 1, steps + 1), rounds: true)[..^1],
        TimestepSpacing.Leading => Leading(steps + 1, last / (steps + 1), offset)[..^1],
        _ => Trailing(train, last, steps),
    };

    /// <summary>Noise levels between two ends, falling.</summary>
    public static double[] Between(SigmaSpacing spacing, double min, double max, int steps)
    {
        double[] ramp = Linspace(0, 1, steps);
        for (int i = 0; i < steps; i++)
        {
            ramp[i] = spacing switch
            {
                SigmaSpacing.Karras => Karras(ramp[i], min, max, KarrasRho),
                SigmaSpacing.Exponential => Math.Exp(Math.Log(max) + ramp[i] * (Math.Log(min) - Math.Log(max))),
                SigmaSpacing.Beta => min + BetaDistribution.Quantile(1 - ramp[i], BetaShape, BetaShape) * (max - min),
                SigmaSpacing.LogSnr => Math.Exp(Math.Log(max) + ramp[i] * (Math.Log(min) - Math.Log(max))),
                _ => throw new ArgumentOutOfRangeException(nameof(spacing), spacing, "not a spacing of noise levels"),
            };
        }

        return ramp;
    }

    /// <summary>A noise level at <paramref name="at"/> (0 = noisiest, 1 = cleanest), evenly in σ^(1/ρ).</summary>
    public static double Karras(double at, double min, double max, double rho)
    {
        double low = Math.Pow(min, 1 / rho), high = Math.Pow(max, 1 / rho);
        return Math.Pow(high + at * (low - high), rho);
    }

    private static double[] Falling(double[] rising, bool rounds)
    {
        Array.Reverse(rising);
        if (rounds)
        {
            for (int i = 0; i < rising.Length; i++) rising[i] = Math.Round(rising[i]);
        }

        return rising;
    }

    private static double[] Leading(int steps, int ratio, int offset)
    {
        double[] values = new double[steps];
        for (int i = 0; i < steps; i++) values[i] = (double)(steps - 1 - i) * ratio + offset;
        return values;
    }

    private static double[] Trailing(int train, int last, int steps)
    {
        double ratio = train / (double)steps;
        int count = (int)Math.Ceiling(last / ratio);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = Math.Round(last - i * ratio) - 1;
        return values;
    }
}
