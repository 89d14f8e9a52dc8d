using RunwayFX.Cli.Tests.Support;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Media;
using RunwayFX.TestModels;
using RunwayFX.Testing;

namespace RunwayFX.Cli.Tests.Models;

/// <summary><c>rfx models run</c> over tiny networks whose answers are known, from files to files.</summary>
[NonParallelizable]
internal sealed class ModelsRunTests
{
    private const int Width = 64, Height = 32;

    private string? _before;
    private TempFolder _folder = null!;

    [SetUp]
    public void UseAFolderOfItsOwn()
    {
        _folder = new TempFolder();
        _before = Environment.GetEnvironmentVariable(PackageStore.FolderVariable);
        Environment.SetEnvironmentVariable(PackageStore.FolderVariable, _folder["models"]);
        for (int frame = 0; frame < 3; frame++) TestArtifacts.WritePng(Picture(frame), _folder[$"in.{frame + 1:0000}.png"]);
    }

    [TearDown]
    public void PutBack()
    {
        Environment.SetEnvironmentVariable(PackageStore.FolderVariable, _before);
        _folder.Dispose();
    }

    [Test]
    public void Depth_IsWrittenAsGrey()
    {
        DepthNetwork.Write(_folder["models/seer"]);
        Run("3 frames of 64x32", "depth", _folder["in.%04d.png"], _folder["depth.%04d.png"]);
        Frame depth = StillReader.Read(_folder["depth.0002.png"]);
        for (int x = 0; x < Width; x++)
        {
            (float red, float green, float blue) = Pixel(depth, x, 9);
            Assert.That(red, Is.EqualTo(x / 63f).Within(0.03), $"column {x}");
            Assert.That((green, blue), Is.EqualTo((red, red)));
        }
    }

    [Test]
    public void Matting_IsWrittenAsAMask_AndRemembersTheFramesBefore()
    {
        Model("matter", "matting", "matting", graph =>
        {
            string source = graph.Input("src", 1, 3, "height", "width"), ratio = graph.Input("downsample_ratio", 1), memory = "";
            graph.Output("fgr", 1, 3, "height", "width");
            graph.Output("pha", 1, 1, "height", "width");
            graph.Node("Identity", [source], "fgr");
            for (int index = 1; index <= 4; index++)
            {
                string before = graph.Input($"r{index}i", 1, $"c{index}", $"h{index}", $"w{index}");
                graph.Output($"r{index}o", 1, $"c{index}", $"h{index}", $"w{index}");
                memory = graph.Node("Add", [before, graph.Node("Mul", [ratio, graph.Constant([0.25f], 1)])], $"r{index}o");
            }

            string plane = graph.Node("Slice", [source, graph.Integers(0), graph.Integers(1), graph.Integers(1)]);
            graph.Node("Add", [graph.Node("Mul", [plane, graph.Constant([0], 1)]), memory], "pha");
        });
        Run("3 frames of 64x32", "matting", _folder["in.%04d.png"], _folder["matte.%04d.png"]);
        for (int frame = 0; frame < 3; frame++) Assert.That(Pixel(StillReader.Read(_folder[$"matte.{frame + 1:0000}.png"]), 20, 9).Red, Is.EqualTo(0.25 * (frame + 1)).Within(0.003));
    }

    [Test]
    public void Segmentation_TakesItsPoints()
    {
        Model("cutter", "segmentation", "encoder", graph =>
        {
            graph.Input("image", 1, 3, 64, 64);
            graph.Output("image_embed", 1, 3, 64, 64);
            graph.Node("Identity", ["image"], "image_embed");
        });
        Model("cutter", "segmentation", "decoder", graph =>
        {
            // All that is right of the points.
            string points = graph.Input("point_coords", 1, "points", 2), labels = graph.Input("point_labels", 1, "points");
            graph.Output("masks", 1, 1, 64, 64);
            graph.Output("iou_predictions", 1, 1);
            string x = graph.Node("Squeeze", [graph.Node("Slice", [points, graph.Integers(0), graph.Integers(1), graph.Integers(2)]), graph.Integers(2)]);
            string at = graph.Node("Div", [graph.Node("ReduceSum", [graph.Node("Mul", [x, labels])], null, ("keepdims", 0)), graph.Node("ReduceSum", [labels], null, ("keepdims", 0))]);
            string right = graph.Node("Sub", [graph.Constant([.. Enumerable.Range(0, 64).Select(column => (float)column)], 1, 1, 1, 64), at]);
            graph.Node("Add", [graph.Constant(new float[64], 1, 1, 64, 1), right], "masks");
            graph.Node("Add", [graph.Constant([0.5f], 1, 1), graph.Node("Mul", [at, graph.Constant([0], 1)])], "iou_predictions");
        });
        Run("1 frames", "segmentation", _folder["in.0001.png"], _folder["mask.png"], "--point", "20,4", "--point", "30,9", "--not", "60,9");
        Frame mask = StillReader.Read(_folder["mask.png"]);
        Assert.That((Pixel(mask, 20, 9).Red, Pixel(mask, 30, 9).Red), Is.EqualTo((0f, 1f)));
        Assert.That(CliRun.Of("models", "run", "segmentation", _folder["in.0001.png"], _folder["x.png"]).ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(CliRun.Of("models", "run", "segmentation", _folder["in.0001.png"], _folder["x.png"], "--point", "three").Error, Does.Contain("'three' is no place X,Y"));
    }

    [Test]
    public void Interpolation_PutsFramesBetween()
    {
        Model("between", "interpolation", "interpolation", graph =>
        {
            string left = graph.Input("img0", 1, 3, "height", "width"), right = graph.Input("img1", 1, 3, "height", "width"), time = graph.Input("timestep", 1);
            graph.Output("output", 1, 3, "height", "width");
            graph.Node("Add", [left, graph.Node("Mul", [graph.Node("Sub", [right, left]), time])], "output");
        });
        Run("9 frames of 64x32", "interpolation", _folder["in.%04d.png"], _folder["slow.%04d.png"], "--times", "4");
        for (int frame = 0; frame < 9; frame++) Assert.That(Pixel(StillReader.Read(_folder[$"slow.{frame + 1:0000}.png"]), 5, 9).Blue, Is.EqualTo(0.2 + 0.2 * frame / 4).Within(0.005), $"frame {frame}");
        Assert.That(CliRun.Of("models", "run", "interpolation", _folder["in.%04d.png"], _folder["x.%04d.png"], "--times", "1").ExitCode, Is.EqualTo(ExitCode.Usage));
    }

    [Test]
    public void Upscaling_WritesLargerFrames()
    {
        Model("larger", "upscaling", "upscaler", graph =>
        {
            string x = graph.Input("input", 1, 3, "other", "side");
            graph.Output("output", 1, 3, "height", "width");
            graph.Node("Resize", [x, "", graph.Float32([1, 1, 4, 4], 4)], "output", ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        });
        Run("1 frames of 256x128", "upscaling", _folder["in.0001.png"], _folder["large.png"]);
        Frame large = StillReader.Read(_folder["large.png"]), small = StillReader.Read(_folder["in.0001.png"]);
        Assert.That(Pixel(large, 4 * 17 + 3, 4 * 9 + 2), Is.EqualTo(Pixel(small, 17, 9)));
    }

    [Test]
    public void WhatIsMissing_IsNamed()
    {
        CliRun none = CliRun.Of("models", "run", "depth", _folder["in.0001.png"], _folder["x.png"]);
        Assert.That(none.ExitCode, Is.EqualTo(ExitCode.MissingDependency));
        Assert.That(none.Error, Does.Contain("no installed package can do depth").And.Contain("rfx models"));
        DepthNetwork.Write(_folder["models/seer"]);
        Assert.That(CliRun.Of("models", "run", "matting", _folder["in.0001.png"], _folder["x.png"], "--model", "seer").Error, Does.Contain("seer cannot do matting; it can do: depth"));
        Assert.That(CliRun.Of("models", "run", "guessing", _folder["in.0001.png"], _folder["x.png"]).ExitCode, Is.EqualTo(ExitCode.Usage));
        File.WriteAllBytes(_folder["models/seer/depth/model.onnx"], [1, 2, 3]);
        CliRun broken = CliRun.Of("models", "run", "depth", _folder["in.0001.png"], _folder["x.png"]);
        Assert.That((broken.ExitCode, File.Exists(_folder["x.png"])), Is.EqualTo((ExitCode.Failed, false)));
        Assert.That(broken.Error, Does.Contain("depth/model.onnx"));
    }

    private static void Run(string wrote, params string[] arguments)
    {
        CliRun run = CliRun.Of(["models", "run", .. arguments]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain($"wrote {wrote}"));
    }

    private void Model(string package, string task, string component, Action<OnnxGraph> build)
    {
        OnnxGraph graph = new(component);
        build(graph);
        string folder = _folder[$"models/{package}"];
        Directory.CreateDirectory(Path.Combine(folder, component));
        File.WriteAllText(Path.Combine(folder, "runwayfx.json"), $$"""{"family":"{{task}}","tasks":["{{task}}"]}""");
        File.WriteAllBytes(Path.Combine(folder, component, "model.onnx"), graph.ToModel());
    }

    private static (float Red, float Green, float Blue) Pixel(Frame frame, int x, int y)
    {
        ReadOnlySpan<float> pixel = frame.Row(y).Slice(4 * x, 4);
        return (pixel[0], pixel[1], pixel[2]);
    }

    /// <summary>Green rises to the right, blue with the frame.</summary>
    private static Frame Picture(int frame) => TestPictures.Draw(Width, Height, (x, _) => (0.5f, x / 63f, 0.2f + 0.2f * frame));
}
