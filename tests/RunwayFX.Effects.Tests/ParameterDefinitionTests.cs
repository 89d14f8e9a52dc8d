using CsCheck;

namespace RunwayFX.Effects.Tests;

/// <summary>Hosts hand over anything: what <see cref="ParameterDefinition.Sanitize"/> gives is always usable.</summary>
public sealed class ParameterDefinitionTests
{
    private static readonly ParameterDefinition[] Numbers = [.. EffectCatalog.All.SelectMany(effect => effect.Parameters).Where(parameter => !parameter.IsText)];

    private static readonly Gen<(ParameterDefinition Parameter, double Value)> Any =
        Gen.Select(One(Numbers), Gen.Double, (parameter, value) => (parameter, value));

    private static Gen<ParameterDefinition> One(ParameterDefinition[] from) => Gen.Int[0, from.Length - 1].Select(index => from[index]);

    private static ParameterDefinition Whole(ParameterKind kind = ParameterKind.Integer) =>
        new() { Name = "count", Label = "Count", Hint = "A count.", Kind = kind, Minimum = -5, Maximum = 5, Default = 3 };

    [Test]
    public void Sanitize_AnyDouble_IsInRange() => Any.Sample(pair =>
    {
        double result = pair.Parameter.Sanitize(pair.Value);
        return result >= pair.Parameter.Minimum && result <= pair.Parameter.Maximum;
    });

    [Test]
    public void Sanitize_Twice_ChangesNothingMore() => Any.Sample(pair =>
    {
        double once = pair.Parameter.Sanitize(pair.Value);
        return BitConverter.DoubleToInt64Bits(pair.Parameter.Sanitize(once)) == BitConverter.DoubleToInt64Bits(once);
    });

    [Test]
    public void Sanitize_WholeKinds_GiveWholeNumbers() =>
        Any.Where(pair => pair.Parameter.Kind is not ParameterKind.Double).Sample(pair => pair.Parameter.Sanitize(pair.Value) % 1 == 0);

    [Test]
    public void Sanitize_InRangeDouble_StaysAsItIs() =>
        Gen.Select(One([.. Numbers.Where(parameter => parameter.Kind is ParameterKind.Double)]), Gen.Double[0, 1]).Sample((parameter, unit) =>
        {
            double value = Math.Clamp(parameter.Minimum + unit * (parameter.Maximum - parameter.Minimum), parameter.Minimum, parameter.Maximum);
            return parameter.Sanitize(value) == value;
        });

    [Test]
    public void Sanitize_NaN_BecomesTheDefault()
    {
        foreach (ParameterDefinition parameter in Numbers) Assert.That(parameter.Sanitize(double.NaN), Is.EqualTo(parameter.Default));
    }

    [Test]
    public void Sanitize_Infinities_BecomeTheEnds()
    {
        foreach (ParameterDefinition parameter in Numbers)
        {
            Assert.That(parameter.Sanitize(double.PositiveInfinity), Is.EqualTo(parameter.Maximum));
            Assert.That(parameter.Sanitize(double.NegativeInfinity), Is.EqualTo(parameter.Minimum));
        }
    }

    [TestCase(2.4, 2)]
    [TestCase(2.6, 3)]
    [TestCase(2.5, 2)]
    [TestCase(3.5, 4)]
    [TestCase(-2.5, -2)]
    [TestCase(5.4, 5)]
    [TestCase(5.6, 5)]
    [TestCase(-17, -5)]
    public void Sanitize_WholeNumber_RoundsToNearestThenClamps(double value, double expected) => Assert.That(Whole().Sanitize(value), Is.EqualTo(expected));

    [Test]
    public void IsText_ByKind_HoldsForTextAndPath()
    {
        Assert.That(
            Enum.GetValues<ParameterKind>().Where(kind => Whole(kind).IsText),
            Is.EqualTo(new[] { ParameterKind.Text, ParameterKind.FilePath }));
    }
}
