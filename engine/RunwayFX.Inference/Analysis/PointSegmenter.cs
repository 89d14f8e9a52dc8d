using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Analysis;

/// <summary>A point that says what belongs to the object.</summary>
/// <param name="X">Pixels from the left.</param>
/// <param name="Y">Pixels from the top.</param>
/// <param name="IsWanted">Whether the object is there; else it is not.</param>
public readonly record struct SegmentPoint(double X, double Y, bool IsWanted = true);

/// <summary>Finds the object at some points with models such as Segment Anything 2: <c>encoder</c> (<c>image</c>) and <c>decoder</c> (<c>point_coords,
/// point_labels</c> and what the encoder gives).</summary>
/// <param name="package">The package: <c>encoder/model.onnx</c> and <c>decoder/model.onnx</c>.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
public sealed class PointSegmenter(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    /// <summary>Most points.</summary>
    public const int PointsMax = 256;

    private const int SideDefault = 1024, MaskSide = 256;

    private readonly FrameModel _model = new(package, pool, settings);

    /// <summary>The object's mask: the one of the model's answers that it is surest of.</summary>
    /// <returns>A picture of the same size, red, green and blue 1 in the object and 0 outside.</returns>
    /// <exception cref="InferenceException">There are no points or too many, or the package is broken.</exception>
    public Frame Run(Frame picture, IReadOnlyList<SegmentPoint> points, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count is < 1 or > PointsMax) throw new InferenceException(InferenceError.SettingUnsupported, $"{points.Count} points are outside 1..{PointsMax}");
        using JobRun job = new(_model.Pool.Runtime, cancellation);
        Dictionary<string, RunResult> seen = new(StringComparer.Ordinal);
        int width, height;
        using (SessionLease lease = _model.Borrow("encoder", job))
        {
            TensorDescription port = FrameModel.Port(lease.Session, "image", "pixel_values", "input");
            (width, height) = (FrameModel.Fixed(port, 3, SideDefault), FrameModel.Fixed(port, 2, SideDefault));
            Frame sized = Resampling.Resize(picture, width, height, ResamplingFilter.Bilinear, cancellation);
            using Tensor input = Tensor.From(lease.Session.Runtime, port.Type, FrameModel.Planes(sized, width, height, FrameModel.ImageNet), 1, 3, height, width);
            string[] names = [.. lease.Session.Outputs.Select(output => output.Name)];
            RunResult[] said = SingleRun.Run(lease.Session, job, [(port.Name, input)], names);
            for (int index = 0; index < names.Length; index++) seen[names[index]] = said[index];
        }

        using SessionLease decoder = _model.Borrow("decoder", job);
        (RunResult masks, RunResult scores) = Decode(decoder.Session, seen, points, (width / (double)picture.Width, height / (double)picture.Height), job);
        if (masks.Shape is not [.., > 0 and <= Frame.SideMax, > 0 and <= Frame.SideMax] || scores.Values.Length == 0 || masks.Values.Length % scores.Values.Length != 0)
        {
            throw new InferenceException(InferenceError.ModelMismatch,
                $"'{decoder.Session.Name}' gave masks {Tensor.Describe(masks.Shape)} with scores {Tensor.Describe(scores.Shape)}, expected [1,masks,height,width] and [1,masks]");
        }

        int best = Array.IndexOf(scores.Values, scores.Values.Max()), wide = (int)masks.Shape[^1], high = (int)masks.Shape[^2];
        float[] full = new float[picture.Width * picture.Height];
        Resampling.Resize(masks.Values.AsSpan(best * wide * high, wide * high), wide, high, 1, full, picture.Width, picture.Height, ResamplingFilter.Bilinear, cancellation);
        Frame result = new(picture.Width, picture.Height);
        for (int i = 0; i < full.Length; i++)
        {
            result.Pixels.AsSpan(i * Frame.Channels, 3).Fill(full[i] > 0 ? 1 : 0);
            result.Pixels[i * Frame.Channels + 3] = 1;
        }

        return result;
    }

    private static (RunResult Masks, RunResult Scores) Decode(
        ModelSession session, Dictionary<string, RunResult> seen, IReadOnlyList<SegmentPoint> points, (double X, double Y) scale, JobRun job)
    {
        List<(string Name, Tensor Tensor)> inputs = [];
        try
        {
            foreach (TensorDescription port in session.Inputs)
            {
                Tensor tensor = port.Name switch
                {
                    "point_coords" => Make(port, [.. points.SelectMany(point => new[] { (float)(point.X * scale.X), (float)(point.Y * scale.Y) })], 1, points.Count, 2),
                    "point_labels" => Make(port, [.. points.Select(point => point.IsWanted ? 1f : 0)], 1, points.Count),
                    // No earlier mask is given.
                    "mask_input" => Make(port, new float[MaskSide * MaskSide], 1, 1, MaskSide, MaskSide),
                    "has_mask_input" => Make(port, [0], 1),
                    _ when seen.TryGetValue(port.Name, out RunResult? given) => Make(port, given.Values, given.Shape),
                    _ => throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' wants '{port}', which its encoder does not give; it gives: {string.Join(", ", seen.Keys)}"),
                };
                inputs.Add((port.Name, tensor));
            }

            RunResult[] said = SingleRun.Run(session, job, inputs, "masks", session.FindOutput("iou_predictions") is not null ? "iou_predictions" : "scores");
            return (said[0], said[1]);
        }
        finally
        {
            foreach ((string _, Tensor tensor) in inputs) tensor.Dispose();
        }

        Tensor Make(TensorDescription port, float[] values, params ReadOnlySpan<long> shape) => Tensor.From(session.Runtime, port.Type, values, shape);
    }
}
