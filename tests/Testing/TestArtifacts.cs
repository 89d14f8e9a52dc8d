using NUnit.Framework;
using RunwayFX.Imaging;
using SkiaSharp;

namespace RunwayFX.Testing;

/// <summary>Keeps pictures of failing tests where a person can look at them.</summary>
public static class TestArtifacts
{
    /// <summary>Names the folder for saved pictures; without it they go below the system's temporary folder.</summary>
    public const string FolderVariable = "RUNWAYFX_TEST_OUTPUT";

    /// <summary>The folder of the running test; created.</summary>
    public static string Folder()
    {
        string root = Environment.GetEnvironmentVariable(FolderVariable) ?? Path.Combine(Path.GetTempPath(), "runwayfx-tests");
        string test = string.Concat(TestContext.CurrentContext.Test.FullName.Select(letter => char.IsLetterOrDigit(letter)
            || letter is '.' or '-' or '_' ? letter : '_'));
        string folder = Path.Combine(root, test.Length <= 150 ? test : test[..150]);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Saves a frame, clamped to 8 bits, as a PNG named after the running test, and attaches it to the result.</summary>
    /// <returns>The file's path.</returns>
    public static string Save(Frame frame, string name)
    {
        string path = Path.Combine(Folder(), name + ".png");
        WritePng(frame, path);
        TestContext.AddTestAttachment(path);
        return path;
    }

    /// <summary>Writes a frame as an 8-bit PNG; values are taken as display encoded.</summary>
    public static void WritePng(Frame frame, string path)
    {
        ArgumentNullException.ThrowIfNull(frame);
        using SKBitmap bitmap = new(new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        PixelConversion.FromFrame(frame, bitmap.GetPixelSpan(), new(PixelDepth.Byte, PixelComponents.Rgba), bitmap.RowBytes);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        string partial = path + ".part";
        using (FileStream stream = File.Create(partial)) data.SaveTo(stream);
        File.Move(partial, path, overwrite: true);
    }
}
