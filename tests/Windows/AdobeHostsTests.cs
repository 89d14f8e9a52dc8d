namespace RunwayFX.Windows.Tests;

/// <summary>Every way in which Premiere and After Effects ask for a picture, through an effect's binary and a real engine, as Linux libraries and as Windows
/// programs: what comes out is what the OpenFX plug-in gives on Linux, bit for bit.</summary>
[TestFixture("premiere", false)]
[TestFixture("aftereffects", false)]
[TestFixture("premiere", true, Category = "Wine")]
[TestFixture("aftereffects", true, Category = "Wine")]
public sealed class AdobeHostsTests(string program, bool isWindows)
{
    private static readonly Lazy<Task<Outcome>> Reference = new(
        static () => Host.NativeAsync(["ofx", WindowsProduct.NativeBundle, "matrix", .. Host.Style(1, static path => path)]));

    private Task<Outcome>? _outcome;

    private bool IsPremiere => program == "premiere";

    [SetUp]
    public void Require()
    {
        WindowsProduct.Require(WindowsProduct.NativeAex("style"), WindowsProduct.NativeEngine);
        if (!isWindows) return;
        WindowsProduct.Require(WindowsProduct.Aex("style"), WindowsProduct.Engine, WindowsProduct.HostProgram);
        Wine.Require();
    }

    [TestCase("8-bit")]
    [TestCase("16-bit")]
    [TestCase("32-bit")]
    [TestCase("whole")]
    [TestCase("fields")]
    [TestCase("quarter")]
    [TestCase("other-frames")]
    [TestCase("frames-seen")]
    public async Task Picture_AskedFor_IsWhatOpenFxGives(string way)
    {
        // Premiere has no pictures of 16 bits: it makes floats of them. After Effects renders every field with all lines of the frame.
        string told = IsPremiere && way == "16-bit" ? "16-bit-in-32" : way, expected = !IsPremiere && way == "fields" ? "whole" : told;
        Assert.That(ValueOf(await OutcomeAsync(), told), Is.EqualTo(ValueOf(await Reference.Value, expected)));
    }

    [Test]
    public async Task Pictures_OfTheReference_AreAllDifferent()
    {
        string[] pictures = ["8-bit", "16-bit", "32-bit", "16-bit-in-32", "whole", "fields", "quarter", "other-frames"];
        Outcome reference = await Reference.Value;
        Assert.That(pictures.Select(picture => ValueOf(reference, picture)), Is.Unique);
        Assert.That(int.Parse(ValueOf(reference, "frames-seen"), System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(1));
    }

    [Test]
    public async Task Abort_InTheMiddleOfARender_IsTaken_AndTheEngineIsFree() =>
        Assert.That((await OutcomeAsync()).Lines, Has.Some.EqualTo("stopped, and the engine is free"));

    [Test]
    public async Task EngineKilled_InTheMiddleOfARender_ThatRenderFailsPlainly_AndTheNextWorks()
    {
        Outcome outcome = await OutcomeAsync();
        Assert.That(outcome.Lines, Has.Some.EqualTo("a new engine serves"));
        Assert.That(ValueOf(outcome, "failed"), Does.Contain("engine").And.Not.Contain("Exception"));
    }

    [Test]
    public async Task EverythingLent_IsGivenBack() => Assert.That((await OutcomeAsync()).Lines, Has.None.StartsWith("not given back").And.Some.EqualTo("done"));

    private Task<Outcome> OutcomeAsync() => _outcome ??= isWindows
        ? Host.UnderWineAsync([program, Wine.PathOf(WindowsProduct.Aex("style")), "matrix", .. Host.Style(1, Wine.PathOf)])
        : Host.NativeAsync([program, WindowsProduct.NativeAex("style"), "matrix", .. Host.Style(1, static path => path)]);

    private static string ValueOf(Outcome outcome, string name)
    {
        string? line = outcome.Lines.SingleOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        Assert.That(line, Is.Not.Null, $"no line '{name}' in {outcome}");
        return line![(name.Length + 1)..];
    }
}
