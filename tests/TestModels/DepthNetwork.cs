namespace RunwayFX.TestModels;

/// <summary>A depth model in Depth Anything's layout whose answer is known: a place is as near as it is green.</summary>
public static class DepthNetwork
{
    /// <summary>Writes a package with a manifest that names its task.</summary>
    public static void Write(string folder)
    {
        OnnxGraph graph = new("depth");
        graph.Input("pixel_values", 1, 3, "height", "width");
        graph.Output("predicted_depth", 1, "height", "width");
        string green = graph.Node("Slice", ["pixel_values", graph.Integers(1), graph.Integers(2), graph.Integers(1)]);
        graph.Node("Squeeze", [green, graph.Integers(1)], "predicted_depth");
        ClosedFormPackage.Text(folder, "runwayfx.json", """{"family":"depth","tasks":["depth"]}""");
        ClosedFormPackage.Bytes(folder, "depth/model.onnx", graph.ToModel());
    }
}
