using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Analysis;

/// <summary>Makes the frame between two others with models such as RIFE: two pictures (<c>img0, img1</c>, or one of six channels) and <c>timestep</c>.</summary>
/// <param name="package">The package: <c>interpolation/model.onnx</c> or <c>model.onnx</c>.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
public sealed class FrameInterpolator(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    private const int Multiple = 32;

    private readonly FrameModel _model = new(package, pool, settings);

    /// <summary>The frame at a share of the way.</summary>
    /// <param name="first">Share 0.</param>
    /// <param name="second">Share 1, of the same size.</param>
    /// <param name="share">0…1.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InferenceException">The sizes differ, the share is none, or the package is broken.</exception>
    public Frame Run(Frame first, Frame second, double share, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Width != second.Width || first.Height != second.Height)
            throw new InferenceException(InferenceError.SettingUnsupported, $"frames of {first.Width}×{first.Height} and {second.Width}×{second.Height} have nothing between them");
        if (!(share is >= 0 and <= 1)) throw new InferenceException(InferenceError.SettingUnsupported, $"share {share} is outside 0..1");
        using JobRun job = new(_model.Pool.Runtime, cancellation);
        using SessionLease lease = _model.Borrow("interpolation", job);
        ModelSession session = lease.Session;
        int width = (first.Width + Multiple - 1) / Multiple * Multiple, height = (first.Height + Multiple - 1) / Multiple * Multiple;
        float[] left = FrameModel.Planes(first, width, height), right = FrameModel.Planes(second, width, height);
        List<(string Name, Tensor Tensor)> inputs = [];
        try
        {
            if (session.FindInput("img0") is not null || session.FindInput("img1") is not null)
            {
                Add("img0", left, 1, 3, height, width);
                Add("img1", right, 1, 3, height, width);
            }
            else
            {
                Add(FrameModel.Port(session, "input", "imgs", "x").Name, [.. left, .. right], 1, 6, height, width);
            }

            if (session.FindInput("timestep") is { } time) Add("timestep", Enumerable.Repeat((float)share, time.Rank == 4 && time.Dimensions[2] != 1 ? width * height : 1).ToArray(), TimeShape(time, width, height));
            else if (share != 0.5) throw new InferenceException(InferenceError.SettingUnsupported, $"'{session.Name}' takes no timestep: it makes the middle alone");
            RunResult made = FrameModel.Expect(session, SingleRun.Run(session, job, inputs, session.Outputs[0].Name)[0], 1, 3, height, width);
            return FrameModel.ToFrame(made.Values, width, height, first.Width, first.Height);
        }
        finally
        {
            foreach ((string _, Tensor tensor) in inputs) tensor.Dispose();
        }

        void Add(string name, float[] values, params ReadOnlySpan<long> shape) => inputs.Add((name, Tensor.From(session.Runtime, FrameModel.Port(session, name).Type, values, shape)));
    }

    /// <summary>One number, or a plane of it.</summary>
    private static long[] TimeShape(TensorDescription time, int width, int height) =>
        time.Rank == 4 ? time.Dimensions[2] == 1 ? [1, 1, 1, 1] : [1, 1, height, width] : [.. Enumerable.Repeat(1L, time.Rank)];
}
