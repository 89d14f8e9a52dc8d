using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Analysis;

/// <summary>Makes pictures larger with models such as Real-ESRGAN, in overlapping tiles.</summary>
/// <param name="package">The package: <c>upscaler/model.onnx</c> or <c>model.onnx</c>.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
public sealed class Upscaler(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    /// <summary>Largest factor that is believed.</summary>
    public const int FactorMax = 8;

    private const int ProbeSide = 16;

    private readonly FrameModel _model = new(package, pool, settings);

    /// <summary>The larger picture, alpha 1.</summary>
    /// <param name="picture">The picture, display encoded.</param>
    /// <param name="tile">Side of a tile in pixels of the picture.</param>
    /// <param name="overlap">Pixels that tiles share.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InferenceException">The result would be too large, or the package is broken.</exception>
    public Frame Run(Frame picture, int tile = 256, int overlap = 32, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using JobRun job = new(_model.Pool.Runtime, cancellation);
        using SessionLease lease = _model.Borrow("upscaler", job);
        ModelSession session = lease.Session;
        TensorDescription port = session.Inputs[0];
        // A model that was exported for one size takes tiles of that size alone.
        int fixedSide = FrameModel.Fixed(port, 3, 0), factor = Factor(session, port, fixedSide == 0 ? ProbeSide : fixedSide, job), side = fixedSide == 0 ? tile : fixedSide;
        int width = Math.Max(picture.Width, fixedSide), height = Math.Max(picture.Height, fixedSide);
        if (width * factor > Frame.SideMax || height * factor > Frame.SideMax)
            throw new InferenceException(InferenceError.SettingUnsupported, $"{picture.Width}×{picture.Height} times {factor} is over {Frame.SideMax}");
        TiledPlanes.Sizes sizes = new(width, height, 1, factor, 3, 3);
        float[] large = TiledPlanes.Run(FrameModel.Planes(picture, width, height), sizes, side, Math.Min(overlap, side - 1), (part, high, wide) =>
        {
            using Tensor input = Tensor.From(session.Runtime, port.Type, part, 1, 3, high, wide);
            return FrameModel.Expect(session, SingleRun.Run(session, job, [(port.Name, input)], session.Outputs[0].Name)[0], 1, 3, high * factor, wide * factor).Values;
        });
        return FrameModel.ToFrame(large, width * factor, height * factor, picture.Width * factor, picture.Height * factor);
    }

    private static int Factor(ModelSession session, TensorDescription port, int side, JobRun job)
    {
        using Tensor probe = new(session.Runtime, port.Type, 1, 3, side, side);
        long[] shape = SingleRun.Run(session, job, [(port.Name, probe)], session.Outputs[0].Name)[0].Shape;
        return shape is [1, 3, _, _] && shape[3] == shape[2] && shape[3] % side == 0 && shape[3] / side is >= 1 and <= FactorMax ? (int)(shape[3] / side)
            : throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' made {Tensor.Describe(shape)} of [1,3,{side},{side}], which is no larger picture");
    }
}
