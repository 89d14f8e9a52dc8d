using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Weights;

/// <summary>One module's change: scale·alpha/rank · up·down.</summary>
internal sealed record LoraChange(SafetensorsFile File, string Module, string Down, string Up, float Factor);

/// <summary>The LoRAs of a job, sorted by the component that they change. Every key of every file must have met a layer, or the job fails and says which did
/// not.</summary>
internal sealed class LoraSet : IDisposable
{
    private const int NamedMax = 8;

    private static readonly string[] s_denoisers = ["unet", "transformer"];

    private readonly Dictionary<string, ModelPatch> _patches = new(StringComparer.Ordinal);

    /// <summary>What is changed in a component; null for nothing.</summary>
    public ModelPatch? For(string component) => _patches.GetValueOrDefault(component);

    /// <summary>Reads the files and meets their keys with the package's layers.</summary>
    /// <exception cref="InferenceException">A file is damaged, or keys of it fit nothing in the package: the message lists them.</exception>
    public static LoraSet Load(IReadOnlyList<LoraInput> loras, ModelPackage package, CancellationToken cancellation)
    {
        LoraSet set = new();
        Dictionary<string, List<LoraChange>> changes = new(StringComparer.Ordinal);
        Dictionary<string, OnnxWeights> models = new(StringComparer.Ordinal);
        string denoiser = s_denoisers.FirstOrDefault(component => package.Exists($"{component}/model.onnx")) ?? s_denoisers[0];
        List<string> identity = [];
        foreach (LoraInput lora in loras)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!double.IsFinite(lora.Scale) || Math.Abs(lora.Scale) > 10)
                throw new InferenceException(InferenceError.SettingUnsupported, $"LoRA scale {lora.Scale} is outside -10..10");
            SafetensorsFile file = SafetensorsFile.Open(lora.Path);
            FileInfo info = new(lora.Path);
            identity.Add($"{info.FullName}|{info.Length}|{info.LastWriteTimeUtc.Ticks}|{lora.Scale:R}");
            Collect(file, lora.Scale, denoiser, package, models, changes);
        }

        foreach ((string component, List<LoraChange> list) in changes)
            set._patches[component] = new ModelPatch(package.PathOf($"{component}/model.onnx"), string.Join(';', identity), list);
        return set;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Loaded sessions keep their own weights; nothing is held here.
        _patches.Clear();
    }

    private static void Collect(
        SafetensorsFile file, double scale, string denoiser, ModelPackage package, Dictionary<string, OnnxWeights> models, Dictionary<string, List<LoraChange>> changes)
    {
        List<string> unmatched = [];
        Dictionary<(string Component, string Module), Dictionary<LoraPart, string>> modules = [];
        foreach (string key in file.Entries.Keys)
        {
            if (LoraKeys.Parse(key) is not { } parsed)
            {
                unmatched.Add(key);
                continue;
            }

            string component = parsed.Component.Length == 0 ? denoiser : parsed.Component;
            if (!modules.TryGetValue((component, parsed.Module), out Dictionary<LoraPart, string>? parts)) modules[(component, parsed.Module)] = parts = [];
            if (!parts.TryAdd(parsed.Part, key)) throw Unfit(file, $"'{key}' and '{parts[parsed.Part]}' name the same part");
        }

        foreach (((string component, string module), Dictionary<LoraPart, string> parts) in modules)
        {
            string? found = parts.ContainsKey(LoraPart.Down) && parts.ContainsKey(LoraPart.Up) ? Find(component, module, package, models) : null;
            if (found is null)
            {
                unmatched.AddRange(parts.Values);
                continue;
            }

            string down = parts[LoraPart.Down], up = parts[LoraPart.Up];
            long rank = file.Entries[down].Shape is [> 0, ..] shape ? shape[0] : throw Unfit(file, $"'{down}' has shape {Tensor.Describe([.. file.Entries[down].Shape])}");
            double alpha = parts.TryGetValue(LoraPart.Alpha, out string? alphaKey) && file.Values(alphaKey) is [var value, ..] ? value : rank;
            if (!changes.TryGetValue(component, out List<LoraChange>? list)) changes[component] = list = [];
            list.Add(new LoraChange(file, found, down, up, (float)(scale * alpha / rank)));
        }

        if (unmatched.Count == 0) return;
        unmatched.Sort(StringComparer.Ordinal);
        string more = unmatched.Count > NamedMax ? $" and {unmatched.Count - NamedMax} more" : "";
        throw Unfit(file, $"{unmatched.Count} of its {file.Entries.Count} tensors fit nothing in package {package.Name}: {string.Join(", ", unmatched.Take(NamedMax))}{more}");
    }

    /// <summary>The layer of a module: by its whole path, or by the only path that ends with it.</summary>
    private static string? Find(string component, string module, ModelPackage package, Dictionary<string, OnnxWeights> models)
    {
        if (!package.Exists($"{component}/model.onnx")) return null;
        if (!models.TryGetValue(component, out OnnxWeights? model)) models[component] = model = ModelPatch.ReadWeights(package.PathOf($"{component}/model.onnx")).Weights;
        if (model.Layers.ContainsKey(module)) return module;
        string[] ends = [.. model.Layers.Keys.Where(path => path.EndsWith($"_{module}", StringComparison.Ordinal) || module.EndsWith($"_{path}", StringComparison.Ordinal)).Take(2)];
        return ends.Length == 1 ? ends[0] : null;
    }

    private static InferenceException Unfit(SafetensorsFile file, string what) => new(InferenceError.ModelMismatch, $"LoRA '{file.Path}': {what}");
}
