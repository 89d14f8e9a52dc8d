using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.HostProgram;

/// <summary>RunwayFX.ofx in OpenFX.NET's host.</summary>
internal sealed class OpenFxHost : IHost
{
    private readonly string _path;
    private readonly Settings _settings;
    private readonly Footage _footage;
    private PluginLibrary? _library;
    private HostedEffect? _effect;

    public OpenFxHost(string path, Settings settings)
    {
        _path = path;
        _settings = settings;
        _footage = new Footage(settings);
    }

    public float[] Render(int frame, bool isLong = false)
    {
        HostedEffect effect = isLong ? MakeEffect(1280, 720, (int)QualityLevel.High) : _effect ??= MakeEffect(_settings.Width, _settings.Height, _settings.Quality);
        try
        {
            using HostImage image = effect.Render(new RenderRequest { Time = frame, UseIdentity = false });
            float[] pixels = new float[image.Width * image.Height * 4];
            for (int y = 0; y < image.Height; y++) image.Row<float>(image.Bounds.Y2 - 1 - y).CopyTo(pixels.AsSpan(y * image.Width * 4));
            if (effect.ImagesHeld != 0) throw new InvalidDataException($"{effect.ImagesHeld} images are still held.");
            return pixels;
        }
        catch (HostingException exception)
        {
            string said = string.Join(" ", _library!.Journal.Messages.Select(message => message.Text));
            throw new InvalidOperationException(said.Length > 0 ? said : exception.Message, exception);
        }
        finally
        {
            if (isLong) effect.Dispose();
        }
    }

    public int LoadDescribeUnload()
    {
        using PluginLibrary library = PluginLibrary.Load(_path);
        foreach (HostedPlugin plugin in library.Plugins) _ = plugin.DescribeInContext(plugin.PreferredContext());
        return library.Plugins.Length;
    }

    public void Dispose()
    {
        _effect?.Dispose();
        _effect = null;
        _library?.Dispose();
        _library = null;
    }

    private HostedEffect MakeEffect(int width, int height, int quality)
    {
        _library ??= PluginLibrary.Load(_path);
        ClipFormat format = new()
        {
            Depth = PixelDepth.Float, Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied, Region = new CanonicalRegion(0, 0, width, height),
            FrameRate = 25, FirstFrame = 0, LastFrame = _footage.Frames - 1,
        };
        ProjectSettings project = new() { Width = width, Height = height, Depth = format.Depth, Components = format.Components };
        DelegateFrameSource source = new DelegateFrameSource().Add(EffectDefinition.SourceClipName, format, query => Paint(format, query));
        HostedEffect effect = _library.Find(EffectCatalog.Style.PluginId).CreateInstance(EffectContext.Filter, project, source);
        effect.Parameters["stylePath"].SetText(_settings.Style);
        effect.Parameters["quality"].SetNumbers(quality);
        return effect;
    }

    private HostImage? Paint(ClipFormat format, FrameQuery query)
    {
        if (query.Time < format.FirstFrame || query.Time > format.LastFrame) return null;
        HostImage image = new(new HostImageFormat
        {
            Bounds = format.Region.ToPixels(query.Scale, format.PixelAspectRatio), Depth = format.Depth, Components = format.Components, Alpha = format.Alpha,
            Scale = query.Scale,
        });
        for (int y = 0; y < image.Height; y++)
        {
            Span<float> row = image.Row<float>(image.Bounds.Y2 - 1 - y);
            for (int x = 0; x < image.Width; x++) _footage.Read((int)query.Time, x, y, row.Slice(4 * x, 4));
        }

        return image;
    }
}
