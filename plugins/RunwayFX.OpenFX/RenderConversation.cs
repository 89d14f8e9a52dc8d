using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;

namespace RunwayFX.OpenFX;

/// <summary>Answers the engine from the host during one render, on the host's render thread.</summary>
internal sealed unsafe class RenderConversation(CatalogueInstance instance, ClipSet clips, double renderTime, Image output, OfxRectI window)
    : IRenderHost
{
    /// <inheritdoc/>
    public bool IsAborted() => instance.IsAborted;

    /// <summary>The progress suite belongs to the main thread; a render has the host's own display.</summary>
    public void Progress(double fraction)
    {
    }

    /// <summary>Lends a picture from the host just long enough to copy it.</summary>
    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        if (clips.Find(clip) is not { } source) return false;
        // A host without temporal access would hand out the current frame under another frame's name.
        if (time != renderTime && !instance.Host.HasTemporalAccess) return false;
        using Image? image = source.GetImage(time);
        if (image is null) return false;
        SlotView view = sink.Begin(HostPictures.Describe(image, source));
        view.CopyFromHost((void*)image.Data, image.RowBytes);
        return true;
    }

    /// <inheritdoc/>
    public void ReceiveResult(SlotView pixels)
    {
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
