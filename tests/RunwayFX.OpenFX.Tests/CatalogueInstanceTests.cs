using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX.Tests;

/// <summary>An instance in a host: what of its parameters reaches the engine, and what of a fault reaches the user.</summary>
public sealed unsafe class CatalogueInstanceTests
{
    [Test]
    public void TextThatChanges_ReachesTheEngine()
    {
        EffectDefinition effect = EffectCatalog.All.Single(static each => each.Name == "style");
        int index = effect.Parameters.ToList().FindIndex(static parameter => parameter.IsText);
        using PluginLibrary library = new(() => [new CataloguePlugin(effect)], static line => TestContext.Out.WriteLine(line));
        OfxPlugin* plugin = library.GetPlugin(0);
        nint instance = Stage.Host.CreateInstance(plugin);
        OfxPropertySetHandle arguments = Stage.Host.NewSet();
        string[] texts = ["/a.png", "/a.png", "/ä.png", "/aa.png", "", "/a.png"];
        for (int frame = 0; frame < texts.Length; frame++)
        {
            Stage.Host.Set(instance, effect.Parameters[index].Name, texts[frame]);
            Stage.Host.SetTime(arguments, frame);
            fixed (byte* word = OfxConstants.kOfxImageEffectActionRender)
            {
                Assert.That(plugin->mainEntry(word, (void*)instance, arguments, default), Is.EqualTo(OfxStatus.kOfxStatOK));
            }

            Assert.That(Stage.Engine.LastTexts[index], Is.EqualTo(texts[frame]));
        }

        Stage.Host.Destroy(plugin, instance);
    }

    [Test]
    public void FailedRender_TellsTheUserTheReasonAndTheJob()
    {
        EffectDefinition effect = EffectCatalog.All.Single(static each => each.Name == "style");
        using PluginLibrary library = new(() => [new CataloguePlugin(effect)], static line => TestContext.Out.WriteLine(line));
        OfxPlugin* plugin = library.GetPlugin(0);
        nint instance = Stage.Host.CreateInstance(plugin);
        OfxPropertySetHandle arguments = Stage.Host.NewSet();
        Stage.Host.SetTime(arguments, 7);
        Stage.Engine.OnRender = static () => throw new BridgeException(BridgeError.RenderRefused, "the style picture is 100 % cheese");
        fixed (byte* word = OfxConstants.kOfxImageEffectActionRender)
        {
            Assert.That(plugin->mainEntry(word, (void*)instance, arguments, default), Is.EqualTo(OfxStatus.kOfxStatFailed));
        }

        string job = Stage.Engine.LastJob.ToString();
        Assert.That(Stage.Host.LastMessage, Is.EqualTo($"RunwayFX Style failed: the style picture is 100 % cheese (job {job}; rfx log {job} shows more)"));
        Stage.Engine.OnRender = null;
        Stage.Host.Destroy(plugin, instance);
    }
}
