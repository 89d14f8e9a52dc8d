using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Cli.Rendering;
using RunwayFX.Imaging;

namespace RunwayFX.Cli.Tests.Support;

/// <summary>An effect host without plug-ins: darkens the source by half, on a canvas that a test chooses.</summary>
internal sealed class FakeEffectHost : IEffectHost
{
    private int _rendered;

    /// <summary>Frames rendered so far, over all sessions.</summary>
    public int Rendered => Volatile.Read(ref _rendered);

    /// <summary>Sessions that were opened and not closed.</summary>
    public int OpenSessions { get; private set; }

    public List<EffectSetup> Setups { get; } = [];

    public RenderThreadSafety Safety { get; init; } = RenderThreadSafety.FullySafe;

    /// <summary>Called before each frame with the number of frames rendered before it; may throw or cancel.</summary>
    public Action<int, double>? BeforeFrame { get; init; }

    /// <summary>Storage the effect works in.</summary>
    public PixelDepth Depth { get; init; } = PixelDepth.Float;

    /// <summary>Pixels added on each side.</summary>
    public int Grows { get; init; }

    /// <summary>Frames of the result; null for the clip's.</summary>
    public FrameRange? Domain { get; init; }

    /// <summary>Frames a second of the result.</summary>
    public double FrameRate { get; init; } = 24;

    public static ImmutableArray<ParameterDescription> Parameters { get; } =
    [
        Parameter("amount", HostedParameterKind.Double, [0.5], [0], [1]),
        Parameter("count", HostedParameterKind.Integer, [3], [0], [10]),
        Parameter("isOn", HostedParameterKind.Boolean, [1], [], []),
        Parameter("targetAspect", HostedParameterKind.Choice, [1], [], [], "As Source", "16:9", "4:3"),
        Parameter("stylePath", HostedParameterKind.String, [], [], []),
        Parameter("place", HostedParameterKind.Double2D, [0, 0], [-10, -10], [10, 10]),
        Parameter("group", HostedParameterKind.Group, [], [], []),
    ];

    public EffectDescriptor Describe(EffectReference effect, EffectContext? context, bool hasInput) => new(
        effect.BundlePath,
        effect.BundlePath + "/Contents/fake.ofx",
        new PluginDescription
        {
            Identifier = effect.PluginId, Label = "Fake", Grouping = "", Description = "", Version = [1, 0], Contexts = [EffectContext.Filter],
            Depths = [Depth], ThreadSafety = Safety, HostFrameThreading = false, SupportsTiles = false, SupportsMultiResolution = true,
            TemporalClipAccess = false, SupportsMultipleClipDepths = false,
        },
        new ContextDescription(
            context ?? EffectContext.Filter,
            [new("Source", "Source", false, false, [PixelComponents.Rgba], false), new("Mask", "Mask", true, true, [PixelComponents.Alpha], false),
                new("Output", "Output", false, false, [PixelComponents.Rgba], false)],
            Parameters));

    public FrameRange? FindDomain(EffectDescriptor effect, EffectSetup setup) => Domain;

    public IEffectSession Open(EffectDescriptor effect, EffectSetup setup)
    {
        Setups.Add(setup);
        OpenSessions++;
        return new Session(this, setup);
    }

    public void Dispose()
    {
    }

    private static ParameterDescription Parameter(
        string name, HostedParameterKind kind, ImmutableArray<double> standard, ImmutableArray<double> minimum, ImmutableArray<double> maximum,
            params string[] options) => new()
    {
        Name = name, Label = name, Hint = "", Kind = kind, Parent = "", Default = standard, DefaultText = "", Minimum = minimum, Maximum = maximum,
        DisplayMinimum = minimum, DisplayMaximum = maximum, Options = [.. options], OptionNames = [], Animates = false, IsSecret = false,
            HasDeclaredRange = true,
    };

    private sealed class Session(FakeEffectHost host, EffectSetup setup) : IEffectSession
    {
        private readonly ClipInput _source = setup.MainClip!;

        public EffectOutput Output
        {
            get
            {
                PixelBounds window = _source.Window;
                window = new PixelBounds(window.X1 - host.Grows, window.Y1 - host.Grows, window.X2 + host.Grows, window.Y2 + host.Grows);
                return new EffectOutput(window, _source.PixelAspectRatio, _source.Alpha, _source.Alpha != AlphaState.Opaque, host.FrameRate, host.Depth);
            }
        }

        public Frame Render(double time, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            int before = Interlocked.Increment(ref host._rendered) - 1;
            host.BeforeFrame?.Invoke(before, time);
            cancellation.ThrowIfCancellationRequested();
            Frame source = _source.ReadFull(Math.Min((long)time - _source.FirstTime, _source.Info.FrameCount - 1), cancellation).Frame;
            var result = new Frame(Output.Window.Width, Output.Window.Height);
            for (int y = 0; y < source.Height; y++)
            {
                for (int x = 0; x < source.Width * Frame.Channels; x++)
                    result.Row(y + host.Grows)[x + host.Grows * Frame.Channels] = x % Frame.Channels == 3 ? source.Row(y)[x] : source.Row(y)[x] / 2;
            }

            return result;
        }

        public void Dispose() => host.OpenSessions--;
    }
}
