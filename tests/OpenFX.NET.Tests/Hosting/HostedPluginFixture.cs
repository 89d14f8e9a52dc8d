using OpenFX.Hosting;

namespace OpenFX.Tests.Hosting;

/// <summary>The C plug-in of these tests, compiled once, and pictures to feed it.</summary>
internal static class HostedPluginFixture
{
    public const string Identifier = "org.openfx.test.hosted";

    private static readonly Lazy<string> Folder = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("openfx-hosting-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    private static readonly Lazy<string> Bundle = new(() => CompiledC.BuildBundle("hosted", Folder.Value));

    public static string BundlePath => Bundle.Value;

    public static PluginLibrary Load(HostProfile? profile = null, HostEvents? events = null) => PluginLibrary.Load(Bundle.Value, profile, events);

    /// <summary>A value for each channel that tells position and time apart; exact in every depth after rounding.</summary>
    public static float Sample(int x, int y, int channel, double time)
    {
        int level = ((x * 7 + y * 13 + channel * 31 + (int)Math.Floor(time * 4) * 17) % 256 + 256) % 256;
        return level / 255f;
    }

    /// <summary>A picture of <see cref="Sample"/>.</summary>
    public static HostImage Picture(PixelBounds bounds, PixelDepth depth, PixelComponents components, double time, RowOrder order = RowOrder.BottomUp)
    {
        float[] pixels = new float[bounds.Width * bounds.Height * 4];
        for (int row = 0; row < bounds.Height; row++)
        {
            for (int x = 0; x < bounds.Width; x++)
            {
                for (int c = 0; c < 4; c++) pixels[(row * bounds.Width + x) * 4 + c] = Sample(bounds.X1 + x, bounds.Y2 - 1 - row, c, time);
            }
        }

        return HostImageConversion.FromRgbaTopDown(pixels, new HostImageFormat { Bounds = bounds, Depth = depth, Components = components,
            RowOrder = order });
    }

    /// <summary>A source of such pictures on one clip.</summary>
    public static DelegateFrameSource Source(PixelBounds bounds, PixelDepth depth, PixelComponents components = PixelComponents.Rgba,
        Action<FrameQuery>? asked = null, string clip = "Source") =>
        new DelegateFrameSource().Add(clip, Format(bounds, depth, components), query =>
        {
            asked?.Invoke(query);
            return Picture(bounds, depth, components, query.Time);
        });

    public static ClipFormat Format(PixelBounds bounds, PixelDepth depth, PixelComponents components) => new()
    {
        Depth = depth, Components = components, Region = new CanonicalRegion(bounds.X1, bounds.Y1, bounds.X2, bounds.Y2),
    };

    /// <summary>An instance in the filter context with its source.</summary>
    public static HostedEffect Filter(PluginLibrary library, IHostFrameSource source) =>
        library.Find(Identifier).CreateInstance(EffectContext.Filter, new ProjectSettings { Width = 64, Height = 48 }, source);

    /// <summary>The image as top-down RGBA floats.</summary>
    public static float[] Floats(HostImage image)
    {
        float[] pixels = new float[image.Width * image.Height * 4];
        HostImageConversion.ToRgbaTopDown(image, pixels);
        return pixels;
    }
}
