using System.Diagnostics;
using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.Conformance;

/// <summary>A bundle without an engine: every render fails with a plain message, in time, and nothing is left behind.</summary>
[NonParallelizable]
public sealed class MissingEngineTests
{
    private const int FailureMsMax = 20_000;
    private CopiedBundle _copy = null!;

    [OneTimeSetUp]
    public void Copy() => _copy = new CopiedBundle();

    [OneTimeTearDown]
    public void Delete() => _copy.Dispose();

    [SetUp]
    public void Require() => Product.Require();

    [Test]
    public void Render_FailsPlainlyWithinTheLimit()
    {
        using Stage stage = new(EmulatedHosts.Own, EffectCatalog.Extend, Settings.QuickExtend, bundle: _copy.BundlePath);
        Stopwatch watch = Stopwatch.StartNew();
        var error = Assert.Throws<HostingException>(() => stage.Render(0));
        Assert.That(watch.ElapsedMilliseconds, Is.LessThan(FailureMsMax));
        Assert.That(error!.Code, Is.EqualTo(HostingError.ActionFailed));
        Assert.That(string.Join(' ', stage.Journal.Messages.Select(message => message.Text)),
            Does.Contain("engine").IgnoreCase.And.Not.Contain("Exception"));
    }

    [Test]
    public void TwentyFramesFromEightThreads_AllFailAndNothingIsHeld()
    {
        using Stage stage = new(EmulatedHosts.Runner, EffectCatalog.Extend, bundle: _copy.BundlePath);
        HostedEffect effect = stage.Effect;
        Parallel.For(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 8 }, time =>
            Assert.That(() => stage.Render(time), Throws.TypeOf<HostingException>()));
        Assert.That(effect.ImagesHeld, Is.Zero);
    }
}
