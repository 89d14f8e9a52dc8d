using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Sessions;

/// <summary>Turns settings into the runtime's session options.</summary>
internal static unsafe class SessionOptionsWriter
{
    private const int OptimizeAll = 99;

    public static void Write(OnnxRuntime runtime, nint options, SessionSettings settings)
    {
        OrtApi api = runtime.Api;
        const string What = "setting session options";
        runtime.Check(api.SetIntraOpNumThreads(options, settings.Threads), What);
        runtime.Check(api.SetInterOpNumThreads(options, 1), What);
        runtime.Check(api.SetSessionGraphOptimizationLevel(options, OptimizeAll), What);
        runtime.Check(api.SetDeterministicCompute(options, 1), What);
        if (!settings.HasFixedShapes) runtime.Check(api.DisableMemPattern(options), What);
        Config("session.intra_op.allow_spinning", settings.Spins ? "1" : "0");
        Config("session.inter_op.allow_spinning", "0");
        Config("session.set_denormal_as_zero", "1");
        if (settings.ForbidsFallback && settings.Provider != ProviderKind.Cpu) Config("session.disable_cpu_ep_fallback", "1");
        if (settings.ExternalDataFolder is { Length: > 0 } folder) Config("session.model_external_initializers_file_folder_path", Path.GetFullPath(folder));
        foreach ((string name, long size) in settings.Dimensions)
        {
            using NativeText native = new(name);
            runtime.Check(api.AddFreeDimensionOverrideByName(options, native.Pointer, size), $"fixing dimension {name} to {size}");
        }

        foreach ((string name, Tensor weight) in settings.Weights)
        {
            using NativeText native = new(name);
            runtime.Check(api.AddInitializer(options, native.Pointer, weight.Handle), $"replacing weight {name}");
        }

        if (settings.ExternalWeights.Count > 0) AddExternal(runtime, options, settings.ExternalWeights);
        ProviderSelection.Append(runtime, options, settings);

        void Config(string key, string value)
        {
            using NativeText nativeKey = new(key), nativeValue = new(value);
            runtime.Check(api.AddSessionConfigEntry(options, nativeKey.Pointer, nativeValue.Pointer), $"setting {key}");
        }
    }

    private static void AddExternal(OnnxRuntime runtime, nint options, IReadOnlyDictionary<string, Tensor> weights)
    {
        using NativeTexts names = new(weights.Keys.Select(name => KeyValuePair.Create(name, "")));
        nint[] values = [.. weights.Values.Select(weight => weight.Handle)];
        fixed (nint* first = values)
            runtime.Check(runtime.Api.AddExternalInitializers(options, names.Keys, first, (nuint)values.Length), "giving external weights");
    }
}
