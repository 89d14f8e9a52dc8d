namespace RunwayFX.Media;

/// <summary>What kind of source a path names.</summary>
public enum MediaKind
{
    /// <summary>A container with a video stream, read through ffmpeg.</summary>
    Movie,

    /// <summary>Numbered picture files.</summary>
    Sequence,

    /// <summary>One picture file.</summary>
    Still,
}

/// <summary>How the lines of a frame belong to fields. In each name the first letter is the field stored first, the second the field shown
/// first.</summary>
public enum FieldOrder
{
    /// <summary>The file does not say; treated as progressive.</summary>
    Unknown,

    /// <summary>Whole frames.</summary>
    Progressive,

    /// <summary>Top field stored and shown first (ffmpeg tt).</summary>
    TopFirst,

    /// <summary>Bottom field stored and shown first (ffmpeg bb).</summary>
    BottomFirst,

    /// <summary>Top stored first, bottom shown first (ffmpeg tb).</summary>
    TopStoredBottomFirst,

    /// <summary>Bottom stored first, top shown first (ffmpeg bt).</summary>
    BottomStoredTopFirst,
}

/// <summary>One audio stream of a movie.</summary>
/// <param name="Index">Stream index in the file.</param>
/// <param name="Codec">ffmpeg's codec name, e.g. <c>aac</c>, <c>pcm_s24le</c>.</param>
/// <param name="Channels">Channel count.</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="StartSeconds">Time of the first sample on the container's clock.</param>
/// <param name="DurationSeconds">Length; 0 where unknown.</param>
public sealed record AudioStreamInfo(int Index, string Codec, int Channels, int SampleRate, double StartSeconds, double DurationSeconds);

/// <summary>The facts about a movie, a sequence or a still that an output must keep.</summary>
public sealed record MediaInfo
{
    /// <summary>The path, pattern or folder that was opened.</summary>
    public required string Path { get; init; }

    /// <summary>Movie, sequence or still.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>Width in stored pixels; for EXR the width of the data window.</summary>
    public required int Width { get; init; }

    /// <summary>Height in stored pixels; for EXR the height of the data window.</summary>
    public required int Height { get; init; }

    /// <summary>Frames per second, exact. A sequence has none of its own: the reader's option, 24 by default.</summary>
    public required Rational FrameRate { get; init; }

    /// <summary>Average rate as the container states it; differs from <see cref="FrameRate"/> in movies of variable rate.</summary>
    public Rational AverageRate { get; init; }

    /// <summary>Whether frames lie unevenly in time; the reader then gives them at the constant <see cref="FrameRate"/>, repeating where it
    /// must.</summary>
    public bool IsVariableFrameRate { get; init; }

    /// <summary>Exact number of frames; after <see cref="MovieProbe.Probe"/> alone it is what the container claims, 0 where it claims
    /// nothing.</summary>
    public required long FrameCount { get; init; }

    /// <summary>Number in the file name of frame index 0 of a sequence; 0 for movies and stills.</summary>
    public long FirstFrameNumber { get; init; }

    /// <summary>Length in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Time of the first picture on the container's clock, in seconds.</summary>
    public double StartSeconds { get; init; }

    /// <summary>Time of the container's first packet of any stream, in seconds.</summary>
    public double ContainerStartSeconds { get; init; }

    /// <summary>Time code of the first frame, where the file has one.</summary>
    public Timecode? StartTimecode { get; init; }

    /// <summary>ffmpeg's pixel format name, e.g. <c>yuv422p10le</c>.</summary>
    public required string PixelFormat { get; init; }

    /// <summary>Significant bits per channel; 32 or 16 for float.</summary>
    public required int BitDepth { get; init; }

    /// <summary>Whether values are floating point.</summary>
    public bool IsFloat { get; init; }

    /// <summary>Whether there is an alpha channel.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Whether colour is stored multiplied by alpha (EXR).</summary>
    public bool IsPremultiplied { get; init; }

    /// <summary>What the file says about colour.</summary>
    public ColorTags Color { get; init; } = ColorTags.None;

    /// <summary>The tags that conversion goes by: the file's, or the reader's override, or a documented guess (limited range; BT.709 from 720 lines
    /// on, else BT.601; chroma left).</summary>
    public ColorTags EffectiveColor { get; init; } = ColorTags.None;

    /// <summary>Width of a pixel divided by its height; 1/1 where the file does not say.</summary>
    public Rational SampleAspect { get; init; } = Rational.One;

    /// <summary>Field order as the container or stream header tags it.</summary>
    public FieldOrder FieldOrder { get; init; }

    /// <summary>Whether the first picture, being interlaced, says that its top field comes first; null where it says nothing. Writers of tags and of
    /// pictures disagree in practice, so both are kept.</summary>
    public bool? TopFieldFirst { get; init; }

    /// <summary>ffmpeg's codec name, e.g. <c>prores</c>, <c>h264</c>, <c>exr</c>.</summary>
    public required string Codec { get; init; }

    /// <summary>The codec's profile as ffprobe words it, e.g. <c>HQ</c>; empty where unknown.</summary>
    public string Profile { get; init; } = "";

    /// <summary>ffmpeg's name of the container, e.g. <c>mov,mp4,m4a,3gp,3g2,mj2</c>; empty for sequences and stills.</summary>
    public string Container { get; init; } = "";

    /// <summary>Index of the video stream in the file.</summary>
    public int VideoStreamIndex { get; init; }

    /// <summary>Audio streams in file order.</summary>
    public IReadOnlyList<AudioStreamInfo> Audio { get; init; } = [];

    /// <summary>What a user should know: guesses made, streams that are not read.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
