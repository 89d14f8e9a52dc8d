namespace RunwayFX.Inference.Stills;

/// <summary>How a denoiser wants latents: as planes (C, H, W), or as FLUX does, blocks of 2 × 2 samples packed into tokens (H/2·W/2, 4·C).</summary>
/// <param name="Channels">Channels of the latents.</param>
/// <param name="Height">Rows of latent samples.</param>
/// <param name="Width">Latent samples in a row.</param>
/// <param name="IsPacked">Whether they are packed; both sides are even then.</param>
internal readonly record struct LatentLayout(int Channels, int Height, int Width, bool IsPacked)
{
    private const int Block = 2;

    /// <summary>Numbers of one item.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>Tokens that a transformer makes of it: what the dynamic shift counts.</summary>
    public int Tokens => Height / Block * (Width / Block);

    /// <summary>Sizes of one item as the denoiser takes it.</summary>
    public long[] ItemShape => IsPacked ? [Tokens, Channels * Block * Block] : [Channels, Height, Width];

    /// <summary>Planes into tokens, item after item.</summary>
    public void Pack(ReadOnlySpan<float> planes, Span<float> tokens) => Move(planes, tokens, packs: true);

    /// <summary>Tokens into planes.</summary>
    public void Unpack(ReadOnlySpan<float> tokens, Span<float> planes) => Move(tokens, planes, packs: false);

    /// <summary>What tells a FLUX transformer where its tokens lie: nothing, row, column.</summary>
    public float[] Places()
    {
        int columns = Width / Block;
        float[] places = new float[Tokens * 3];
        for (int token = 0; token < Tokens; token++) (places[token * 3 + 1], places[token * 3 + 2]) = (token / columns, token % columns);
        return places;
    }

    private void Move(ReadOnlySpan<float> from, Span<float> to, bool packs)
    {
        int token = 0;
        for (int item = 0; item < from.Length; item += Length)
        {
            for (int y = 0; y < Height; y += Block)
            {
                for (int x = 0; x < Width; x += Block)
                {
                    for (int channel = 0; channel < Channels; channel++)
                    {
                        for (int block = 0; block < Block * Block; block++, token++)
                        {
                            int plane = item + (channel * Height + y + block / Block) * Width + x + block % Block;
                            if (packs) to[token] = from[plane];
                            else to[plane] = from[token];
                        }
                    }
                }
            }
        }
    }
}
