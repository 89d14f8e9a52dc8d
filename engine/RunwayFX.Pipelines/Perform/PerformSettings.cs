using System.Globalization;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference.Portraits;

namespace RunwayFX.Pipelines.Perform;

/// <summary>Where a face is, as the user says it: shares of the picture, so that proxies need no other numbers.</summary>
/// <param name="X">Middle, from the left edge.</param>
/// <param name="Y">Middle, from the top edge.</param>
/// <param name="Size">Side, as a share of the shorter side.</param>
/// <param name="Angle">Tilt in degrees clockwise.</param>
internal readonly record struct FacePlace(double X, double Y, double Size, double Angle)
{
    /// <summary>Reads the parameters that begin with a name.</summary>
    public static FacePlace Read(RenderJob job, string name) =>
        new(job.Number($"{name}X"), job.Number($"{name}Y"), job.Number($"{name}Size"), job.Number($"{name}Angle"));

    /// <summary>The square in pixels of a picture.</summary>
    public FaceCrop In(Frame picture) =>
        new(X * picture.Width, Y * picture.Height, Math.Max(1, Size * Math.Min(picture.Width, picture.Height)), Angle * Math.PI / 180);
}

/// <summary>What a job says about a performance.</summary>
internal sealed record PerformSettings
{
    public required string Package { get; init; }

    /// <summary>Told what the bits depend on besides the settings; see <see cref="RenderJob.MadeBy"/>.</summary>
    public Action<string>? MadeBy { get; init; }

    /// <summary>File of the character; empty where the Source is the character.</summary>
    public required string CharacterPath { get; init; }

    public required bool DrivingFromClip { get; init; }

    public required bool IsRelative { get; init; }

    /// <summary>Frame of the driving clip that shows the performer at rest.</summary>
    public required int RestFrame { get; init; }

    public required FacePlace Face { get; init; }

    public required FacePlace Driving { get; init; }

    public required bool Stitches { get; init; }

    public required bool PastesBack { get; init; }

    /// <summary>Whether the character is a picture file.</summary>
    public bool HasPicture => CharacterPath.Length > 0;

    /// <summary>Reads a job's parameters.</summary>
    /// <param name="job">The job.</param>
    /// <param name="hasTemporalAccess">Whether the frame at rest can be had.</param>
    public static PerformSettings Read(RenderJob job, bool hasTemporalAccess) => new()
    {
        Package = job.Text(EffectCatalog.ModelName).Trim(),
        CharacterPath = job.Text(EffectCatalog.CharacterPathName).Trim(),
        DrivingFromClip = job.Flag(EffectCatalog.DrivingFromClipName),
        IsRelative = hasTemporalAccess && job.Integer(EffectCatalog.MotionKindName) == (int)PerformMotion.Relative,
        RestFrame = job.Integer(EffectCatalog.RestFrameName),
        Face = FacePlace.Read(job, "face"),
        Driving = FacePlace.Read(job, "driving"),
        Stitches = job.Flag("stitch"),
        PastesBack = job.Flag("pasteBack"),
        MadeBy = job.MadeBy,
    };

    /// <summary>What of it decides the picture, beside the pictures themselves.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{IsRelative}|{Face}|{Driving}|{Stitches}|{PastesBack}");
}
