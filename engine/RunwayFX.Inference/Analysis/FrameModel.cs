using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Analysis;

/// <summary>What models of single pictures share: the package, and pictures as planes.</summary>
internal sealed class FrameModel(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    /// <summary>Mean and deviation of the pictures that most image models were trained on.</summary>
    public static (float[] Mean, float[] Deviation) ImageNet { get; } = ([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    public SessionPool Pool => pool;

    /// <summary>Borrows a component's model; a package of one model may have it at its top.</summary>
    public SessionLease Borrow(string component, JobRun job)
    {
        string path = package.Exists($"{component}/model.onnx") || !package.Exists("model.onnx") ? $"{component}/model.onnx" : "model.onnx";
        return pool.Borrow(package.PathOf(path), path == "model.onnx" ? new FileInfo(package.PathOf(path)).Length : package.BytesOf(component), settings, job.Cancellation);
    }

    /// <summary>Red, green and blue as planes, limited to 0…1, less a mean and divided by a deviation; the edges are repeated up to the size.</summary>
    public static float[] Planes(Frame picture, int width, int height, (float[] Mean, float[] Deviation)? normal = null)
    {
        float[] planes = new float[3 * width * height];
        for (int i = 0; i < planes.Length; i++)
        {
            int channel = i / (width * height), y = Math.Min(i / width % height, picture.Height - 1), x = Math.Min(i % width, picture.Width - 1);
            float value = picture.Pixels[(y * picture.Width + x) * Frame.Channels + channel];
            value = float.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
            planes[i] = normal is { } by ? (value - by.Mean[channel]) / by.Deviation[channel] : value;
        }

        return planes;
    }

    /// <summary>Planes in 0…1 as a picture cut to a size, alpha 1.</summary>
    public static Frame ToFrame(ReadOnlySpan<float> planes, int planeWidth, int planeHeight, int width, int height)
    {
        Frame frame = new(width, height);
        for (int y = 0; y < height; y++)
        {
            Span<float> row = frame.Row(y);
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < 3; channel++) row[x * Frame.Channels + channel] = Math.Clamp(planes[(channel * planeHeight + y) * planeWidth + x], 0, 1);
                row[x * Frame.Channels + 3] = 1;
            }
        }

        return frame;
    }

    /// <summary>A port's size where the model fixes it.</summary>
    public static int Fixed(TensorDescription port, int axis, int otherwise) => port.Rank > axis && port.Dimensions[axis] is > 0 and <= Frame.SideMax ? (int)port.Dimensions[axis] : otherwise;

    /// <summary>The first port of some names.</summary>
    public static TensorDescription Port(ModelSession session, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (session.FindInput(name) is { } port) return port;
        }

        throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' has none of the inputs {string.Join(", ", names.ToArray())}; it has: {string.Join("; ", session.Inputs)}");
    }

    /// <summary>Fails where a result has another length than expected.</summary>
    public static RunResult Expect(ModelSession session, RunResult result, params long[] shape) =>
        result.Values.Length == shape.Aggregate(1L, (a, b) => a * b) ? result
            : throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' gave {Tensor.Describe(result.Shape)}, expected {Tensor.Describe(shape)}");
}
