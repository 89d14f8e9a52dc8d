using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;

namespace RunwayFX.OpenFX;

/// <summary>Answers the engine from the host during one render, on the host's render thread.</summary>
/// <param name="clips">The input clips of the render.</param>
/// <param name="output">Where the result goes.</param>
/// <param name="input">Holds one input picture after another.</param>
internal sealed unsafe class RenderConversation(ClipSet clips, Image output, Image input) : IRenderHost
{
    private CatalogueInstance? _instance;
    private double _renderTime;
    private OfxRectI _window;

    /// <summary>Begins a render.</summary>
    /// <param name="instance">Which instance renders.</param>
    /// <param name="renderTime">The frame that the host wants.</param>
    /// <param name="window">The pixels of the output that it wants.</param>
    public void Begin(CatalogueInstance instance, double renderTime, OfxRectI window)
    {
        _instance = instance;
        _renderTime = renderTime;
        _window = window;
    }

    /// <summary>Forgets the render.</summary>
    public void End() => _instance = null;

    /// <inheritdoc/>
    public bool IsAborted() => _instance is { IsAborted: true };

    /// <summary>The progress suite belongs to the main thread; a render has the host's own display.</summary>
    public void Progress(double fraction)
    {
    }

    /// <summary>Lends a picture from the host just long enough to copy it.</summary>
    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        if (clips.Find(clip) is not { } source) return false;
        // A host without temporal access would hand out the current frame under another frame's name.
        if (time != _renderTime && _instance is not { Host.HasTemporalAccess: true }) return false;
        if (!source.TryGetImage(time, input)) return false;
        using (input)
        {
            SlotView view = sink.Begin(HostPictures.Describe(input, source));
            view.CopyFromHost((void*)input.Data, input.RowBytes);
        }

        return true;
    }

    /// <inheritdoc/>
    public void ReceiveResult(SlotView pixels)
    {
        OfxRectI window = _window;
        if (pixels.Width != window.x2 - window.x1 || pixels.Height != window.y2 - window.y1 || pixels.Format.PixelBytes != output.PixelBytes)
        {
            throw new BridgeException(
                BridgeError.Malformed,
                $"the result has {pixels.Width} x {pixels.Height} pixels of {pixels.Format.PixelBytes} bytes, "
                + $"asked for were {window.x2 - window.x1} x {window.y2 - window.y1} of {output.PixelBytes}");
        }

        pixels.CopyToHost((void*)output.AddressOf(window.x1, window.y1), output.RowBytes);
    }

    /// <inheritdoc/>
    public void Log(BridgeLogLevel level, string message) => ShimLog.Write($"engine {level}: {message}");
}
