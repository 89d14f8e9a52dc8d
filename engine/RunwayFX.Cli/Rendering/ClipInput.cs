using OpenFX.Hosting;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>A movie, sequence or still as an input clip of a hosted effect.</summary>
/// <remarks>Time is the frame's number: sequences count by the number in the file name, movies from 0; a still is there at every time. Pixels keep
/// the file's own values. Any thread.</remarks>
internal sealed class ClipInput : IDisposable
{
    /// <summary>Decoded frames that are kept as the file stores them, for effects that look at neighbours: ten of 4K.</summary>
    private const long CacheBytesMax = 128L << 20;

    private readonly FrameReader _reader;
    private readonly Lock _gate = new();
    private readonly ExrBox? _dataWindow;

    private ClipInput(FrameReader reader, CancellationToken cancellation)
    {
        _reader = reader;
        bool isExr = Info.Codec == "exr";
        if (isExr && reader.ReadFull(0, cancellation).Exr is { } exr)
        {
            _dataWindow = exr.DataWindow;
            HasLayers = exr.Channels.Count > 0;
            Window = ToBounds(exr.DataWindow, exr.DisplayWindow);
            DisplayWidth = exr.DisplayWindow.Width;
            DisplayHeight = exr.DisplayWindow.Height;
        }
        else
        {
            Window = new PixelBounds(0, 0, Info.Width, Info.Height);
            DisplayWidth = Info.Width;
            DisplayHeight = Info.Height;
        }
    }

    /// <summary>The facts about the file.</summary>
    public MediaInfo Info => _reader.Info;

    /// <summary>Pixels the frames cover, y up, with the picture area's lower left at the origin.</summary>
    public PixelBounds Window { get; }

    /// <summary>Width of the picture area in pixels; the data window of an EXR file may be larger or smaller.</summary>
    public int DisplayWidth { get; }

    /// <summary>Height of the picture area in pixels.</summary>
    public int DisplayHeight { get; }

    /// <summary>Whether there are EXR channels besides RGBA.</summary>
    public bool HasLayers { get; }

    /// <summary>Time of the first frame.</summary>
    public long FirstTime => Info.FirstFrameNumber;

    /// <summary>Width of a pixel divided by its height.</summary>
    public double PixelAspectRatio => Info.SampleAspect.IsPositive ? Info.SampleAspect.Value : 1;

    /// <summary>What colour says about alpha.</summary>
    public AlphaState Alpha => !Info.HasAlpha ? AlphaState.Opaque : Info.IsPremultiplied ? AlphaState.Premultiplied : AlphaState.Unpremultiplied;

    /// <summary>Opens a clip.</summary>
    /// <exception cref="MediaException">Missing or unreadable.</exception>
    public static ClipInput Open(string path, Rational sequenceRate, CancellationToken cancellation)
    {
        FrameReader reader = FrameReader.Open(path, new FrameReaderOptions { SequenceRate = sequenceRate, CacheBytesMax = CacheBytesMax }, cancellation);
        try
        {
            return new ClipInput(reader, cancellation);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The clip as a host tells a plug-in about it.</summary>
    /// <param name="depth">Storage in which frames are handed over.</param>
    public ClipFormat Describe(PixelDepth depth) => new()
    {
        Depth = depth,
        Components = PixelComponents.Rgba,
        Alpha = Alpha,
        PixelAspectRatio = PixelAspectRatio,
        FrameRate = Info.FrameRate.IsPositive ? Info.FrameRate.Value : 24,
        FirstFrame = FirstTime,
        LastFrame = FirstTime + Math.Max(1, Info.FrameCount) - 1,
        FieldOrder = ToField(Info.FieldOrder),
        Region = CanonicalRegion.FromPixels(Window, RenderScale.One, PixelAspectRatio),
    };

    /// <summary>The frame a plug-in asks for; null outside of the clip.</summary>
    public HostImage? GetFrame(FrameQuery query, CancellationToken cancellation)
    {
        if (Find(query.Time) is not { } index) return null;
        // One frame after the other: render threads that read at once would each hold a picture twice.
        lock (_gate) return Convert(ReadFull(index, cancellation), query);
    }

    private HostImage Convert(MediaFrame media, FrameQuery query)
    {
        HostImage image = HostImageConversion.FromRgbaTopDown(media.Frame.Pixels, new HostImageFormat
        {
            Bounds = Window,
            Depth = query.Depth,
            Components = query.Components,
            Alpha = Alpha,
            PixelAspectRatio = PixelAspectRatio,
            Field = ToField(Info.FieldOrder) == ImageField.None ? ImageField.None : ImageField.Both,
        });
        FramePool.Return(media.Frame);
        return image;
    }

    /// <summary>A frame by its index, with its EXR extras.</summary>
    /// <exception cref="CliException">The data window of an EXR sequence moves.</exception>
    public MediaFrame ReadFull(long index, CancellationToken cancellation)
    {
        lock (_gate)
        {
            MediaFrame frame = _reader.ReadFull(index, cancellation);
            return frame.Exr is null || frame.Exr.DataWindow == _dataWindow
                ? frame
                : throw new CliException(ExitCode.Failed,
                    $"{Info.Path}: frame {index + FirstTime} has the data window {frame.Exr.DataWindow}, the first one {_dataWindow}; "
                    + "a window that moves cannot be kept");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _reader.Dispose();
    }

    private static PixelBounds ToBounds(ExrBox data, ExrBox display) => new(
        data.MinX - display.MinX, display.MaxY - data.MaxY, data.MaxX - display.MinX + 1, display.MaxY - data.MinY + 1);

    private static ImageField ToField(FieldOrder order) => order switch
    {
        FieldOrder.TopFirst or FieldOrder.BottomStoredTopFirst => ImageField.Upper,
        FieldOrder.BottomFirst or FieldOrder.TopStoredBottomFirst => ImageField.Lower,
        _ => ImageField.None,
    };

    private long? Find(double time)
    {
        if (Info.Kind == MediaKind.Still) return 0;
        if (!double.IsFinite(time)) return null;
        double index = Math.Floor(time + 0.5) - FirstTime;
        return index >= 0 && index < Info.FrameCount ? (long)index : null;
    }
}
