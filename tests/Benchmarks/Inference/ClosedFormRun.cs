using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Benchmarks;

/// <summary>Twenty guided Euler steps of the closed-form denoiser on a provider: it must end on the picture that the prompt names.</summary>
internal static class ClosedFormRun
{
    private const int Steps = 20, Wanted = 1, Tokens = 77;

    /// <summary>Worst distance from that picture's latent.</summary>
    public static double Error(OnnxRuntime runtime, ProviderKind kind)
    {
        ClosedFormData data = new();
        byte[] model = ClosedFormDenoiser.Build(data, ModelLayout.StableDiffusion);
        using ModelSession session = ModelSession.Load(runtime, model, "closed-form", new SessionSettings { Provider = kind });
        float[] text = new float[Tokens * ClosedFormDenoiser.TextFeatures];
        for (int k = 0; k < data.Latents.Count; k++) text[k] = k == Wanted ? 0 : -1e4f;
        Conditioning conditioning = new()
        {
            Inputs = [new("encoder_hidden_states", [Tokens, ClosedFormDenoiser.TextFeatures], text, new float[text.Length])], Guidance = 7.5f,
        };
        using Denoiser denoiser = new(session, 1, [ClosedFormData.LatentChannels, data.LatentHeight, data.LatentWidth], conditioning);
        using JobRun job = new(runtime, CancellationToken.None);
        float[] sigmas = ClosedFormDenoiser.Sigmas(), x = new float[data.LatentLength], scaled = new float[x.Length], noise = new float[x.Length];
        Random random = new(3);
        int last = ClosedFormDenoiser.TrainSteps - 1;
        for (int i = 0; i < x.Length; i++)
            x[i] = sigmas[last] * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        for (int step = 0; step < Steps; step++)
        {
            int time = last - step * last / Steps;
            float sigma = sigmas[time], next = step + 1 < Steps ? sigmas[last - (step + 1) * last / Steps] : 0;
            for (int i = 0; i < x.Length; i++) scaled[i] = x[i] / MathF.Sqrt(sigma * sigma + 1);
            denoiser.Predict(job, scaled, time, noise);
            for (int i = 0; i < x.Length; i++) x[i] += (next - sigma) * noise[i];
        }

        return x.Zip(data.Latents[Wanted], (a, b) => Math.Abs(a - (double)b)).Max();
    }
}
