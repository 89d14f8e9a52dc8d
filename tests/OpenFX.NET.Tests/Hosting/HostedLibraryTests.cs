using OpenFX.Hosting;
using static OpenFX.Tests.Hosting.HostedPluginFixture;

namespace OpenFX.Tests.Hosting;

/// <summary>Loading, describing and unloading.</summary>
internal sealed class HostedLibraryTests
{
    [Test]
    public void Describe_TellsWhatThePluginSaid()
    {
        using PluginLibrary library = HostedPluginFixture.Load();
        PluginDescription description = library.Find(Identifier).Describe();
        Assert.Multiple(() =>
        {
            Assert.That(description.Label, Is.EqualTo("Hosted Test"));
            Assert.That(description.Grouping, Is.EqualTo("Tests/Hosting"));
            Assert.That(description.Version, Is.EqualTo(new[] { 1, 2 }));
            Assert.That(description.Contexts, Has.Length.EqualTo(6));
            Assert.That(description.Depths, Is.EqualTo(new[] { PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float }));
            Assert.That(description.ThreadSafety, Is.EqualTo(RenderThreadSafety.FullySafe));
            Assert.That(library.Journal.CallsOf("fetchSuite"), Is.EqualTo(9));
        });
    }

    [Test]
    public void DescribeInContext_ListsClipsAndEveryKindOfParameter()
    {
        using PluginLibrary library = HostedPluginFixture.Load();
        ContextDescription general = library.Find(Identifier).DescribeInContext(EffectContext.General);
        Assert.That(general.Clips.Select(clip => (clip.Name, clip.IsOptional)),
            Is.EqualTo(new[] { ("Source", false), ("Extra", true), ("Output", false) }));
        Assert.That(general.Parameters.Select(parameter => parameter.Kind).Distinct().Count(),
            Is.EqualTo(Enum.GetValues<HostedParameterKind>().Length));
        Assert.That(general.Parameters.Single(parameter => parameter.Name == "gain").Maximum, Is.EqualTo(new[] { 10.0 }));
    }

    [Test]
    public void TwoHostsOverOneBinary_DoNotMixTheirJournals()
    {
        using PluginLibrary first = HostedPluginFixture.Load();
        first.Find(Identifier).Describe();
        int calls = first.Journal.CallCount;
        using PluginLibrary second = HostedPluginFixture.Load(HostProfile.Default with { Name = "other" });
        second.Find(Identifier).Describe();
        Assert.That(first.Journal.CallCount, Is.EqualTo(calls));
        Assert.That(second.Journal.CallCount, Is.GreaterThan(0));
    }

    [Test]
    public void UnloadAndUseAgain_Works()
    {
        using PluginLibrary library = HostedPluginFixture.Load();
        HostedPlugin plugin = library.Find(Identifier);
        for (int round = 0; round < 3; round++)
        {
            using HostedEffect effect = plugin.CreateInstance(EffectContext.Generator);
            effect.Render(new RenderRequest { Window = new(0, 0, 4, 4) }).Dispose();
            plugin.Unload();
        }

        Assert.That(library.Journal.CallsOf("OfxActionUnload"), Is.EqualTo(3));
        Assert.That(library.Journal.CallsOf("OfxActionDestroyInstance"), Is.EqualTo(3));
    }

    [Test]
    public void UnsupportedContext_SaysWhatIsOffered()
    {
        using PluginLibrary library = HostedPluginFixture.Load(HostProfile.Default with { Contexts = [EffectContext.Filter] });
        var error = Assert.Throws<HostingException>(() => library.Find(Identifier).CreateInstance(EffectContext.General));
        Assert.That(error!.Code, Is.EqualTo(HostingError.UnsupportedContext));
    }

    [TestCase("missing.ofx.bundle", HostingError.NotFound)]
    [TestCase("text.ofx", HostingError.NotLoadable)]
    public void WhatIsNoPlugin_IsRefusedWithACode(string name, HostingError expected)
    {
        string folder = Directory.CreateTempSubdirectory("openfx-load-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "text.ofx"), "not a library");
            Assert.That(() => PluginLibrary.Load(Path.Combine(folder, name)),
                Throws.TypeOf<HostingException>().With.Property(nameof(HostingException.Code)).EqualTo(expected));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void LibraryWithoutOpenFXExports_IsNotLoadable()
    {
        string? library = new[] { "/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6" }.FirstOrDefault(File.Exists);
        if (library is null) Assert.Ignore("No system library to try is at a known place.");
        var error = Assert.Throws<HostingException>(() => PluginLibrary.Load(library!));
        Assert.That(error!.Message, Does.Contain("exports no OfxGetNumberOfPlugins"));
    }
}
