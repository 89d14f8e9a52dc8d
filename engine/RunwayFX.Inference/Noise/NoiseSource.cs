namespace RunwayFX.Inference.Noise;

/// <summary>The noise of a batch: every picture draws from a generator of its own, so that picture i of a batch is the picture that its seed gives
/// alone.</summary>
/// <remarks>
/// A batch made from seed s gives picture i the seed s + i, as the common tools do. This equals a list of generators in huggingface/diffusers, each drawing
/// (1, C, H, W); it differs from one generator for the whole batch, whose later pictures no other batch size repeats. Not thread-safe.
/// </remarks>
public sealed class NoiseSource
{
    private readonly TorchRandom[] _generators;

    /// <summary>One picture.</summary>
    public NoiseSource(ulong seed)
        : this([seed])
    {
    }

    /// <summary>One generator for each seed.</summary>
    /// <exception cref="ArgumentException">No seed.</exception>
    public NoiseSource(ReadOnlySpan<ulong> seeds)
    {
        if (seeds.IsEmpty) throw new ArgumentException("A noise source needs at least one seed.", nameof(seeds));
        _generators = new TorchRandom[seeds.Length];
        for (int i = 0; i < seeds.Length; i++) _generators[i] = new TorchRandom(seeds[i]);
    }

    /// <summary>Pictures in the batch.</summary>
    public int Count => _generators.Length;

    /// <summary>The seeds seed, seed + 1, … of a batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static NoiseSource ForBatch(ulong seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ulong[] seeds = new ulong[count];
        for (int i = 0; i < count; i++) seeds[i] = unchecked(seed + (ulong)i);
        return new NoiseSource(seeds);
    }

    /// <summary>Fills a batch (B, …) with standard normal numbers, one generator for each picture.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of <see cref="Count"/>.</exception>
    public void FillNormal(Span<float> batch)
    {
        int each = batch.Length / Count;
        if (each * Count != batch.Length) throw new ArgumentException($"{batch.Length} values do not divide into {Count} pictures.", nameof(batch));
        for (int i = 0; i < Count; i++) _generators[i].FillNormal(batch.Slice(i * each, each));
    }
}
