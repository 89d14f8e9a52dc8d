using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Reads one picture file: PNG, JPEG, BMP, WebP, GIF and EXR by itself; TIFF, DPX and rarer EXR compressions through ffmpeg.</summary>
/// <remarks>The content decides, not the name. Sizes are checked before anything is allocated. Thread-safe.</remarks>
public static class StillReader
{
    /// <summary>Largest file accepted, in bytes.</summary>
    public const long FileBytesMax = 1L << 30;

    /// <summary>Most pixels accepted (RGBA float takes 16 bytes each).</summary>
    public const long PixelsMax = 16_384L * 8_192;

    /// <summary>File name endings that are read as stills or sequences, lower case with the dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".exr", ".tif", ".tiff", ".dpx"];

    /// <summary>Reads to float RGBA, unpremultiplied, top-down, in the file's own encoding (sRGB for 8-bit files, linear for EXR).</summary>
    /// <exception cref="MediaException">Missing, too large, damaged, or of an unknown kind.</exception>
    public static Frame Read(string path, CancellationToken cancellation = default)
    {
        StillPicture picture = ReadPicture(path, cancellation);
        return picture.IsPremultiplied && picture.HasAlpha ? AlphaState.Unpremultiplied(picture.Frame) : picture.Frame;
    }

    /// <summary>Reads the pixels exactly as stored, with what else the file has.</summary>
    /// <exception cref="MediaException">Missing, too large, damaged, or of an unknown kind.</exception>
    public static StillPicture ReadPicture(string path, CancellationToken cancellation = default)
    {
        byte[] file = Load(path);
        if (PngReader.Matches(file)) return PngReader.Read(path, file);
        if (ExrHeader.Matches(file)) return ExrReader.Read(path, file, cancellation);
        if (FFmpegPictures.Demuxer(file) is string demuxer) return FFmpegPictures.Read(path, file, demuxer, cancellation);
        return SkiaPictures.TryRead(path, file)
            ?? throw new MediaException(MediaError.Unsupported,
                $"'{path}' is not a picture of a known kind (PNG, JPEG, WebP, BMP, GIF, TIFF, DPX, EXR)");
    }

    private static byte[] Load(string path)
    {
        string full = MediaPaths.ExistingFile(path);
        try
        {
            using var stream = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            if (stream.Length > FileBytesMax)
            {
                throw new MediaException(MediaError.TooLarge, $"'{path}' has {stream.Length} bytes, the limit is {FileBytesMax}");
            }

            byte[] file = new byte[stream.Length];
            stream.ReadExactly(file);
            return file;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new MediaException(MediaError.AccessDenied, $"'{path}' may not be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            throw new MediaException(MediaError.AccessDenied, $"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
