using CsCheck;

namespace RunwayFX.Imaging.Tests;

public sealed class DeterministicMathTests
{
    private static readonly double[] SpecialValues =
        [0, -0.0, 1, -1, 0.5, 2, double.Epsilon, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
            1e-310, 709.7, 709.9, -745.1, -745.2, -1074, 1023.9];

    [Test]
    public void Exponentials_OfAnyNumber_AgreeWithThePlatform() => Gen.Double[-740, 709].Sample(x =>
        IsNear(DeterministicMath.Exp(x), Math.Exp(x), 1e-14) && IsNear(DeterministicMath.Exp2(x), Math.Pow(2, x), 1e-14));

    [Test]
    public void Logarithms_OfAnyPositiveNumber_AgreeWithThePlatform() => Gen.ULong[1, 0x7FEF_FFFF_FFFF_FFFF].Sample(bits =>
    {
        double x = BitConverter.UInt64BitsToDouble(bits);
        return IsNear(DeterministicMath.Log(x), Math.Log(x), 1e-15) && IsNear(DeterministicMath.Log2(x), Math.Log2(x), 1e-15)
            && IsNear(DeterministicMath.Log10(x), Math.Log10(x), 1e-15);
    });

    [Test]
    public void Powers_OfPositiveNumbers_AgreeWithThePlatform() =>
        Gen.Select(Gen.Double[1e-6, 1e6], Gen.Double[-30, 30]).Sample((x, y) => IsNear(DeterministicMath.Pow(x, y), Math.Pow(x, y), 1e-13));

    [Test]
    public void Sines_AgreeWithThePlatform() => Gen.Double[-1000, 1000].Sample(x => Math.Abs(DeterministicMath.Sin(x) - Math.Sin(x)) < 1e-12);

    [Test]
    public void SpecialValues_GiveWhatIeeeSays()
    {
        foreach (double x in SpecialValues)
        {
            Assert.That(IsNear(DeterministicMath.Exp(x), Math.Exp(x), 1e-12), Is.True, $"exp({x:R}) = {DeterministicMath.Exp(x):R}");
            Assert.That(IsNear(DeterministicMath.Exp2(x), Math.Pow(2, x), 1e-12), Is.True, $"exp2({x:R}) = {DeterministicMath.Exp2(x):R}");
            Assert.That(IsNear(DeterministicMath.Log(x), Math.Log(x), 1e-12), Is.True, $"log({x:R}) = {DeterministicMath.Log(x):R}");
            Assert.That(IsNear(DeterministicMath.Log2(x), Math.Log2(x), 1e-12), Is.True, $"log2({x:R}) = {DeterministicMath.Log2(x):R}");
            Assert.That(IsNear(DeterministicMath.Pow(Math.Abs(x), 2.5), Math.Pow(Math.Abs(x), 2.5), 1e-12), Is.True, $"pow({x:R}, 2.5)");
        }

        Assert.That(DeterministicMath.Pow(-1, 2), Is.NaN);
        Assert.That(DeterministicMath.Sin(double.PositiveInfinity), Is.NaN);
    }

    [Test]
    public void Bits_AreFrozen()
    {
        // Recorded once: a change here changes pictures on somebody's machine.
        ulong[] actual =
        [
            BitConverter.DoubleToUInt64Bits(DeterministicMath.Exp(0.7)), BitConverter.DoubleToUInt64Bits(DeterministicMath.Log(0.7)),
            BitConverter.DoubleToUInt64Bits(DeterministicMath.Pow(0.7, 2.4)), BitConverter.DoubleToUInt64Bits(DeterministicMath.Sin(0.7)),
        ];

        Assert.That(string.Join(" ", actual.Select(bits => bits.ToString("X16", System.Globalization.CultureInfo.InvariantCulture))),
            Is.EqualTo("40001C2A61268987 BFD6D3C324E13F4F 3FDB30BCB6EA848F 3FE49D6E694619B8"));
    }

    private static bool IsNear(double actual, double expected, double relative) => actual.Equals(expected)
        || Math.Abs(actual - expected) <= relative * Math.Abs(expected)
        || (Math.Abs(expected) < 1e-300 && Math.Abs(actual - expected) <= 5e-324 * 4);
}
