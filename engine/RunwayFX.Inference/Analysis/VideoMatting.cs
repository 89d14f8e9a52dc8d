using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Analysis;

/// <summary>Cuts people out of a clip with recurrent models such as Robust Video Matting: <c>src, r1i…r4i, downsample_ratio</c> → <c>fgr, pha,
/// r1o…r4o</c>.</summary>
/// <remarks>Frames follow each other: what the model remembers goes from each to the next. Not thread-safe: one per clip.</remarks>
/// <param name="package">The package: <c>matting/model.onnx</c> or <c>model.onnx</c>.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
public sealed class VideoMatting(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    private const int Memories = 4;
    private const double InnerSide = 512;

    private readonly FrameModel _model = new(package, pool, settings);
    private RunResult[] _memories = [];

    /// <summary>Forgets earlier frames: at a cut.</summary>
    public void Restart() => _memories = [];

    /// <summary>The next frame.</summary>
    /// <returns>The foreground's colours, not premultiplied, with its share as alpha.</returns>
    /// <exception cref="InferenceException">The package is broken.</exception>
    public Frame Next(Frame picture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using JobRun job = new(_model.Pool.Runtime, cancellation);
        using SessionLease lease = _model.Borrow("matting", job);
        ModelSession session = lease.Session;
        int width = picture.Width, height = picture.Height;
        List<(string Name, Tensor Tensor)> inputs = [];
        try
        {
            Add("src", FrameModel.Planes(picture, width, height), 1, 3, height, width);
            // The model looks at a small copy first; large pictures shrink to half a thousand pixels.
            Add("downsample_ratio", [(float)Math.Min(1, InnerSide / Math.Max(width, height))], 1);
            for (int index = 0; index < Memories; index++)
            {
                if (_memories.Length == 0) Add($"r{index + 1}i", [0], 1, 1, 1, 1);
                else Add($"r{index + 1}i", _memories[index].Values, _memories[index].Shape);
            }

            RunResult[] said = SingleRun.Run(session, job, inputs, ["fgr", "pha", .. Enumerable.Range(1, Memories).Select(index => $"r{index}o")]);
            float[] colours = FrameModel.Expect(session, said[0], 1, 3, height, width).Values, shares = FrameModel.Expect(session, said[1], 1, 1, height, width).Values;
            Frame result = FrameModel.ToFrame(colours, width, height, width, height);
            for (int i = 0; i < shares.Length; i++) result.Pixels[i * Frame.Channels + 3] = Math.Clamp(shares[i], 0, 1);
            _memories = said[2..];
            return result;
        }
        finally
        {
            foreach ((string _, Tensor tensor) in inputs) tensor.Dispose();
        }

        void Add(string name, float[] values, params ReadOnlySpan<long> shape) => inputs.Add((name, Tensor.From(session.Runtime, FrameModel.Port(session, name).Type, values, shape)));
    }
}
