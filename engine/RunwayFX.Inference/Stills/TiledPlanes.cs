namespace RunwayFX.Inference.Stills;

/// <summary>Runs a network over planes (C, H, W) tile by tile and joins what it gives without a seam.</summary>
internal static class TiledPlanes
{
    /// <summary>What makes the output of one tile: its planes, its height and width in units.</summary>
    public delegate float[] RunTile(float[] planes, int height, int width);

    /// <summary>Sizes of a run, in units that are one latent sample.</summary>
    /// <param name="Width">Units in a row.</param>
    /// <param name="Height">Rows of units.</param>
    /// <param name="ScaleIn">Input samples per unit along a side.</param>
    /// <param name="ScaleOut">Output samples per unit.</param>
    /// <param name="ChannelsIn">Planes of the input; frames count as planes.</param>
    /// <param name="ChannelsOut">Planes of the output.</param>
    public readonly record struct Sizes(int Width, int Height, int ScaleIn, int ScaleOut, int ChannelsIn, int ChannelsOut);

    /// <summary>Runs.</summary>
    public static float[] Run(ReadOnlySpan<float> input, Sizes sizes, int tile, int overlap, RunTile run)
    {
        TilePlan across = new(sizes.Width, tile, overlap), down = new(sizes.Height, tile, overlap);
        if (across.Count * down.Count == 1) return run(input.ToArray(), sizes.Height, sizes.Width);
        int wide = sizes.Width * sizes.ScaleOut, high = sizes.Height * sizes.ScaleOut, tall = down.Tile * sizes.ScaleOut;
        float[] output = new float[sizes.ChannelsOut * wide * high], strip = new float[sizes.ChannelsOut * wide * tall];
        for (int row = 0; row < down.Count; row++)
        {
            for (int column = 0; column < across.Count; column++)
            {
                float[] part = Cut(input, sizes, (across.Start(column), down.Start(row)), (across.Tile, down.Tile));
                Blend(run(part, down.Tile, across.Tile), strip, across.Weights(column, sizes.ScaleOut), wide, across.Start(column) * sizes.ScaleOut);
            }

            float[] weights = down.Weights(row, sizes.ScaleOut);
            for (int channel = 0; channel < sizes.ChannelsOut; channel++)
            {
                for (int y = 0; y < tall; y++)
                {
                    Span<float> to = output.AsSpan((channel * high + down.Start(row) * sizes.ScaleOut + y) * wide, wide);
                    ReadOnlySpan<float> from = strip.AsSpan((channel * tall + y) * wide, wide);
                    for (int x = 0; x < wide; x++) to[x] = Mix(to[x], from[x], weights[y]);
                }
            }
        }

        return output;
    }

    private static float[] Cut(ReadOnlySpan<float> input, Sizes sizes, (int X, int Y) at, (int Width, int Height) tile)
    {
        int scale = sizes.ScaleIn, wide = tile.Width * scale, high = tile.Height * scale;
        float[] part = new float[sizes.ChannelsIn * wide * high];
        for (int row = 0; row < sizes.ChannelsIn * high; row++)
        {
            int channel = row / high, y = row % high;
            input.Slice(((channel * sizes.Height + at.Y) * scale + y) * sizes.Width * scale + at.X * scale, wide).CopyTo(part.AsSpan(row * wide));
        }

        return part;
    }

    /// <summary>Puts a tile's rows into a strip of the picture's width.</summary>
    private static void Blend(float[] tile, float[] strip, float[] weights, int wide, int start)
    {
        int rows = tile.Length / weights.Length;
        for (int row = 0; row < rows; row++)
        {
            Span<float> to = strip.AsSpan(row * wide + start, weights.Length);
            ReadOnlySpan<float> from = tile.AsSpan(row * weights.Length, weights.Length);
            for (int x = 0; x < to.Length; x++) to[x] = Mix(to[x], from[x], weights[x]);
        }
    }

    /// <summary>Exact where the two are equal and where one counts alone.</summary>
    private static float Mix(float before, float now, float share) => share <= 0 ? before : share >= 1 ? now : before + share * (now - before);
}
