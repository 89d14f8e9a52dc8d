using System.IO.Compression;
using NUnit.Framework;
using RunwayFX.Imaging;
using SkiaSharp;

namespace RunwayFX.Testing;

/// <summary>Pictures and bytes for tests: made up, or real ones that may be installed.</summary>
public static class TestPictures
{
    /// <summary>Where Debian's opencv-doc package puts its pictures.</summary>
    public const string OpenCvFolder = "/usr/share/doc/opencv-doc/examples/data";

    /// <summary>Names a folder of test data in place of <c>shared/data</c> beside the repository.</summary>
    public const string DataVariable = "RUNWAYFX_TEST_DATA";

    /// <summary>Bytes that follow from a seed.</summary>
    public static byte[] RandomBytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A frame of uniform noise in 0..1 that follows from a seed; alpha is 1.</summary>
    public static Frame Noise(int width, int height, int seed)
    {
        Random random = new(seed);
        Frame frame = new(width, height);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] = i % Frame.Channels == 3 ? 1 : random.NextSingle();
        return frame;
    }

    /// <summary>A frame computed pixel by pixel; alpha is 1.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="colour">Red, green and blue at (x, y), y from the top.</param>
    public static Frame Draw(int width, int height, Func<int, int, (float Red, float Green, float Blue)> colour)
    {
        ArgumentNullException.ThrowIfNull(colour);
        Frame frame = new(width, height);
        for (int y = 0; y < height; y++)
        {
            Span<float> row = frame.Row(y);
            for (int x = 0; x < width; x++) (row[4 * x], row[4 * x + 1], row[4 * x + 2], row[4 * x + 3]) = Opaque(colour(x, y));
        }

        return frame;
    }

    /// <summary>A picture of the opencv-doc package; the test is skipped where the package is absent.</summary>
    /// <param name="name">File name such as <c>home.jpg</c>; a gzipped one is found too.</param>
    public static Frame OpenCv(string name)
    {
        string path = Path.Combine(OpenCvFolder, name);
        if (File.Exists(path)) return Load(path);
        if (!File.Exists(path + ".gz")) Assert.Ignore($"{path} is absent: install opencv-doc to run this test.");
        using GZipStream stream = new(File.OpenRead(path + ".gz"), CompressionMode.Decompress);
        using MemoryStream memory = new();
        stream.CopyTo(memory);
        return Decode(memory.ToArray(), path);
    }

    /// <summary>A file of the shared test data; the test is skipped where it is absent.</summary>
    /// <param name="relativePath">Path below the data folder, with forward slashes.</param>
    public static string DataFile(string relativePath)
    {
        string? folder = Environment.GetEnvironmentVariable(DataVariable);
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "RunwayFX.sln"))) folder = Path.Combine(at.FullName, "..", "shared", "data");
        }

        string path = Path.GetFullPath(Path.Combine(folder ?? ".", relativePath));
        if (!File.Exists(path)) Assert.Ignore($"{path} is absent: name the test data with {DataVariable}.");
        return path;
    }

    /// <summary>Decodes a PNG or JPEG to unpremultiplied float RGBA in its display encoding.</summary>
    /// <exception cref="InvalidDataException">The file is not a picture.</exception>
    public static Frame Load(string path) => Decode(File.ReadAllBytes(path), path);

    private static Frame Decode(byte[] encoded, string path)
    {
        using SKBitmap? decoded = SKBitmap.Decode(encoded) ?? throw new InvalidDataException($"{path} is not a picture.");
        using SKBitmap bitmap = new(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        using SKPixmap pixels = bitmap.PeekPixels();
        if (!decoded.PeekPixels().ReadPixels(pixels)) throw new InvalidDataException($"{path} cannot be converted to RGBA.");
        Frame frame = new(bitmap.Width, bitmap.Height);
        PixelConversion.ToFrame(bitmap.GetPixelSpan(), new(PixelDepth.Byte, PixelComponents.Rgba), bitmap.RowBytes, frame);
        return frame;
    }

    private static (float Red, float Green, float Blue, float Alpha) Opaque((float Red, float Green, float Blue) colour) =>
        (colour.Red, colour.Green, colour.Blue, 1);
}
