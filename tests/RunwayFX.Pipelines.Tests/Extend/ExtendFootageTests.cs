using System.ComponentModel;
using System.Diagnostics;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;

namespace RunwayFX.Pipelines.Tests.Extend;

/// <summary>Footage whose left border cuts a building, a kerb, a barrier tape and a pavement, and darkens over its last columns.</summary>
public sealed class ExtendFootageTests
{
    private const string Clip = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

    private const int Width = 768, Height = 576, Wide = 1024, Left = (Wide - Width) / 2, Ring = 32;

    /// <summary>Only every so many-th frame is looked at: those that a shot's plate is made of.</summary>
    private const int Step = 6, Frames = 9;

    /// <summary>Rows over which tone is averaged: grain and single edges say nothing about a seam.</summary>
    private const int ToneRows = 97;

    private const double TextureMin = 0.6, TextureMax = 1.6;

    private static readonly Lazy<Frame?> Filled = new(() => Read() is { } frames ? Extend(frames) : null);

    [TestCase(Left)]
    [TestCase(Wide - Left)]
    public void Join_IsNoStepOfTone(int join)
    {
        double[] luma = Picture();

        double[] inside = [.. Enumerable.Range(Left + 1, Width - 1).Select(x => ToneStep(luma, x)).Order()];

        Assert.That(ToneStep(luma, join), Is.LessThanOrEqualTo(inside[(int)(0.9 * inside.Length)]),
            "against nine tenths of the source's own columns");
    }

    [TestCase(0, Left)]
    [TestCase(Wide - Left, Wide)]
    public void Fill_IsAsTexturedAsTheSourceBesideIt(int from, int to)
    {
        double[] luma = Picture();

        double beside = from == 0 ? Texture(luma, Left, Left + Ring) : Texture(luma, Wide - Left - Ring, Wide - Left);

        Assert.That(Texture(luma, from, to) / beside, Is.InRange(TextureMin, TextureMax));
    }

    /// <summary>The lens takes a third of the light from the left border. A fill that goes back to the inside's tone leaves a dark band there, one that is
    /// as dark as the border's last column at once a line; so it goes on for a while as it was going, and never rises.</summary>
    [TestCase(320, 380, Description = "upper lawn")]
    [TestCase(380, 470, Description = "middle of the lawn")]
    [TestCase(490, 560, Description = "lower lawn")]
    [TestCase(200, 225, Description = "pavement")]
    public void ToneOfTheDarkBorder_GoesOnIntoTheFill(int from, int to)
    {
        double[] luma = Picture();

        double border = Mean(luma, Left, Left + 8, from, to), before = border - Mean(luma, Left + 24, Left + 32, from, to);
        Assert.Multiple(() =>
        {
            Assert.That(Mean(luma, Left - 24, Left - 8, from, to), Is.InRange(border + 1.5 * before - 2, border + 2), "beside the join");
            Assert.That(Mean(luma, Left - 70, Left - 30, from, to), Is.InRange(border + 1.5 * before - 2, border + 2), "further out");
        });
    }

    /// <summary>Lawn that is darker than where it was taken from is as rough and as green as the border's own dark lawn, not flat and grey.</summary>
    [Test]
    public void DarkLawn_IsAsRoughAndGreenAsTheBorders()
    {
        double[] luma = Picture();
        const int Top = 340, Bottom = 470;

        double rough = Texture(luma, Left - 100, Left - 4, Top, Bottom) / Texture(luma, Left, Left + 40, Top, Bottom);
        double green = Green(Left - 100, Left - 4, Top, Bottom) / Green(Left, Left + 40, Top, Bottom);

        Assert.Multiple(() =>
        {
            Assert.That(rough, Is.InRange(0.8, 1.25));
            Assert.That(green, Is.InRange(0.85, 1.15));
        });
    }

    /// <summary>Mean of what green has more than red and blue, as a part of luma.</summary>
    private static double Green(int left, int right, int top, int bottom)
    {
        double green = 0, all = 0;
        for (int y = top; y < bottom; y++)
        {
            for (int p = 4 * (y * Wide + left); p < 4 * (y * Wide + right); p += 4)
            {
                (float r, float g, float b) = (Filled.Value!.Pixels[p], Filled.Value.Pixels[p + 1], Filled.Value.Pixels[p + 2]);
                green += g - (r + b) / 2;
                all += 0.2126 * r + 0.7152 * g + 0.0722 * b;
            }
        }

        return green / all;
    }

    private static double Mean(double[] luma, int left, int right, int top, int bottom) => Enumerable.Range(top, bottom - top)
        .Average(y => Enumerable.Range(left, right - left).Average(x => luma[y * Wide + x]));

    private static double[] Picture()
    {
        if (Filled.Value is not { } filled)
        {
            Assert.Ignore("needs ffmpeg and vtest.avi of opencv-doc");
            throw new UnreachableException();
        }

        return Luma(filled);
    }

    private static Frame Extend(Frame[] frames)
    {
        FakeClip clip = new(time => time % Step == 0 && time >= 0 && time < Step * frames.Length ? FakeClip.At(frames[(int)time / Step]) : null);
        RenderJob job = FakeClip.Job(new(-Left, 0, Width + Left, Height), settings: [("canvas", 1), ("targetAspect", 1)]);
        return new ExtendPipeline().Render(job, clip, new ExtendPipelineTests.NoPictures(), new ExtendPipelineTests.NoProgress(),
            CancellationToken.None);
    }

    /// <summary>Mean step from the column before to a column, rows averaged.</summary>
    private static double ToneStep(double[] luma, int x)
    {
        double window = 0, sum = 0;
        for (int y = 0; y < Height; y++)
        {
            window += luma[y * Wide + x] - luma[y * Wide + x - 1];
            if (y >= ToneRows) window -= luma[(y - ToneRows) * Wide + x] - luma[(y - ToneRows) * Wide + x - 1];
            if (y >= ToneRows - 1) sum += Math.Abs(window);
        }

        return sum / ToneRows / (Height - ToneRows + 1);
    }

    private static double Texture(double[] luma, int from, int to, int top = 0, int bottom = Height)
    {
        double sum = 0;
        for (int y = top + 1; y < bottom - 1; y++)
        {
            for (int x = from + 1; x < to - 1; x++)
            {
                int p = y * Wide + x;
                sum += Math.Abs(4 * luma[p] - luma[p - 1] - luma[p + 1] - luma[p - Wide] - luma[p + Wide]);
            }
        }

        return sum / (bottom - top - 2) / (to - from - 2);
    }

    private static double[] Luma(Frame frame) =>
        [.. frame.Pixels.Chunk(Frame.Channels).Select(pixel => 255 * (0.2126 * pixel[0] + 0.7152 * pixel[1] + 0.0722 * pixel[2]))];

    /// <summary>The sampled frames; null where the clip or the program that reads it is absent.</summary>
    private static Frame[]? Read()
    {
        if (!File.Exists(Clip)) return null;
        ProcessStartInfo start = new("ffmpeg", ["-v", "error", "-i", Clip, "-vf", $"select=not(mod(n\\,{Step}))", "-fps_mode", "passthrough",
            "-frames:v", $"{Frames}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]) { RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            byte[] bytes = new byte[Frames * Width * Height * 3];
            int read = process.StandardOutput.BaseStream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            process.WaitForExit();
            if (read != bytes.Length) return null;
            return [.. Enumerable.Range(0, Frames).Select(index => FromBytes(bytes.AsSpan(index * Width * Height * 3)))];
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static Frame FromBytes(ReadOnlySpan<byte> bytes)
    {
        Frame frame = new(Width, Height);
        for (int p = 0; p < Width * Height; p++)
        {
            for (int c = 0; c < 3; c++) frame.Pixels[4 * p + c] = bytes[3 * p + c] / 255f;
            frame.Pixels[4 * p + 3] = 1;
        }

        return frame;
    }
}
