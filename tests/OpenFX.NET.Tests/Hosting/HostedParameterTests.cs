using OpenFX.Hosting;
using static OpenFX.Tests.Hosting.HostedPluginFixture;

namespace OpenFX.Tests.Hosting;

/// <summary>Parameters of every kind, from both sides.</summary>
internal sealed class HostedParameterTests
{
    private PluginLibrary _library = null!;
    private HostedEffect _effect = null!;

    [SetUp]
    public void Create()
    {
        _library = HostedPluginFixture.Load();
        _effect = _library.Find(Identifier).CreateInstance(EffectContext.Generator);
    }

    [TearDown]
    public void Close()
    {
        _effect.Dispose();
        _library.Dispose();
    }

    [Test]
    public void PluginSetsAndReadsEveryKind_ValuesSurvive()
    {
        _effect.PressButton("roundTrip");
        Assert.Multiple(() =>
        {
            Assert.That(_effect.Parameters["report"].GetText(), Is.EqualTo(
                "-42 1 2 beta two words custom! | 0.1 0.2 0.3 | 0.4 0.5 0.6 0.7 | 11 -12 | 21 -22 23 "
                + "| 1.5 -2.5 | 3.5 -4.5 5.5 | 3 255 | 2.00 0.20 20.00 2 20"));
            Assert.That(_effect.Parameters["rgba"].GetNumbers(), Is.EqualTo(new[] { 0.4, 0.5, 0.6, 0.7 }));
            Assert.That(_effect.Parameters["bytes"].GetBytes().ToArray(), Is.EqualTo(new byte[] { 0, 1, 255 }));
            Assert.That(_effect.Parameters["offset"].KeyTimes, Is.EqualTo(new[] { 10.0, 20.0 }));
            Assert.That(_library.Journal.Violations, Is.Empty);
        });
    }

    [TestCase("gain", "2.5", 2.5)]
    [TestCase("bool", "true", 1)]
    [TestCase("choice", "two", 2)]
    [TestCase("choice", "1", 1)]
    [TestCase("int", "-100", -100)]
    public void SetFromText_FittingText_SetsTheNumber(string name, string text, double expected)
    {
        _effect.Parameters[name].SetFromText(text);
        Assert.That(_effect.Parameters[name].GetNumber(), Is.EqualTo(expected));
    }

    [TestCase("gain", "10.01", "10.01 is outside -10..10")]
    [TestCase("int", "101", "101 is outside -100..100")]
    [TestCase("gain", "much", "cannot take 'much'")]
    [TestCase("choice", "Three", "options are Zero, One, Two")]
    [TestCase("rgb", "1,2", "takes 3 numbers, not 2")]
    [TestCase("strChoice", "gamma", "there are alpha, beta")]
    [TestCase("group", "1", "holds no value")]
    public void SetFromText_OtherText_SaysWhatIsWrong(string name, string text, string expected)
    {
        var error = Assert.Throws<HostingException>(() => _effect.Parameters[name].SetFromText(text));
        Assert.That(error!.Code, Is.EqualTo(HostingError.BadValue));
        Assert.That(error.Message, Does.Contain(expected).And.Contain($"'{name}'"));
    }

    [Test]
    public void SetFromText_StrChoiceLabel_SetsTheOptionsName()
    {
        _effect.Parameters["strChoice"].SetFromText("Beta Label");
        Assert.That(_effect.Parameters["strChoice"].GetText(), Is.EqualTo("beta"));
    }

    [Test]
    public void KeyedNumber_BetweenKeys_IsLinearAndLevelOutside()
    {
        HostedParameter gain = _effect.Parameters["gain"];
        gain.SetNumbersAt(10, 2);
        gain.SetNumbersAt(20, 4);
        Assert.That(new[] { 0, 10, 12.5, 20, 99 }.Select(time => gain.GetNumber(time)), Is.EqualTo(new[] { 2, 2, 2.5, 4, 4 }));
    }

    [Test]
    public void KeyedChoice_BetweenKeys_HoldsTheEarlierKey()
    {
        HostedParameter choice = _effect.Parameters["choice"];
        choice.SetNumbersAt(0, 2);
        choice.SetNumbersAt(10, 0);
        Assert.That(choice.GetNumber(9.99), Is.EqualTo(2));
    }

    [Test]
    public void DeleteKey_LastOne_KeepsItsValue()
    {
        HostedParameter gain = _effect.Parameters["gain"];
        gain.SetNumbersAt(10, 2);
        Assert.That(gain.DeleteKey(10), Is.True);
        Assert.That(gain.IsAnimating, Is.False);
        Assert.That(gain.GetNumber(), Is.EqualTo(2));
    }

    [Test]
    public void Default_TextBeyondAscii_SurvivesUtf8() => Assert.That(_effect.Parameters["string"].GetText(), Is.EqualTo("grüß"));

    [Test]
    public void UnknownName_Throws() =>
        Assert.That(() => _effect.Parameters["nonsense"],
            Throws.TypeOf<HostingException>().With.Property(nameof(HostingException.Code)).EqualTo(HostingError.UnknownName));

    [Test]
    public void UndeclaredRanges_InAHostThatClampsThem_ClampToOne()
    {
        using PluginLibrary library = HostedPluginFixture.Load(HostProfile.Default with { UndeclaredRangesClamp = true });
        using HostedEffect effect = library.Find(Identifier).CreateInstance(EffectContext.Generator);
        Assert.That(effect.Parameters["int"].GetNumber(), Is.Zero, "no display range is declared, so 3 is lost");
        Assert.That(effect.Parameters["double2"].GetNumbers(), Is.EqualTo(new[] { 1.0, 1.0 }));
    }
}
