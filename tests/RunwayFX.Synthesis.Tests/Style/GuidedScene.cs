using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Synthesis.Tests.Style;

/// <summary>A synthesis over pictures made of whole numbers alone, the same on every machine, large enough for several lanes.</summary>
internal static class GuidedScene
{
    /// <summary>Argument that makes the test program print <see cref="Fingerprint"/>.</summary>
    public const string FingerprintCommand = "guided-fingerprint";

    public const int Width = 150;
    public const int Height = 140;
    public const int StyleWidth = 133;
    public const int StyleHeight = 121;
    public const int StyleChannels = 3;

    /// <summary>Style and guides with unequal weights, more than 32 bytes a patch row with <paramref name="channels"/> above 6.</summary>
    public static GuidedSynthesisInput Input(int channels = 6) => new()
    {
        Source = Picture(StyleWidth, StyleHeight, channels, 1),
        Target = Picture(Width, Height, channels, 2),
        StyleChannels = StyleChannels,
        Weights = [.. Enumerable.Range(0, channels).Select(channel => (channel + 2) / 3.0)],
    };

    /// <summary>Hash of the field and of the final picture, voted from float pixels that leave 0..1.</summary>
    public static string Fingerprint(GuidedSynthesisOptions options, int channels = 6)
    {
        MatchField field = GuidedSynthesis.Run(Input(channels), options, null, default);
        float[] pixels = Pixels(), result = new float[field.Matches.Length * 4];
        PixelVoteOptions vote = new() { SourceWidth = StyleWidth, SourceHeight = StyleHeight, PatchWidth = options.PatchWidth, Threads = options.Threads };
        PixelVote.Run(pixels, result, field, vote, default);
        XxHash128 hash = new();
        hash.Append(MemoryMarshal.AsBytes(field.Matches.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(result.AsSpan()));
        return hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture);
    }

    private static float[] Pixels()
    {
        float[] pixels = new float[StyleWidth * StyleHeight * 4];
        uint state = 7;
        for (int index = 0; index < pixels.Length; index++)
        {
            state = unchecked(state * 1_664_525u + 1_013_904_223u);
            pixels[index] = ((int)(state >> 8) - (1 << 23)) / 3_000_000f;
        }

        return pixels;
    }

    private static ChannelPicture Picture(int width, int height, int channels, uint seed)
    {
        ChannelPicture picture = new(width, height, channels);
        uint state = seed * 2_654_435_761u;
        for (int index = 0; index < width * height * channels; index++)
        {
            state = unchecked(state * 1_664_525u + 1_013_904_223u);
            int channel = index % channels, x = index / channels % width, y = index / channels / width;
            int blob = (x * (channel + 1) / 8 ^ y * (int)(seed + 1) / 6) * 29 & 127;
            picture.Bytes[index] = (byte)(blob + (state >> 26));
        }

        return picture;
    }
}
