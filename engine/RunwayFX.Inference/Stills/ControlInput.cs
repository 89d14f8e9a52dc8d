using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Inference.Stills;

/// <summary>A picture that steers where things lie, through a ControlNet: edges, depth, a pose, in the form that the ControlNet was trained on.</summary>
/// <param name="Picture">Display encoded, of exactly the size of the result.</param>
/// <param name="Package">Where the ControlNet is (<c>controlnet/model.onnx</c>); null where the denoiser has it built in (<c>controlnet_conds</c>).</param>
public sealed record ControlInput(Frame Picture, ModelPackage? Package = null)
{
    /// <summary>Most controls of a picture.</summary>
    public const int CountMax = 8;

    /// <summary>How strongly it steers; 0 not at all.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Share of the steps after which it begins, 0–1.</summary>
    public double Start { get; init; }

    /// <summary>Share of the steps after which it ends.</summary>
    public double End { get; init; } = 1;

    /// <summary>The ControlNet's folder in its package.</summary>
    public string Component { get; init; } = "controlnet";

    /// <summary>How strongly it steers in a call: not before its start, not once the call would end after its end.</summary>
    internal float ScaleAt(int call, int calls) => (double)call / calls < Start || (double)(call + 1) / calls > End ? 0 : (float)Scale;

    internal void Check(int width, int height)
    {
        if (Picture.Width != width || Picture.Height != height) throw Unsupported($"a control picture of {Picture.Width}×{Picture.Height} is not {width}×{height}");
        if (!double.IsFinite(Scale) || Math.Abs(Scale) > 10) throw Unsupported($"control scale {Scale} is outside -10..10");
        if (!(Start >= 0 && Start <= End && End <= 1)) throw Unsupported($"control range {Start}..{End} is not within 0..1");
    }

    private static InferenceException Unsupported(string what) => new(InferenceError.SettingUnsupported, what);
}
