using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Picture file formats that are written, with their depth.</summary>
public enum StillFormat
{
    /// <summary>PNG, 8 bits.</summary>
    Png8 = 1,

    /// <summary>PNG, 16 bits.</summary>
    Png16 = 2,

    /// <summary>OpenEXR, half float, ZIP.</summary>
    ExrHalf = 3,

    /// <summary>OpenEXR, 32-bit float, ZIP.</summary>
    ExrFloat = 4,

    /// <summary>DPX, 10 bits, through ffmpeg. No alpha.</summary>
    Dpx10 = 5,

    /// <summary>DPX, 12 bits, through ffmpeg. No alpha.</summary>
    Dpx12 = 6,

    /// <summary>TIFF, 16 bits, through ffmpeg.</summary>
    Tiff16 = 7,
}

/// <summary>Writes one picture file. The file appears whole or not at all: it is written under a temporary name beside its place and
/// renamed.</summary>
public static class StillWriter
{
    /// <summary>Writes a picture. Integer formats round to nearest and clamp to 0..1; EXR keeps every value.</summary>
    /// <param name="path">Where; an older file is replaced at the end.</param>
    /// <param name="frame">The pixels in the file's encoding and alpha state.</param>
    /// <param name="format">Format and depth.</param>
    /// <param name="hasAlpha">Whether to store alpha.</param>
    /// <param name="exr">Windows, layers and attributes for EXR, from <see cref="StillPicture.Exr"/>.</param>
    /// <param name="pixelAspect">Width of a pixel divided by its height; null for square or unknown.</param>
    /// <param name="cancellation">Stops; nothing is left behind.</param>
    /// <exception cref="MediaException">The folder cannot be written, or <paramref name="exr"/> does not fit the frame.</exception>
    public static void Write(
        string path, Frame frame, StillFormat format, bool hasAlpha, ExrExtras? exr = null, Rational? pixelAspect = null,
            CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        Rational aspect = pixelAspect ?? Rational.One;
        byte[] file = format switch
        {
            StillFormat.Png8 => PngWriter.Encode(frame, isDeep: false, hasAlpha, aspect, cancellation),
            StillFormat.Png16 => PngWriter.Encode(frame, isDeep: true, hasAlpha, aspect, cancellation),
            StillFormat.ExrHalf => ExrWriter.Encode(path, frame, ExrPixelType.Half, hasAlpha, exr, aspect, cancellation),
            StillFormat.ExrFloat => ExrWriter.Encode(path, frame, ExrPixelType.Float, hasAlpha, exr, aspect, cancellation),
            _ => FFmpegPictures.Encode(path, frame, format, hasAlpha, aspect, cancellation),
        };
        cancellation.ThrowIfCancellationRequested();
        string full = MediaPaths.Full(path);
        string temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                stream.Write(file);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw new MediaException(MediaError.WriteFailed, $"'{path}' cannot be written: {e.Message}", e);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is beyond reach; the first error tells why.
        }
    }
}
