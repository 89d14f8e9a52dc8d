using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines;

/// <summary>A picture that came from the host, and where it lies on the host's pixel grid.</summary>
/// <param name="Picture">The pixels, top-down.</param>
/// <param name="Window">Its place in OpenFX pixel coordinates (y up) at the job's render scale.</param>
/// <param name="Premultiplied">Whether colour is already multiplied by alpha.</param>
public sealed record HostFrame(Frame Picture, PixelWindow Window, bool Premultiplied)
{
    /// <summary>Whether the host itself took the field apart: every line shows one moment.</summary>
    public bool IsOneField { get; init; }
}

/// <summary>Gives a pipeline the host's frames. Blocking: the host fetches them on its render thread.</summary>
public interface IHostFrames
{
    /// <summary>Whether the host can give other times than the one being rendered. Where it cannot, pipelines use their still method.</summary>
    bool HasTemporalAccess { get; }

    /// <summary>Fetches a frame of a clip by the index in <see cref="EffectDefinition.Clips"/>; false where the host has none there.</summary>
    /// <exception cref="OperationCanceledException">The job was cancelled while waiting.</exception>
    bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame);

    /// <summary>Says that nobody looks at a fetched frame any more, so that its memory serves the next one. A courtesy: frames that are not released go when the
    /// render is over. On the thread that fetches.</summary>
    void Release(HostFrame frame)
    {
    }
}

/// <summary>Where a job shows its picture while it is at work on it, for somebody who looks. Thread-safe.</summary>
public interface IUnfinishedPicture
{
    /// <summary>Whether somebody looks; nothing needs to be made ready for nobody.</summary>
    bool IsWanted { get; }

    /// <summary>Shows the picture.</summary>
    /// <param name="picture">Display values 0–1, of any size; small is enough. Not kept.</param>
    /// <param name="step">How many steps were made.</param>
    void Show(Frame picture, int step);
}

/// <summary>Decodes a still picture named by a path parameter.</summary>
public interface IPictureReader
{
    /// <summary>Reads the file to float RGBA, unpremultiplied, in the file's own display encoding (sRGB for 8-bit files), top-down.</summary>
    /// <exception cref="PipelineException">The file is missing, too large or not a picture.</exception>
    Frame Read(string path);
}

/// <summary>One render of one frame, as the host asked for it.</summary>
public sealed record RenderJob
{
    /// <summary>The effect.</summary>
    public required EffectDefinition Effect { get; init; }

    /// <summary>Numbers by parameter index, sanitised; 0 where the parameter is a text.</summary>
    public required IReadOnlyList<double> Numbers { get; init; }

    /// <summary>Texts by parameter index; empty where the parameter is a number.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Time in frames of the effect's clip; may be negative or fractional.</summary>
    public required double Time { get; init; }

    /// <summary>Proxy scale, 1 = full resolution; pixel sizes that a user gives are multiplied by it.</summary>
    public double RenderScaleX { get; init; } = 1;

    /// <summary>Vertical proxy scale.</summary>
    public double RenderScaleY { get; init; } = 1;

    /// <summary>Width of a pixel divided by its height.</summary>
    public double PixelAspect { get; init; } = 1;

    /// <summary>Frames per second.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>What the host wants, in pixel coordinates at the render scale. The output frame has exactly this size.</summary>
    public required PixelWindow OutputWindow { get; init; }

    /// <summary>Whether the user is dragging a control: a draft now beats a final later.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Told what the bits of the result depend on besides the job where a model makes them: package, runtime, provider. Null where nobody asks.
    /// </summary>
    public Action<string>? MadeBy { get; init; }

    /// <summary>Where the job shows its picture while it is at work on it. Null where nobody can look.</summary>
    public IUnfinishedPicture? Unfinished { get; init; }

    /// <summary>Told how much of each pixel was generated. Null where nobody asks.</summary>
    public GeneratedMatte? Matte { get; init; }

    /// <summary>How the render comes by its result where results are kept. Null where nobody keeps any.</summary>
    public ResultRequest? Results { get; init; }

    /// <summary>A number parameter by name.</summary>
    public double Number(string name) => Numbers[IndexOf(name)];

    /// <summary>A choice or whole-number parameter by name.</summary>
    public int Integer(string name) => (int)Numbers[IndexOf(name)];

    /// <summary>A boolean parameter by name.</summary>
    public bool Flag(string name) => Numbers[IndexOf(name)] != 0;

    /// <summary>A text parameter by name.</summary>
    public string Text(string name) => Texts[IndexOf(name)];

    private int IndexOf(string name)
    {
        int index = Effect.IndexOf(name);
        return index >= 0 ? index : throw new ArgumentException($"Effect {Effect.Name} has no parameter '{name}'.", nameof(name));
    }
}

/// <summary>Turns host frames into the effect's output. One pipeline per task; instances are shared by all sessions and must be thread-safe.</summary>
public interface IEffectPipeline
{
    /// <summary>The effect it serves.</summary>
    EffectDefinition Effect { get; }

    /// <summary>Working memory that a render will take at most, in bytes, the frames it fetches included: what the engine counts against its budget before
    /// the render begins. Quick, and without a look at any picture.</summary>
    /// <param name="job">The job.</param>
    /// <param name="width">Width of the largest picture that is known before the render, in pixels.</param>
    /// <param name="height">Its height.</param>
    long EstimateMemory(RenderJob job, int width, int height) => 12L * width * height * Frame.Channels * sizeof(float);

    /// <summary>Whether it may look at frames that it fetched, or at its result, after the render is over; where it never does, their memory serves the next
    /// one.</summary>
    bool KeepsFrames => true;

    /// <summary>Renders one frame.</summary>
    /// <returns>A frame of exactly the job's output window, in the source's encoding and alpha state. Pixels that the effect does not touch are the
    /// source's bits.</returns>
    /// <exception cref="PipelineException">An input is unusable; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation);
}

/// <summary>Why a pipeline cannot render: codes are for programs, messages for people.</summary>
public enum PipelineError
{
    /// <summary>The host gave no source frame.</summary>
    SourceMissing = 1,

    /// <summary>A picture file is missing or unreadable.</summary>
    PictureUnreadable = 2,

    /// <summary>A size is outside what the method can do.</summary>
    SizeUnsupported = 3,

    /// <summary>Nothing to take the style or fill from.</summary>
    ReferenceMissing = 4,

    /// <summary>No model package is installed that can do what is asked.</summary>
    ModelMissing = 5,

    /// <summary>A model package is broken, or cannot run here.</summary>
    ModelUnusable = 6,

    /// <summary>A setting is none, or more than the method can do.</summary>
    SettingUnsupported = 7,
}

/// <summary>An expected failure of a pipeline.</summary>
public sealed class PipelineException(PipelineError code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public PipelineError Code { get; } = code;
}
