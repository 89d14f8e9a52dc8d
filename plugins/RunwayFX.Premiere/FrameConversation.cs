using AdobeEffects.Plugins;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;

namespace RunwayFX.Premiere;

/// <summary>Answers the engine from the host during one render, on the host's render thread.</summary>
internal sealed class FrameConversation(CatalogueEffectDefinition effect, double[] numbers, RenderFrame frame) : IRenderHost
{
    /// <inheritdoc/>
    public bool IsAborted() => frame.IsAborted;

    /// <inheritdoc/>
    public void Progress(double fraction) => _ = frame.Report(fraction);

    /// <summary>Lends a picture from the host just long enough to copy it.</summary>
    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        if (Find(clip, time - frame.Frame) is not { } picture) return false;
        HostPictures.Fill(sink.Begin(HostPictures.Describe(frame, picture)), picture);
        return true;
    }

    /// <inheritdoc/>
    public void ReceiveResult(SlotView pixels)
    {
        Picture output = frame.Output;
        if (pixels.Width != output.Width || pixels.Height != output.Height)
        {
            throw new BridgeException(
                BridgeError.Malformed, $"the result has {pixels.Width} x {pixels.Height} pixels, asked for were {output.Width} x {output.Height}");
        }

        HostPictures.Take(pixels, output);
    }

    /// <summary>A plug-in here has no log of its own; the engine keeps one.</summary>
    public void Log(BridgeLogLevel level, string message)
    {
    }

    private Picture? Find(int clip, double offset)
    {
        // After Effects has only what was named beforehand.
        if (offset != 0 && !frame.HasOtherFrames) return null;
        if (clip == 0) return frame.FindFrame(offset);
        if (clip < 0 || clip >= effect.Clips.Length) return null;
        ClipDefinition definition = effect.Clips[clip];
        bool isOn = definition.ToggleParameter is null || numbers[effect.IndexOf(definition.ToggleParameter)] != 0;
        return isOn ? frame.FindLayer(CatalogueMapping.LayerKey(clip), offset) : null;
    }
}
