using System.Globalization;
using System.Text.Json;

namespace RunwayFX.Inference.Packages;

/// <summary>What kind of pipeline a package's components form.</summary>
public enum ModelFamily
{
    /// <summary>Not known to this version.</summary>
    Unknown = 0,

    /// <summary>Stable Diffusion 1.x and 2.x.</summary>
    StableDiffusion = 1,

    /// <summary>Stable Diffusion XL, Turbo included.</summary>
    StableDiffusionXl = 2,

    /// <summary>Latent consistency models of Stable Diffusion's shape.</summary>
    LatentConsistency = 3,

    /// <summary>Stable Diffusion 3.</summary>
    StableDiffusion3 = 4,

    /// <summary>FLUX.</summary>
    Flux = 5,

    /// <summary>Stable Video Diffusion: a picture comes to life.</summary>
    StableVideoDiffusion = 6,

    /// <summary>AnimateDiff: Stable Diffusion with layers over time.</summary>
    AnimateDiff = 7,

    /// <summary>Wan 2.1, from text or from pictures.</summary>
    Wan = 8,

    /// <summary>Wan VACE: with control video, mask and reference pictures.</summary>
    WanVace = 9,

    /// <summary>LTX-Video.</summary>
    Ltx = 10,
}

/// <summary>An installed set of models in the layout that Hugging Face's tools and Optimum write: a folder per component.</summary>
/// <remarks>Opening reads the small JSON files alone. Components: text_encoder, text_encoder_2, unet or transformer, vae_encoder, vae_decoder.</remarks>
public sealed class ModelPackage
{
    /// <summary>File that names the components.</summary>
    public const string IndexName = "model_index.json";

    /// <summary>Largest JSON file that is read.</summary>
    public const int JsonBytesMax = 16 << 20;

    private ModelPackage(string folder, PackageManifest manifest, JsonElement? index)
    {
        Folder = folder;
        Manifest = manifest;
        Name = manifest.Name ?? Path.GetFileName(folder);
        string kind = index is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("_class_name", out JsonElement value) ? value.AnyText() ?? "" : manifest.Family ?? "";
        ClassName = kind;
        Family = FamilyOf(kind);
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it says about itself; empty where it has no manifest.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>The pipeline class that its index names.</summary>
    public string ClassName { get; }

    /// <summary>Its family.</summary>
    public ModelFamily Family { get; }

    /// <summary>What a package needs to start from a picture.</summary>
    private const string EncoderFile = "vae_encoder/model.onnx";

    /// <summary>Why it cannot do a task that packages of its kind do; empty where there is no such reason.</summary>
    public string Lack(string task) => Manifest.Tasks.Count == 0 && task is ("image-to-image" or "inpaint") && !Exists(EncoderFile) ? $", for want of '{EncoderFile}'" : "";

    /// <summary>Tasks it can do.</summary>
    public IReadOnlyList<string> Tasks => Manifest.Tasks.Count > 0 ? Manifest.Tasks : Family == ModelFamily.Unknown ? []
        : Family == ModelFamily.StableVideoDiffusion ? ["image-to-video"] : Family >= ModelFamily.AnimateDiff ? ["text-to-video"]
        : Exists(EncoderFile) ? ["text-to-image", "image-to-image", "inpaint"] : ["text-to-image"];

    /// <summary>Folder of the network that denoises.</summary>
    public string Denoiser => Family switch
    {
        ModelFamily.StableDiffusion or ModelFamily.StableDiffusionXl or ModelFamily.LatentConsistency => "unet",
        ModelFamily.StableDiffusion3 or ModelFamily.Flux => "transformer",
        _ => Directory.Exists(Path.Combine(Folder, "unet")) ? "unet" : "transformer",
    };

    /// <summary>Opens a package.</summary>
    /// <exception cref="InferenceException">It is missing, or a file that describes it is damaged; the message names the file.</exception>
    public static ModelPackage Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new InferenceException(InferenceError.PackageMissing, $"there is no package folder '{folder}'");
        string manifestPath = Path.Combine(folder, PackageManifest.FileName), indexPath = Path.Combine(folder, IndexName);
        PackageManifest manifest = File.Exists(manifestPath) ? PackageManifest.Parse(ReadText(manifestPath), manifestPath) : new PackageManifest();
        bool hasIndex = File.Exists(indexPath);
        if (!hasIndex && manifest.Family is null)
            throw new InferenceException(InferenceError.PackageBroken, $"'{folder}' has neither {IndexName} nor a {PackageManifest.FileName} that names a family");
        return new ModelPackage(Path.GetFullPath(folder), manifest, hasIndex ? ReadJson(indexPath) : null);
    }

    /// <summary>The path of a file that must be there.</summary>
    /// <exception cref="InferenceException">It is missing.</exception>
    public string PathOf(string relative)
    {
        string path = Path.Combine(Folder, relative);
        return File.Exists(path) ? path : throw new InferenceException(InferenceError.PackageBroken, $"package {Name} lacks '{relative}' ({path})");
    }

    /// <summary>Whether a file is there.</summary>
    public bool Exists(string relative) => File.Exists(Path.Combine(Folder, relative));

    /// <summary>A JSON file of the package.</summary>
    /// <exception cref="InferenceException">It is missing or damaged.</exception>
    public JsonElement Json(string relative) => ReadJson(PathOf(relative));

    /// <summary>A text file of the package.</summary>
    /// <exception cref="InferenceException">It is missing or too large.</exception>
    public string Text(string relative) => ReadText(PathOf(relative));

    /// <summary>Bytes of a component's model with its external data: what loading it takes at least.</summary>
    public long BytesOf(string component)
    {
        string folder = Path.Combine(Folder, component);
        return Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;
    }

    /// <summary>Names the state of its files on disk: another text where one of them was changed.</summary>
    public string State() => string.Join(';', new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories)
        .Select(file => string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(Folder, file.FullName)}:{file.Length}:{file.LastWriteTimeUtc.Ticks}"))
        .Order(StringComparer.Ordinal));

    private static ModelFamily FamilyOf(string name)
    {
        string plain = name.Replace("ORT", "", StringComparison.Ordinal).Replace("Onnx", "", StringComparison.Ordinal);
        return plain switch
        {
            "stable-diffusion" => ModelFamily.StableDiffusion,
            "stable-diffusion-xl" => ModelFamily.StableDiffusionXl,
            "latent-consistency" => ModelFamily.LatentConsistency,
            "stable-diffusion-3" => ModelFamily.StableDiffusion3,
            "flux" => ModelFamily.Flux,
            "stable-video-diffusion" => ModelFamily.StableVideoDiffusion,
            "animatediff" => ModelFamily.AnimateDiff,
            "wan" => ModelFamily.Wan,
            "wan-vace" => ModelFamily.WanVace,
            "ltx" => ModelFamily.Ltx,
            _ when plain.StartsWith("StableVideoDiffusion", StringComparison.Ordinal) => ModelFamily.StableVideoDiffusion,
            _ when plain.StartsWith("AnimateDiff", StringComparison.Ordinal) => ModelFamily.AnimateDiff,
            _ when plain.StartsWith("WanVACE", StringComparison.Ordinal) => ModelFamily.WanVace,
            _ when plain.StartsWith("Wan", StringComparison.Ordinal) => ModelFamily.Wan,
            _ when plain.StartsWith("LTX", StringComparison.Ordinal) => ModelFamily.Ltx,
            _ when plain.StartsWith("StableDiffusion3", StringComparison.Ordinal) => ModelFamily.StableDiffusion3,
            _ when plain.StartsWith("StableDiffusionXL", StringComparison.Ordinal) => ModelFamily.StableDiffusionXl,
            _ when plain.StartsWith("LatentConsistency", StringComparison.Ordinal) => ModelFamily.LatentConsistency,
            _ when plain.StartsWith("Flux", StringComparison.Ordinal) => ModelFamily.Flux,
            _ when plain.StartsWith("StableDiffusion", StringComparison.Ordinal) => ModelFamily.StableDiffusion,
            _ => ModelFamily.Unknown,
        };
    }

    private static string ReadText(string path)
    {
        long bytes = new FileInfo(path).Length;
        return bytes <= JsonBytesMax ? File.ReadAllText(path) : throw new InferenceException(InferenceError.PackageBroken, $"'{path}' has {bytes} bytes, over {JsonBytesMax}");
    }

    private static JsonElement ReadJson(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(ReadText(path), new JsonDocumentOptions { MaxDepth = 32 });
            ReadTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The latter: a text that is no Unicode.
        {
            throw new InferenceException(InferenceError.PackageBroken, $"'{path}' is damaged: {e.Message}", e);
        }
    }

    /// <summary>Reads every name and text once: half a surrogate pair behind an escape shows only then, and later nobody expects it.</summary>
    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) ReadTexts(item);
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            _ = property.Name;
            ReadTexts(property.Value);
        }
    }
}
