using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Benchmarks;

/// <summary>The pictures and clips that flow and retiming are measured on: Debian's opencv-doc package, and views of its pictures that move in a known
/// way.</summary>
internal static class MovingPictures
{
    private const string Folder = "/usr/share/doc/opencv-doc/examples/data";

    private const string ManualFolder = "/usr/share/doc/opencv-doc/opencv4/html";

    /// <summary>A picture of the package; null where it is absent.</summary>
    public static Frame? Still(string name) => File.Exists(Path.Combine(Folder, name)) ? StillReader.Read(Path.Combine(Folder, name)) : null;

    /// <summary>Frames of a clip of the package; empty where it is absent.</summary>
    /// <param name="name">A clip of the examples or of the manual.</param>
    /// <param name="first">Index of the first frame.</param>
    /// <param name="count">How many.</param>
    /// <param name="scratch">Folder for unpacked clips.</param>
    public static Frame[] Clip(string name, int first, int count, string scratch)
    {
        string path = Path.Combine(Folder, name), packed = Path.Combine(ManualFolder, name + ".gz");
        if (!File.Exists(path))
        {
            if (!File.Exists(packed)) return [];
            path = Path.Combine(scratch, name);
            using var unpacked = new System.IO.Compression.GZipStream(File.OpenRead(packed), System.IO.Compression.CompressionMode.Decompress);
            using FileStream file = File.Create(path);
            unpacked.CopyTo(file);
        }

        using FrameReader reader = FrameReader.Open(path);
        return [.. Enumerable.Range(first, count).Select(index => reader.Read(index).Clone())];
    }

    /// <summary>A view of a picture: pixel (x, y) shows the picture at centre + scale · turn · ((x, y) − middle), cubic between pixels.</summary>
    public static Frame View(Frame picture, int width, int height, double centreX, double centreY, double scale, double cosine = 1, double sine = 0)
    {
        Frame view = new(width, height);
        Parallel.For(0, height, y =>
        {
            Span<float> row = view.Row(y);
            for (int x = 0; x < width; x++)
            {
                double dx = scale * (x - 0.5 * width), dy = scale * (y - 0.5 * height);
                Cubic(picture, centreX + cosine * dx - sine * dy, centreY + sine * dx + cosine * dy, row.Slice(4 * x, 4));
            }
        });
        return view;
    }

    /// <summary>Eight-bit luma, the same for us and for peers.</summary>
    public static byte[] Grey(Frame frame)
    {
        byte[] grey = new byte[frame.Width * frame.Height];
        float[] p = frame.Pixels;
        for (int i = 0; i < grey.Length; i++)
            grey[i] = (byte)Math.Clamp(255 * (0.2126f * p[4 * i] + 0.7152f * p[4 * i + 1] + 0.0722f * p[4 * i + 2]) + 0.5f, 0, 255);
        return grey;
    }

    /// <summary>Interleaved 8-bit RGB.</summary>
    public static byte[] Rgb(Frame frame)
    {
        byte[] rgb = new byte[frame.Width * frame.Height * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)Math.Clamp(255 * frame.Pixels[i / 3 * 4 + i % 3] + 0.5f, 0, 255);
        return rgb;
    }

    private static void Cubic(Frame picture, double x, double y, Span<float> result)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        Span<double> acrossX = stackalloc double[4], acrossY = stackalloc double[4];
        Weights(x - left, acrossX);
        Weights(y - top, acrossY);
        result.Clear();
        for (int row = 0; row < 4; row++)
        {
            for (int column = 0; column < 4; column++)
            {
                int at = 4 * (Math.Clamp(top + row - 1, 0, picture.Height - 1) * picture.Width + Math.Clamp(left + column - 1, 0, picture.Width - 1));
                for (int channel = 0; channel < 4; channel++) result[channel] += (float)(acrossX[column] * acrossY[row] * picture.Pixels[at + channel]);
            }
        }
    }

    private static void Weights(double t, Span<double> weights)
    {
        weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
        weights[1] = (1.5 * t - 2.5) * t * t + 1;
        weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
        weights[3] = (0.5 * t - 0.5) * t * t;
    }
}
