using CsCheck;

namespace RunwayFX.Effects.Tests;

/// <summary>The canvas that the plug-ins announce is the one the engine fills.</summary>
public sealed class CanvasGeometryTests
{
    private const double Tolerance = 1e-9;

    private static readonly Gen<(double X, double Y, double Width, double Height, double Aspect, int Anchor)> Cases = Gen.Select(
        Gen.Double[-20000, 20000], Gen.Double[-20000, 20000], Gen.Double[1, 16384], Gen.Double[1, 16384], Gen.Double[0.1, 10], Gen.Int[0, 8],
        (x, y, width, height, aspect, anchor) => (x, y, width, height, aspect, anchor));

    private static ParameterDefinition Parameter(string name) => EffectCatalog.Extend.Parameters[EffectCatalog.Extend.IndexOf(name)];

    private static (double X1, double Y1, double X2, double Y2) Grow((double X, double Y, double Width, double Height, double Aspect, int Anchor) c) =>
        CanvasGeometry.Grow(c.X, c.Y, c.X + c.Width, c.Y + c.Height, c.Aspect, c.Anchor);

    private static bool Near(double a, double b) => Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    [Test]
    public void Grow_AnyCase_ContainsTheSource() => Cases.Sample(c =>
    {
        (double x1, double y1, double x2, double y2) = Grow(c);
        const double slack = 1e-6;
        return x1 <= c.X + slack && y1 <= c.Y + slack && x2 >= c.X + c.Width - slack && y2 >= c.Y + c.Height - slack;
    });

    [Test]
    public void Grow_AnyCase_HasTheAspect() => Cases.Sample(c =>
    {
        (double x1, double y1, double x2, double y2) = Grow(c);
        return Math.Abs((x2 - x1) / (y2 - y1) / c.Aspect - 1) < 1e-6;
    });

    [Test]
    public void Grow_AnyCase_AddsInOneDirectionOnly() => Cases.Sample(c =>
    {
        (double x1, double y1, double x2, double y2) = Grow(c);
        return Near(x2 - x1, c.Width) || Near(y2 - y1, c.Height);
    });

    [Test]
    public void Grow_AlreadyThere_ChangesNothing()
    {
        Assert.That(CanvasGeometry.Grow(-3, 7, 1917, 1087, 16.0 / 9, 0), Is.EqualTo((-3.0, 7.0, 1917.0, 1087.0)));
    }

    // A square of 100 at the origin grows to 200 x 100 or 100 x 200; anchors are in option order.
    [TestCase(0, -50, 0, 150, 100, TestName = "Grow_Wider_Centre")]
    [TestCase(1, 0, 0, 200, 100, TestName = "Grow_Wider_Left")]
    [TestCase(2, -100, 0, 100, 100, TestName = "Grow_Wider_Right")]
    [TestCase(3, -50, 0, 150, 100, TestName = "Grow_Wider_Top")]
    [TestCase(4, -50, 0, 150, 100, TestName = "Grow_Wider_Bottom")]
    [TestCase(5, 0, 0, 200, 100, TestName = "Grow_Wider_TopLeft")]
    [TestCase(6, -100, 0, 100, 100, TestName = "Grow_Wider_TopRight")]
    [TestCase(7, 0, 0, 200, 100, TestName = "Grow_Wider_BottomLeft")]
    [TestCase(8, -100, 0, 100, 100, TestName = "Grow_Wider_BottomRight")]
    public void Grow_Wider_KeepsTheAnchoredSide(int anchor, double x1, double y1, double x2, double y2) =>
        Assert.That(CanvasGeometry.Grow(0, 0, 100, 100, 2, anchor), Is.EqualTo((x1, y1, x2, y2)));

    // y is up: anchored at the top, new picture appears below.
    [TestCase(0, 0, -50, 100, 150, TestName = "Grow_Taller_Centre")]
    [TestCase(1, 0, -50, 100, 150, TestName = "Grow_Taller_Left")]
    [TestCase(2, 0, -50, 100, 150, TestName = "Grow_Taller_Right")]
    [TestCase(3, 0, -100, 100, 100, TestName = "Grow_Taller_Top")]
    [TestCase(4, 0, 0, 100, 200, TestName = "Grow_Taller_Bottom")]
    [TestCase(5, 0, -100, 100, 100, TestName = "Grow_Taller_TopLeft")]
    [TestCase(6, 0, -100, 100, 100, TestName = "Grow_Taller_TopRight")]
    [TestCase(7, 0, 0, 100, 200, TestName = "Grow_Taller_BottomLeft")]
    [TestCase(8, 0, 0, 100, 200, TestName = "Grow_Taller_BottomRight")]
    public void Grow_Taller_KeepsTheAnchoredSide(int anchor, double x1, double y1, double x2, double y2) =>
        Assert.That(CanvasGeometry.Grow(0, 0, 100, 100, 0.5, anchor), Is.EqualTo((x1, y1, x2, y2)));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    public void Grow_NoAspect_KeepsTheSource(double aspect) => Assert.That(CanvasGeometry.Grow(1, 2, 3, 9, aspect, 0), Is.EqualTo((1.0, 2.0, 3.0, 9.0)));

    [Test]
    public void Grow_EmptyOrHostileSource_KeepsTheSource()
    {
        Assert.That(CanvasGeometry.Grow(5, 5, 5, 9, 2, 0), Is.EqualTo((5.0, 5.0, 5.0, 9.0)));
        Assert.That(CanvasGeometry.Grow(5, 9, 8, 5, 2, 0), Is.EqualTo((5.0, 9.0, 8.0, 5.0)));
        Assert.That(CanvasGeometry.Grow(double.NaN, 0, 1, 1, 2, 0).X1, Is.NaN);
    }

    [Test]
    public void AspectOf_EachOption_IsWhatItsLabelSays()
    {
        ParameterDefinition target = Parameter("targetAspect");
        for (int index = 0; index < target.Options.Length; index++)
        {
            double expected = target.Options[index] switch
            {
                "As Source" => 0,
                "Custom" => 1.234,
                string label => Ratio(label),
            };
            Assert.That(CanvasGeometry.AspectOf(index, 1.234), Is.EqualTo(expected).Within(Tolerance), target.Options[index]);
        }
    }

    [Test]
    public void PictureAspectOf_EachOption_IsWhatItsLabelSays()
    {
        ParameterDefinition picture = Parameter("pictureAspect");
        for (int index = 0; index < picture.Options.Length; index++)
        {
            double expected = index == 0 ? 0 : Ratio(picture.Options[index]);
            Assert.That(CanvasGeometry.PictureAspectOf(index), Is.EqualTo(expected).Within(Tolerance), picture.Options[index]);
        }
    }

    [TestCase(-1)]
    [TestCase(9)]
    [TestCase(int.MinValue)]
    [TestCase(int.MaxValue)]
    public void Aspects_IndexOutOfTable_MeanAsSource(int index)
    {
        Assert.That(CanvasGeometry.AspectOf(index, 3), Is.Zero);
        Assert.That(CanvasGeometry.PictureAspectOf(index), Is.Zero);
    }

    private static double Ratio(string label)
    {
        string[] sides = label.Split(':');
        return double.Parse(sides[0], System.Globalization.CultureInfo.InvariantCulture) / double.Parse(sides[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
