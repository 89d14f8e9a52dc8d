using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Tests.Stills;
using RunwayFX.Inference.Weights;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Weights;

/// <summary>LoRA files change the layers that they name, by the amount that they say, or the job fails and says which keys met nothing.</summary>
public sealed class LoraTests
{
    private const int From = 6, Middle = 5, To = 4, Rank = 2;

    private static readonly ClosedFormStills s_stills = new();

    /// <summary>Keys as the tools write them: kohya's, PEFT's, and those of attention processors.</summary>
    private static readonly string[][] s_namings =
    [
        ["lora_unet_block_0_attn1_to_q.lora_down.weight", "lora_unet_block_0_attn1_to_q.lora_up.weight", "lora_unet_block_0_attn1_to_q.alpha"],
        ["unet.block.0.attn1.to_q.lora_A.weight", "unet.block.0.attn1.to_q.lora_B.weight", "unet.block.0.attn1.to_q.alpha"],
        ["unet.block.0.attn1.processor.to_q_lora.down.weight", "unet.block.0.attn1.processor.to_q_lora.up.weight", "unet.block.0.attn1.processor.to_q.alpha"],
        ["block.0.attn1.to_q.lora.down.weight", "block.0.attn1.to_q.lora.up.weight", "block.0.attn1.to_q.alpha"],
    ];

    [OneTimeTearDown]
    public void Remove() => s_stills.Dispose();

    [Test]
    public void ProductWithAnAnonymousWeight_IsFoundByItsNode([Range(0, 3)] int naming, [Values] bool isExternal, [Values(OnnxType.Float, OnnxType.Half)] OnnxType type)
    {
        ModelPackage package = Package(isExternal, type);
        float[] down = Numbers(Rank * From, 1), up = Numbers(Middle * Rank, 2);
        string lora = LoraFile([(s_namings[naming][0], down, [Rank, From]), (s_namings[naming][1], up, [Middle, Rank]), (s_namings[naming][2], [3], [])]);
        float[] plain = Answer(package, []), actual = Answer(package, [new LoraInput(lora) { Scale = 0.5 }]);
        double[] expected = Expected(down, up, 0.5 * 3 / Rank, null, null, 0);
        Assert.That(plain, Is.EqualTo(Expected(null, null, 0, null, null, 0)).Within(type == OnnxType.Float ? 1e-5 : 2e-2));
        Assert.That(actual, Is.EqualTo(expected).Within(type == OnnxType.Float ? 1e-5 : 2e-2));
        Assert.That(actual.Zip(plain, (a, b) => Math.Abs(a - b)).Max(), Is.GreaterThan(0.1f), "the change must be seen");
    }

    [Test]
    public void SeveralFiles_AddUp_AndGemmsTurn()
    {
        ModelPackage package = Package(isExternal: false, OnnxType.Float);
        float[] down = Numbers(Rank * From, 1), up = Numbers(Middle * Rank, 2), down2 = Numbers(Middle, 3), up2 = Numbers(To, 4);
        string first = LoraFile([("unet.block.0.attn1.to_q.lora_A.weight", down, [Rank, From]), ("unet.block.0.attn1.to_q.lora_B.weight", up, [Middle, Rank])]);
        string second = LoraFile([("lora_unet_head.lora_down.weight", down2, [1, Middle]), ("lora_unet_head.lora_up.weight", up2, [To, 1])]);
        float[] actual = Answer(package, [new LoraInput(first), new LoraInput(second) { Scale = -2 }, new LoraInput(first) { Scale = 0.25 }]);
        Assert.That(actual, Is.EqualTo(Expected(down, up, 1.25, down2, up2, -2)).Within(1e-5));
    }

    [Test]
    public void KeysThatMeetNothing_AreListed()
    {
        ModelPackage package = Package(isExternal: false, OnnxType.Float);
        string lora = LoraFile(
        [
            ("unet.block.0.attn1.to_q.lora_A.weight", Numbers(Rank * From, 1), [Rank, From]), ("unet.block.0.attn1.to_q.lora_B.weight", Numbers(Middle * Rank, 2), [Middle, Rank]),
            ("unet.block.7.attn1.to_q.lora_A.weight", Numbers(Rank * From, 1), [Rank, From]), ("unet.block.7.attn1.to_q.lora_B.weight", Numbers(Middle * Rank, 2), [Middle, Rank]),
            ("something.hada_w1_a", [1], [1]), ("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", [1], [1, 1]),
        ]);
        Assert.That(() => Answer(package, [new LoraInput(lora)]), Throws.TypeOf<InferenceException>().With.Message.Contains("4 of its 6")
            .And.Message.Contains("unet.block.7.attn1.to_q.lora_A.weight").And.Message.Contains("something.hada_w1_a").And.Message.Contains("lora_te_text_model"));
    }

    [Test]
    public void FactorsOfAnotherSize_AreNamed()
    {
        ModelPackage package = Package(isExternal: false, OnnxType.Float);
        string lora = LoraFile([("unet.block.0.attn1.to_q.lora_A.weight", Numbers(Rank * 3, 1), [Rank, 3]), ("unet.block.0.attn1.to_q.lora_B.weight", Numbers(Middle * Rank, 2), [Middle, Rank])]);
        Assert.That(() => Answer(package, [new LoraInput(lora)]), Throws.TypeOf<InferenceException>().With.Message.Contains("[2,3]").And.Message.Contains("[6,5]"));
    }

    [Test]
    public void MissingOrShortExternalData_IsNamed()
    {
        string lora = LoraFile([("unet.block.0.attn1.to_q.lora_A.weight", Numbers(Rank * From, 1), [Rank, From]), ("unet.block.0.attn1.to_q.lora_B.weight", Numbers(Middle * Rank, 2), [Middle, Rank])]);
        foreach (bool isMissing in new[] { true, false })
        {
            ModelPackage package = Package(isExternal: true, OnnxType.Float);
            string data = Path.Combine(package.Folder, "unet/weights.bin");
            if (isMissing) File.Delete(data);
            else File.WriteAllBytes(data, new byte[7]);
            Assert.That(() => Answer(package, [new LoraInput(lora)]), Throws.TypeOf<InferenceException>().With.Message.Contains("weights.bin"));
        }
    }

    [Test]
    public void NonsensicalSizes_AreRefused()
    {
        string folder = s_stills.Write(path => Write(path, graph =>
        {
            graph.Input("x", 1, From);
            graph.Output("y", 1, Middle);
            graph.Node("MatMul", ["x", graph.Weight("block.to_q.weight", Numbers(6, 1), long.MaxValue / 2, 4, 1 << 20)], "y");
        }));
        string lora = LoraFile([("unet.block.to_q.lora_A.weight", Numbers(Rank * From, 1), [Rank, From]), ("unet.block.to_q.lora_B.weight", Numbers(Middle * Rank, 2), [Middle, Rank])]);
        Assert.That(() => Answer(ModelPackage.Open(folder), [new LoraInput(lora)]), Throws.TypeOf<InferenceException>().With.Message.Contains("block.to_q.weight"));
    }

    [Test]
    public void Convolutions_AreChanged()
    {
        float[] weight = Numbers(2 * 3 * 9, 5), down = Numbers(Rank * 3 * 9, 6), up = Numbers(2 * Rank, 7), input = Numbers(3 * 4 * 4, 8);
        string folder = s_stills.Write(path => Write(path, graph =>
        {
            graph.Input("x", 1, 3, 4, 4);
            graph.Output("y", 1, 2, 4, 4);
            graph.Node("Conv", ["x", graph.Weight("conv_in.weight", weight, 2, 3, 3, 3)], "y", ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }));
        }));
        string lora = LoraFile([("lora_unet_conv_in.lora_down.weight", down, [Rank, 3, 3, 3]), ("lora_unet_conv_in.lora_up.weight", up, [2, Rank, 1, 1])]);
        for (int i = 0; i < weight.Length; i++)
        {
            for (int r = 0; r < Rank; r++) weight[i] += up[i / 27 * Rank + r] * down[r * 27 + i % 27];
        }

        DirectTensor expected = new DirectLayers().Convolution(DirectTensor.From(input, 1, 3, 4, 4), new LayerWeight("w", [2, 3, 3, 3], weight), new LayerWeight("b", [2], [0, 0]));
        Assert.That(Answer(ModelPackage.Open(folder), [new LoraInput(lora)], input, [1, 3, 4, 4]), Is.EqualTo(expected.Values).Within(1e-5));
    }

    [Test]
    public void Pipeline_ShowsTheChange_AndForgetsIt()
    {
        ClosedFormData data = new();
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, data));
        // A transposition of the first two pictures' priors.
        float[] down = new float[ClosedFormDenoiser.TextFeatures], up = [1, -1, 0];
        (down[0], down[1]) = (-1, 1);
        string lora = LoraFile([("unet.prior.to_out.lora_A.weight", down, [1, ClosedFormDenoiser.TextFeatures]), ("unet.prior.to_out.lora_B.weight", up, [3, 1])]);
        StillSettings settings = new() { Prompt = "checker", Width = data.Width, Height = data.Height, Steps = 8, Guidance = 1 };
        foreach ((IReadOnlyList<LoraInput> loras, int word) in new (IReadOnlyList<LoraInput>, int)[] { ([], 0), ([new(lora)], 1), ([], 0), ([new(lora) { Scale = 0 }], 0) })
        {
            Frame made = s_stills.Open(folder).Run(settings with { Loras = loras }, null, default)[0];
            Assert.That(ClosedFormStills.Worst(made, ClosedFormStills.Picture(data, word)), Is.LessThan(1e-5));
        }
    }

    [TestCase("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.alpha", "down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q")]
    [TestCase("lora_unet_input_blocks_1_0_in_layers_2.alpha", "down_blocks_0_resnets_0_conv1")]
    [TestCase("lora_unet_input_blocks_3_0_op.alpha", "down_blocks_0_downsamplers_0_conv")]
    [TestCase("lora_unet_middle_block_1_proj_in.alpha", "mid_block_attentions_0_proj_in")]
    [TestCase("lora_unet_middle_block_2_emb_layers_1.alpha", "mid_block_resnets_1_time_emb_proj")]
    [TestCase("lora_unet_output_blocks_5_1_proj_out.alpha", "up_blocks_1_attentions_2_proj_out")]
    [TestCase("lora_unet_output_blocks_2_2_conv.alpha", "up_blocks_0_upsamplers_0_conv")]
    [TestCase("lora_unet_output_blocks_8_0_skip_connection.alpha", "up_blocks_2_resnets_2_conv_shortcut")]
    [TestCase("unet.up_blocks.1.attn1.processor.to_out_lora.down.weight", "up_blocks_1_attn1_to_out_0")]
    public void OriginalNames_BecomeThoseOfTheModel(string key, string module) => Assert.That(LoraKeys.Parse(key)!.Value.Module, Is.EqualTo(module));

    private static float[] Answer(ModelPackage package, IReadOnlyList<LoraInput> loras, float[]? input = null, long[]? shape = null)
    {
        using LoraSet set = LoraSet.Load(loras, package, default);
        using SessionLease lease = s_stills.Pool.Borrow(new ModelSource(package.PathOf("unet/model.onnx"), 1, set.For("unet")), new SessionSettings { Threads = 1 }, default);
        using JobRun job = new(OnnxRuntime.Shared, default);
        using Tensor x = Tensor.From(OnnxRuntime.Shared, lease.Session.Inputs[0].Type, input ?? Numbers(From, 9), shape ?? [1, From]);
        return SingleRun.Run(lease.Session, job, [("x", x)], "y")[0].Values;
    }

    /// <summary>x·(W + f·(up·down)ᵀ), then G + f₂·up₂·down₂ by rows.</summary>
    private static double[] Expected(float[]? down, float[]? up, double factor, float[]? down2, float[]? up2, double factor2)
    {
        float[] x = Numbers(From, 9), product = Numbers(From * Middle, 10), gemm = Numbers(To * Middle, 11);
        double[] hidden = new double[Middle], result = new double[To];
        for (int o = 0; o < Middle; o++)
        {
            for (int i = 0; i < From; i++)
            {
                double weight = product[i * Middle + o];
                for (int r = 0; r < Rank && up is not null; r++) weight += factor * up[o * Rank + r] * down![r * From + i];
                hidden[o] += x[i] * weight;
            }
        }

        for (int o = 0; o < To; o++)
        {
            for (int i = 0; i < Middle; i++) result[o] += hidden[i] * (gemm[o * Middle + i] + (up2 is null ? 0 : factor2 * up2[o] * down2![i]));
        }

        return result;
    }

    private static ModelPackage Package(bool isExternal, OnnxType type) => ModelPackage.Open(s_stills.Write(path => Write(path, graph =>
    {
        graph.Input("x", 1, From);
        graph.Output("y", 1, To);
        graph.NextName = "/block.0/attn1/to_q/MatMul";
        string hidden = graph.Node("MatMul", ["x", graph.Weight("onnx::MatMul_17", Numbers(From * Middle, 10), From, Middle)]);
        graph.Node("Gemm", [hidden, graph.Weight("head.weight", Numbers(To * Middle, 11), To, Middle)], "y", ("transB", 1));
    }, isExternal ? "weights.bin" : null, type)));

    private static void Write(string folder, Action<OnnxGraph> build, string? external = null, OnnxType type = OnnxType.Float)
    {
        OnnxGraph graph = new("net", type) { ExternalFile = external };
        build(graph);
        Directory.CreateDirectory(Path.Combine(folder, "unet"));
        File.WriteAllText(Path.Combine(folder, "model_index.json"), """{"_class_name":"StableDiffusionPipeline"}""");
        File.WriteAllBytes(Path.Combine(folder, "unet/model.onnx"), graph.ToModel());
        if (external is not null) File.WriteAllBytes(Path.Combine(folder, "unet", external), graph.ExternalData);
    }

    private static string LoraFile((string, float[], long[])[] tensors) => s_stills.Write(path => File.WriteAllBytes(path, SafetensorsWriter.Write(tensors)));

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
