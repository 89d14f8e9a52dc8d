using System.Diagnostics;
using RunwayFX.Imaging;

namespace RunwayFX.Media.Tests;

/// <summary>Folders and ffmpeg-made footage for the tests; a test that needs ffmpeg is skipped with the reason where it is absent.</summary>
internal sealed class Footage : IDisposable
{
    public Footage()
    {
        // Every sign that has ever meant something to a shell, to ffmpeg or to a pattern.
        Folder = Path.Combine(Path.GetTempPath(), $"rfx media 100% -ü–{Guid.NewGuid():N}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public static void RequireFFmpeg()
    {
        if (!FFmpegTools.TryGet(out _, out string problem)) Assert.Ignore($"needs ffmpeg: {problem}");
    }

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Runs ffmpeg in the folder.</summary>
    public void FFmpeg(params string[] arguments)
    {
        RequireFFmpeg();
        var start = new ProcessStartInfo(FFmpegTools.Get().FFmpegPath) { WorkingDirectory = Folder, RedirectStandardError = true,
            RedirectStandardInput = true };
        foreach (string argument in (string[])["-hide_banner", "-nostdin", "-loglevel", "error", "-y", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
    }

    /// <summary>A moving test picture, as a movie in this pixel format.</summary>
    public string Movie(string name, string pixelFormat, int frames, string rate, string size, params string[] output)
    {
        FFmpeg(["-f", "lavfi", "-i", $"testsrc2=size={size}:rate={rate}", "-frames:v", $"{frames}", "-pix_fmt", pixelFormat, .. output, "file:"
            + At(name)]);
        return At(name);
    }

    /// <summary>The decoded raw bytes of a movie, straight from ffmpeg.</summary>
    public byte[] Raw(string path, string pixelFormat)
    {
        string raw = At("raw.bin");
        FFmpeg("-i", "file:" + path, "-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", pixelFormat, "-f", "rawvideo", "file:" + raw);
        byte[] bytes = File.ReadAllBytes(raw);
        File.Delete(raw);
        return bytes;
    }

    /// <summary>The decoded samples of a movie's first audio stream, 16-bit little-endian.</summary>
    public byte[] Sound(string path)
    {
        string raw = At("sound.bin");
        FFmpeg("-i", "file:" + path, "-map", "0:a:0", "-f", "s16le", "file:" + raw);
        byte[] bytes = File.ReadAllBytes(raw);
        File.Delete(raw);
        return bytes;
    }

    /// <summary>Copies a whole clip through reader and writer.</summary>
    public static IReadOnlyList<string> Copy(string from, string to, OutputFormat format, Func<OutputSettings, OutputSettings>? change = null)
    {
        using FrameReader reader = FrameReader.Open(from);
        OutputSettings settings = OutputSettings.ForSource(reader.Info, to, format);
        if (change is not null) settings = change(settings);
        using FrameWriter writer = FrameWriter.Open(settings);
        foreach (long index in writer.Pending)
        {
            MediaFrame frame = reader.ReadFull(index);
            writer.Write(index, frame.Frame, frame.Exr);
        }

        writer.Finish();
        return writer.Warnings;
    }

    public static Frame Noise(int width, int height, int seed, float low = 0, float high = 1)
    {
        var random = new Random(seed);
        var frame = new Frame(width, height);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] = low + ((high - low) * random.NextSingle());
        return frame;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
