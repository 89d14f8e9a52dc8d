using RunwayFX.Imaging;

namespace RunwayFX.Benchmarks;

/// <summary>A picture with a hole, as the still rows measure it.</summary>
/// <param name="Name">Stable name.</param>
/// <param name="Picture">The whole picture; what lies in the hole is to go.</param>
/// <param name="Hole">Which pixels are to be filled.</param>
/// <param name="IsCanvas">Whether the hole is the canvas around a narrower picture.</param>
internal sealed record StillHole(string Name, Frame Picture, bool[] Hole, bool IsCanvas);

/// <summary>The fixed inputs of the still rows: two object holes of 7 to 10 percent and one canvas from 4:3 to 16:9, at 1280×720, from pictures of Debian's
/// opencv-doc package.</summary>
internal static class StillHoles
{
    public const int Width = 1280, Height = 720, NarrowWidth = 960;

    /// <summary>Names of the inputs, whether they are there or not.</summary>
    public static readonly string[] Names = ["pillar", "turret", "canvas"];

    /// <summary>An input by name; null where its picture is absent.</summary>
    public static StillHole? Create(string name)
    {
        if (name == "pillar" && Crop("leuvenA.jpg") is { } street)
            return new(name, street, Shape((x, y) => Inside(x, y, 905, 500, 120, 175)), false);
        if (name == "turret" && Crop("home.jpg") is { } palace)
            return new(name, palace, Shape((x, y) => Inside(x, y, 712, 330, 130, 175) || (x is >= 660 and < 760 && y is >= 330 and < 520)), false);
        if (name == "canvas" && MovingPictures.Still("home.jpg") is { } narrow)
        {
            Frame small = Rounded(Resampling.Resize(narrow, NarrowWidth, Height, ResamplingFilter.Bicubic)), canvas = new(Width, Height);
            for (int y = 0; y < Height; y++) small.Row(y).CopyTo(canvas.Row(y)[(4 * (Width - NarrowWidth) / 2)..]);
            return new(name, canvas, Shape((x, _) => x < (Width - NarrowWidth) / 2 || x >= (Width + NarrowWidth) / 2), true);
        }

        return null;
    }

    /// <summary>A picture that is white in the hole.</summary>
    public static Frame Mask(bool[] hole, int width)
    {
        Frame mask = new(width, hole.Length / width);
        for (int p = 0; p < hole.Length; p++) mask.Pixels.AsSpan(4 * p, 4).Fill(hole[p] ? 1 : 0);
        for (int p = 0; p < hole.Length; p++) mask.Pixels[4 * p + 3] = 1;
        return mask;
    }

    /// <summary>Eight-bit steps: what a peer reads from a file.</summary>
    public static Frame Rounded(Frame frame)
    {
        Frame result = frame.Clone();
        for (int i = 0; i < result.Pixels.Length; i++) result.Pixels[i] = i % 4 == 3 ? 1 : MathF.Round(Math.Clamp(result.Pixels[i], 0, 1) * 255) / 255;
        return result;
    }

    /// <summary>The middle of a picture in the wanted shape, resized.</summary>
    private static Frame? Crop(string name)
    {
        if (MovingPictures.Still(name) is not { } picture) return null;
        int width = picture.Width, height = width * Height / Width;
        Frame middle = new(width, height);
        for (int y = 0; y < height; y++) picture.Row((picture.Height - height) / 2 + y).CopyTo(middle.Row(y));
        return Rounded(Resampling.Resize(middle, Width, Height, ResamplingFilter.Bicubic));
    }

    private static bool[] Shape(Func<int, int, bool> isHole)
    {
        bool[] hole = new bool[Width * Height];
        for (int p = 0; p < hole.Length; p++) hole[p] = isHole(p % Width, p / Width);
        return hole;
    }

    private static bool Inside(int x, int y, double centreX, double centreY, double radiusX, double radiusY)
    {
        double u = (x - centreX) / radiusX, v = (y - centreY) / radiusY;
        return u * u + v * v <= 1;
    }
}
