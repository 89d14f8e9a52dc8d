using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Pipelines.Models;

/// <summary>Makes pictures with the model packages that are installed: what the model methods of all effects share. One instance serves all pipelines.</summary>
/// <remarks>Nothing of the runtime is touched before the first picture. Thread-safe: what several render threads ask for is made once. A picture is made at
/// the size that the package was made for and resampled to the frame's. Holds at most <see cref="ResultBytesMax"/> of pictures between requests, and models
/// up to <see cref="SessionPool.DefaultBudget"/>.</remarks>
public sealed class ModelMaker
{
    /// <summary>Most bytes of finished pictures.</summary>
    public const long ResultBytesMax = 256L << 20;

    /// <summary>Grows when the same settings give another picture.</summary>
    private const int Version = 2;

    /// <summary>Sides of a model's picture are multiples of this where the package says for which size it was made: its networks halve a latent three times.</summary>
    private const int SideStep = 64;

    /// <summary>What a user of an effect with two methods can do without a package.</summary>
    private const string BuiltInInstead = "; or set Method to Built-in";

    private readonly Func<PackageStore?> _store;
    private readonly Lazy<Workshop> _workshop;
    private readonly BoundedCache _results = new(ResultBytesMax);
    private readonly KeyedGates _gates = new();
    private readonly LatentLooks _looks = new();

    /// <summary>Uses the user's packages, and the provider that <see cref="ProviderSelection.ProviderVariable"/> names or the best that works.</summary>
    public ModelMaker()
        : this(() => PackageStore.Default, () => new SessionPool(OnnxRuntime.Shared, SessionPool.DefaultBudget),
            () => new SessionSettings { Provider = ProviderSelection.Shared.Choose(Environment.GetEnvironmentVariable(ProviderSelection.ProviderVariable)) })
    {
    }

    /// <summary>Uses other packages or another runtime.</summary>
    /// <param name="store">Finds the folder of packages.</param>
    /// <param name="pool">Makes the pool of loaded models, once.</param>
    /// <param name="settings">Chooses the provider, once.</param>
    public ModelMaker(Func<PackageStore?> store, Func<SessionPool> pool, Func<SessionSettings> settings)
    {
        _store = store;
        // Not kept where it fails: the next request finds out anew whether a driver or a library has come back.
        _workshop = new Lazy<Workshop>(() => new Workshop(pool(), settings()), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Working memory of a job beside the loaded models: the source, what the model starts from and gives, and the frame made of it.</summary>
    internal static long EstimateMemory(int width, int height)
    {
        const int FramesHeld = 5, WorkFrames = 3, WorkSide = 1024;
        return FrameMemory.Of(FramesHeld, width, height) + FrameMemory.Of(WorkFrames, WorkSide, WorkSide);
    }

    /// <summary>Makes a picture.</summary>
    /// <returns>Display values 0–1 of the task's size, alpha 1; not to be written to.</returns>
    /// <exception cref="PipelineException">No package fits, or the one that does is broken; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal Frame Make(ModelTask task, IProgress<double>? progress, CancellationToken cancellation) => Guarded(task.Name, BuiltInInstead, () =>
    {
        ModelPackage package = Find(task.Settings.Package, task.Name);
        StillPipeline pipeline = Open(package);
        ModelSteering? steering = Steering(task, package);
        task.Settings.MadeBy?.Invoke(pipeline.Identity);
        UInt128 key = Key(task, package, steering, pipeline.Identity);
        if (_results.TryGet(key, out Frame? made)) return made;
        using IDisposable gate = _gates.Enter(key, cancellation);
        if (_results.TryGet(key, out made)) return made;
        made = Run(task, package, steering, pipeline, progress, cancellation);
        _results.Put(key, made, made.Pixels.Length * (long)sizeof(float));
        return made;
    });

    /// <summary>Identity of what a task makes: settings, pictures, package, runtime and provider. Makes nothing.</summary>
    /// <exception cref="PipelineException">No package fits; the message says what to do.</exception>
    internal UInt128 Fingerprint(ModelTask task) => Guarded(task.Name, BuiltInInstead, () =>
    {
        ModelPackage package = Find(task.Settings.Package, task.Name);
        string identity = Open(package).Identity;
        // What is kept under it may be shown without being made again.
        task.Settings.MadeBy?.Invoke(identity);
        return Key(task, package, Steering(task, package), identity);
    });

    /// <summary>What the bits of a task's result depend on besides its settings: package, runtime and provider.</summary>
    internal string Identity(ModelTask task) => Guarded(task.Name, BuiltInInstead, () => Open(Find(task.Settings.Package, task.Name)).Identity);

    /// <summary>What the bits of results depend on besides settings and pictures: state of the packages, runtime and provider. Loads no model.</summary>
    /// <param name="package">The package that counts; empty for all that are installed.</param>
    /// <exception cref="PipelineException">There is no folder of packages or none of the name, or the runtime cannot be used.</exception>
    internal string Describe(string package) => Guarded("", BuiltInInstead, () =>
    {
        PackageStore store = _store() ?? throw new InferenceException(InferenceError.PackageMissing, $"there is no folder for model packages; set {PackageStore.FolderVariable}");
        Workshop shop = _workshop.Value;
        IEnumerable<string> states = (package.Length > 0 ? [package] : store.Names()).Select(name => $"{name}={StateOf(store, name)}");
        return $"onnxruntime {shop.Pool.Runtime.Version} {shop.Settings.Provider.Name()} {shop.Settings.Threads} threads; {string.Join('|', states)}";
    });

    private static string StateOf(PackageStore store, string name)
    {
        try
        {
            return store.Open(name).State();
        }
        catch (InferenceException)
        {
            return "unusable"; // The render says so where it takes this one.
        }
    }

    /// <summary>Says what went wrong as the user of an effect needs it.</summary>
    private static T Guarded<T>(string task, string otherwise, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InferenceException e)
        {
            throw Told(e, task, otherwise);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw new PipelineException(PipelineError.ModelUnusable, $"the model package cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Does something else than stills with the package that fits.</summary>
    /// <param name="package">Its name; empty takes the first that can do the task.</param>
    /// <param name="task">What it must be able to do, in the words of its manifest.</param>
    /// <param name="otherwise">What the user can do without a package, as the end of a sentence; empty for nothing.</param>
    /// <param name="work">What to do.</param>
    /// <exception cref="PipelineException">No package fits, or the one that does is broken; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal T Use<T>(string package, string task, string otherwise, Func<ModelPackage, SessionPool, SessionSettings, T> work) => Guarded(task, otherwise, () =>
    {
        ModelPackage found = Find(package, task);
        return work(found, _workshop.Value.Pool, _workshop.Value.Settings);
    });

    /// <summary>What a package can do.</summary>
    /// <exception cref="PipelineException">There is none of the name; the message says what to do.</exception>
    internal IReadOnlyList<string> TasksOf(string package) => Guarded("text-to-image", BuiltInInstead, () =>
        (_store() ?? throw new InferenceException(InferenceError.PackageMissing, $"there is no folder for model packages; set {PackageStore.FolderVariable}")).Open(package).Tasks);

    private StillPipeline Open(ModelPackage package) => new(package, _workshop.Value.Pool, _workshop.Value.Settings, PackageTokenizer.Open);

    private Frame Run(ModelTask task, ModelPackage package, ModelSteering? steering, StillPipeline pipeline, IProgress<double>? progress, CancellationToken cancellation)
    {
        ModelSettings settings = task.Settings;
        PackageDefaults defaults = PackageDefaults.Of(package);
        (int width, int height) = WorkSize(task, defaults.Side);
        int steps = settings.Steps > 0 ? settings.Steps : defaults.Steps;
        StillSettings still = new()
        {
            Prompt = settings.Prompt,
            NegativePrompt = settings.NegativePrompt,
            Steps = settings.IsDraft ? Math.Min(steps, ModelSettings.DraftStepsMax) : steps,
            Guidance = settings.Guidance > 0 ? settings.Guidance : defaults.Guidance,
            Seed = settings.Seed,
            Width = width,
            Height = height,
            Picture = Sized(task.Start, width, height, cancellation),
            Mask = Sized(task.Mask, width, height, cancellation),
            KeepsOutside = false,
            Strength = settings.Strength,
            References = [.. task.References.Select(reference => new ReferenceInput(reference))],
            Controls = steering is null ? [] : [steering.Input(Sized(task.Structure, width, height, cancellation)!, settings, _workshop.Value.Pool, _workshop.Value.Settings, cancellation)],
            Loras = settings.LoraPath.Length == 0 ? [] : [new LoraInput(settings.LoraPath) { Scale = settings.LoraWeight }],
            Noise = task.Noise?.Make,
        };
        if (settings.Unfinished is { } shown)
            still = still with { Preview = _looks.For(pipeline, package, still, shown, _workshop.Value.Pool, _workshop.Value.Settings, cancellation) };
        return Sized(pipeline.Run(still, progress, cancellation)[0], task.Width, task.Height, cancellation)!;
    }

    /// <summary>The size at which the model works: as many pixels as its pictures had in training, or the shorter side that the user names, in the frame's shape
    /// as displayed.</summary>
    private static (int Width, int Height) WorkSize(ModelTask task, int side)
    {
        double wide = task.Width * task.Settings.PixelShape, high = task.Height;
        double scale = task.Settings.Side > 0 ? task.Settings.Side / Math.Min(wide, high) : side > 0 ? side / Math.Sqrt(wide * high) : 1;
        int step = side > 0 ? SideStep : 1;
        scale = Math.Min(scale, StillSettings.SideMax / Math.Max(wide, high));
        return (Rounded(wide * scale), Rounded(high * scale));

        int Rounded(double length) => Math.Clamp((int)Math.Round(length / step) * step, step, StillSettings.SideMax);
    }

    /// <summary>A picture at a size; itself where it has it.</summary>
    internal static Frame? Sized(Frame? frame, int width, int height, CancellationToken cancellation)
    {
        if (frame is null || (frame.Width == width && frame.Height == height)) return frame;
        bool isSmaller = (long)width * height < (long)frame.Width * frame.Height;
        return Resampling.Resize(frame, width, height, isSmaller ? ResamplingFilter.Area : ResamplingFilter.Bicubic, cancellation);
    }

    /// <summary>Who steers the model; null where nothing is to.</summary>
    private ModelSteering? Steering(ModelTask task, ModelPackage package) =>
        task.Settings.Control == ControlKind.None || task.Structure is null ? null : ModelSteering.Find(task.Settings, package, Find);

    private ModelPackage Find(string wanted, string task)
    {
        PackageStore store = _store() ?? throw new InferenceException(InferenceError.PackageMissing,
            $"there is no folder for model packages; set {PackageStore.FolderVariable}");
        if (wanted.Length > 0)
        {
            ModelPackage named = store.Open(wanted);
            return named.Tasks.Contains(task) ? named : throw new InferenceException(InferenceError.SettingUnsupported,
                $"package {named.Name} cannot do {task}; it can do: {(named.Tasks.Count > 0 ? string.Join(", ", named.Tasks) : "nothing this version knows")}{named.Lack(task)}");
        }

        InferenceException? fault = null;
        foreach (string name in store.Names())
        {
            try
            {
                ModelPackage package = store.Open(name);
                if (package.Tasks.Contains(task)) return package;
            }
            catch (InferenceException e)
            {
                fault ??= e;
            }
        }

        throw fault ?? new InferenceException(InferenceError.PackageMissing, $"no package in {store.Folder} can do {task}");
    }

    private static PipelineException Told(InferenceException e, string task, string otherwise)
    {
        if (e.Code != InferenceError.PackageMissing) return new PipelineException(PipelineError.ModelUnusable, e.Message, e);
        string known = string.Join(", ", Known(task));
        return new PipelineException(PipelineError.ModelMissing,
            $"{e.Message}. Install one for {task}: 'rfx models import FOLDER' takes a folder in the Hugging Face / Optimum ONNX layout, "
            + $"'rfx models pull URL' fetches one{(known.Length > 0 ? $" ('rfx models list' knows {known})" : "")}{otherwise}", e);
    }

    private static IEnumerable<string> Known(string task)
    {
        try
        {
            return PackageCatalogue.Load().Packages.Where(entry => entry.Tasks.Contains(task)).Select(entry => entry.Name);
        }
        catch (InferenceException)
        {
            return []; // The user's own catalogue is damaged: the message does without.
        }
    }

    private static UInt128 Key(ModelTask task, ModelPackage package, ModelSteering? steering, string identity)
    {
        ModelSettings s = task.Settings;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Version}|{identity}|{package.State()}|{task.Width}x{task.Height}|{s.Steps}|{s.Guidance:R}")
            .Append(CultureInfo.InvariantCulture, $"|{s.Strength:R}|{s.Side}|{s.PixelShape:R}|{s.Seed}|{s.IsDraft}")
            .Append(CultureInfo.InvariantCulture, $"|{Hash(task.Start)}|{Hash(task.Mask)}|{s.Prompt.Length}|{s.Prompt}|{s.NegativePrompt.Length}|{s.NegativePrompt}");
        text.Append(CultureInfo.InvariantCulture, $"|{task.Noise?.Key}|{s.LoraPath}:{s.LoraWeight:R}:{StampOf(s.LoraPath)}");
        if (steering is not null) text.Append(CultureInfo.InvariantCulture, $"|{s.Control}|{s.ControlScale:R}|{steering.State()}|{Hash(task.Structure)}");
        foreach (Frame reference in task.References) text.Append(CultureInfo.InvariantCulture, $"|{Hash(reference)}x{reference.Height}");
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.ToString().AsSpan()));
    }

    /// <summary>Another text where a file was changed.</summary>
    private static string StampOf(string path)
    {
        FileInfo file = new(path.Length > 0 ? path : ".");
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}") : "";
    }

    private static UInt128 Hash(Frame? frame) => frame is null ? 0 : XxHash128.HashToUInt128(MemoryMarshal.AsBytes(frame.Pixels.AsSpan()), frame.Width);

    /// <summary>What stands ready after the first picture.</summary>
    private sealed record Workshop(SessionPool Pool, SessionSettings Settings);
}
