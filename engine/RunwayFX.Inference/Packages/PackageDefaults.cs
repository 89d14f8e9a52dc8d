using System.Text.Json;

namespace RunwayFX.Inference.Packages;

/// <summary>What a package was made for, where the user says nothing: its manifest's word, else its family's.</summary>
/// <param name="Side">Side in pixels of the square pictures that it was trained on; 0 where nothing says it.</param>
/// <param name="Steps">Steps of denoising.</param>
/// <param name="Guidance">Guidance; 1 is without.</param>
public sealed record PackageDefaults(int Side, int Steps, double Guidance)
{
    private const int SideMax = 4096;

    private static readonly string[] s_denoisers = ["unet/config.json", "transformer/config.json"];

    /// <summary>Reads them.</summary>
    /// <exception cref="InferenceException">A file of the package is damaged.</exception>
    public static PackageDefaults Of(ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        (int steps, double guidance) = package.Family switch
        {
            ModelFamily.LatentConsistency => (4, 8.5),
            ModelFamily.StableDiffusionXl => (30, 5),
            ModelFamily.StableDiffusion3 => (28, 7),
            ModelFamily.Flux => (28, 3.5),
            _ => (25, 7.5),
        };
        PackageManifest manifest = package.Manifest;
        return new PackageDefaults(
            manifest.Side is > 0 and <= SideMax ? manifest.Side.Value : TrainedSide(package),
            manifest.Steps is > 0 and <= 1000 ? manifest.Steps.Value : steps,
            manifest.Guidance is >= 1 and <= 100 ? manifest.Guidance.Value : guidance);
    }

    /// <summary>The denoiser's <c>sample_size</c> times the decoder's factor.</summary>
    private static int TrainedSide(ModelPackage package)
    {
        string? config = s_denoisers.FirstOrDefault(package.Exists);
        if (config is null || !package.Exists("vae_decoder/config.json")) return 0;
        int size = Whole(package.Json(config), "sample_size"), levels = 0;
        if (package.Json("vae_decoder/config.json") is { ValueKind: JsonValueKind.Object } decoder
            && decoder.TryGetProperty("block_out_channels", out JsonElement blocks) && blocks.ValueKind == JsonValueKind.Array) levels = blocks.GetArrayLength();
        return size > 0 && levels is >= 1 and <= 8 && size <= SideMax >> (levels - 1) ? size << (levels - 1) : 0;
    }

    private static int Whole(JsonElement config, string name) => config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : 0;
}
