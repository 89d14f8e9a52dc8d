using RunwayFX.Imaging;
using RunwayFX.Testing;

namespace RunwayFX.EndToEnd;

/// <summary>A style picture that needs nothing installed: strokes in four colours.</summary>
internal static class StylePicture
{
    private static readonly Lazy<string> Written = new(() =>
    {
        string path = System.IO.Path.Combine(Sandbox.Folder, "style.png");
        Frame picture = TestPictures.Draw(160, 120, (x, y) =>
        {
            int stroke = (x * 7 + y * 3 + x * y / 50) / 23 % 4;
            float shade = 0.6f + 0.4f * ((x * 31 + y * 17) % 29) / 29;
            return stroke switch
            {
                0 => (0.9f * shade, 0.7f * shade, 0.2f * shade),
                1 => (0.1f * shade, 0.2f * shade, 0.6f * shade),
                2 => (0.8f * shade, 0.3f * shade, 0.2f * shade),
                _ => (0.2f * shade, 0.6f * shade, 0.5f * shade),
            };
        });
        TestArtifacts.WritePng(picture, path);
        return path;
    });

    /// <summary>Where it lies.</summary>
    public static string Path => Written.Value;
}
