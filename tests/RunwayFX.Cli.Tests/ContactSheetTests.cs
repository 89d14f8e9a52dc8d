using RunwayFX.Cli.Demo;
using RunwayFX.Imaging;

namespace RunwayFX.Cli.Tests;

internal sealed class ContactSheetTests
{
    private static readonly SheetRow[] _rows =
    [
        new("source", 90, [Cell(160, 120, 0.25f), Cell(160, 120, 0.5f), Cell(160, 120, 0.75f)]),
        new("wider", 90, [Cell(320, 180, 0.3f), Cell(321, 180, 0.6f)]),
        new("a heading that is much longer than the pictures below it are wide, so that the sheet must grow", 40, [Cell(20, 80, 1)]),
    ];

    [Test]
    public void Places_KeepShapeOrderAndDistance()
    {
        (int width, int height, IReadOnlyList<IReadOnlyList<SheetPlace>> places) = ContactSheet.Place(_rows);
        Assert.That(places.Select(row => row.Count), Is.EqualTo(new[] { 3, 2, 1 }));
        Assert.That((places[0][0].Width, places[0][0].Height), Is.EqualTo((120, 90)));
        Assert.That((places[1][0].Width, places[1][0].Height), Is.EqualTo((160, 90)));
        SheetPlace[] all = [.. places.SelectMany(row => row)];
        Assert.That(all.All(place => place.X >= ContactSheet.Margin && place.Y >= ContactSheet.Margin
            && place.X + place.Width <= width - ContactSheet.Margin && place.Y + place.Height < height));
        foreach (SheetPlace one in all)
        {
            foreach (SheetPlace other in all)
            {
                bool apart = one == other || one.X + one.Width + ContactSheet.Gap <= other.X || other.X + other.Width + ContactSheet.Gap <= one.X
                    || one.Y + one.Height + ContactSheet.CaptionHeight <= other.Y || other.Y + other.Height + ContactSheet.CaptionHeight <= one.Y;
                Assert.That(apart, $"{one} and {other}");
            }
        }
    }

    [Test]
    public void LongHeading_FitsOnTheSheet() =>
        Assert.That(ContactSheet.Place(_rows).Width, Is.GreaterThanOrEqualTo(PixelFont.WidthOf(_rows[2].Heading, 2) + ContactSheet.Margin));

    [Test]
    public void Drawn_EveryPictureIsWhereItsPlaceIs()
    {
        Frame sheet = ContactSheet.Draw(_rows, CancellationToken.None);
        IReadOnlyList<IReadOnlyList<SheetPlace>> places = ContactSheet.Place(_rows).Places;
        for (int row = 0; row < _rows.Length; row++)
        {
            for (int cell = 0; cell < _rows[row].Cells.Count; cell++)
            {
                SheetPlace place = places[row][cell];
                float expected = _rows[row].Cells[cell].Picture.Pixels[0];
                Assert.That(Grey(sheet, place.X, place.Y), Is.EqualTo(expected).Within(1e-5), "upper left");
                Assert.That(Grey(sheet, place.X + place.Width - 1, place.Y + place.Height - 1), Is.EqualTo(expected).Within(1e-5), "lower right");
                Assert.That(Grey(sheet, place.X - 1, place.Y), Is.Not.EqualTo(expected).Within(1e-5), "left of it");
            }
        }
    }

    [Test]
    public void Text_IsDrawnInsideItsBoxAndCutAtTheEdge()
    {
        var frame = new Frame(40, 12);
        PixelFont.Draw(frame, "Ag|", 2, 2, 1, 1);
        int[] lit = [.. Enumerable.Range(0, 40 * 12).Where(index => frame.Pixels[index * 4] > 0)];
        Assert.That(lit, Is.Not.Empty);
        Assert.That(lit.All(index => index % 40 is >= 2 and < 2 + 3 * PixelFont.Advance && index / 40 is >= 2 and < 10));
        Assert.That(() => PixelFont.Draw(frame, "outside", 35, -3, 3, 1), Throws.Nothing);
    }

    [Test]
    public void Glyphs_AreAllDifferent()
    {
        var seen = new Dictionary<string, char>();
        for (char character = ' '; character <= '~'; character++)
        {
            var frame = new Frame(6, 8);
            PixelFont.Draw(frame, character.ToString(), 0, 0, 1, 1);
            string bits = string.Concat(Enumerable.Range(0, 48).Select(index => frame.Pixels[index * 4] > 0 ? '1' : '0'));
            Assert.That(seen.TryAdd(bits, character), $"'{character}' looks like '{seen[bits]}'");
        }
    }

    private static SheetCell Cell(int width, int height, float grey)
    {
        var frame = new Frame(width, height);
        Array.Fill(frame.Pixels, grey);
        return new SheetCell(frame, "caption");
    }

    private static float Grey(Frame frame, int x, int y) => frame.Row(y)[x * Frame.Channels];
}
