using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.TestModels;
using EngineClient = RunwayFX.Bridge.EngineClient;

namespace RunwayFX.EndToEnd;

/// <summary>A clip that a model makes, ahead of rendering: by the button, looked up by renders, and the same on a machine that has nothing kept.</summary>
[NonParallelizable, CancelAfter(240_000)]
public sealed class ModelButtonTests
{
    private const string CacheVariable = "RUNWAYFX_CACHE_DIR";
    private const int Frames = 2;

    private static readonly ClipFormat Format = Scene.Clip(PixelDepth.Float, new(0, 0, 16, 16), AlphaState.Opaque);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rfx-kept-");

    [OneTimeSetUp]
    public void WritePackage()
    {
        Product.Require();
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "tiny"), new ClosedFormData());
        PortraitNetworks.Write(Path.Combine(Sandbox.ModelsFolder, "portrait"), hasStitching: true);
    }

    [OneTimeTearDown]
    public void GoBack()
    {
        Restart("off");
        _folder.Delete(recursive: true);
    }

    [TestCase("generate", "seed", 5)]
    [TestCase("perform", "stitch", 0)]
    public void ClipOfAModel_IsMadeByTheButton_LookedUp_AndTheSameWithAnEmptyCache(string name, string parameter, double other)
    {
        EffectDefinition effect = EffectCatalog.FindByName(name)!;
        Restart(Path.Combine(_folder.FullName, name + "-one"));
        string key;
        byte[][] made = new byte[Frames][];
        using (Scene scene = Open(effect))
        {
            scene.Effect.PressButton(ClipControls.GenerateName);
            Assert.That(scene.Journal.Messages, Is.Empty);
            Assert.That(scene.Effect.Parameters[ClipControls.StatusName].GetText(), Is.EqualTo("2 of 2 frames ready"));
            key = scene.Effect.Parameters[ClipControls.KeyName].GetText();
            using EngineClient client = Sandbox.Client();
            long before = client.QueryStatus()!.CacheHits;
            for (int time = 0; time < Frames; time++)
            {
                using HostImage image = scene.Render(time);
                made[time] = Scene.Bytes(image);
            }

            Assert.That(client.QueryStatus()!.CacheHits - before, Is.EqualTo(Frames), "frames that were looked up");
            foreach ((string changed, double value, bool isStale) in new[] { (EffectCatalog.MixName, 0.5, false), (parameter, other, true) })
            {
                scene.With(changed, value).Effect.NotifyChanged(scene.Effect.Parameters[changed], ChangeReason.UserEdited, 0);
                string status = isStale ? $"stale: {effect.Parameters[effect.IndexOf(changed)].Label} changed" : "2 of 2 frames ready";
                Assert.That(scene.Effect.Parameters[ClipControls.StatusName].GetText(), Is.EqualTo(status));
            }
        }

        Restart(Path.Combine(_folder.FullName, name + "-two"));
        using Scene fresh = Open(effect).With(ClipControls.KeyName, key);
        for (int time = Frames - 1; time >= 0; time--)
        {
            using HostImage image = fresh.Render(time);
            Assert.That(Scene.Bytes(image).AsSpan().SequenceEqual(made[time]), Is.True, $"frame {time}");
        }

        using EngineClient empty = Sandbox.Client();
        Assert.That(empty.QueryStatus()!.CacheHits, Is.Zero, "nothing was there to be found");
    }

    /// <summary>Generate: half the source, half the seed, so that every frame is its own work of the model. Perform: the source's face moves as the driving clip
    /// does.</summary>
    private static Scene Open(EffectDefinition effect) => (effect == EffectCatalog.Perform
        ? new Scene(effect, Format, query => Scene.Painted(Format, query), style: query => Scene.Painted(Format, query with { Time = 3 * query.Time + 7 }))
            .With("model", "portrait").With(EffectCatalog.DrivingFromClipName, 1)
        : new Scene(effect, Format, query => Scene.Painted(Format, query))
            .With("method", (double)EffectMethod.Model).With("model", "tiny").With("prompt", "").With("seed", 4711).With("strength", 0.5).With("guidance", 1).With("steps", 3))
        .With(ClipControls.RangeName, (double)ClipRangeChoice.FirstToLast).With(ClipControls.LastName, Frames - 1);

    /// <summary>A new engine, started from here, so that it has this environment: the plug-in finds it running.</summary>
    private static void Restart(string cache)
    {
        Sandbox.StopEngine();
        Environment.SetEnvironmentVariable(CacheVariable, cache);
        Sandbox.EnsureEngine();
    }
}
