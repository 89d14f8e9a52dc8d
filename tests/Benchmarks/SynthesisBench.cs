using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Benchmarks;

/// <summary>How long does a small guided synthesis take, as a multiple of the yardstick? One thread, fixed pictures, fixed seed. Budget: the ratio
/// that the present code reaches, with room for the spread between machines; a slower algorithm shows as a jump.</summary>
internal sealed class SynthesisBench : IBench
{
    private const int Width = 128;
    private const int Height = 96;
    private const int StyleChannels = 3;
    private const int Channels = 6;

    /// <inheritdoc/>
    public string Name => "synthesis";

    /// <inheritdoc/>
    public string Question => "what guided synthesis costs, as a multiple of a fixed kernel";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        var input = new GuidedSynthesisInput
        {
            Source = Picture(1), Target = Picture(2), StyleChannels = StyleChannels, Weights = [.. Enumerable.Repeat(1.0 / StyleChannels, Channels)],
        };
        var options = new GuidedSynthesisOptions { Threads = 1 };
        double yardstick = Yardstick.Seconds();
        double style = Yardstick.Best(3, () => GuidedSynthesis.Run(input, options, null, CancellationToken.None));
        return
        [
            new BenchRow("synthesis.yardstick", yardstick * 1000, "ms"),
            new BenchRow($"synthesis.style-{Width}x{Height}", style * 1000, "ms"),
            new BenchRow($"synthesis.style-ratio-{Width}x{Height}", style / yardstick, "x", StyleRatioMax),
        ];
    }

    /// <summary>Largest accepted multiple of the yardstick for the small style synthesis.</summary>
    private const double StyleRatioMax = 6;

    /// <summary>Blobs and fine grain from integers: the same on every machine.</summary>
    private static ChannelPicture Picture(uint seed)
    {
        var picture = new ChannelPicture(Width, Height, Channels, border: 8);
        uint state = seed * 2_654_435_761u;
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    state = unchecked(state * 1_664_525u + 1_013_904_223u);
                    int blob = (x * (channel + 1) / 8 ^ y * (int)seed / 6) * 29 & 127;
                    picture.Bytes[picture.Offset(x, y) + channel] = (byte)(blob + (state >> 27));
                }
            }
        }

        picture.ExtendBorder();
        return picture;
    }
}
