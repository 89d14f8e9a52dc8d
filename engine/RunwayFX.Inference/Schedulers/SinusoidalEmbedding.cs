namespace RunwayFX.Inference.Schedulers;

/// <summary>The sines and cosines in which diffusion models are told a timestep, or LCM its guidance scale.</summary>
public static class SinusoidalEmbedding
{
    private const double PeriodMax = 10_000;

    /// <summary>Fills one embedding.</summary>
    /// <param name="value">Timestep, or whatever is embedded.</param>
    /// <param name="embedding">Overwritten; its length is the embedding's, even.</param>
    /// <param name="frequencyShift">0 or 1: what is taken from half the length where frequencies are divided.</param>
    /// <param name="cosinesFirst">Whether the cosines come first.</param>
    /// <param name="scale">What the value is multiplied by.</param>
    /// <exception cref="ArgumentException">The length is odd or too short.</exception>
    public static void Fill(double value, Span<float> embedding, double frequencyShift = 0, bool cosinesFirst = true, double scale = 1)
    {
        int half = embedding.Length / 2;
        if (embedding.Length % 2 != 0 || half - frequencyShift <= 0)
            throw new ArgumentException($"{embedding.Length} values do not hold an embedding with frequency shift {frequencyShift}.", nameof(embedding));
        var (sines, cosines) = cosinesFirst ? (half, 0) : (0, half);
        for (int k = 0; k < half; k++)
        {
            double angle = scale * value * Math.Exp(-Math.Log(PeriodMax) * k / (half - frequencyShift));
            embedding[sines + k] = (float)Math.Sin(angle);
            embedding[cosines + k] = (float)Math.Cos(angle);
        }
    }

    /// <summary>LCM's <c>timestep_cond</c>: the guidance scale minus 1, times 1000, sines first.</summary>
    public static void FillGuidance(double guidanceScale, Span<float> embedding)
        => Fill((guidanceScale - 1) * 1000, embedding, frequencyShift: 1, cosinesFirst: false);
}
