namespace RunwayFX.Media;

/// <summary>Where the ffmpeg and ffprobe programs are, and what this build of ffmpeg can do.</summary>
/// <remarks>RUNWAYFX_FFMPEG names the ffmpeg program or the folder that holds both; otherwise PATH is searched (never the current folder).</remarks>
public sealed class FFmpegTools
{
    private FFmpegTools(string ffmpegPath, string ffprobePath, string version)
    {
        FFmpegPath = ffmpegPath;
        FFprobePath = ffprobePath;
        Version = version;
    }

    /// <summary>Absolute path of ffmpeg.</summary>
    public string FFmpegPath { get; }

    /// <summary>Absolute path of ffprobe.</summary>
    public string FFprobePath { get; }

    /// <summary>ffmpeg's version as it prints it, e.g. <c>5.1.9-0+deb12u1</c>.</summary>
    public string Version { get; }

    /// <summary>The programs, found once per process.</summary>
    /// <exception cref="MediaException"><see cref="MediaError.ToolMissing"/>.</exception>
    public static FFmpegTools Get() => throw new NotSupportedException();

    /// <summary>Looks without throwing; <paramref name="problem"/> says what is missing and what to do.</summary>
    public static bool TryGet(out FFmpegTools? tools, out string problem) => throw new NotSupportedException();

    /// <summary>Whether this ffmpeg has an encoder, by ffmpeg's name (<c>libx264</c>, <c>prores_ks</c>).</summary>
    public bool HasEncoder(string name) => throw new NotSupportedException();
}
