using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests;

/// <summary>Made-up styles, guides and pictures for synthesis tests.</summary>
internal static class SynthesisPictures
{
    /// <summary>Bytes that follow from a seed, in every channel.</summary>
    public static ChannelPicture Noise(int width, int height, int channels, int seed, int border = 0)
    {
        Random random = new(seed);
        ChannelPicture picture = new(width, height, channels, border);
        for (int y = 0; y < height; y++) random.NextBytes(picture.Bytes.AsSpan(picture.Offset(0, y), width * channels));
        picture.ExtendBorder();
        return picture;
    }

    /// <summary>The same for a clip.</summary>
    public static ChannelPicture NoiseClip(int width, int height, int frames, int channels, int seed, int border = 0, int timeBorder = 0)
    {
        Random random = new(seed);
        ChannelPicture clip = new(width, height, frames, channels, border, timeBorder);
        for (int row = 0; row < clip.Rows; row++) random.NextBytes(clip.Bytes.AsSpan(clip.Offset(0, row % height, row / height), width * channels));
        clip.ExtendBorder();
        return clip;
    }

    /// <summary>A style with strokes in three channels, guided by a slope and a hill in two more.</summary>
    public static ChannelPicture Style(int width, int height) => Draw(width, height, (x, y) =>
    {
        double tone = (double)x / width, stroke = 0.5 + 0.5 * Math.Sin(0.9 * x + 0.5 * y + 3 * Math.Sin(0.11 * y));
        return [tone * 150 + 100 * stroke, 220 - tone * 150 - 60 * stroke, 60 + 120 * stroke, tone * 255, Hill(x, y, width, height)];
    });

    /// <summary>Target guides for <see cref="Style"/>: the same two, turned round.</summary>
    public static ChannelPicture Guides(int width, int height) =>
        Draw(width, height, (x, y) => [0, 0, 0, 255 - 255.0 * (x + y) / (width + height), Hill(x, y, width, height)]);

    /// <summary>Equal weights for style and guides of <see cref="Style"/>.</summary>
    public static double[] Weights => [1.0 / 3, 1.0 / 3, 1.0 / 3, 0.5, 0.5];

    /// <summary>Chosen channels as a frame.</summary>
    public static Frame ToFrame(ChannelPicture picture)
    {
        Frame frame = new(picture.Width, picture.Height);
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                int from = picture.Offset(x, y), to = (y * picture.Width + x) * 4;
                for (int channel = 0; channel < 3; channel++) frame.Pixels[to + channel] = picture.Bytes[from + channel] / 255f;
                frame.Pixels[to + 3] = 1;
            }
        }

        return frame;
    }

    private static double Hill(int x, int y, int width, int height)
    {
        double dx = (x - 0.5 * width) / width, dy = (y - 0.5 * height) / height;
        return 255 / (1 + 12 * (dx * dx + dy * dy));
    }

    private static ChannelPicture Draw(int width, int height, Func<int, int, double[]> colour)
    {
        ChannelPicture picture = new(width, height, 5);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double[] values = colour(x, y);
                for (int channel = 0; channel < values.Length; channel++) picture.Bytes[picture.Offset(x, y) + channel] = (byte)Math.Clamp(values[channel], 0, 255);
            }
        }

        return picture;
    }
}
