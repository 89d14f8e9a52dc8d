using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StyleAreasTests
{
    private const int Width = 240, Height = 96, StyleSide = 256;

    /// <summary>Where pieces of the style's left half meet those of its right.</summary>
    private const int Border = Width / 2;

    /// <summary>Pixels from the border beyond which colours are those of cells that lie wholly on one side.</summary>
    private const int Near = 9;

    [Test]
    public void PiecesOfTwoAreasOnEvenGround_MeetWithoutAStepOfColour()
    {
        Frame result = Joined(_ => 128, 1, 1);
        Frame alone = Joined(_ => 128, 0, 1);
        float step = Step(result, Near), own = Step(alone, Near), apart = Step(result, Border - 1);
        Assert.That(step, Is.LessThan(0.2f * own), "at the border");
        Assert.That(apart, Is.GreaterThan(3 * step), "it changes slowly instead");

        static float Step(Frame frame, int distance) => Blue(frame, Border + distance) - Blue(frame, Border - 1 - distance);
    }

    [Test]
    public void PiecesThatMeetAtAnOutline_KeepTheirColours()
    {
        // The clip is dark on one side and bright on the other.
        Frame result = Joined(x => (byte)(x < Border ? 40 : 220), 1, 1), alone = Joined(_ => 128, 0, 1);
        float step = Blue(result, Border + 8) - Blue(result, Border - 8), own = Blue(alone, Border + 8) - Blue(alone, Border - 8);
        Assert.That(step, Is.GreaterThan(0.8f * own));
    }

    [Test]
    public void PiecesOfOneArea_StayAsTheyAre()
    {
        (Frame picture, StyleAreas areas) = Style();
        Frame result = TestPictures.Draw(Width, Height, (x, y) => (0.4f, 0.5f, 0.01f * (x % 50)));
        Frame before = result.Clone();
        MatchField field = new(Width, Height);
        Array.Fill(field.Matches, MatchField.Pack(picture.Width / 5, 100));
        StyleAreas.Add(result, Painted(areas, field, x => (byte)(x % 256)), 1, 1, default);
        Assert.That(result.Pixels, Is.EqualTo(before.Pixels).Within(1e-3f));
    }

    [Test]
    public void Add_LeavesLumaAndAlpha()
    {
        Frame result = Joined(x => (byte)(x % 256), 1, 1), before = Joined(x => (byte)(x % 256), 0, 1);
        Assert.That(LumaPlane.From(result).Values, Is.EqualTo(LumaPlane.From(before).Values).Within(1e-5f));
        Assert.That(Enumerable.Range(0, Width * Height).Select(at => result.Pixels[4 * at + 3]), Has.All.EqualTo(1));
    }

    [Test]
    public void BlackAndWhite_StayAsTheyAre()
    {
        (_, StyleAreas areas) = Style();
        Frame result = TestPictures.Draw(Width, Height, (x, y) => (x + y) % 2 == 0 ? (0, 0, 0) : (1, 1, 1)), before = result.Clone();
        PaintedFrame painted = Painted(areas, Halves(), _ => 128);
        Assert.That(painted.Colours.Max(), Is.GreaterThan(0.05f), "something is to be changed");
        StyleAreas.Add(result, painted, 1, 1, default);
        Assert.That(result.Pixels, Is.EqualTo(before.Pixels));
    }

    [Test]
    public void Add_HasTheSameBitsForAnyNumberOfThreads() =>
        Assert.That(Joined(x => (byte)(x % 256), 1, 4).Pixels, Is.EqualTo(Joined(x => (byte)(x % 256), 1, 1).Pixels));

    [Test]
    public void WhatChangesElsewhere_IsNotSeenHere()
    {
        (_, StyleAreas areas) = Style();
        MatchField first = Halves(), second = Halves();
        for (int y = 40; y < 60; y++)
        {
            for (int x = 140; x < 160; x++) second[x, y] = (40, 128);
        }

        PaintedFrame before = Painted(areas, first, _ => 128), alone = Painted(areas, second, _ => 128), after = Painted(areas, second, _ => 128, before);
        int columns = Width / StyleAreas.Cell;
        for (int at = 0; at < before.Colours.Length; at++)
        {
            int row = at / 2 / columns, column = at / 2 % columns;
            bool isNew = row is >= 10 and < 15 && column is >= 35 and < 40;
            Assert.That(after.Colours[at], Is.EqualTo(isNew ? alone.Colours[at] : before.Colours[at]), $"cell {column}, {row}");
        }

        Assert.That(alone.Colours, Is.Not.EqualTo(before.Colours), "by itself it would be seen");
    }

    [Test]
    public void FramesAndStylesOfAPatch_AreDefined()
    {
        Frame style = TestPictures.Draw(5, 5, (x, y) => (0.1f * x, 0.5f, 0.1f * y)), result = TestPictures.Draw(1, 1, (_, _) => (0.5f, 0.5f, 0.5f));
        MatchField field = new(1, 1);
        Array.Fill(field.Matches, MatchField.Pack(2, 2));
        StyleAreas.Add(result, Painted(new StyleAreas(style, default), field, _ => 100), 1, 2, default);
        Assert.That(result.Pixels, Has.All.EqualTo(0.5f).Within(0.01f).Or.EqualTo(1));
    }

    private static Frame Joined(Func<int, byte> tone, float strength, int threads)
    {
        (Frame picture, StyleAreas areas) = Style();
        Frame result = TestPictures.Draw(Width, Height, (x, _) =>
        {
            ReadOnlySpan<float> pixel = picture.Row(0).Slice(Frame.Channels * (x < Border ? 0 : StyleSide - 1), 3);
            return (pixel[0], pixel[1], pixel[2]);
        });
        StyleAreas.Add(result, Painted(areas, Halves(), tone), strength, threads, default);
        return result;
    }

    private static PaintedFrame Painted(StyleAreas areas, MatchField field, Func<int, byte> tone, PaintedFrame? before = null)
    {
        byte[] reference = [.. Enumerable.Range(0, field.Width * field.Height).Select(at => tone(at % field.Width))];
        LumaPlane ramp = new(256, 1, [.. Enumerable.Range(0, 256).Select(value => value / 255f)]);
        ToneMap map = new(ramp, ramp);
        return new PaintedFrame(1, field, new sbyte[2 * reference.Length], reference, map, areas.Changes(field, reference, map, before, default));
    }

    private static MatchField Halves()
    {
        MatchField field = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++) field[x, y] = (x < Border ? 40 : StyleSide - 40, 128);
        }

        return field;
    }

    private static (Frame Picture, StyleAreas Areas) Style()
    {
        Frame picture = StylePicture();
        return (picture, new StyleAreas(picture, default));
    }

    /// <summary>One tone, yellow on the left and blue on the right.</summary>
    private static Frame StylePicture() => TestPictures.Draw(StyleSide, StyleSide, (x, _) => x < StyleSide / 2 ? (0.53f, 0.5083f, 0.33f) : (0.47f, 0.4917f, 0.67f));

    private static float Blue(Frame frame, int column)
    {
        ReadOnlySpan<float> pixel = frame.Row(frame.Height / 2).Slice(Frame.Channels * column, 3);
        return pixel[2] - pixel[0];
    }
}
