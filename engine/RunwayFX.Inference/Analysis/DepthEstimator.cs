using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Analysis;

/// <summary>Says how near each pixel is, with models such as Depth Anything (<c>pixel_values</c> → <c>predicted_depth</c>).</summary>
/// <param name="package">The package: <c>depth/model.onnx</c> or <c>model.onnx</c>.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
public sealed class DepthEstimator(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    private const int SideDefault = 518, Multiple = 14;

    private readonly FrameModel _model = new(package, pool, settings);

    /// <summary>Nearness of each pixel.</summary>
    /// <returns>A grey picture of the same size: 0 the farthest, 1 the nearest of this picture; alpha 1.</returns>
    /// <exception cref="InferenceException">The package is broken.</exception>
    public Frame Run(Frame picture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using JobRun job = new(_model.Pool.Runtime, cancellation);
        using SessionLease lease = _model.Borrow("depth", job);
        TensorDescription port = FrameModel.Port(lease.Session, "pixel_values", "image", "input");
        // The shorter side gets the size that the model was trained on, both are multiples of its patches.
        double scale = SideDefault / (double)Math.Min(picture.Width, picture.Height);
        int width = FrameModel.Fixed(port, 3, Round(picture.Width * scale)), height = FrameModel.Fixed(port, 2, Round(picture.Height * scale));
        Frame sized = width == picture.Width && height == picture.Height ? picture : Resampling.Resize(picture, width, height, ResamplingFilter.Bicubic, cancellation);
        using Tensor input = Tensor.From(lease.Session.Runtime, port.Type, FrameModel.Planes(sized, width, height, FrameModel.ImageNet), 1, 3, height, width);
        float[] depth = FrameModel.Expect(lease.Session, SingleRun.Run(lease.Session, job, [(port.Name, input)], lease.Session.Outputs[0].Name)[0], 1, height, width).Values;
        float least = depth.Min(), most = depth.Max(), range = most - least;
        float[] full = new float[picture.Width * picture.Height];
        Resampling.Resize(depth, width, height, 1, full, picture.Width, picture.Height, ResamplingFilter.Bilinear, cancellation);
        Frame result = new(picture.Width, picture.Height);
        for (int i = 0; i < full.Length; i++)
        {
            float near = range > 0 && float.IsFinite(range) ? Math.Clamp((full[i] - least) / range, 0, 1) : 0;
            result.Pixels.AsSpan(i * Frame.Channels, 3).Fill(near);
            result.Pixels[i * Frame.Channels + 3] = 1;
        }

        return result;
    }

    private static int Round(double side) => Math.Max(Multiple, (int)Math.Round(side / Multiple) * Multiple);
}
