using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Portraits;

/// <summary>How a performance is taken over.</summary>
public sealed record PortraitSettings
{
    /// <summary>Where the face of the character is; null takes the middle of the picture.</summary>
    public FaceCrop? Source { get; init; }

    /// <summary>Where the performer's face is, in all frames; null takes the middle.</summary>
    public FaceCrop? Driving { get; init; }

    /// <summary>Whether the character takes over what changed since the performer was at rest, instead of pose and expression as they are.</summary>
    public bool IsRelative { get; init; } = true;

    /// <summary>The performer at rest, from whom changes count; null takes the performance's first frame.</summary>
    public Frame? Rest { get; init; }

    /// <summary>Whether neck and shoulders are kept in place, where the package has a network for that.</summary>
    public bool Stitches { get; init; } = true;

    /// <summary>Whether the face is put back into the whole picture; else the result is the square alone.</summary>
    public bool PastesBack { get; init; } = true;
}

/// <summary>Gives a character of a picture the performance of a clip, with LivePortrait's networks: <c>appearance_feature_extractor</c>,
/// <c>motion_extractor</c>, <c>warping_spade</c> and, where there is one, <c>stitching</c>.</summary>
/// <remarks>Thread-safe. Cancelling stops within one node of the graph.</remarks>
/// <param name="package">The package.</param>
/// <param name="pool">Loaded models.</param>
/// <param name="settings">Provider and threads.</param>
public sealed class PortraitPipeline(ModelPackage package, SessionPool pool, SessionSettings settings)
{
    private const string Appearance = "appearance_feature_extractor", Motion = "motion_extractor", Warping = "warping_spade", Stitching = "stitching";
    private const int Side = 256;

    private static readonly string[] s_motion = ["pitch", "yaw", "roll", "t", "exp", "scale", "kp"];

    /// <summary>What the bits of a result depend on besides the settings.</summary>
    public string Identity => $"{package.Name}; onnxruntime {pool.Runtime.Version} {settings.Provider.Name()} {settings.Threads} threads";

    /// <summary>Performs.</summary>
    /// <param name="character">The picture, display encoded.</param>
    /// <param name="performance">The clip, display encoded.</param>
    /// <param name="portrait">How.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>A frame for each of the clip: of the picture's size, or of the network's where the face is not put back.</returns>
    /// <exception cref="InferenceException">The package is broken; the message names the file.</exception>
    public Frame[] Run(Frame character, IReadOnlyList<Frame> performance, PortraitSettings portrait, IProgress<double>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(character);
        ArgumentNullException.ThrowIfNull(performance);
        ArgumentNullException.ThrowIfNull(portrait);
        if (performance.Count == 0) throw new InferenceException(InferenceError.SettingUnsupported, "a performance of no frames");
        using JobRun job = new(pool.Runtime, cancellation);
        FaceCrop crop = portrait.Source ?? FaceCrop.Middle(character);
        Frame face = crop.Cut(character, Side);
        RunResult feature = Look(face, job);
        // All motions first, then all pictures: each stage borrows one model.
        PortraitMotion source;
        PortraitMotion? rest = null;
        List<PortraitMotion> motions = [];
        using (SessionLease lease = Borrow(Motion, job))
        {
            source = Read(lease.Session, face, job);
            if (portrait is { IsRelative: true, Rest: { } still }) rest = Read(lease.Session, (portrait.Driving ?? FaceCrop.Middle(still)).Cut(still, Side), job);
            foreach (Frame frame in performance)
            {
                motions.Add(Read(lease.Session, (portrait.Driving ?? FaceCrop.Middle(frame)).Cut(frame, Side), job));
                progress?.Report(0.3 * motions.Count / performance.Count);
            }
        }

        float[] held = PortraitGeometry.KeyPoints(source);
        float[][] driven = [.. motions.Select(motion => PortraitGeometry.Drive(source, motion, portrait.IsRelative ? rest ?? motions[0] : null))];
        if (portrait.Stitches && package.Exists($"{Stitching}/model.onnx")) Stitch(held, driven, job);
        Frame[] result = new Frame[performance.Count];
        using SessionLease warping = Borrow(Warping, job);
        for (int index = 0; index < result.Length; index++)
        {
            Frame made = Warp(warping.Session, feature, held, driven[index], job);
            result[index] = portrait.PastesBack ? crop.Paste(character, made) : made;
            progress?.Report(0.3 + 0.7 * (index + 1) / result.Length);
        }

        return result;
    }

    private static PortraitMotion Read(ModelSession session, Frame face, JobRun job)
    {
        TensorDescription port = session.FindInput("img") ?? session.Inputs[0];
        using Tensor input = Tensor.From(session.Runtime, port.Type, Planes(face), 1, 3, Side, Side);
        RunResult[] said = SingleRun.Run(session, job, [(port.Name, input)], s_motion);
        int[] lengths = [-1, -1, -1, 3, PortraitGeometry.Points * 3, 1, PortraitGeometry.Points * 3];
        for (int index = 0; index < said.Length; index++)
        {
            bool isAngle = lengths[index] < 0;
            if (isAngle ? said[index].Values.Length is not (1 or PortraitGeometry.AngleClasses) : said[index].Values.Length != lengths[index])
                throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' output '{s_motion[index]}': expected {(isAngle ? "66" : lengths[index])} numbers, found {Tensor.Describe(said[index].Shape)}");
        }

        return new PortraitMotion(PortraitGeometry.Degrees(said[0].Values), PortraitGeometry.Degrees(said[1].Values), PortraitGeometry.Degrees(said[2].Values), said[3].Values, said[4].Values,
            said[5].Values[0], said[6].Values);
    }

    private static Frame Warp(ModelSession session, RunResult feature, float[] still, float[] driven, JobRun job)
    {
        string featurePort = session.FindInput("feature_3d") is not null ? "feature_3d" : session.Inputs[0].Name;
        using Tensor volume = Tensor.From(session.Runtime, session.FindInput(featurePort)!.Type, feature.Values, feature.Shape);
        using Tensor to = Points(session, "kp_driving", driven), from = Points(session, "kp_source", still);
        RunResult made = SingleRun.Run(session, job, [(featurePort, volume), ("kp_driving", to), ("kp_source", from)], session.Outputs[0].Name)[0];
        if (made.Shape is not [1, 3, > 0 and <= Frame.SideMax, > 0 and <= Frame.SideMax])
            throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' gave {Tensor.Describe(made.Shape)}, expected [1,3,height,width]");
        int wide = (int)made.Shape[3], high = (int)made.Shape[2];
        for (int i = 0; i < made.Values.Length; i++) made.Values[i] = made.Values[i] * 2 - 1;
        return VaeCodec.ToFrame(made.Values, wide, high, wide, high);
    }

    private static Tensor Points(ModelSession session, string name, float[] points)
    {
        TensorDescription port = session.FindInput(name)
            ?? throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' has no input '{name}'; it has: {string.Join("; ", session.Inputs)}");
        return Tensor.From(session.Runtime, port.Type, points, 1, PortraitGeometry.Points, 3);
    }

    private static float[] Planes(Frame face)
    {
        float[] planes = VaeCodec.ToPlanes(face, Side, Side);
        for (int i = 0; i < planes.Length; i++) planes[i] = planes[i] / 2 + 0.5f;
        return planes;
    }

    private RunResult Look(Frame face, JobRun job)
    {
        using SessionLease lease = Borrow(Appearance, job);
        TensorDescription port = lease.Session.FindInput("img") ?? lease.Session.Inputs[0];
        using Tensor input = Tensor.From(lease.Session.Runtime, port.Type, Planes(face), 1, 3, Side, Side);
        return SingleRun.Run(lease.Session, job, [(port.Name, input)], lease.Session.Outputs[0].Name)[0];
    }

    private void Stitch(float[] still, float[][] driven, JobRun job)
    {
        using SessionLease lease = Borrow(Stitching, job);
        ModelSession session = lease.Session;
        foreach (float[] points in driven)
        {
            using Tensor input = Tensor.From(session.Runtime, session.Inputs[0].Type, [.. still, .. points], 1, still.Length + points.Length);
            RunResult delta = SingleRun.Run(session, job, [(session.Inputs[0].Name, input)], session.Outputs[0].Name)[0];
            if (delta.Values.Length != PortraitGeometry.StitchLength)
                throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' gave {Tensor.Describe(delta.Shape)}, expected [1,{PortraitGeometry.StitchLength}]");
            PortraitGeometry.Stitch(points, delta.Values);
        }
    }

    private SessionLease Borrow(string component, JobRun job) => pool.Borrow(package.PathOf($"{component}/model.onnx"), package.BytesOf(component), settings, job.Cancellation);
}
