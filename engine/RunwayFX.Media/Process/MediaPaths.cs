namespace RunwayFX.Media;

/// <summary>Turns a user's path into something that ffmpeg can only take for a plain file.</summary>
internal static class MediaPaths
{
    /// <summary>What ffmpeg and ffprobe may open at all; a playlist inside a movie file cannot reach the network.</summary>
    public static IReadOnlyList<string> InputGuards { get; } =
    [
        "-protocol_whitelist", "file,pipe",
        "-format_whitelist",
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mxf,mxf_opatom,mpegts,mpeg,mpegvideo,flv,asf,ogg,nut,dv,gxf,h264,hevc,m4v,ivf,obu,av1,"
        + "yuv4mpegpipe,dnxhd,mjpeg,vc1,rm,wtv,lxf,gif,apng",
    ];

    /// <summary>An absolute path of an existing file, safe as <c>file:</c> argument.</summary>
    /// <exception cref="MediaException">Not a file, or a name with a protocol.</exception>
    public static string ExistingFile(string path)
    {
        string full = Full(path);
        if (Directory.Exists(full)) throw new MediaException(MediaError.NotFound, $"'{path}' is a folder, not a file");
        if (!File.Exists(full))
        {
            throw LooksLikeProtocol(path)
                ? new MediaException(MediaError.PathRefused, $"'{path}' is not a file; only plain files are opened, no protocols")
                : new MediaException(MediaError.NotFound, $"'{path}' does not exist");
        }

        return full;
    }

    /// <summary>The absolute path; for outputs.</summary>
    /// <exception cref="MediaException">Empty, or a name with a protocol.</exception>
    public static string Full(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new MediaException(MediaError.PathRefused, "an empty path, or one with a zero character, names no file");
        }

        return Path.GetFullPath(path);
    }

    /// <summary>The argument for an absolute path: with the protocol spelled out, nothing in the name has a meaning.</summary>
    public static string Argument(string fullPath) => "file:" + fullPath;

    /// <summary>Whether a name would be a protocol to ffmpeg (<c>http:</c>, <c>concat:</c>); a drive letter is none.</summary>
    public static bool LooksLikeProtocol(string path)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && path.AsSpan(0, colon).IndexOfAny('/', '\\') < 0;
    }
}
