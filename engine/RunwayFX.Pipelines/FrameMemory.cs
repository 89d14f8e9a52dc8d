using RunwayFX.Imaging;

namespace RunwayFX.Pipelines;

/// <summary>Sizes that pipelines state their memory in.</summary>
internal static class FrameMemory
{
    /// <summary>Bytes of a pixel of a <see cref="Frame"/>.</summary>
    public const int PixelBytes = Frame.Channels * sizeof(float);

    /// <summary>Bytes of some frames of a size.</summary>
    public static long Of(int frames, int width, int height) => (long)frames * width * height * PixelBytes;
}
