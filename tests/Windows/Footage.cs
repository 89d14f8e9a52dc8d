using System.Diagnostics;
using RunwayFX.Testing;

namespace RunwayFX.Windows.Tests;

/// <summary>Real footage as raw frames, and a style picture, made once a run.</summary>
internal static class Footage
{
    /// <summary>Size of a frame.</summary>
    public const int Width = 160, Height = 120;

    /// <summary>The footage's own size.</summary>
    public const int FullWidth = 768, FullHeight = 576;

    private static readonly Lazy<string> Frames = new(() => Convert("vtest.avi", "frames.rgba", "-frames:v", "24", "-vf", $"scale={Width}:{Height}:flags=bilinear", "-pix_fmt", "rgba", "-f", "rawvideo"));

    private static readonly Lazy<string> FullFrames = new(() => Convert("vtest.avi", "full.rgba", "-frames:v", "24", "-pix_fmt", "rgba", "-f", "rawvideo"));

    private static readonly Lazy<string> StylePicture = new(() => Convert("fruits.jpg", "style.png", "-vf", "scale=160:-1", "-pix_fmt", "rgb24"));

    /// <summary>24 frames of people walking, 8-bit RGBA.</summary>
    public static string Path => Frames.Value;

    /// <summary>The same at its own size.</summary>
    public static string FullPath => FullFrames.Value;

    /// <summary>A photograph as PNG.</summary>
    public static string Style => StylePicture.Value;

    private static string Convert(string name, string output, params string[] options)
    {
        string source = System.IO.Path.Combine(TestPictures.OpenCvFolder, name), target = System.IO.Path.Combine(Wine.Folder, output);
        if (!File.Exists(source)) Assert.Ignore($"{source} is absent: install opencv-doc to run this test.");
        ProcessStartInfo start = new("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", source, .. options, target]) { RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("needs ffmpeg on the PATH");
        }

        return target;
    }
}
