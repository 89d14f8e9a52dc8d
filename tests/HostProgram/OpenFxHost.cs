using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
    private readonly Dictionary<Layer, HostedEffect> _effects = [];

    public OpenFxHost(string path, Settings settings)
    {
        _path = path;
        _settings = settings;
        _footage = new Footage(settings);
    }

    public IReadOnlyList<int> PictureBits => [8, 16, 32];

    public int CountFramesSeen()
    {
        int count = _footage.Seen.Count;
        _footage.Seen.Clear();
        return count;
    }

    /// <summary>Fields are rendered as clips of half the height: this host hands every frame over whole.</summary>
    public byte[] Render(Shot shot)
    {
        (int width, int height) = shot.Size(_settings);
        Layer layer = new(width, height, shot.SourceBits, shot.PictureBits, shot.Quality(_settings), 0, 1);
        if (!shot.IsInterlaced) return Render(layer, shot);
        byte[] upper = Render(layer with { Height = height / 2, LineStep = 2 }, shot), lower = Render(layer with { Height = height / 2, FirstLine = 1, LineStep = 2 }, shot);
        byte[] woven = new byte[upper.Length + lower.Length];
        int rowBytes = upper.Length / (height / 2);
        for (int y = 0; y < height; y++) (y % 2 == 0 ? upper : lower).AsSpan(y / 2 * rowBytes, rowBytes).CopyTo(woven.AsSpan(y * rowBytes));
        return woven;
    }

    private byte[] Render(Layer layer, Shot shot)
    {
        if (!_effects.TryGetValue(layer, out HostedEffect? effect)) effect = _effects[layer] = MakeEffect(layer);
        try
        {
            double scale = 1.0 / shot.Downsample;
            RenderRequest request = new()
            {
                Time = shot.Frame, UseIdentity = false, Scale = new RenderScale(scale, scale), IsInteractive = shot.Downsample > 1, Cancellation = shot.Cancellation,
            };
            using HostImage image = effect.Render(request);
            byte[] pixels = new byte[image.Width * image.Height * image.Format.PixelBytes];
            for (int y = 0; y < image.Height; y++) image.Row(image.Bounds.Y2 - 1 - y).CopyTo(pixels.AsSpan(y * image.Width * image.Format.PixelBytes));
            if (effect.ImagesHeld != 0) throw new InvalidDataException($"{effect.ImagesHeld} images are still held.");
            if (layer.PictureBits == 16) ToAdobe(MemoryMarshal.Cast<byte, ushort>(pixels.AsSpan()));
            return pixels;
        }
        catch (HostingException exception) when (exception.Code == HostingError.Aborted)
        {
            throw new OperationCanceledException(exception.Message, exception);
        }
        catch (HostingException exception)
        {
            string said = string.Join(" ", _library!.Journal.Messages.Select(message => message.Text));
            throw new InvalidOperationException(said.Length > 0 ? said : exception.Message, exception);
        }
        finally
        {
            if (shot.IsLong && _effects.Remove(layer)) effect.Dispose();
        }
    }

    private static void ToAdobe(Span<ushort> values)
    {
        foreach (ref ushort value in values) value = (ushort)MathF.Round(value / 65535f * 32768f);
    }

    public int LoadDescribeUnload()
    {
        using PluginLibrary library = PluginLibrary.Load(_path);
        foreach (HostedPlugin plugin in library.Plugins) _ = plugin.DescribeInContext(plugin.PreferredContext());
        return library.Plugins.Length;
    }

    public void Dispose()
    {
        foreach (HostedEffect effect in _effects.Values) effect.Dispose();
        _effects.Clear();
        _library?.Dispose();
        _library = null;
    }

    private HostedEffect MakeEffect(Layer layer)
    {
        _library ??= PluginLibrary.Load(_path);
        ClipFormat format = new()
        {
            Depth = layer.PictureBits switch { 8 => PixelDepth.Byte, 16 => PixelDepth.Short, _ => PixelDepth.Float },
            Components = PixelComponents.Rgba, Alpha = AlphaState.Unpremultiplied, Region = new CanonicalRegion(0, 0, layer.Width, layer.Height),
            FrameRate = 25, FirstFrame = 0, LastFrame = _footage.Frames - 1,
        };
        ProjectSettings project = new() { Width = layer.Width, Height = layer.Height, Depth = format.Depth, Components = format.Components };
        DelegateFrameSource source = new DelegateFrameSource().Add(EffectDefinition.SourceClipName, format, query => Paint(layer, format, query));
        HostedEffect effect = _library.Find(EffectCatalog.Style.PluginId).CreateInstance(EffectContext.Filter, project, source);
        effect.Parameters["stylePath"].SetText(_settings.Style);
        effect.Parameters["quality"].SetNumbers(layer.Quality);
        return effect;
    }

    private HostImage? Paint(Layer layer, ClipFormat format, FrameQuery query)
    {
        if (query.Time < format.FirstFrame || query.Time > format.LastFrame) return null;
        HostImage image = new(new HostImageFormat
        {
            Bounds = format.Region.ToPixels(query.Scale, format.PixelAspectRatio), Depth = format.Depth, Components = format.Components, Alpha = format.Alpha,
            Scale = query.Scale,
        });
        int step = (int)Math.Round(1 / query.Scale.X);
        Span<float> pixel = stackalloc float[4];
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(image.Bounds.Y2 - 1 - y);
            for (int x = 0; x < image.Width; x++)
            {
                _footage.Read((int)query.Time, x * step, layer.FirstLine + y * step * layer.LineStep, layer.SourceBits, pixel);
                Put(row[(x * image.Format.PixelBytes)..], format.Depth, pixel);
            }
        }

        return image;
    }

    private static void Put(Span<byte> place, PixelDepth depth, ReadOnlySpan<float> pixel)
    {
        for (int channel = 0; channel < 4; channel++)
        {
            float value = pixel[channel];
            if (depth == PixelDepth.Byte) place[channel] = (byte)MathF.Round(value * 255);
            else if (depth == PixelDepth.Short) BinaryPrimitives.WriteUInt16LittleEndian(place[(2 * channel)..], (ushort)MathF.Round(value * 65535));
            else BinaryPrimitives.WriteSingleLittleEndian(place[(4 * channel)..], value);
        }
    }

    /// <summary>One instance: what its clip is like, and which lines of the footage it has.</summary>
    private readonly record struct Layer(int Width, int Height, int SourceBits, int PictureBits, int Quality, int FirstLine, int LineStep);
}
