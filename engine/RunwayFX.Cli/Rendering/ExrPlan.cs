using OpenFX.Hosting;
using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>Keeps what EXR files have besides RGBA: windows, layers, attributes. Refuses before the first frame where that is not possible.</summary>
internal sealed class ExrPlan
{
    private readonly ClipInput? _main;
    private readonly PixelBounds _window;
    private readonly double _scale;
    private readonly bool _isSameWindow;

    /// <summary>Decides what can be kept.</summary>
    /// <param name="main">The source; null for none.</param>
    /// <param name="window">The output's pixels, y up.</param>
    /// <param name="options">Output name, scale, and whether loss is accepted.</param>
    /// <param name="hasOwnTime">Whether the result's frames are not the source's one by one: then no layer fits them.</param>
    /// <exception cref="CliException">Layers would be lost.</exception>
    public ExrPlan(ClipInput? main, PixelBounds window, RenderOptions options, bool hasOwnTime = false)
    {
        _scale = options.Scale.X;
        _window = window;
        bool toExr = options.Format is OutputFormat.ExrHalf or OutputFormat.ExrFloat
            || (options.Format == OutputFormat.Auto && options.Output.EndsWith(".exr", StringComparison.OrdinalIgnoreCase));
        if (main is null || main.Info.Codec != "exr") return;
        _isSameWindow = window == main.Window && _scale == 1 && !hasOwnTime;
        if (main.HasLayers && !options.AllowLoss && (!toExr || !_isSameWindow))
        {
            string reason = hasOwnTime ? "the result's frames lie between the source's" : toExr ? $"the output covers {Text(window)} and the layers {Text(main.Window)}" : $"'{options.Output}' is no EXR file";
            throw new CliException(ExitCode.Failed,
                $"{main.Info.Path} has layers besides RGBA that cannot be kept: {reason}; --allow-loss drops them");
        }

        if (toExr) _main = main;
    }

    /// <summary>The extras to write with a frame; null for none.</summary>
    /// <param name="sourceIndex">0-based index in the source; beyond its ends, the nearest frame's are taken.</param>
    /// <param name="cancellation">Stops reading.</param>
    public ExrExtras? For(long sourceIndex, CancellationToken cancellation)
    {
        if (_main is null) return null;
        long nearest = Math.Clamp(sourceIndex, 0, Math.Max(0, _main.Info.FrameCount - 1));
        if (_main.ReadFull(nearest, cancellation).Exr is not { } exr) return null;
        return _isSameWindow ? exr : Moved(exr);
    }

    /// <summary>Windows for an output of another size: the data window is what was rendered, the picture area grows where that reaches beyond
    /// it.</summary>
    private ExrExtras Moved(ExrExtras exr)
    {
        ExrBox display = exr.DisplayWindow;
        int width = Scaled(display.Width), height = Scaled(display.Height);
        ExrBox picture = new(display.MinX, display.MinY, display.MinX + width - 1, display.MinY + height - 1);
        ExrBox data = new(picture.MinX + _window.X1, picture.MaxY - _window.Y2 + 1, picture.MinX + _window.X2 - 1, picture.MaxY - _window.Y1);
        bool grows = _main!.Window.Width <= display.Width && _main.Window.Height <= display.Height;
        ExrBox grown = new(Math.Min(picture.MinX, data.MinX), Math.Min(picture.MinY, data.MinY), Math.Max(picture.MaxX, data.MaxX),
            Math.Max(picture.MaxY, data.MaxY));
        return exr with { DataWindow = data, DisplayWindow = grows ? grown : picture, Channels = [] };
    }

    private static string Text(PixelBounds bounds) => $"{bounds.Width}×{bounds.Height} at ({bounds.X1}, {bounds.Y1})";

    private int Scaled(int side) => Math.Max(1, (int)Math.Round(side * _scale));
}
