using OpenFX.Hosting;
using RunwayFX.Cli.Rendering;

namespace RunwayFX.Cli.Tests;

internal sealed class RenderOptionsTests
{
    [TestCase("1", 1)]
    [TestCase("1/2", 0.5)]
    [TestCase("0.25", 0.25)]
    public void Scale_IsRead(string text, double scale) => Assert.That(RenderOptions.ParseScale(text), Is.EqualTo(new RenderScale(scale, scale)));

    [TestCase("0")]
    [TestCase("2")]
    [TestCase("1/0")]
    [TestCase("-1")]
    [TestCase("half")]
    [TestCase("3/2")]
    public void ScaleOutside_IsUsageError(string text) => Assert.That(() => RenderOptions.ParseScale(text),
        Throws.TypeOf<CliException>().With.Message.Contains(text));

    [TestCase("/p/Misc.ofx.bundle:net.sf.openfx.Invert", "/p/Misc.ofx.bundle", "net.sf.openfx.Invert")]
    [TestCase("/p/Sample.ofx.bundle:com.genarts:OpenGLSample", "/p/Sample.ofx.bundle", "com.genarts:OpenGLSample")]
    [TestCase("/p/bare.ofx:org.a.b", "/p/bare.ofx", "org.a.b")]
    [TestCase("/p/Misc.ofx.bundle", "/p/Misc.ofx.bundle", "")]
    [TestCase("/odd:place/Misc", "/odd:place/Misc", "")]
    public void Plugin_IsSplitBehindTheBundle(string text, string bundle, string id) =>
        Assert.That(RenderOptions.ParsePlugin(text), Is.EqualTo(new EffectReference(bundle, id)));

    [Test]
    public void PluginWithoutBundle_IsUsageError() => Assert.That(() => RenderOptions.ParsePlugin(""), Throws.TypeOf<CliException>());

    [TestCase("1x1", 1, 1)]
    [TestCase("16384X16384", 16384, 16384)]
    public void Size_IsRead(string text, int width, int height) => Assert.That(RenderOptions.ParseSize(text), Is.EqualTo((width, height)));

    [TestCase("16385x1")]
    [TestCase("0x5")]
    [TestCase("640")]
    [TestCase("640x480x3")]
    public void SizeOutside_IsUsageError(string text) => Assert.That(() => RenderOptions.ParseSize(text), Throws.TypeOf<CliException>());

    [TestCase(RenderThreadSafety.Unsafe, 8, 1)]
    [TestCase(RenderThreadSafety.InstanceSafe, 3, 3)]
    [TestCase(RenderThreadSafety.FullySafe, 5, 5)]
    public void Threads_FollowThePluginsSafety(RenderThreadSafety safety, int wanted, int given) =>
        Assert.That(RenderRunner.ThreadsFor(safety, wanted), Is.EqualTo(given));
}
