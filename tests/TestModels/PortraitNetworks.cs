namespace RunwayFX.TestModels;

/// <summary>Small stand-ins for LivePortrait's networks, with its ports: what they say follows from simple means, so that a test can compute the result.</summary>
public static class PortraitNetworks
{
    private const int Side = 256, Points = 21;

    /// <summary>Key points of every face at rest.</summary>
    public static float[] Canonical { get; } = [.. Enumerable.Range(0, Points * 3).Select(i => MathF.Sin(i * 0.8f) * 0.4f)];

    /// <summary>What stitching adds to every number.</summary>
    public static float[] StitchDelta { get; } = [.. Enumerable.Range(0, Points * 3 + 2).Select(i => 0.01f * (i % 7 - 3))];

    /// <summary>Writes a package.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="hasStitching">Whether stitching is there.</param>
    public static void Write(string folder, bool hasStitching)
    {
        ClosedFormPackage.Text(folder, "runwayfx.json", """{"family":"live-portrait","tasks":["performance"]}""");
        ClosedFormPackage.Bytes(folder, "appearance_feature_extractor/model.onnx", Appearance());
        ClosedFormPackage.Bytes(folder, "motion_extractor/model.onnx", Motion());
        ClosedFormPackage.Bytes(folder, "warping_spade/model.onnx", Warping());
        if (hasStitching) ClosedFormPackage.Bytes(folder, "stitching/model.onnx", Stitching());
    }

    /// <summary>Mean green as a volume.</summary>
    private static byte[] Appearance()
    {
        OnnxGraph graph = new("appearance");
        graph.Input("img", 1, 3, Side, Side);
        graph.Output("feature", 1, 32, 16, 64, 64);
        string mean = Mean(graph, 1);
        graph.Node("Expand", [graph.Node("Reshape", [mean, graph.Integers(1, 1, 1, 1, 1)]), graph.Integers(1, 32, 16, 64, 64)], "feature");
        return graph.ToModel();
    }

    /// <summary>Mean red chooses the classes of the angles, mean blue moves and opens the face.</summary>
    private static byte[] Motion()
    {
        OnnxGraph graph = new("motion");
        graph.Input("img", 1, 3, Side, Side);
        string red = Mean(graph, 0), blue = Mean(graph, 2);
        float[] classes = [.. Enumerable.Range(0, 66).Select(i => (float)i)];
        foreach ((string name, float middle, float reach) in new[] { ("pitch", 30f, 8f), ("yaw", 34f, -6f), ("roll", 32f, 4f) })
        {
            graph.Output(name, 1, 66);
            // A peak at middle + reach·red.
            string at = graph.Node("Add", [graph.Node("Mul", [red, graph.Constant([reach], 1)]), graph.Constant([middle], 1)]);
            string off = graph.Node("Sub", [graph.Constant(classes, 1, 66), at]);
            graph.Node("Mul", [graph.Node("Mul", [off, off]), graph.Constant([-0.5f], 1)], name);
        }

        Say(graph, "t", blue, [.. Enumerable.Range(0, 3).Select(i => 0.1f * (i + 1))], 0);
        Say(graph, "exp", blue, [.. Enumerable.Range(0, Points * 3).Select(i => MathF.Cos(i) * 0.1f)], 0);
        Say(graph, "scale", blue, [0.5f], 1);
        graph.Output("kp", 1, Points * 3);
        graph.Node("Add", [graph.Constant(Canonical, 1, Points * 3), graph.Node("Mul", [blue, graph.Constant([0], 1)])], "kp");
        return graph.ToModel();
    }

    /// <summary>A grey of half, plus the mean way of the key points in x, plus a tenth of the feature.</summary>
    private static byte[] Warping()
    {
        OnnxGraph graph = new("warping");
        graph.Input("feature_3d", 1, 32, 16, 64, 64);
        graph.Input("kp_driving", 1, Points, 3);
        graph.Input("kp_source", 1, Points, 3);
        graph.Output("out", 1, 3, 512, 512);
        string way = graph.Node("Slice", [graph.Node("Sub", ["kp_driving", "kp_source"]), graph.Integers(0), graph.Integers(1), graph.Integers(2)]);
        string mean = graph.Node("ReduceMean", [way], null, ("keepdims", 0)), feature = graph.Node("ReduceMean", ["feature_3d"], null, ("keepdims", 0));
        string grey = graph.Node("Add", [graph.Node("Add", [mean, graph.Node("Mul", [feature, graph.Constant([0.1f], 1)])]), graph.Constant([0.5f], 1)]);
        graph.Node("Expand", [graph.Node("Reshape", [grey, graph.Integers(1, 1, 1, 1)]), graph.Integers(1, 3, 512, 512)], "out");
        return graph.ToModel();
    }

    private static byte[] Stitching()
    {
        OnnxGraph graph = new("stitching");
        graph.Input("input", 1, Points * 6);
        graph.Output("output", 1, Points * 3 + 2);
        string none = graph.Node("Mul", [graph.Node("ReduceSum", ["input"], null, ("keepdims", 0)), graph.Constant([0], 1)]);
        graph.Node("Add", [graph.Constant(StitchDelta, 1, Points * 3 + 2), none], "output");
        return graph.ToModel();
    }

    private static string Mean(OnnxGraph graph, int channel)
    {
        string plane = graph.Node("Slice", ["img", graph.Integers(channel), graph.Integers(channel + 1), graph.Integers(1)]);
        return graph.Node("Reshape", [graph.Node("ReduceMean", [plane], null, ("keepdims", 0)), graph.Integers(1, 1)]);
    }

    private static void Say(OnnxGraph graph, string name, string mean, float[] factors, float constant)
    {
        graph.Output(name, 1, factors.Length);
        graph.Node("Add", [graph.Node("Mul", [mean, graph.Constant(factors, 1, factors.Length)]), graph.Constant([constant], 1)], name);
    }
}
