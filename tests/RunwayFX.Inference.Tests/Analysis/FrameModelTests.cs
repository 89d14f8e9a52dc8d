using RunwayFX.Imaging;
using RunwayFX.Inference.Analysis;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Tests.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Analysis;

/// <summary>Depth, matting, segmentation, interpolation and upscaling over tiny networks whose answers are known.</summary>
public sealed class FrameModelTests
{
    private static readonly ClosedFormStills s_files = new();
    private static readonly SessionSettings s_settings = new() { Threads = 1 };

    [OneTimeTearDown]
    public void Remove() => s_files.Dispose();

    [Test]
    public void Depth_IsBetweenFarthestAndNearest_AtThePicturesSize()
    {
        // Says the red of the normalised picture.
        ModelPackage package = Package("depth", graph =>
        {
            graph.Input("pixel_values", 1, 3, "height", "width");
            graph.Output("predicted_depth", 1, "height", "width");
            graph.Node("Squeeze", [graph.Node("Slice", ["pixel_values", graph.Integers(0), graph.Integers(1), graph.Integers(1)]), graph.Integers(1)], "predicted_depth");
        });
        Frame depth = new DepthEstimator(package, s_files.Pool, s_settings).Run(Ramp(60, 40), default);
        Assert.That((depth.Width, depth.Height), Is.EqualTo((60, 40)));
        for (int x = 0; x < 60; x++) Assert.That(depth.Row(20)[x * 4], Is.EqualTo(x / 59f).Within(0.02));
        Frame flat = new DepthEstimator(package, s_files.Pool, s_settings).Run(new Frame(20, 20), default);
        Assert.That(flat.Pixels[0], Is.Zero, "nothing is nearer than the rest");
    }

    [Test]
    public void Matting_RemembersFromFrameToFrame()
    {
        ModelPackage package = Package("matting", graph =>
        {
            string source = graph.Input("src", 1, 3, "height", "width"), ratio = graph.Input("downsample_ratio", 1);
            graph.Output("fgr", 1, 3, "height", "width");
            graph.Output("pha", 1, 1, "height", "width");
            graph.Node("Mul", [source, graph.Constant([0.5f], 1)], "fgr");
            string memory = "";
            for (int index = 1; index <= 4; index++)
            {
                string before = graph.Input($"r{index}i", 1, $"c{index}", $"h{index}", $"w{index}");
                graph.Output($"r{index}o", 1, $"c{index}", $"h{index}", $"w{index}");
                string now = graph.Node("Add", [before, graph.Node("Mul", [ratio, graph.Constant([0.25f], 1)])], $"r{index}o");
                if (index == 3) memory = now;
            }

            string plane = graph.Node("Slice", [source, graph.Integers(0), graph.Integers(1), graph.Integers(1)]);
            graph.Node("Add", [graph.Node("Mul", [plane, graph.Constant([0], 1)]), memory], "pha");
        });
        VideoMatting matting = new(package, s_files.Pool, s_settings);
        Frame picture = Ramp(24, 10);
        float[] shares = [.. Enumerable.Range(0, 3).Select(_ => matting.Next(picture, default).Pixels[3])];
        Assert.That(shares, Is.EqualTo(new[] { 0.25f, 0.5f, 0.75f }));
        matting.Restart();
        Frame first = matting.Next(picture, default);
        Assert.That(first.Pixels[3], Is.EqualTo(0.25f));
        Assert.That(first.Row(4)[23 * 4], Is.EqualTo(0.5f).Within(1e-6));
        Frame large = new VideoMatting(package, s_files.Pool, s_settings).Next(Ramp(1024, 2), default);
        Assert.That(large.Pixels[3], Is.EqualTo(0.125f), "pictures over 512 are looked at in small");
    }

    [Test]
    public void Segmentation_TakesTheSurestMaskAndThePointsInTheModelsPixels()
    {
        string folder = s_files.Write(path =>
        {
            Write(path, "encoder", graph =>
            {
                graph.Input("image", 1, 3, 64, 64);
                graph.Output("image_embed", 1, 3, 64, 64);
                graph.Node("Identity", ["image"], "image_embed");
            });
            Write(path, "decoder", graph =>
            {
                string embed = graph.Input("image_embed", 1, 3, 64, 64), points = graph.Input("point_coords", 1, "points", 2), labels = graph.Input("point_labels", 1, "points");
                graph.Input("mask_input", 1, 1, 256, 256);
                string has = graph.Input("has_mask_input", 1);
                graph.Output("masks", 1, 2, 64, 64);
                graph.Output("iou_predictions", 1, 2);
                // Everything right of the wanted points' mean x; the other mask is its opposite.
                float[] columns = [.. Enumerable.Range(0, 64).Select(x => (float)x)];
                string x = graph.Node("Squeeze", [graph.Node("Slice", [points, graph.Integers(0), graph.Integers(1), graph.Integers(2)]), graph.Integers(2)]);
                string at = graph.Node("Div", [graph.Node("ReduceSum", [graph.Node("Mul", [x, labels])], null, ("keepdims", 0)), graph.Node("ReduceSum", [labels], null, ("keepdims", 0))]);
                string right = graph.Node("Sub", [graph.Constant(columns, 1, 1, 1, 64), at]);
                string none = graph.Node("Mul", [graph.Node("Add", [graph.Node("ReduceSum", [embed], null, ("keepdims", 0)), graph.Node("Add", [has, graph.Node("ReduceSum", ["mask_input"], null, ("keepdims", 0))])]), graph.Constant([0], 1)]);
                string whole = graph.Node("Add", [graph.Node("Mul", [graph.Constant(new float[64], 1, 1, 64, 1), right]), graph.Node("Add", [right, none])]);
                graph.Node("Concat", [graph.Node("Neg", [whole]), whole], "masks", ("axis", 1));
                graph.Node("Add", [graph.Constant([0.3f, 0.9f], 1, 2), none], "iou_predictions");
            });
        });
        Frame mask = new PointSegmenter(ModelPackage.Open(folder), s_files.Pool, s_settings).Run(Ramp(128, 32), [new(40, 3), new(60, 9), new(120, 1, IsWanted: false)], default);
        Assert.That((mask.Width, mask.Height), Is.EqualTo((128, 32)));
        for (int x = 0; x < 128; x++)
        {
            if (Math.Abs(x - 50) > 3) Assert.That(mask.Row(16)[x * 4], Is.EqualTo(x > 50 ? 1f : 0), $"column {x}");
        }

        Assert.That(() => new PointSegmenter(ModelPackage.Open(folder), s_files.Pool, s_settings).Run(Ramp(8, 8), [], default), Throws.TypeOf<InferenceException>());
    }

    [Test]
    public void Interpolation_PadsToItsMultiple_AndTakesTheTime([Values(0, 0.25, 1)] double share, [Values] bool isPlane)
    {
        ModelPackage package = Package("interpolation", graph =>
        {
            string left = graph.Input("img0", 1, 3, "height", "width"), right = graph.Input("img1", 1, 3, "height", "width");
            string time = isPlane ? graph.Input("timestep", 1, 1, "height", "width") : graph.Input("timestep", 1);
            graph.Output("output", 1, 3, "height", "width");
            // Sizes that are no multiple of 32 do not pass this.
            string blocks = graph.Node("SpaceToDepth", [graph.Node("Add", [left, graph.Node("Mul", [graph.Node("Sub", [right, left]), time])])], null, ("blocksize", 32));
            graph.Node("DepthToSpace", [blocks], "output", ("blocksize", 32), ("mode", "DCR"));
        });
        Frame first = Ramp(50, 33), second = new(50, 33);
        Array.Fill(second.Pixels, 1);
        Frame made = new FrameInterpolator(package, s_files.Pool, s_settings).Run(first, second, share, default);
        for (int i = 0; i < made.Pixels.Length; i++)
            Assert.That(made.Pixels[i], Is.EqualTo(i % 4 == 3 ? 1 : first.Pixels[i] + share * (1 - first.Pixels[i])).Within(1e-6));
        Assert.That(() => new FrameInterpolator(package, s_files.Pool, s_settings).Run(first, new Frame(4, 4), 0.5, default), Throws.TypeOf<InferenceException>());
        Assert.That(() => new FrameInterpolator(package, s_files.Pool, s_settings).Run(first, second, 1.5, default), Throws.TypeOf<InferenceException>());
    }

    [Test]
    public void Upscaling_InTiles_IsThatOfTheWhole([Values] bool isFixed)
    {
        ModelPackage package = Package("upscaler", graph =>
        {
            object side = isFixed ? 24 : "side", other = isFixed ? 24 : "other";
            string x = graph.Input("input", 1, 3, other, side);
            graph.Output("output", 1, 3, "height", "width");
            // A blur that looks one pixel far, then each pixel four times.
            x = graph.Node("Conv", [x, graph.Constant([.. Enumerable.Repeat(1f / 16, 27)], 3, 1, 3, 3)], null, ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("group", 3));
            graph.Node("Resize", [x, "", graph.Float32([1, 1, 4, 4], 4)], "output", ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        });
        Frame picture = Ramp(53, 31);
        Frame made = new Upscaler(package, s_files.Pool, s_settings).Run(picture, tile: 20, overlap: 8);
        Assert.That((made.Width, made.Height), Is.EqualTo((212, 124)));
        for (int y = 0; y < 124; y++)
        {
            for (int x = 0; x < 212; x++)
            {
                double sum = 0;
                for (int i = 0; i < 9; i++)
                {
                    int px = x / 4 + i % 3 - 1, py = y / 4 + i / 3 - 1;
                    if (px >= 0 && py >= 0 && px < 53 && py < 31) sum += picture.Row(py)[px * 4] / 16;
                }

                Assert.That(made.Row(y)[x * 4], Is.EqualTo(sum).Within(1e-5), $"{x}, {y}");
            }
        }
    }

    private static ModelPackage Package(string component, Action<OnnxGraph> build) => ModelPackage.Open(s_files.Write(folder => Write(folder, component, build)));

    private static void Write(string folder, string component, Action<OnnxGraph> build)
    {
        OnnxGraph graph = new(component);
        build(graph);
        Directory.CreateDirectory(Path.Combine(folder, component));
        File.WriteAllText(Path.Combine(folder, "runwayfx.json"), $"{{\"family\":\"{component}\"}}");
        File.WriteAllBytes(Path.Combine(folder, component, "model.onnx"), graph.ToModel());
    }

    private static Frame Ramp(int width, int height)
    {
        Frame frame = new(width, height);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] = i % 4 == 3 ? 1 : i / 4 % width / (float)(width - 1);
        return frame;
    }
}
