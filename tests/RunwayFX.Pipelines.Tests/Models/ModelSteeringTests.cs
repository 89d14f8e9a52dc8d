using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Models;
using RunwayFX.Pipelines.Style;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.TestModels;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Control and LoRAs from the parameters of Style and Generate: the control picture says which picture of the data comes out.</summary>
public sealed class ModelSteeringTests
{
    private const double Tolerance = 1e-5;

    private static readonly ModelRig s_rig = new();

    [OneTimeSetUp]
    public void Write()
    {
        ClosedFormPackage.Write(Path.Combine(s_rig.Folder, "steered"), ModelRig.Data, ports: new DenoiserPorts { HasControl = true });
        Net("edges-net", "controlnet", """{"family":"controlnet","tasks":["control-edges"]}""");
        Net("any-net", "controlnet", """{"family":"controlnet","tasks":["control-picture","control-depth"]}""");
        ClosedFormPackage.Write(Path.Combine(s_rig.Folder, "plain"), ModelRig.Data);
    }

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void StylesSourceFrame_SteersTheModel(int word)
    {
        Frame made = ModelRig.Render(new StylePipeline(models: s_rig.Maker), FakeClip.At(ModelRig.Picture(word)), 0,
            ("model", "steered"), ("strength", 1), ("guidance", 1), ("control", (int)ControlKind.Picture), ("temporalStability", 0));
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(word)), Is.LessThan(Tolerance));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void GeneratesStructure_SteersTheModel(bool isClip)
    {
        Structure host = new(isClip ? ModelRig.Picture(2) : null, isClip ? null : ModelRig.Picture(2));
        (string, object) from = isClip ? ("structureFromClip", 1) : ("structurePath", "s.png");
        RenderJob job = ModelRig.Job(EffectCatalog.Generate, new(0, 0, 16, 16), 0, ("model", "steered"), ("guidance", 1), ("control", (int)ControlKind.Picture), from);
        Frame made = new GeneratePipeline(s_rig.Maker).Render(job, host, host, new ExtendPipelineTests.NoProgress(), default);
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(2)), Is.LessThan(Tolerance));
    }

    /// <summary>A depth model that a manifest names (it says how light a place is) and a ControlNet that is shown what it sees: the source says the picture by its
    /// depth alone, whatever its colours are.</summary>
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void DepthOfTheSource_SteersTheModel(int word)
    {
        using ModelRig rig = new();
        ClosedFormPackage.Write(Path.Combine(rig.Folder, "steered"), ModelRig.Data, ports: new DenoiserPorts { HasControl = true });
        Net("depth-net", "controlnet", """{"family":"controlnet","tasks":["control-depth"]}""", rig);
        DepthNetwork.Write(Path.Combine(rig.Folder, "depth"));
        // Green says the depth; red and blue are another picture's.
        Frame source = ModelRig.Picture((word + 1) % 3), own = ModelRig.Picture(word);
        for (int p = 0; p < source.Pixels.Length; p += 4) source.Pixels[p + 1] = (own.Pixels[p] + own.Pixels[p + 1] + own.Pixels[p + 2]) / 3;
        Frame made = ModelRig.Render(new StylePipeline(models: rig.Maker), FakeClip.At(source), 0,
            ("model", "steered"), ("strength", 1), ("guidance", 1), ("temporalStability", 0), ("control", (int)ControlKind.Depth));
        Assert.That(ModelRig.Worst(made, own), Is.LessThan(Tolerance));
    }

    [Test]
    public void MissingControlNet_AndMissingDepthModel_AreNamed()
    {
        StylePipeline style = new(models: s_rig.Maker);
        Assert.That(() => Render(("control", (int)ControlKind.Depth)), Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(PipelineError.ModelMissing)
            .And.Message.Contains("can do depth").And.Message.Contains("rfx models"));
        Assert.That(() => Render(("control", (int)ControlKind.Edges), ("controlModel", "any-net")), Throws.TypeOf<PipelineException>().With.Message.Contains("any-net").And.Message.Contains("control-edges"));
        Assert.That(() => Render(("control", (int)ControlKind.Edges), ("controlModel", "nobody")), Throws.TypeOf<PipelineException>().With.Message.Contains("nobody"));

        Frame Render(params (string, object)[] settings) => ModelRig.Render(style, FakeClip.At(ModelRig.Picture(0)), 0, [("model", "steered"), ("strength", 1), ("temporalStability", 0), .. settings]);
    }

    [Test]
    public void Lora_ChangesThePrior_AsItsWeightSays()
    {
        // The text features of a prompt reach the pictures through one matrix: the change makes the first word mean the second picture.
        string file = Path.Combine(s_rig.Folder, "swap.safetensors");
        WriteSwap(file);
        Assert.That(ModelRig.Worst(Render(0), ModelRig.Picture(0)), Is.LessThan(Tolerance));
        Assert.That(ModelRig.Worst(Render(1), ModelRig.Picture(1)), Is.LessThan(Tolerance));
        Assert.That(() => Render(1, Path.Combine(s_rig.Folder, "none.safetensors")), Throws.TypeOf<PipelineException>().With.Message.Contains("none.safetensors"));

        Frame Render(double weight, string? path = null) => ModelRig.Render(new GeneratePipeline(s_rig.Maker), FakeClip.At(ModelRig.Picture(0)), 0,
            ("model", "plain"), ("prompt", "checker"), ("lora", path ?? file), ("loraWeight", weight));
    }

    [Test]
    public void Edges_AreThinWhiteLines()
    {
        Frame square = TestPictures.Draw(32, 32, (x, y) => x is >= 8 and < 24 && y is >= 8 and < 24 ? (0.9f, 0.9f, 0.9f) : (0.1f, 0.1f, 0.1f));
        Frame edges = EdgePicture.Of(square, default);
        int white = 0;
        for (int y = 0; y < 32; y++)
        {
            for (int x = 0; x < 32; x++)
            {
                ReadOnlySpan<float> pixel = edges.Row(y).Slice(4 * x, 4);
                Assert.That(pixel[0], Is.AnyOf(0, 1));
                Assert.That((pixel[1], pixel[2], pixel[3]), Is.EqualTo((pixel[0], pixel[0], 1f)));
                if (pixel[0] == 0) continue;
                white++;
                double away = Math.Max(Math.Abs(x - 15.5), Math.Abs(y - 15.5));
                Assert.That(away, Is.EqualTo(8).Within(0.6), $"{x},{y} lies on the square's rim");
            }
        }

        Assert.That(white, Is.InRange(44, 72), "a rim of 64 pixels, one wide");
        Assert.That(EdgePicture.Of(TestPictures.Draw(16, 16, (x, _) => (x / 16f, x / 16f, x / 16f)), default).Pixels.Where((_, i) => i % 4 == 0), Is.All.Zero, "a soft change is no edge");
    }

    private static void Net(string name, string component, string manifest, ModelRig? rig = null)
    {
        string folder = Path.Combine((rig ?? s_rig).Folder, name);
        Directory.CreateDirectory(Path.Combine(folder, component));
        File.WriteAllText(Path.Combine(folder, "runwayfx.json"), manifest);
        File.WriteAllBytes(Path.Combine(folder, component, "model.onnx"), ClosedFormControl.Build(ModelRig.Data));
    }

    /// <summary>Rank 2 takes the first two columns of the matrix away and puts them back the other way round.</summary>
    private static void WriteSwap(string path)
    {
        const int Features = ClosedFormDenoiser.TextFeatures;
        int pictures = ModelRig.Data.Pictures.Count;
        float[] down = new float[Features], up = new float[pictures];
        (down[0], down[1]) = (1, -1);
        (up[0], up[1]) = (-1, 1);
        File.WriteAllBytes(path, SafetensorsWriter.Write([($"unet.{ClosedFormDenoiser.PriorWeight.Replace(".weight", "", StringComparison.Ordinal)}.lora_A.weight", down, [1, Features]),
            ($"unet.{ClosedFormDenoiser.PriorWeight.Replace(".weight", "", StringComparison.Ordinal)}.lora_B.weight", up, [pictures, 1])]));
    }

    private sealed class Structure(Frame? clip, Frame? picture) : IHostFrames, IPictureReader
    {
        public bool HasTemporalAccess => true;

        public Frame Read(string path) => picture!;

        public bool TryFetch(int index, double time, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HostFrame? frame)
        {
            frame = index == 1 && clip is not null ? FakeClip.At(clip) : null;
            return frame is not null;
        }
    }
}
