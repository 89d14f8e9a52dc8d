using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>Puts a model's picture and the source together; writes to the result.</summary>
internal static class ModelBlend
{
    /// <summary>Gives an opaque picture the source's alpha, and its state.</summary>
    public static void TakeAlpha(HostFrame source, Frame result)
    {
        float[] from = source.Picture.Pixels, to = result.Pixels;
        for (int i = 0; i < to.Length; i += Frame.Channels)
        {
            float alpha = from[i + 3];
            if (source.Premultiplied)
            {
                for (int c = 0; c < 3; c++) to[i + c] *= alpha;
            }

            to[i + 3] = alpha;
        }
    }
}
