using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Benchmarks;

/// <summary>Pictures side by side, to be looked at.</summary>
internal static class ContactSheet
{
    /// <summary>Writes rows of pictures as one PNG; a picture that is absent leaves its place black.</summary>
    /// <param name="path">File.</param>
    /// <param name="rows">Pictures of one shape, row by row.</param>
    /// <param name="tileWidth">Columns of a picture on the sheet.</param>
    public static void Write(string path, IReadOnlyList<IReadOnlyList<Frame?>> rows, int tileWidth)
    {
        Frame? first = rows.SelectMany(row => row).FirstOrDefault(frame => frame is not null);
        if (first is null) return;
        int height = tileWidth * first.Height / first.Width;
        Frame sheet = new(rows.Max(row => row.Count) * tileWidth, rows.Count * height);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Count; column++)
            {
                if (rows[row][column] is not { } picture) continue;
                Frame small = picture.Width == tileWidth && picture.Height == height ? picture
                    : Resampling.Resize(picture, tileWidth, height, tileWidth < picture.Width ? ResamplingFilter.Area : ResamplingFilter.Bicubic);
                for (int y = 0; y < height; y++) small.Row(y).CopyTo(sheet.Row(row * height + y)[(column * tileWidth * Frame.Channels)..]);
            }
        }

        for (int i = 3; i < sheet.Pixels.Length; i += Frame.Channels) sheet.Pixels[i] = 1;
        StillWriter.Write(path, sheet, StillFormat.Png8, hasAlpha: false);
    }
}
