using RunwayFX.Imaging;

namespace RunwayFX.Cli.Demo;

/// <summary>A picture on a contact sheet and the words under it.</summary>
/// <param name="Picture">The picture, display encoded.</param>
/// <param name="Caption">The words; ASCII.</param>
internal sealed record SheetCell(Frame Picture, string Caption);

/// <summary>Pictures side by side under a heading.</summary>
/// <param name="Heading">The words above; ASCII.</param>
/// <param name="CellHeight">Height of every picture, in pixels; the width follows.</param>
/// <param name="Cells">From the left.</param>
internal sealed record SheetRow(string Heading, int CellHeight, IReadOnlyList<SheetCell> Cells);

/// <summary>Where a picture goes on the sheet, in pixels from the upper left.</summary>
internal readonly record struct SheetPlace(int X, int Y, int Width, int Height);

/// <summary>Puts pictures in rows on one sheet, so that source and result can be compared at a glance.</summary>
internal static class ContactSheet
{
    /// <summary>Space around everything.</summary>
    public const int Margin = 20;

    /// <summary>Space between pictures.</summary>
    public const int Gap = 10;

    /// <summary>Height of a heading with its space.</summary>
    public const int HeadingHeight = 36;

    /// <summary>Height of a caption with its space.</summary>
    public const int CaptionHeight = 30;

    private const int TextScale = 2;
    private const float Background = 0.13f;

    /// <summary>Places every picture.</summary>
    /// <returns>The sheet's size, and the places row by row.</returns>
    public static (int Width, int Height, IReadOnlyList<IReadOnlyList<SheetPlace>> Places) Place(IReadOnlyList<SheetRow> rows)
    {
        int width = 2 * Margin, y = Margin;
        var places = new List<IReadOnlyList<SheetPlace>>();
        foreach (SheetRow row in rows)
        {
            int x = Margin;
            y += HeadingHeight;
            var line = new List<SheetPlace>();
            foreach (SheetCell cell in row.Cells)
            {
                int cellWidth = Math.Max(1, (int)Math.Round((double)cell.Picture.Width * row.CellHeight / cell.Picture.Height));
                line.Add(new SheetPlace(x, y, cellWidth, row.CellHeight));
                x += cellWidth + Gap;
            }

            int headingWidth = PixelFont.WidthOf(row.Heading, TextScale);
            width = Math.Max(width, Math.Max(x - Gap, Margin + headingWidth) + Margin);
            y += row.CellHeight + CaptionHeight;
            places.Add(line);
        }

        return (width, y + Margin, places);
    }

    /// <summary>Draws the sheet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sheet would be over <see cref="Frame.SideMax"/>.</exception>
    public static Frame Draw(IReadOnlyList<SheetRow> rows, CancellationToken cancellation)
    {
        (int width, int height, IReadOnlyList<IReadOnlyList<SheetPlace>> places) = Place(rows);
        var sheet = new Frame(width, height);
        for (int offset = 0; offset < sheet.Pixels.Length; offset += Frame.Channels)
        {
            sheet.Pixels.AsSpan(offset, 3).Fill(Background);
            sheet.Pixels[offset + 3] = 1;
        }

        for (int index = 0; index < rows.Count; index++)
        {
            SheetRow row = rows[index];
            if (places[index].Count == 0) continue;
            PixelFont.Draw(sheet, row.Heading, Margin, places[index][0].Y - HeadingHeight + 12, TextScale, 0.95f);
            for (int cell = 0; cell < row.Cells.Count; cell++)
            {
                SheetPlace place = places[index][cell];
                Paste(sheet, row.Cells[cell].Picture, place, cancellation);
                PixelFont.Draw(sheet, row.Cells[cell].Caption, place.X, place.Y + place.Height + 6, TextScale, 0.7f);
            }
        }

        return sheet;
    }

    private static void Paste(Frame sheet, Frame picture, SheetPlace place, CancellationToken cancellation)
    {
        Frame fitted = picture.Width == place.Width && picture.Height == place.Height
            ? picture
            : Resampling.Resize(picture, place.Width, place.Height, ResamplingFilter.Lanczos3, cancellation);
        for (int y = 0; y < place.Height; y++) fitted.Row(y).CopyTo(sheet.Row(place.Y + y)[(place.X * Frame.Channels)..]);
    }
}
