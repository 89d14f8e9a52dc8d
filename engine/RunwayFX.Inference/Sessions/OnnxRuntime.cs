using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Sessions;

/// <summary>ONNX Runtime's native library and its one environment in this process. Sessions, tensors and providers come from here.</summary>
/// <remarks>The library is the one shipped with the product, or the one in the folder that <see cref="FolderVariable"/> names: any release that speaks
/// interface version <see cref="InterfaceVersion"/> will do, so that a user's CUDA, DirectML or WebGPU build works whatever its number. Loaded once,
/// never unloaded. Thread-safe.</remarks>
public sealed unsafe class OnnxRuntime
{
    /// <summary>Names a folder with another build of the runtime.</summary>
    public const string FolderVariable = "RUNWAYFX_ONNXRUNTIME";

    /// <summary>The C interface asked for; the runtime has it since release 1.23.</summary>
    public const int InterfaceVersion = 23;

    /// <summary>Warnings of the runtime that are kept, the latest ones.</summary>
    public const int LogLinesMax = 64;

    private const int LogWarning = 2;

    private static readonly ConcurrentDictionary<string, Lazy<OnnxRuntime>> s_loaded = new(StringComparer.Ordinal);
    private static readonly ConcurrentQueue<string> s_log = new();

    private OnnxRuntime(nint library, string path)
    {
        LibraryPath = path;
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out nint export))
            throw new InferenceException(InferenceError.RuntimeMissing, $"'{path}' is no ONNX Runtime: it has no OrtGetApiBase");
        nint* api = ((delegate* unmanaged<nint*>)export)();
        Version = NativeText.Read(((delegate* unmanaged<byte*>)api[1])());
        nint* table = (nint*)((delegate* unmanaged<uint, nint>)api[0])(InterfaceVersion);
        if (table is null)
        {
            throw new InferenceException(InferenceError.RuntimeMissing,
                $"ONNX Runtime {Version} in '{path}' is too old: interface {InterfaceVersion} is needed, which 1.23 and later have");
        }

        Api = new OrtApi(table);
        BuildInfo = NativeText.Read(Api.GetBuildInfoString());
        using NativeText name = new("RunwayFX");
        nint environment, memory, allocator;
        delegate* unmanaged<void*, int, byte*, byte*, byte*, byte*, void> log = &Log;
        Check(Api.CreateEnvWithCustomLogger(log, null, LogWarning, name.Pointer, &environment), "creating the environment");
        Check(Api.CreateCpuMemoryInfo(0, 0, &memory), "describing memory");
        Check(Api.GetAllocatorWithDefaultOptions(&allocator), "finding the allocator");
        (Environment, CpuMemory, Allocator) = (environment, memory, allocator);
        Providers = ReadProviders();
    }

    /// <summary>The runtime of this process: the folder of <see cref="FolderVariable"/>, else the one shipped.</summary>
    /// <exception cref="InferenceException">There is none, or it is too old.</exception>
    public static OnnxRuntime Shared => Open(System.Environment.GetEnvironmentVariable(FolderVariable));

    /// <summary>The latest warnings of all runtimes, oldest first.</summary>
    public static IReadOnlyList<string> LogLines => [.. s_log];

    /// <summary>Release, such as 1.31.1.</summary>
    public string Version { get; }

    /// <summary>The library's file, or its plain name where the system found it.</summary>
    public string LibraryPath { get; }

    /// <summary>What the runtime says about its build.</summary>
    public string BuildInfo { get; }

    /// <summary>Providers built into the library, by the runtime's names, such as <c>CUDAExecutionProvider</c>.</summary>
    public IReadOnlyList<string> Providers { get; }

    internal OrtApi Api { get; }

    internal nint Environment { get; }

    internal nint CpuMemory { get; }

    internal nint Allocator { get; }

    /// <summary>Opens the runtime in a folder; null or empty for the one shipped. Every folder is loaded once.</summary>
    /// <exception cref="InferenceException">There is none, or it is too old.</exception>
    public static OnnxRuntime Open(string? folder)
    {
        string key = string.IsNullOrWhiteSpace(folder) ? "" : Path.GetFullPath(folder);
        return s_loaded.GetOrAdd(key, static wanted => new Lazy<OnnxRuntime>(() => Load(wanted))).Value;
    }

    /// <summary>Throws where a status says that a call failed, and releases the status.</summary>
    /// <exception cref="InferenceException">The call failed.</exception>
    internal void Check(nint status, string what, InferenceError code = InferenceError.RunFailed)
    {
        if (status != 0) throw Failure(status, what, code);
    }

    /// <summary>Takes a status apart and releases it.</summary>
    internal InferenceException Failure(nint status, string what, InferenceError code)
    {
        string message = TakeMessage(status);
        return new InferenceException(code, $"{what}: {message}");
    }

    /// <summary>The text of a status, which is released.</summary>
    internal string TakeMessage(nint status)
    {
        string message = NativeText.Read(Api.GetErrorMessage(status));
        Api.ReleaseStatus(status);
        return message;
    }

    private static OnnxRuntime Load(string folder)
    {
        if (folder.Length == 0)
        {
            if (!NativeLibrary.TryLoad("onnxruntime", typeof(OnnxRuntime).Assembly, null, out nint shipped))
            {
                throw new InferenceException(InferenceError.RuntimeMissing,
                    $"ONNX Runtime's library is missing beside the program; {FolderVariable} may name a folder that has one");
            }

            return new OnnxRuntime(shipped, "onnxruntime");
        }

        string path = Find(folder) ?? throw new InferenceException(InferenceError.RuntimeMissing,
            Directory.Exists(folder) ? $"'{folder}' holds no ONNX Runtime library ({LibraryPattern})" : $"there is no folder '{folder}' ({FolderVariable})");
        try
        {
            return new OnnxRuntime(NativeLibrary.Load(path), path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new InferenceException(InferenceError.RuntimeMissing, $"'{path}' cannot be loaded: {e.Message}", e);
        }
    }

    private static string LibraryPattern => OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime*.dylib" : "libonnxruntime.so*";

    /// <summary>The library in a folder; the shortest of several names, which is the plain one.</summary>
    private static string? Find(string folder) => !Directory.Exists(folder) ? null
        : Directory.EnumerateFiles(folder, LibraryPattern).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).FirstOrDefault();

    private string[] ReadProviders()
    {
        byte** names;
        int count;
        Check(Api.GetAvailableProviders(&names, &count), "listing providers");
        string[] result = new string[count];
        for (int index = 0; index < count; index++) result[index] = NativeText.Read(names[index]);
        Check(Api.ReleaseAvailableProviders(names, count), "listing providers");
        return result;
    }

    [UnmanagedCallersOnly]
    private static void Log(void* parameter, int severity, byte* category, byte* id, byte* location, byte* message)
    {
        try
        {
            s_log.Enqueue($"{NativeText.Read(category)}: {NativeText.Read(message)}");
            while (s_log.Count > LogLinesMax && s_log.TryDequeue(out _))
            {
            }
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the process.
        catch
#pragma warning restore CA1031
        {
            // A line of log is lost.
        }
    }
}
