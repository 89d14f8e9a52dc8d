namespace RunwayFX.Media;

/// <summary>What is written. Movies carry their codec, sequences their picture format.</summary>
public enum OutputFormat
{
    /// <summary>Chosen from the path's ending and the source: see <see cref="OutputSettings.ForSource"/>.</summary>
    Auto = 0,

    /// <summary>H.264 4:2:0 8-bit (libx264), .mp4 or .mov.</summary>
    H264 = 1,

    /// <summary>ProRes 422 HQ, 10-bit, .mov.</summary>
    ProRes422 = 2,

    /// <summary>ProRes 4444, 10-bit with alpha, .mov.</summary>
    ProRes4444 = 3,

    /// <summary>FFV1, lossless, in the source's pixel format (8 to 16 bits), .mkv, .mov or .avi.</summary>
    Ffv1 = 4,

    /// <summary>DNxHR, profile by depth: HQ 8-bit, HQX 10-bit 4:2:2, 444 10-bit; .mov or .mxf.</summary>
    DnxHr = 5,

    /// <summary>PNG files, 8 bits.</summary>
    Png8 = 16,

    /// <summary>PNG files, 16 bits.</summary>
    Png16 = 17,

    /// <summary>EXR files, half float.</summary>
    ExrHalf = 18,

    /// <summary>EXR files, 32-bit float.</summary>
    ExrFloat = 19,

    /// <summary>DPX files, 10 bits.</summary>
    Dpx10 = 20,

    /// <summary>DPX files, 12 bits.</summary>
    Dpx12 = 21,

    /// <summary>TIFF files, 16 bits.</summary>
    Tiff16 = 22,
}

/// <summary>Audio to copy beside the pictures.</summary>
/// <param name="Source">The movie whose audio streams are taken.</param>
/// <param name="FirstFrame">Index of the source frame that becomes the output's first.</param>
/// <param name="IsWhole">Whether the whole source is written; then streams are copied untouched. Otherwise PCM is cut to the sample, and compressed
/// audio is copied in whole packets (the cut lies up to one packet, 1024 samples for AAC, off).</param>
public sealed record AudioSource(MediaInfo Source, long FirstFrame, bool IsWhole);

/// <summary>Everything a <see cref="FrameWriter"/> needs to know before the first frame.</summary>
public sealed record OutputSettings
{
    /// <summary>Frames per segment of a movie, the unit that a broken run keeps.</summary>
    public const int SegmentFramesDefault = 48;

    /// <summary>The movie file, or the sequence pattern (<c>out.%04d.exr</c>, <c>out.####.png</c>), or one picture file.</summary>
    public required string Path { get; init; }

    /// <summary>What to write; never <see cref="OutputFormat.Auto"/> here.</summary>
    public required OutputFormat Format { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Number of frames that will be written.</summary>
    public required long FrameCount { get; init; }

    /// <summary>Frames per second.</summary>
    public required Rational FrameRate { get; init; }

    /// <summary>Number in the file name of the first frame of a sequence.</summary>
    public long FirstFrameNumber { get; init; } = 1;

    /// <summary>Time code of the first frame written; null for none.</summary>
    public Timecode? StartTimecode { get; init; }

    /// <summary>Colour tags to write. Where they name no range or matrix, <see cref="Conversion"/> rules the RGB→YUV conversion.</summary>
    public ColorTags Color { get; init; } = ColorTags.None;

    /// <summary>Range, matrix and siting that turned the source into RGB (<see cref="MediaInfo.EffectiveColor"/>), so that an untagged movie comes
    /// back to its own codes.</summary>
    public ColorTags Conversion { get; init; } = ColorTags.None;

    /// <summary>Pixel aspect.</summary>
    public Rational SampleAspect { get; init; } = Rational.One;

    /// <summary>Field order.</summary>
    public FieldOrder FieldOrder { get; init; }

    /// <summary>What the pictures themselves say about their first field; null follows <see cref="FieldOrder"/>.</summary>
    public bool? TopFieldFirst { get; init; }

    /// <summary>Whether to keep alpha; a format without alpha refuses (<see cref="MediaError.WouldLose"/>) unless <see cref="AllowLoss"/>.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Whether the frames' colour is multiplied by alpha, as in EXR.</summary>
    public bool IsPremultiplied { get; init; }

    /// <summary>ffmpeg's pixel format of the source, which FFV1 keeps; null lets the format choose.</summary>
    public string? PixelFormat { get; init; }

    /// <summary>Significant bits of the source; a format with fewer refuses (<see cref="MediaError.WouldLose"/>) unless
    /// <see cref="AllowLoss"/>.</summary>
    public int SourceBitDepth { get; init; } = 8;

    /// <summary>Whether the source's values are floating point.</summary>
    public bool SourceIsFloat { get; init; }

    /// <summary>Audio to copy; null for none. Movies only.</summary>
    public AudioSource? Audio { get; init; }

    /// <summary>Names the work that makes the frames (effect, parameters, source identity). A broken run resumes only under the same
    /// recipe.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>Frames per segment.</summary>
    public int SegmentFrames { get; init; } = SegmentFramesDefault;

    /// <summary>Whether losing depth, alpha or layers is accepted.</summary>
    public bool AllowLoss { get; init; }

    /// <summary>Whether unfinished work of an earlier run is taken up.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Fills everything from the source, so that what the frames do not touch survives.</summary>
    /// <param name="source">The clip read.</param>
    /// <param name="path">Where to write.</param>
    /// <param name="format"><see cref="OutputFormat.Auto"/> takes: .mp4 H.264; .mov ProRes (4444 with alpha); .mkv and .avi FFV1; .mxf DNxHR;
    /// pictures by their ending in the source's depth.</param>
    /// <param name="firstFrame">Index of the first source frame written.</param>
    /// <param name="frameCount">How many; −1 for all from there on.</param>
    /// <exception cref="MediaException">The ending is unknown, or the format cannot hold the source (see <see cref="FrameWriter.Open"/>).</exception>
    public static OutputSettings ForSource(MediaInfo source, string path, OutputFormat format = OutputFormat.Auto, long firstFrame = 0,
        long frameCount = -1)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (frameCount < 0) frameCount = source.FrameCount - firstFrame;
        if (firstFrame < 0 || frameCount < 1 || firstFrame + frameCount > source.FrameCount)
        {
            throw new MediaException(
                MediaError.FrameOutOfRange,
                    $"'{source.Path}': frames {firstFrame} to {firstFrame + frameCount - 1} are outside 0..{source.FrameCount - 1}");
        }

        return new OutputSettings
        {
            Path = path,
            Format = format == OutputFormat.Auto ? Choose(source, path) : format,
            Width = source.Width,
            Height = source.Height,
            FrameCount = frameCount,
            FrameRate = source.FrameRate,
            FirstFrameNumber = source.Kind == MediaKind.Movie ? 1 + firstFrame : source.FirstFrameNumber + firstFrame,
            StartTimecode = source.StartTimecode?.Add(firstFrame, source.FrameRate),
            Color = source.Color,
            Conversion = source.EffectiveColor,
            SampleAspect = source.SampleAspect,
            FieldOrder = source.FieldOrder,
            TopFieldFirst = source.TopFieldFirst,
            HasAlpha = source.HasAlpha,
            IsPremultiplied = source.IsPremultiplied,
            PixelFormat = source.PixelFormat,
            SourceBitDepth = source.BitDepth,
            SourceIsFloat = source.IsFloat,
            Audio = source.Audio.Count == 0 || IsPictureFormat(format, path)
                ? null : new AudioSource(source, firstFrame, frameCount == source.FrameCount),
        };
    }

    private static bool IsPictureFormat(OutputFormat format, string path) =>
        format == OutputFormat.Auto ? !EncoderPlan.IsMovie(path) : format >= OutputFormat.Png8;

    private static OutputFormat Choose(MediaInfo source, string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".mp4" or ".m4v" => OutputFormat.H264,
        ".mov" => source.HasAlpha || IsFullChroma(source) ? OutputFormat.ProRes4444 : OutputFormat.ProRes422,
        ".mkv" or ".avi" => OutputFormat.Ffv1,
        ".mxf" => OutputFormat.DnxHr,
        ".png" => source.BitDepth > 8 ? OutputFormat.Png16 : OutputFormat.Png8,
        ".exr" => source.IsFloat && source.BitDepth > 16 ? OutputFormat.ExrFloat : source.IsFloat || source.BitDepth <= 10 ? OutputFormat.ExrHalf
            : OutputFormat.ExrFloat,
        ".dpx" => source.BitDepth > 10 ? OutputFormat.Dpx12 : OutputFormat.Dpx10,
        ".tif" or ".tiff" => OutputFormat.Tiff16,
        string other => throw new MediaException(
            MediaError.Unsupported,
            $"'{path}': '{other}' is not an ending that is written ({string.Join(' ', EncoderPlan.Extensions)} .png .exr .dpx .tif)"),
    };

    /// <summary>RGB and 4:4:4 sources of more than 8 bits keep their chroma in ProRes 4444.</summary>
    private static bool IsFullChroma(MediaInfo source) =>
        source.BitDepth > 8 && PixelLayout.TryParse(source.PixelFormat, out PixelLayout? layout) && layout!.ChromaX == 1
            && layout.Model != PixelModel.Gray;
}
