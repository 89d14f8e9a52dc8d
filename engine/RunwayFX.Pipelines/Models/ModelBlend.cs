using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>Puts a model's picture and the source together.</summary>
internal static class ModelBlend
{
    /// <summary>Gives an opaque picture the source's alpha, and its state; writes to the picture.</summary>
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

    /// <summary>A copy of the source with as much of a picture as weights say. Alpha stays, and so do the bits where the share is 0 and under alpha
    /// 0.</summary>
    /// <param name="source">The source.</param>
    /// <param name="made">Its size and encoding, straight.</param>
    /// <param name="weights">Share by pixel; null where it counts everywhere.</param>
    public static Frame Over(HostFrame source, Frame made, float[]? weights = null)
    {
        Frame result = source.Picture.Clone();
        float[] from = made.Pixels, to = result.Pixels;
        for (int i = 0; i < to.Length; i += Frame.Channels)
        {
            float alpha = to[i + 3], share = weights?[i / Frame.Channels] ?? 1;
            if (alpha == 0 || !(share > 0)) continue;
            float factor = source.Premultiplied && float.IsFinite(alpha) ? alpha : 1;
            for (int c = 0; c < 3; c++)
            {
                float value = from[i + c] * factor;
                to[i + c] = share >= 1 || !float.IsFinite(to[i + c]) ? value : to[i + c] + (value - to[i + c]) * share;
            }
        }

        return result;
    }

    /// <summary>A copy of a picture whose hole pixels are another's, opaque.</summary>
    public static Frame Filled(Frame picture, Frame made, ReadOnlySpan<bool> holes)
    {
        Frame result = picture.Clone();
        for (int p = 0; p < holes.Length; p++)
        {
            if (!holes[p]) continue;
            made.Pixels.AsSpan(Frame.Channels * p, 3).CopyTo(result.Pixels.AsSpan(Frame.Channels * p));
            result.Pixels[Frame.Channels * p + 3] = 1;
        }

        return result;
    }
}
