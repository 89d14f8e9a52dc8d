namespace RunwayFX.Windows.Tests;

/// <summary>Style on 20 frames of real footage at its own size (768 x 576), in the default quality and steady over time: one picture, whoever asks for it.</summary>
[Category("Slow")]
public sealed class FullSizeTests
{
    private const int Frames = 20;

    private static Task<Outcome>? _reference;

    private static Task<Outcome> ReferenceAsync() => _reference ??= Host.NativeAsync(["ofx", WindowsProduct.NativeBundle, "render", .. Host.FullSizeStyle(Frames, static path => path)]);

    [SetUp]
    public void Require() => WindowsProduct.Require(WindowsProduct.NativeAex("style"), WindowsProduct.NativeEngine);

    [TestCase("premiere")]
    [TestCase("aftereffects")]
    public async Task AdobeHost_Here_GivesWhatOpenFxGives(string program)
    {
        Outcome outcome = await Host.NativeAsync([program, WindowsProduct.NativeAex("style"), "render", .. Host.FullSizeStyle(Frames, static path => path)]);
        Assert.That(outcome.Lines, Is.EqualTo((await ReferenceAsync()).Lines));
        Assert.That(outcome.Lines.Distinct().Count(), Is.EqualTo(Frames + 1), "every frame is another picture");
    }

    [TestCase("ofx")]
    [TestCase("premiere")]
    [Category("Wine")]
    public async Task Host_UnderWine_GivesWhatOpenFxGivesOnLinux(string program)
    {
        string library = program == "ofx" ? WindowsProduct.Bundle : WindowsProduct.Aex("style");
        WindowsProduct.Require(WindowsProduct.Aex("style"), WindowsProduct.Library, WindowsProduct.Engine, WindowsProduct.HostProgram);
        Wine.Require();
        Outcome outcome = await Host.UnderWineAsync([program, Wine.PathOf(library), "render", .. Host.FullSizeStyle(Frames, Wine.PathOf)]);
        Assert.That(outcome.Lines, Is.EqualTo((await ReferenceAsync()).Lines));
    }
}
