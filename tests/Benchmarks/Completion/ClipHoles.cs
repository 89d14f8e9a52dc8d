using RunwayFX.Imaging;

namespace RunwayFX.Benchmarks;

/// <summary>A clip with holes laid over it, so that the truth is known.</summary>
/// <param name="Name">Stable name.</param>
/// <param name="Frames">The truth.</param>
/// <param name="Holes">Which pixels of each frame are to be filled.</param>
/// <param name="IsStill">Whether the camera stands still.</param>
internal sealed record ClipHole(string Name, Frame[] Frames, bool[][] Holes, bool IsStill);

/// <summary>The fixed inputs of the clip rows, 960×540: a camera that stands still with a hole that wanders and one that stays, and pans with a hole that
/// stays in the picture, so that the background wanders through it.</summary>
internal static class ClipHoles
{
    public const int Width = 960, Height = 540, Frames = 30;

    private static readonly string[] Pans = ["home.jpg", "building.jpg"];

    /// <summary>Names of the inputs, whether they are there or not.</summary>
    public static readonly string[] Names = ["vtest-wandering", "vtest-fixed", "pan-home", "pan-building"];

    /// <summary>An input by name; null where its footage is absent.</summary>
    public static ClipHole? Create(string name, string scratch)
    {
        if (name.StartsWith("vtest", StringComparison.Ordinal))
        {
            Frame[] clip = [.. MovingPictures.Clip("vtest.avi", 0, Frames, scratch).Select(Wide)];
            bool wanders = name == "vtest-wandering";
            return clip.Length == 0 ? null : new(name, clip, Holes(t => (wanders ? 250 + 8.0 * t : 420, wanders ? 230 + 2.0 * t : 300)), true);
        }

        if (Pans.FirstOrDefault(pan => name == "pan-" + Path.GetFileNameWithoutExtension(pan)) is not { } file || MovingPictures.Still(file) is not { } picture) return null;
        double scale = Math.Min((picture.Width - 90.0) / Width, (picture.Height - 40.0) / Height);
        double left = scale * Width / 2 + 4, top = scale * Height / 2 + 4;
        Frame[] pan = [.. Enumerable.Range(0, Frames).Select(t => StillHoles.Rounded(MovingPictures.View(picture, Width, Height, left + 2.6 * t, top + 0.9 * t, scale)))];
        return new(name, pan, Holes(_ => (480, 290)), false);
    }

    private static bool[][] Holes(Func<int, (double X, double Y)> centre) => [.. Enumerable.Range(0, Frames).Select(t =>
    {
        (double x, double y) = centre(t);
        bool[] hole = new bool[Width * Height];
        for (int p = 0; p < hole.Length; p++)
        {
            double u = (p % Width - x) / 90, v = (p / Width - y) / 140;
            hole[p] = u * u + v * v <= 1;
        }

        return hole;
    })];

    /// <summary>The middle of a 4:3 frame, in 16:9.</summary>
    private static Frame Wide(Frame frame)
    {
        int height = frame.Width * 9 / 16;
        Frame middle = new(frame.Width, height);
        for (int y = 0; y < height; y++) frame.Row((frame.Height - height) / 2 + y).CopyTo(middle.Row(y));
        return StillHoles.Rounded(Resampling.Resize(middle, Width, Height, ResamplingFilter.Bicubic));
    }
}
