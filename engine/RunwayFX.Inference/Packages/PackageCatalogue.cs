using System.Text.Json;

namespace RunwayFX.Inference.Packages;

/// <summary>A public package that is known by name.</summary>
public sealed record CatalogueEntry
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What people call it.</summary>
    public string Title { get; init; } = "";

    /// <summary>Licence of the weights.</summary>
    public string Licence { get; init; } = "";

    /// <summary>What it is for.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>Where its makers publish it.</summary>
    public string? Repository { get; init; }

    /// <summary>Address of a manifest with hashes, from which it can be pulled; null where there is none.</summary>
    public string? Manifest { get; init; }

    /// <summary>Why there is none.</summary>
    public string? Reason { get; init; }
}

/// <summary>The list of well-known packages. Nothing in it is fetched unless the user says so.</summary>
public sealed record PackageCatalogue
{
    /// <summary>Names a catalogue of the user's own, which is read instead.</summary>
    public const string Variable = "RUNWAYFX_CATALOGUE";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, MaxDepth = 8 };

    /// <summary>The entries.</summary>
    public IReadOnlyList<CatalogueEntry> Packages { get; init; } = [];

    /// <summary>Reads the user's catalogue, else the one that comes with the program.</summary>
    /// <exception cref="InferenceException">It is damaged.</exception>
    public static PackageCatalogue Load()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        try
        {
            if (!string.IsNullOrEmpty(path)) return Parse(File.ReadAllText(path));
            using Stream shipped = typeof(PackageCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
            using StreamReader reader = new(shipped);
            return Parse(reader.ReadToEnd());
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceError.PackageBroken, $"the catalogue '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The entry of a name; null where there is none.</summary>
    public CatalogueEntry? Find(string name) => Packages.FirstOrDefault(entry => entry.Name == name);

    /// <summary>Reads a catalogue and refuses entries that say too little.</summary>
    /// <exception cref="JsonException">It is none, or an entry lacks something; the message names the entry.</exception>
    internal static PackageCatalogue Parse(string text)
    {
        PackageCatalogue catalogue = JsonSerializer.Deserialize<PackageCatalogue>(text, s_json) ?? throw new JsonException("it is empty");
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (CatalogueEntry entry in catalogue.Packages)
        {
            string? fault = !PackagePath.IsName(entry.Name) ? "is no package name" : !names.Add(entry.Name) ? "stands twice"
                : string.IsNullOrWhiteSpace(entry.Licence) ? "states no licence" : entry.Tasks.Count == 0 || entry.Tasks.Any(string.IsNullOrWhiteSpace) ? "names no task"
                : entry.Manifest is { } manifest && !IsAddress(manifest) ? $"has the manifest '{manifest}', which is no HTTPS address"
                : entry.Repository is { } repository && !IsAddress(repository) ? $"has the repository '{repository}', which is no HTTPS address"
                : entry.Manifest is null && (entry.Repository is null || string.IsNullOrWhiteSpace(entry.Reason)) ? "has neither a manifest with hashes nor a repository and the reason why" : null;
            if (fault is not null) throw new JsonException($"'{entry.Name}' {fault}");
        }

        return catalogue;
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback);
}
