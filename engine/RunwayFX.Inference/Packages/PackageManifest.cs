using System.Text.Json;
using System.Text.Json.Serialization;

namespace RunwayFX.Inference.Packages;

/// <summary>A file of a package and what it must be.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal digits.</param>
public sealed record PackageFile(long Bytes, string Sha256);

/// <summary>What a package says about itself in <c>runwayfx.json</c>: what the Hugging Face layout cannot say.</summary>
public sealed record PackageManifest
{
    /// <summary>The manifest's file name.</summary>
    public const string FileName = "runwayfx.json";

    /// <summary>Largest manifest that is read.</summary>
    public const int BytesMax = 4 << 20;

    /// <summary>Most files of a package.</summary>
    public const int FilesMax = 10_000;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 16,
    };

    /// <summary>Version of the manifest's form.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The package's name: small letters, digits, dots, hyphens.</summary>
    public string? Name { get; init; }

    /// <summary>What people call it.</summary>
    public string? Title { get; init; }

    /// <summary>Licence of the weights, by its SPDX name where there is one.</summary>
    public string? Licence { get; init; }

    /// <summary>Where it came from.</summary>
    public string? Source { get; init; }

    /// <summary>What it is for: text-to-image, image-to-image, inpaint, depth, …</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>Family of the layout, where no <c>model_index.json</c> says it.</summary>
    public string? Family { get; init; }

    /// <summary>What a video model's latents are like, where its own files do not say; null for nothing to add.</summary>
    public VideoLayout? Video { get; init; }

    /// <summary>Side in pixels of the square pictures that it was trained on.</summary>
    public int? Side { get; init; }

    /// <summary>Steps that its makers suggest.</summary>
    public int? Steps { get; init; }

    /// <summary>Guidance that its makers suggest; 1 is without.</summary>
    public double? Guidance { get; init; }

    /// <summary>Every file but the manifest, by its path with slashes.</summary>
    public IReadOnlyDictionary<string, PackageFile> Files { get; init; } = new Dictionary<string, PackageFile>();

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="place">Its file, for messages.</param>
    /// <exception cref="InferenceException">It is no manifest, or names a file outside the package.</exception>
    public static PackageManifest Parse(string text, string place)
    {
        try
        {
            PackageManifest manifest = JsonSerializer.Deserialize<PackageManifest>(text, s_json) ?? throw new JsonException("it is empty");
            if (manifest.Format != 1) throw Broken(place, $"format {manifest.Format} is not known, 1 is");
            if (manifest.Files.Count > FilesMax) throw Broken(place, $"{manifest.Files.Count} files are over {FilesMax}");
            foreach ((string path, PackageFile file) in manifest.Files)
            {
                PackagePath.Check(path, place);
                if (file is not { Bytes: >= 0, Sha256.Length: 64 } || !file.Sha256.All(char.IsAsciiHexDigit)) throw Broken(place, $"'{path}' has no size and SHA-256");
            }

            return manifest;
        }
        catch (JsonException e)
        {
            throw new InferenceException(InferenceError.PackageBroken, $"'{place}' is no manifest: {e.Message}", e);
        }
    }

    /// <summary>The manifest as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    private static InferenceException Broken(string place, string what) => new(InferenceError.PackageBroken, $"'{place}': {what}");
}
