using System.Diagnostics;
using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Benchmarks;

/// <summary>A short clip of 8-bit RGB, shape (frames, height, width, 3), with a tail that wide loads may read.</summary>
internal sealed class RgbClip(int width, int height, int frames)
{
    private const int Tail = 32;

    public int Width => width;

    public int Height => height;

    public int Frames => frames;

    public byte[] Bytes { get; } = new byte[width * height * frames * 3 + Tail];

    public int Offset(int t, int y, int x) => ((t * height + y) * width + x) * 3;

    /// <summary>The clip as the generator takes it.</summary>
    public SpaceTimeVolume ToVolume()
    {
        SpaceTimeVolume volume = new(width, height, frames);
        for (int t = 0; t < frames; t++)
        {
            Span<byte> to = volume.Frame(t);
            for (int i = 0; i < width * height; i++) Bytes.AsSpan((t * width * height + i) * 3, 3).CopyTo(to[(4 * i)..]);
        }

        return volume;
    }

    /// <summary>A clip whose pixels a map names: what a user gets.</summary>
    public RgbClip Mapped(ClipVariationResult result)
    {
        RgbClip clip = new(result.Picture.Width, result.Picture.Height, result.Picture.Frames);
        for (int i = 0; i < result.Map.Length; i++) Bytes.AsSpan(result.Map[i] * 3, 3).CopyTo(clip.Bytes.AsSpan(i * 3));
        return clip;
    }

    /// <summary>A copy with nearly normal noise, for the control.</summary>
    public RgbClip WithNoise(double sigma)
    {
        RgbClip clip = new(width, height, frames);
        DeterministicRandom random = new(99);
        for (int i = 0; i < width * height * frames * 3; i++)
        {
            double sum = -6;
            for (int draw = 0; draw < 12; draw++) sum += random.NextSingle();
            clip.Bytes[i] = (byte)Math.Clamp(Math.Round(Bytes[i] + sigma * sum), 0, 255);
        }

        return clip;
    }

    /// <summary>One frame as a picture.</summary>
    public Frame Picture(int index)
    {
        Frame picture = new(width, height);
        for (int i = 0; i < width * height; i++)
        {
            for (int channel = 0; channel < 3; channel++) picture.Pixels[4 * i + channel] = Bytes[Offset(index, 0, 0) + 3 * i + channel] / 255f;
            picture.Pixels[4 * i + 3] = 1;
        }

        return picture;
    }

    /// <summary>Writes the frames as one raw file.</summary>
    public void WriteRaw(string path) => File.WriteAllBytes(path, Bytes[..(width * height * frames * 3)]);

    /// <summary>Frames of a movie, the middle cut out in the wanted shape and made smaller; null where ffmpeg or the movie is missing.</summary>
    public static RgbClip? FromMovie(string path, int width, int height, int frames)
    {
        if (!File.Exists(path)) return null;
        string filter = string.Create(CultureInfo.InvariantCulture, $"crop=iw:iw*{height}/{width},scale={width}:{height}:flags=area");
        ProcessStartInfo start = new("ffmpeg", ["-v", "error", "-i", path, "-vf", filter, "-frames:v", $"{frames}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        {
            RedirectStandardOutput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            RgbClip clip = new(width, height, frames);
            int length = width * height * frames * 3;
            int read = process.StandardOutput.BaseStream.ReadAtLeast(clip.Bytes.AsSpan(0, length), length, throwOnEndOfStream: false);
            process.WaitForExit();
            return read == length ? clip : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A water surface seen from above: forty waves that travel as gravity makes them, lit from one side. Same bits everywhere.</summary>
    public static RgbClip Water(int width, int height, int frames)
    {
        const int Waves = 40;
        RgbClip clip = new(width, height, frames);
        (double X, double Y, double Speed, double Phase, double Slope)[] waves = new (double, double, double, double, double)[Waves];
        DeterministicRandom random = new(2026);
        for (int i = 0; i < Waves; i++)
        {
            double length = 6 + 60.0 * i / Waves, angle = 2 * Math.PI * random.NextSingle(), number = 2 * Math.PI / length;
            waves[i] = (number * DeterministicMath.Sin(angle + Math.PI / 2), number * DeterministicMath.Sin(angle), 1.1 * Math.Sqrt(number), 2 * Math.PI * random.NextSingle(),
                0.10 + 0.08 * random.NextSingle());
        }

        Parallel.For(0, frames * height, row =>
        {
            int t = row / height, y = row % height;
            for (int x = 0; x < width; x++)
            {
                double slope = 0, other = 0;
                foreach (var wave in waves)
                {
                    double at = wave.X * x + wave.Y * y - wave.Speed * t + wave.Phase, value = wave.Slope * DeterministicMath.Sin(at);
                    slope += value;
                    other += wave.X > wave.Y ? value : -value;
                }

                double light = 0.45 + 0.35 * slope + 0.15 * other, glint = Math.Max(0, slope - 0.75) * 1.5;
                int offset = clip.Offset(t, y, x);
                clip.Bytes[offset] = Level(20 + 70 * light + 255 * glint);
                clip.Bytes[offset + 1] = Level(60 + 110 * light + 255 * glint);
                clip.Bytes[offset + 2] = Level(90 + 130 * light + 240 * glint);
            }
        });
        return clip;
    }

    private static byte Level(double value) => (byte)Math.Clamp((int)(value + 0.5), 0, 255);
}
