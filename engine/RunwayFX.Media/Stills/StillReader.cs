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
    public static Frame Read(string path, CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <summary>Reads the pixels exactly as stored, with what else the file has.</summary>
    /// <exception cref="MediaException">Missing, too large, damaged, or of an unknown kind.</exception>
    public static StillPicture ReadPicture(string path, CancellationToken cancellation = default) => throw new NotSupportedException();
}
