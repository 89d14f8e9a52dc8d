using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Cli.Demo;

/// <summary>A clip and a style picture made by this program, for machines where no footage can be had. Integer arithmetic: the same bits
/// everywhere.</summary>
internal static class ProceduralFootage
{
    /// <summary>Width of the clip in pixels.</summary>
    public const int Width = 640;

    /// <summary>Height of the clip in pixels.</summary>
    public const int Height = 480;

    private const int Horizon = 260;

    /// <summary>Writes the clip as a numbered sequence.</summary>
    /// <returns>Its pattern.</returns>
    public static string WriteClip(string folder, int frames, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        for (int index = 0; index < frames; index++)
            StillWriter.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"clip.{index:0000}.png")), Scene(index),
                StillFormat.Png8, hasAlpha: false, cancellation: cancellation);
        return Path.Combine(folder, "clip.%04d.png");
    }

    /// <summary>Writes the style picture.</summary>
    /// <returns>Its path.</returns>
    public static string WriteStyle(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "style.png");
        StillWriter.Write(path, Strokes(), StillFormat.Png8, hasAlpha: false, cancellation: cancellation);
        return path;
    }

    /// <summary>A landscape with a sun, hills, a meadow and two balls that roll.</summary>
    internal static Frame Scene(int time)
    {
        var frame = new Frame(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                (int r, int g, int b) = Land(x, y);
                Ball(ref r, ref g, ref b, x - 60 - time * 9, y - 380, 46, 210, 70, 50);
                Ball(ref r, ref g, ref b, x - 560 + time * 6, y - 330, 30, 60, 90, 200);
                Set(frame, x, y, r, g, b);
            }
        }

        return frame;
    }

    /// <summary>Short slanted strokes in a few strong colours.</summary>
    internal static Frame Strokes()
    {
        var frame = new Frame(Width, Height);
        ReadOnlySpan<int> palette = [0x1B3A6B, 0x2F6DB5, 0x6FA8DC, 0xE8C547, 0xF2E2A0, 0x24506E, 0x8C5A2B, 0x3E7D4F];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int lean = x + y / 2 + Noise(x, y, 64) / 6, across = y - x / 3 + Noise(x + 900, y, 48) / 5;
                int stroke = Hash(lean / 26, across / 7);
                int colour = palette[(Noise(x, y + 300, 120) * 5 / 256 + (stroke & 3)) % palette.Length];
                int ridge = (across % 7 + 7) % 7, shade = ridge == 0 ? -28 : ridge == 3 ? 18 : (stroke >> 4 & 15) - 8;
                Set(frame, x, y, (colour >> 16) + shade, (colour >> 8 & 255) + shade, (colour & 255) + shade);
            }
        }

        return frame;
    }

    private static (int R, int G, int B) Land(int x, int y)
    {
        int ridge = Horizon - 40 + Noise(x, 0, 90) / 4 - 32, grain = Hash(x, y) % 13 - 6;
        int dx = x - 480, dy = y - 90;
        if (y < ridge) return dx * dx + dy * dy < 42 * 42 ? (250, 236, 170) : (110 + y / 4, 160 + y / 5, 225 - y / 6);
        if (y < Horizon + Noise(x + 500, 7, 60) / 8 - 16) return (70 + Noise(x, y, 24) / 8 + grain, 105 + Noise(x, y, 16) / 8 + grain, 80 + grain);
        int patch = Noise(x, y * 2, 40) / 5;
        return (90 + patch + grain, 140 + patch + grain, 55 + patch / 2 + grain);
    }

    private static void Ball(ref int r, ref int g, ref int b, int dx, int dy, int radius, int red, int green, int blue)
    {
        int square = dx * dx + dy * dy;
        if (square > radius * radius) return;
        int light = (-dx - dy) * 60 / radius - square * 40 / (radius * radius);
        (r, g, b) = (red + light, green + light, blue + light);
    }

    private static void Set(Frame frame, int x, int y, int r, int g, int b)
    {
        Span<float> pixel = frame.Row(y).Slice(x * Frame.Channels, Frame.Channels);
        pixel[0] = Math.Clamp(r, 0, 255) / 255f;
        pixel[1] = Math.Clamp(g, 0, 255) / 255f;
        pixel[2] = Math.Clamp(b, 0, 255) / 255f;
        pixel[3] = 1;
    }

    /// <summary>Value noise, 0 to 255: random values on a grid, blended between.</summary>
    private static int Noise(int x, int y, int cell)
    {
        int gx = Math.DivRem(x, cell, out int fx), gy = Math.DivRem(y, cell, out int fy);
        int top = Hash(gx, gy) % 256 * (cell - fx) + Hash(gx + 1, gy) % 256 * fx;
        int bottom = Hash(gx, gy + 1) % 256 * (cell - fx) + Hash(gx + 1, gy + 1) % 256 * fx;
        return (top * (cell - fy) + bottom * fy) / (cell * cell);
    }

    private static int Hash(int x, int y)
    {
        uint value = unchecked((uint)x * 374_761_393u + (uint)y * 668_265_263u);
        value = unchecked((value ^ value >> 13) * 1_274_126_177u);
        return (int)((value ^ value >> 16) & 0x7FFF_FFFF);
    }
}
