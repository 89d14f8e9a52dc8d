using System.Globalization;
using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Sessions;

/// <summary>Says whether a provider can be used here, and why not.</summary>
/// <param name="Kind">The provider.</param>
/// <param name="IsUsable">Whether a model has run on it just now.</param>
/// <param name="Origin">Where it comes from: the library itself, or a plug-in's file.</param>
/// <param name="Reason">Why it is not usable; empty where it is.</param>
public sealed record ProviderStatus(ProviderKind Kind, bool IsUsable, string Origin, string Reason);

/// <summary>Which providers this process can use: those built into the runtime's library and those of plug-in libraries in a folder.</summary>
/// <remarks>Thread-safe. A probe loads device drivers and may take seconds, so it happens when asked for and once per provider.</remarks>
public sealed unsafe class ProviderSelection
{
    /// <summary>Names the folder whose libraries are registered as provider plug-ins.</summary>
    public const string PluginFolderVariable = "RUNWAYFX_ONNXRUNTIME_PLUGINS";

    /// <summary>Names the provider to use: cpu, cuda, tensorrt, directml, coreml, webgpu; unset or auto takes the best that works.</summary>
    public const string ProviderVariable = "RUNWAYFX_PROVIDER";

    /// <summary>Most plug-in libraries that are looked at.</summary>
    public const int PluginsMax = 32;

    private static readonly Lazy<ProviderSelection> s_shared = new(() => new ProviderSelection(
        OnnxRuntime.Shared, System.Environment.GetEnvironmentVariable(PluginFolderVariable)));

    private readonly OnnxRuntime _runtime;
    private readonly Lock _gate = new();
    private readonly Dictionary<ProviderKind, ProviderStatus> _known = [];
    private readonly List<string> _pluginFaults = [];

    /// <summary>Looks for providers.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="pluginFolder">Folder of plug-in libraries; null or empty for none.</param>
    public ProviderSelection(OnnxRuntime runtime, string? pluginFolder = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _runtime = runtime;
        if (!string.IsNullOrWhiteSpace(pluginFolder)) Register(pluginFolder);
    }

    /// <summary>The providers of the shared runtime.</summary>
    public static ProviderSelection Shared => s_shared.Value;

    /// <summary>Plug-in libraries that could not be registered, each with its reason.</summary>
    public IReadOnlyList<string> PluginFaults => _pluginFaults;

    /// <summary>Tries a provider, the first time, by running a model of one addition on it.</summary>
    public ProviderStatus Probe(ProviderKind kind)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(kind, out ProviderStatus? known)) return known;
            return _known[kind] = Try(kind);
        }
    }

    /// <summary>Tries all providers, best first.</summary>
    public IReadOnlyList<ProviderStatus> ProbeAll() => [.. ProviderKinds.Preferred.Select(Probe)];

    /// <summary>The provider to use: the one named, or the best that works.</summary>
    /// <param name="wanted">A provider's name; null, empty or auto to choose.</param>
    /// <exception cref="InferenceException">The one named cannot be used; the message says why.</exception>
    public ProviderKind Choose(string? wanted)
    {
        if (string.IsNullOrWhiteSpace(wanted) || wanted.Equals("auto", StringComparison.OrdinalIgnoreCase))
            return ProviderKinds.Preferred.First(kind => kind == ProviderKind.Cpu || Probe(kind).IsUsable);
        ProviderKind named = ProviderKinds.Parse(wanted);
        ProviderStatus status = Probe(named);
        if (!status.IsUsable) throw new InferenceException(InferenceError.ProviderUnavailable, $"provider {named.Name()} cannot be used: {status.Reason}");
        return named;
    }

    /// <summary>Puts a provider into a session's options. The processor needs nothing.</summary>
    internal static void Append(OnnxRuntime runtime, nint options, SessionSettings session)
    {
        (ProviderKind kind, int device, IReadOnlyDictionary<string, string> settings) = (session.Provider, session.Device, session.ProviderOptions);
        if (kind == ProviderKind.Cpu) return;
        if (Devices(runtime, kind) is { Length: > 0 } devices)
        {
            nint one = devices[Math.Min(device, devices.Length - 1)];
            using NativeTexts texts = new(settings);
            runtime.Check(runtime.Api.SessionOptionsAppendExecutionProvider_V2(options, runtime.Environment, &one, 1, texts.Keys, texts.Values, texts.Count),
                $"using provider {kind.Name()}", InferenceError.ProviderUnavailable);
            return;
        }

        if (!runtime.Providers.Contains(kind.RuntimeName()))
            throw new InferenceException(InferenceError.ProviderUnavailable, $"using provider {kind.Name()}: {Absence(runtime, kind)}");
        Dictionary<string, string> all = Options(session);
        switch (kind)
        {
            case ProviderKind.Cuda: AppendNvidia(runtime, options, all, isCuda: true); break;
            case ProviderKind.TensorRt: AppendNvidia(runtime, options, all, isCuda: false); break;
            case ProviderKind.WebGpu: AppendByName(runtime, options, kind, "WebGPU", all); break;
            case ProviderKind.CoreMl: AppendByName(runtime, options, kind, "CoreML", all); break;
            case ProviderKind.DirectMl: AppendByName(runtime, options, kind, "DML", all); break;
            default: throw new ArgumentOutOfRangeException(nameof(session), kind, "no provider");
        }
    }

    /// <summary>The options of a provider that is built into the runtime: the session's own, and what they do not say.</summary>
    internal static Dictionary<string, string> Options(SessionSettings session)
    {
        Dictionary<string, string> all = new(session.ProviderOptions, StringComparer.Ordinal);
        if (session.Provider is ProviderKind.Cuda or ProviderKind.TensorRt or ProviderKind.DirectMl)
            all.TryAdd("device_id", session.Device.ToString(CultureInfo.InvariantCulture));
        if (session.Provider == ProviderKind.Cuda)
        {
            // The arena would otherwise double itself beyond what the budget was told.
            all.TryAdd("arena_extend_strategy", "kSameAsRequested");
            if (session.DeviceMemoryBytes > 0) all.TryAdd("gpu_mem_limit", session.DeviceMemoryBytes.ToString(CultureInfo.InvariantCulture));
        }

        // Models come from files whose shaders the runtime writes itself; validating each costs time and finds nothing.
        if (session.Provider == ProviderKind.WebGpu) all.TryAdd("validationMode", "disabled");
        return all;
    }

    private static void AppendByName(OnnxRuntime runtime, nint options, ProviderKind kind, string name, Dictionary<string, string> settings)
    {
        using NativeText native = new(name);
        using NativeTexts texts = new(settings);
        runtime.Check(runtime.Api.SessionOptionsAppendExecutionProvider(options, native.Pointer, texts.Keys, texts.Values, texts.Count),
            $"using provider {kind.Name()}", InferenceError.ProviderUnavailable);
    }

    private static void AppendNvidia(OnnxRuntime runtime, nint options, Dictionary<string, string> settings, bool isCuda)
    {
        OrtApi api = runtime.Api;
        using NativeTexts texts = new(settings);
        nint provider;
        string what = $"using provider {(isCuda ? "cuda" : "tensorrt")}";
        runtime.Check(isCuda ? api.CreateCUDAProviderOptions(&provider) : api.CreateTensorRTProviderOptions(&provider), what, InferenceError.ProviderUnavailable);
        try
        {
            runtime.Check(isCuda ? api.UpdateCUDAProviderOptions(provider, texts.Keys, texts.Values, texts.Count)
                : api.UpdateTensorRTProviderOptions(provider, texts.Keys, texts.Values, texts.Count), what, InferenceError.ProviderUnavailable);
            runtime.Check(isCuda ? api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, provider)
                : api.SessionOptionsAppendExecutionProvider_TensorRT_V2(options, provider), what, InferenceError.ProviderUnavailable);
        }
        finally
        {
            if (isCuda) api.ReleaseCUDAProviderOptions(provider);
            else api.ReleaseTensorRTProviderOptions(provider);
        }
    }

    /// <summary>Devices that plug-in libraries offer for a provider.</summary>
    private static nint[] Devices(OnnxRuntime runtime, ProviderKind kind)
    {
        nint* devices;
        nuint count;
        runtime.Check(runtime.Api.GetEpDevices(runtime.Environment, &devices, &count), "listing devices");
        List<nint> found = [];
        for (nuint index = 0; index < count; index++)
        {
            string name = NativeText.Read(runtime.Api.EpDevice_EpName(devices[index]));
            bool isWanted = name == kind.RuntimeName() || (kind == ProviderKind.Cuda && name == "CudaPluginExecutionProvider");
            if (isWanted && kind != ProviderKind.Cpu && !runtime.Providers.Contains(name)) found.Add(devices[index]);
        }

        return [.. found];
    }

    private static string Absence(OnnxRuntime runtime, ProviderKind kind) =>
        $"ONNX Runtime {runtime.Version} ({runtime.LibraryPath}) was built without it and no plug-in offers it; set {OnnxRuntime.FolderVariable} to a build with"
        + $" {kind.RuntimeName()}, or {PluginFolderVariable} to a folder with its plug-in";

    private ProviderStatus Try(ProviderKind kind)
    {
        bool isBundled = _runtime.Providers.Contains(kind.RuntimeName());
        string origin = isBundled ? $"ONNX Runtime {_runtime.Version}" : Devices(_runtime, kind).Length > 0 ? "plug-in" : "";
        if (origin.Length == 0) return new ProviderStatus(kind, false, "", Absence(_runtime, kind));
        try
        {
            ProviderProbe.Run(_runtime, kind);
            return new ProviderStatus(kind, true, origin, "");
        }
        catch (InferenceException e)
        {
            return new ProviderStatus(kind, false, origin, e.Message);
        }
    }

    private void Register(string folder)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(folder).Where(IsLibrary).Order(StringComparer.Ordinal).Take(PluginsMax)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _pluginFaults.Add($"{PluginFolderVariable} '{folder}': {e.Message}");
            return;
        }

        foreach (string file in files)
        {
            using NativeText name = new(Path.GetFileNameWithoutExtension(file)), path = NativeText.Path(Path.GetFullPath(file));
            nint status = _runtime.Api.RegisterExecutionProviderLibrary(_runtime.Environment, name.Pointer, path.Pointer);
            if (status != 0) _pluginFaults.Add($"'{file}' is no provider plug-in: {_runtime.TakeMessage(status)}");
        }
    }

    private static bool IsLibrary(string path) => Path.GetExtension(path) is ".so" or ".dll" or ".dylib";
}
