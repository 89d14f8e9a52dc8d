using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Hosting;
using OpenFX.Raw;
using OpenFX.Tests;
using RunwayFX.Effects;
using HostedLibrary = OpenFX.Hosting.PluginLibrary;
using HostRequest = OpenFX.Hosting.RenderRequest;
using PluginLibrary = OpenFX.Plugins.PluginLibrary;

namespace RunwayFX.OpenFX.Tests;

/// <summary>An effect in an emulated host, with an engine in this process that keeps its results: for the buttons Generate, Update and Clear.</summary>
internal sealed unsafe class ClipScene : IDisposable
{
    public const int Frames = 8;

    private static PluginLibrary? _current;
    private static DirectoryInfo? _folder;
    private static string? _bundle;
    private readonly PluginLibrary _plugins;
    private readonly List<HostedEffect> _instances = [];

    public ClipScene(EffectDefinition effect, HostProfile? profile = null, KeepingEngine? engine = null, EffectContext context = EffectContext.General, int frames = Frames)
    {
        ClipFormat format = Format with { LastFrame = frames - 1 };
        Definition = effect;
        Context = context;
        Engine = engine ?? new KeepingEngine();
        Stage.Engine.Instead = Engine;
        _plugins = _current = new PluginLibrary(() => [new CataloguePlugin(effect)], Lines.Add);
        _folder ??= Directory.CreateTempSubdirectory("rfx-clip-");
        _bundle ??= CompiledC.BuildBundle("forward", _folder.FullName);
        PluginBundle bundle = PluginBundle.Open(_bundle);
        nint module = NativeLibrary.Load(bundle.BinaryPath);
        try
        {
            var forward = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, OfxPlugin*>, int, void>)NativeLibrary.GetExport(module, "forward");
            forward(&Forward, _plugins.Count);
            Events = new HostEvents();
            Library = HostedLibrary.Load(bundle, profile ?? HostProfile.Default, Events);
        }
        finally
        {
            NativeLibrary.Free(module);
        }

        Source = new DelegateFrameSource();
        foreach (ClipDefinition clip in effect.Clips) Source.Add(clip.Name, format, query => Picture(query.Time + Shift));
        Effect = Create();
    }

    public EffectDefinition Definition { get; }

    public EffectContext Context { get; }

    public KeepingEngine Engine { get; }

    public HostEvents Events { get; }

    public HostedLibrary Library { get; }

    public DelegateFrameSource Source { get; }

    public HostedEffect Effect { get; }

    /// <summary>What the plug-in logged.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Another source, as long as it is not 0.</summary>
    public double Shift { get; set; }

    public HostJournal Journal => Library.Journal;

    public string Status => Text(ClipControls.StatusName);

    public string Key => Text(ClipControls.KeyName);

    public IEnumerable<string> Told => Journal.Messages.Select(static message => message.Text);

    private static PixelBounds Bounds => new(0, 0, 16, 8);

    private static ClipFormat Format => new()
    {
        Depth = PixelDepth.Byte, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied, FrameRate = 25, FirstFrame = 0, LastFrame = Frames - 1,
        Region = new CanonicalRegion(Bounds.X1, Bounds.Y1, Bounds.X2, Bounds.Y2),
    };

    /// <summary>Removes the bundle through which all scenes load their plug-ins.</summary>
    public static void DeleteBundle()
    {
        _folder?.Delete(recursive: true);
        (_folder, _bundle) = (null, null);
    }

    public HostedEffect Create()
    {
        HostedEffect instance = Library.Find(Definition.PluginId).CreateInstance(Context, new ProjectSettings { Width = Bounds.Width, Height = Bounds.Height, FrameRate = 25, LastFrame = Frames - 1 }, Source);
        _instances.Add(instance);
        return instance;
    }

    public void Press(string button, double time = 0) => Effect.PressButton(button, time);

    public byte[] Render(double time, HostRequest? like = null, HostedEffect? instance = null)
    {
        using HostImage image = (instance ?? Effect).Render((like ?? new HostRequest()) with { Time = time, UseIdentity = false }, Source);
        byte[] bytes = new byte[image.Bounds.Width * image.Bounds.Height * 4];
        for (int y = 0; y < image.Bounds.Height; y++) image.Row(image.Bounds.Y1 + y).CopyTo(bytes.AsSpan(y * image.Bounds.Width * 4));
        return bytes;
    }

    /// <summary>Copies all values of one instance into another, as a host does that saves and loads, or copies a node.</summary>
    public static void CopyValues(HostedEffect from, HostedEffect to)
    {
        foreach (HostedParameter parameter in from.Parameters.All)
        {
            if (parameter.Dimension > 0) to.Parameters[parameter.Name].SetNumbers([.. parameter.GetNumbers()]);
            else if (parameter.Kind == HostedParameterKind.String) to.Parameters[parameter.Name].SetText(parameter.GetText());
        }
    }

    public void Dispose()
    {
        int held = _instances.Sum(static instance => instance.ImagesHeld);
        foreach (HostedEffect instance in _instances) instance.Dispose();
        Library.Dispose();
        _plugins.Dispose();
        Stage.Engine.Instead = null;
        EngineAccess.ReleaseIdle();
        Assert.That(held, Is.Zero, "images");
        Assert.That(Journal.Violations, Is.Empty);
    }

    private string Text(string name) => Effect.Parameters.Find(name)?.GetText() ?? "";

    private static HostImage Picture(double time)
    {
        float[] pixels = new float[Bounds.Width * Bounds.Height * 4];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (float)((i * 7 + (int)time * 13) % 200) / 255;
        return HostImageConversion.FromRgbaTopDown(pixels, new HostImageFormat
        {
            Bounds = Bounds, Depth = PixelDepth.Byte, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied,
        });
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxPlugin* Forward(int nth) => _current is null ? null : _current.GetPlugin(nth);
}
