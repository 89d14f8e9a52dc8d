using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Videos;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Packages;

/// <summary>What fuzzing found in the readers of packages' files: texts that are half a character, and values of another kind than the reader's.</summary>
public sealed class HostileFileTests
{
    private string _folder = "";

    [SetUp]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-hostile").FullName;
        ClosedFormPackage.Write(_folder, new ClosedFormData(4, 4));
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void HalfACharacter_IsNoText()
    {
        const string Half = "{\"_class_name\":\"\\ud800\"}";
        Assert.That(() => SchedulerConfig.Parse(Half), Throws.TypeOf<InferenceException>().With.Property(nameof(InferenceException.Code)).EqualTo(InferenceError.PackageBroken));
        File.WriteAllText(Path.Combine(_folder, ModelPackage.IndexName), Half);
        Assert.That(() => ModelPackage.Open(_folder), Throws.TypeOf<InferenceException>().With.Property(nameof(InferenceException.Code)).EqualTo(InferenceError.PackageBroken));
    }

    [TestCase("{\"\\ud800 of a name\":1}")]
    [TestCase("{\"inside\":[{\"\\udfff\":1}]}")]
    public void HalfACharacterInAName_IsRefused(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "unet", "config.json"), text);
        Assert.That(() => ModelPackage.Open(_folder).Json("unet/config.json"),
            Throws.TypeOf<InferenceException>().With.Property(nameof(InferenceException.Code)).EqualTo(InferenceError.PackageBroken).And.Message.Contains("config.json"));
    }

    [TestCase("vae_decoder/config.json", "{\"scaling_factor\":[null],\"block_out_channels\":[8,null]}")]
    [TestCase("vae_decoder/config.json", "9223372036854775807")]
    [TestCase("feature_extractor/preprocessor_config.json", "{\"crop_size\":{\"height\":null,\"shortest_edge\":\"x\"}}")]
    [TestCase("unet/config.json", "{\"patch_size\":[1],\"in_channels\":\"9\",\"joint_attention_dim\":null}")]
    [TestCase("model_index.json", "{\"_class_name\":\"WanPipeline\",\"boundary_ratio\":\"0.5\"}")]
    [TestCase("tokenizer/tokenizer_config.json", "{\"pad_token\":\"\\ud800\",\"model_max_length\":\"77\"}")]
    public void ValuesOfAnotherKind_AreRefusedOrPassedOver(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
        File.WriteAllText(Path.Combine(_folder, file), text);
        using SessionPool pool = new(OnnxRuntime.Shared, 1L << 30);
        ModelPackage package = ModelPackage.Open(_folder);
        Assert.That(() => PackageDefaults.Of(package), Throws.Nothing);
        foreach (Action read in new Action[]
        {
            () => VideoModel.Read(package), () => ImagePreparation.Read(package), () => _ = new VaeCodec(package, pool, new SessionSettings()),
            () => StillPipeline.Open(_folder, pool, new SessionSettings { Threads = 1 }).Run(new StillSettings { Prompt = "wave", Width = 8, Height = 8, Steps = 2 }, null, default),
        })
        {
            try
            {
                read();
            }
            catch (InferenceException)
            {
                // Refused with a reason.
            }
        }
    }
}
