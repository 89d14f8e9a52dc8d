using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>One effect of the published bundle in one emulated host, driven in that host's own manner.</summary>
internal sealed class Stage : IDisposable
{
    private readonly Action<HostedEffect> _set;
    private HostedEffect? _effect;

    public Stage(EmulatedHost host, EffectDefinition effect, Action<HostedEffect>? set = null, PixelBounds? bounds = null, string? bundle = null)
    {
        Host = host;
        _set = set ?? (_ => { });
        Bounds = bounds ?? new PixelBounds(0, 0, 48, 32);
        Library = PluginLibrary.Load(bundle ?? Product.BundlePath, host.Profile, new HostEvents());
        Plugin = Library.Find(effect.PluginId);
        Project = new ProjectSettings { OffsetX = Bounds.X1, OffsetY = Bounds.Y1, Width = Bounds.Width, Height = Bounds.Height, FrameRate = 25 };
        Source = new DelegateFrameSource().Add(EffectDefinition.SourceClipName, Format, query =>
        {
            Asked.Enqueue(query.Time);
            return Picture(query.Time);
        });
        if (!host.Profile.Calls.DescribesTwice) return;
        Plugin.DescribeInContext(host.Context);
        Plugin.Unload();
    }

    public EmulatedHost Host { get; }

    public PixelBounds Bounds { get; }

    public PluginLibrary Library { get; }

    public HostedPlugin Plugin { get; }

    public ProjectSettings Project { get; init; }

    public DelegateFrameSource Source { get; }

    public ConcurrentQueue<double> Asked { get; } = new();

    public HostJournal Journal => Library.Journal;

    /// <summary>Rules that a test breaks on purpose; everything else must stay unbroken.</summary>
    public ImmutableArray<string> Expected { get; init; } = [];

    /// <summary>Size of the picture that the source hands out.</summary>
    public ClipFormat Format => new()
    {
        Depth = Host.Depth, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied, FrameRate = 25,
        Region = new CanonicalRegion(Bounds.X1, Bounds.Y1, Bounds.X2, Bounds.Y2),
    };

    /// <summary>The instance; made on first use.</summary>
    public HostedEffect Effect => _effect ??= Create();

    /// <summary>Renders as the host does.</summary>
    public HostImage Render(double time, RenderScale? scale = null, HostRequest? like = null)
    {
        HostRequest request = (like ?? new HostRequest()) with { Time = time, Scale = scale ?? RenderScale.One };
        if (!Host.Profile.Calls.RecreatePerFrame) return Effect.Render(request, Source);
        Plugin.Forget();
        using HostedEffect once = Create();
        return once.Render(request, Source);
    }

    public HostedEffect Create()
    {
        HostedEffect effect = Plugin.CreateInstance(Host.Context, Project, Source);
        _set(effect);
        return effect;
    }

    /// <summary>The source's picture: soft shapes in the host's depth, moving with time, with values beyond 0..1 in float.</summary>
    public HostImage Picture(double time)
    {
        float[] pixels = new float[Bounds.Width * Bounds.Height * 4];
        float low = Host.Depth == PixelDepth.Float && !Host.Profile.ClampsOutput ? -0.25f : 0, high = low < 0 ? 3 : 1;
        for (int i = 0; i < pixels.Length / 4; i++)
        {
            double u = (i % Bounds.Width + 2 * time) / Bounds.Width, v = (double)(i / Bounds.Width) / Bounds.Height;
            pixels[4 * i] = (float)(0.5 + 0.4 * Math.Sin(9 * u) * Math.Cos(7 * v));
            pixels[4 * i + 1] = low + (high - low) * (float)(0.5 + 0.5 * Math.Sin(13 * v + 4 * u));
            pixels[4 * i + 2] = (float)(0.3 + 0.3 * Math.Cos(5 * u * v));
            pixels[4 * i + 3] = i % 7 == 0 ? 0 : 1;
        }

        return HostImageConversion.FromRgbaTopDown(pixels, new HostImageFormat
        {
            Bounds = Bounds, Depth = Host.Depth, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied,
        });
    }

    /// <summary>Whether two pictures have the same bits where they overlap, and the first covers the second.</summary>
    public static bool SameBits(HostImage image, HostImage expected)
    {
        if (!image.Bounds.Contains(expected.Bounds) || image.Format.Depth != expected.Format.Depth
            || image.Format.Components != expected.Format.Components) return false;
        using HostImage part = HostImageConversion.Convert(image, expected.Format);
        for (int y = expected.Bounds.Y1; y < expected.Bounds.Y2; y++)
        {
            if (!part.Row(y).SequenceEqual(expected.Row(y))) return false;
        }

        return true;
    }

    /// <summary>Fails unless the plug-in kept every rule of the standard and of the host.</summary>
    public void CheckJournal() => Assert.That(Journal.Violations.Where(violation => !Expected.Contains(violation.Rule)), Is.Empty, Host.ToString());

    public void Dispose()
    {
        int held = _effect?.ImagesHeld ?? 0;
        _effect?.Dispose();
        Library.Dispose();
        Assert.That(held, Is.Zero, "images held");
        CheckJournal();
    }
}

/// <summary>Settings of the two effects that the tests use often.</summary>
internal static class Settings
{
    /// <summary>The effect that returns its source.</summary>
    public static Action<HostedEffect> Neutral { get; } = effect => effect.Parameters.Find("mix")?.SetNumbers(0);

    /// <summary>A render that must fail: style without a style picture.</summary>
    public static Action<HostedEffect> Impossible { get; } = effect => effect.Parameters.Find("stylePath")?.SetText("/no/such/picture.png");

    /// <summary>A quick extension to a wide picture.</summary>
    public static Action<HostedEffect> QuickExtend { get; } = effect =>
    {
        effect.Parameters.Find("quality")?.SetNumbers((double)QualityLevel.Draft);
        effect.Parameters.Find("targetAspect")?.SetNumbers(1);
    };
}
