using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Style;

/// <summary>Our energy is the published one: an independent program finds the same numbers.</summary>
public sealed class GuidedEnergyTests
{
    [Test]
    public void IndependentEvaluator_FindsTheSameEnergy()
    {
        string script = TestPictures.DataFile("../tools/energy.py"), python = PythonWithNumpy();
        ChannelPicture source = Picture(70, 50, 1), target = Picture(61, 43, 2);
        double[] weights = [.. Enumerable.Repeat(1.0 / 3, 6)];
        MatchField field = GuidedSynthesis.Run(new() { Source = source, Target = target, StyleChannels = 3, Weights = weights }, new(), null, default);
        PatchVote.Channels(source, target, field, new(5, 3, null, 1), default);
        GuidedEnergy energy = GuidedEnergy.Measure(source, target, 3, weights, field, 5, 3500);

        string folder = Directory.CreateTempSubdirectory("rfx-energy-").FullName;
        try
        {
            string style = Write(source, 0, folder, "style"), sourceGuide = Write(source, 3, folder, "source-guide");
            string result = Write(target, 0, folder, "result"), targetGuide = Write(target, 3, folder, "target-guide");
            string matches = Path.Combine(folder, "field.i32");
            File.WriteAllBytes(matches, Bytes(field));
            string printed = Run(python, script, "--style", style, "--guide", sourceGuide, targetGuide, "--result", result, "--field", matches)
                ?? throw new InvalidOperationException("the evaluator failed");
            double[] theirs = [.. printed.Split(' ').Where((_, index) => index % 2 == 1).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            Assert.Multiple(() =>
            {
                Assert.That(energy.Total, Is.EqualTo(theirs[0]).Within(0.011), printed);
                Assert.That(energy.Style, Is.EqualTo(theirs[1]).Within(0.011));
                Assert.That(energy.Guide, Is.EqualTo(theirs[2]).Within(0.011));
                Assert.That(energy.Uniformity, Is.EqualTo(theirs[3]).Within(0.011));
                Assert.That(energy.Coverage, Is.EqualTo(theirs[4]).Within(0.0011));
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string PythonWithNumpy()
    {
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            if (Run(python, "-c", "import numpy") is not null && Run("ffprobe", "-version") is not null) return python;
        }

        Assert.Ignore("python3 with numpy, or ffprobe, is absent: install them to run this test.");
        return "";
    }

    /// <summary>What a program prints; null where it is absent or fails.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string printed = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) TestContext.Out.WriteLine(errors.Result);
            return process.ExitCode == 0 ? printed.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static string Write(ChannelPicture picture, int channel, string folder, string name)
    {
        Frame frame = new(picture.Width, picture.Height);
        for (int index = 0; index < picture.Width * picture.Height; index++)
        {
            int from = picture.Offset(index % picture.Width, index / picture.Width) + channel;
            for (int rgb = 0; rgb < 3; rgb++) frame.Pixels[4 * index + rgb] = picture.Bytes[from + rgb] / 255f;
            frame.Pixels[4 * index + 3] = 1;
        }

        string path = Path.Combine(folder, name + ".png");
        TestArtifacts.WritePng(frame, path);
        return path;
    }

    private static byte[] Bytes(MatchField field)
    {
        byte[] bytes = new byte[field.Matches.Length * 8];
        for (int index = 0; index < field.Matches.Length; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 * index), MatchField.X(field.Matches[index]));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 * index + 4), MatchField.Y(field.Matches[index]));
        }

        return bytes;
    }

    private static ChannelPicture Picture(int width, int height, int seed)
    {
        ChannelPicture style = SynthesisPictures.Style(width, height), picture = SynthesisPictures.Noise(width, height, 6, seed);
        for (int index = 0; index < width * height; index++)
        {
            for (int channel = 0; channel < 5; channel++) picture.Bytes[6 * index + channel] = style.Bytes[5 * index + channel];
            picture.Bytes[6 * index + 5] /= 8;
        }

        return picture;
    }
}
