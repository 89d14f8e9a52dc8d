using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StylePainterTests
{
    private const int Width = 96, Height = 72, Left = 40, Right = 52, Top = 20, Bottom = 52;

    /// <summary>Columns beside the object where its outline turns strokes but its pixels do not reach.</summary>
    private const int Near = 5, Far = 8;

    [Test]
    public void WhatLeaves_TakesTheStrokesAlongItsOutlineWithIt()
    {
        (StylePainter painter, Frame occupied, Frame free) = Scene();
        PaintChain with = painter.Still(occupied, 1, null, null, default), without = painter.Next(with, free, 2, null, default);
        Assert.That(ChangedBeside(with, without), Is.GreaterThan(0.7));
    }

    [Test]
    public void WhatArrives_LeavesTheGroundBesideItAsItWas()
    {
        (StylePainter painter, Frame occupied, Frame free) = Scene();
        PaintChain without = painter.Still(free, 1, null, null, default), with = painter.Next(without, occupied, 2, null, default);
        Assert.That(ChangedBeside(without, with), Is.Zero);
    }

    [Test]
    public void WhatLeftAndWasRepainted_StandsStillAgain()
    {
        (StylePainter painter, Frame occupied, Frame free) = Scene();
        PaintChain chain = painter.Still(occupied, 1, null, null, default);
        // What lay about the change and moved with it comes back a frame later.
        for (uint frame = 2; frame < 4; frame++) chain = painter.Next(chain, free, frame, null, default);
        Assert.That(painter.Next(chain, free, 4, null, default).Painted.Field.Matches, Is.EqualTo(chain.Painted.Field.Matches));
    }

    [Test]
    public void WhereSomethingStood_TheHueBesideItIsLookedFor()
    {
        // The style has each tone in blue and in yellow; all of the frame before was painted in yellow.
        (StylePainter painter, Frame occupied, Frame free) = Scene();
        PaintChain before = painter.Still(occupied, 1, null, null, default);
        MatchField yellow = new(Width, Height);
        Array.Fill(yellow.Matches, MatchField.Pack(96, 60));
        before = before with { Painted = before.Painted with { Field = yellow } };
        LumaPlane plane = LumaPlane.From(free);
        byte[] luma = [.. plane.Values.Select(value => StyleGuides.Quantise(value * 255))];
        StyleMotion motion = StyleMotion.Between(before.Luma, luma, Width, Height, 1, default);
        StyleCarry carry = StyleCarry.Follow(before, luma, StyleGuides.Outlines(plane, default), motion, painter.Style, 12, 10, default);
        ChannelPicture target = new(Width, Height, StyleGuides.Channels);
        PreviousGuide.Write(target, carry, painter.Style, plane, before.Painted.Tone, 1, default);
        for (int y = Top + 2; y < Bottom - 2; y++)
        {
            for (int x = Left + 2; x < Right - 2; x++)
            {
                int offset = target.Offset(x, y) + StyleGuides.PreviousChannel;
                Assert.That(target.Bytes[offset] - target.Bytes[offset + 2], Is.GreaterThan(60), $"red less blue at {x}, {y}");
            }
        }
    }

    /// <summary>Share of the pixels beside the object whose match is another.</summary>
    private static double ChangedBeside(PaintChain before, PaintChain after)
    {
        int changed = 0, count = 0;
        for (int y = Top + 8; y < Bottom - 8; y++)
        {
            foreach (int x in Enumerable.Range(Near, Far - Near).SelectMany(distance => new[] { Left - 1 - distance, Right + distance }))
            {
                count++;
                if (before.Painted.Field[x, y] != after.Painted.Field[x, y]) changed++;
            }
        }

        return (double)changed / count;
    }

    private static (StylePainter Painter, Frame Occupied, Frame Free) Scene()
    {
        StyleSettings settings = new()
        {
            Fidelity = 0.5, ScaleX = 1, ScaleY = 1, Stability = 0.75, Quality = QualityLevel.Standard, Seed = 1, Encoding = ColourEncoding.Srgb,
        };
        Frame style = TestPictures.Draw(128, 96, (x, y) =>
        {
            float light = 0.1f + 0.7f * y / 96 + 0.1f * ((x * 3 + y * 7) % 13 / 13f);
            return x < 64 ? (0.8f * light, light, 1.2f * light) : (1.2f * light, light, 0.5f * light);
        });
        Frame free = TestPictures.Draw(Width, Height, (x, y) => Ground(x, y));
        Frame occupied = TestPictures.Draw(Width, Height, (x, y) => x is >= Left and < Right && y is >= Top and < Bottom ? (0.05f, 0.05f, 0.05f) : Ground(x, y));
        return (new StylePainter(StyleReference.Create(style, settings, Width, Height, default), settings), occupied, free);
    }

    private static (float, float, float) Ground(int x, int y)
    {
        float light = 0.55f + 0.1f * MathF.Sin(x * 0.31f + MathF.Sin(y * 0.17f)) + 0.002f * y;
        return (light, light, light);
    }
}
