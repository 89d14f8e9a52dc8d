using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Takes the even mat off the picture of a picture: a scan's black edge or white paper is no part of the manner, and would be painted with.</summary>
internal static class StyleMat
{
    /// <summary>Distance from the mat's tone, 0 to 1, within which a pixel counts as mat.</summary>
    private const float Tolerance = 0.06f;

    /// <summary>Share of a line that must be mat.</summary>
    private const double ShareMin = 0.9;

    /// <summary>Most that is taken off one side, as a share of the picture's.</summary>
    private const double ShareMax = 0.2;

    /// <summary>Lines that a mat has at least: less is a picture's own edge.</summary>
    private const int LinesMin = 3;

    /// <summary>The picture without its mat; the picture itself where there is none on all four sides.</summary>
    /// <param name="picture">Display-like, finite.</param>
    public static Frame Remove(Frame picture)
    {
        LumaPlane luma = LumaPlane.From(picture);
        float tone = luma.Values[0];
        int left = Lines(luma, tone, isRow: false, fromEnd: false), right = Lines(luma, tone, isRow: false, fromEnd: true);
        int top = Lines(luma, tone, isRow: true, fromEnd: false), bottom = Lines(luma, tone, isRow: true, fromEnd: true);
        if (Math.Min(Math.Min(left, right), Math.Min(top, bottom)) < LinesMin) return picture;

        // The inner edge of a mat is ragged: as much again is left out, which leaves nothing of it.
        (left, right, top, bottom) = (2 * left, 2 * right, 2 * top, 2 * bottom);
        int width = picture.Width - left - right, height = picture.Height - top - bottom;
        if (width < picture.Width / 2 || height < picture.Height / 2) return picture;
        Frame inner = new(width, height);
        for (int y = 0; y < height; y++) picture.Row(y + top).Slice(left * Frame.Channels, width * Frame.Channels).CopyTo(inner.Row(y));
        return inner;
    }

    private static int Lines(LumaPlane luma, float tone, bool isRow, bool fromEnd)
    {
        int lines = isRow ? luma.Height : luma.Width, length = isRow ? luma.Width : luma.Height, most = (int)(lines * ShareMax), count = 0;
        for (; count < most; count++)
        {
            int line = fromEnd ? lines - 1 - count : count, alike = 0;
            for (int place = 0; place < length; place++)
            {
                float value = luma.Values[isRow ? line * luma.Width + place : place * luma.Width + line];
                if (Math.Abs(value - tone) <= Tolerance) alike++;
            }

            if (alike < ShareMin * length) break;
        }

        return count;
    }
}
