using System.Diagnostics;
using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX.Tests;

/// <summary>The actions that a host calls for every frame make nothing on the host process's managed heap once they are warm: measured around the
/// plug-in's entry point, with a host in C and the whole way to the engine and back.</summary>
public sealed unsafe class FrameAllocationTests
{
    private const int WarmFrames = 100;
    private const int CountedFrames = 200;

    private static readonly IEnumerable<string> Effects = EffectCatalog.All.Select(static effect => effect.Name);

    [TestCaseSource(nameof(Effects))]
    public void WarmFrame_AllocatesNothing(string name) => AllocatesNothing(name, keyframes: "");

    [Test]
    public void WarmFrameBetweenKeyframes_AllocatesNothing() => AllocatesNothing("style", "-5=/pictures/a.png;50=/pictures/ä.png;250=/pictures/c.png");

    private static void AllocatesNothing(string name, string keyframes)
    {
        EffectDefinition effect = EffectCatalog.All.Single(each => each.Name == name);
        using PluginLibrary library = new(() => [new CataloguePlugin(effect)], static line => TestContext.Out.WriteLine(line));
        OfxPlugin* plugin = library.GetPlugin(0);
        nint instance = Stage.Host.CreateInstance(plugin);
        SwitchOn(effect, instance);
        if (keyframes.Length > 0) Stage.Host.Set(instance, EffectCatalog.KeyframesName, keyframes);
        OfxPropertySetHandle arguments = Stage.Host.NewSet(), answers = Stage.Host.NewSet();
        long[,] bytes = new long[5, WarmFrames + CountedFrames + 1];
        Stage.Host.NextFrame(0);
        for (int frame = 1; frame <= WarmFrames + CountedFrames; frame++)
        {
            // Some warm frames take their time, so that waiting is warm as well.
            Stage.Engine.OnRender = frame % 20 == 1 && frame <= WarmFrames ? Dawdle : null;
            Stage.Host.SetTime(arguments, frame);
            Count(frame, 0, OfxConstants.kOfxImageEffectActionGetRegionOfDefinition);
            Count(frame, 1, OfxConstants.kOfxImageEffectActionGetFramesNeeded);
            Count(frame, 2, OfxConstants.kOfxImageEffectActionGetRegionsOfInterest);
            Count(frame, 3, OfxConstants.kOfxImageEffectActionIsIdentity);
            OfxStatus status = Count(frame, 4, OfxConstants.kOfxImageEffectActionRender);
            Assert.That((status, Stage.Host.NextFrame(frame)), Is.EqualTo((OfxStatus.kOfxStatOK, true)), $"frame {frame}");
        }

        Stage.Host.Destroy(plugin, instance);
        long total = 0;
        for (int frame = WarmFrames + 1; frame <= WarmFrames + CountedFrames; frame++)
        {
            for (int action = 0; action < 5; action++) total += bytes[action, frame];
        }

        string[] made =
        [
            .. Enumerable.Range(WarmFrames + 1, CountedFrames).SelectMany(frame => Enumerable.Range(0, 5).Select(action => (frame, action)))
                .Where(each => bytes[each.action, each.frame] != 0).Select(each => $"frame {each.frame}, action {each.action}: {bytes[each.action, each.frame]} bytes"),
        ];
        Assert.That(total, Is.Zero, string.Join("; ", made.Take(8)));

        OfxStatus Count(int frame, int action, ReadOnlySpan<byte> word)
        {
            fixed (byte* text = word)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                OfxStatus status = plugin->mainEntry(text, (void*)instance, arguments, answers);
                bytes[action, frame] = GC.GetAllocatedBytesForCurrentThread() - before;
                return status;
            }
        }
    }

    /// <summary>Longer than the shim looks for an answer before it sleeps, and than a job may take before it gets a thread of its own.</summary>
    private static void Dawdle()
    {
        for (Stopwatch clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 60;) Thread.Yield();
    }

    /// <summary>Everything that makes a frame more work: the effect itself, its clips, other moments, and a text.</summary>
    private static void SwitchOn(EffectDefinition effect, nint instance)
    {
        foreach (ParameterDefinition parameter in effect.Parameters)
        {
            if (parameter.IsText) Stage.Host.Set(instance, parameter.Name, "/pictures/" + parameter.Name + "-ä.png");
        }

        foreach (ClipDefinition clip in effect.Clips)
        {
            if (clip.ToggleParameter is { } toggle) Stage.Host.Set(instance, toggle, 1);
        }

        foreach (string name in new[] { "mix", "temporalStability", EffectCatalog.TimeModeName, EffectCatalog.VariationName })
        {
            if (effect.IndexOf(name) >= 0) Stage.Host.Set(instance, name, 1);
        }
    }
}
