namespace RunwayFX.Inference.Schedulers;

/// <summary>Moves a flow's noise levels: larger pictures need more noise to lose their structure (Esser et al. 2024).</summary>
public static class TimeShift
{
    /// <summary>The shift of a picture of <paramref name="tokens"/> latent tokens: a line through the configuration's two sizes.</summary>
    public static double Mu(SchedulerConfig config, int tokens)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.MaxImageSequence == config.BaseImageSequence) return config.BaseShift;
        double slope = (config.MaxShift - config.BaseShift) / (config.MaxImageSequence - config.BaseImageSequence);
        return config.BaseShift + slope * (tokens - config.BaseImageSequence);
    }

    /// <summary>Shifts by a fixed factor; 1 leaves the level as it is.</summary>
    internal static double Fixed(double sigma, double shift) => shift * sigma / (1 + (shift - 1) * sigma);

    /// <summary>Shifts by <paramref name="mu"/>.</summary>
    internal static double Dynamic(double sigma, double mu, bool linear)
    {
        double factor = linear ? mu : Math.Exp(mu);
        return factor / (factor + (1 / sigma - 1));
    }

    /// <summary>Stretches falling levels so that the last becomes <paramref name="terminal"/>.</summary>
    internal static void StretchTo(double terminal, Span<double> sigmas)
    {
        double scale = (1 - sigmas[^1]) / (1 - terminal);
        if (scale == 0) return; // One level of pure noise has nothing to stretch.
        foreach (ref double sigma in sigmas) sigma = 1 - (1 - sigma) / scale;
    }
}
