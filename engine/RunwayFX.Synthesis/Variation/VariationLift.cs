using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Variation;

/// <summary>Brings a result that was made small up to a larger size, frame by frame: the small map says where each part comes from, a short search
/// per doubling fits the parts to each other.</summary>
/// <remarks>Memory: 4/3 of the keys' bytes, and about 40 bytes per pixel of one frame while it works. Thread-safe; the same bits for any number of
/// threads.</remarks>
public sealed class VariationLift
{
    private const int RadiusMax = 2, PatchSide = 7;

    private readonly (SpaceTimeVolume Keys, int Width, int Height)[] _levels;
    private readonly (int Width, int Height) _smallKeys;
    private readonly (int Width, int Height) _small;

    /// <summary>Prepares the sizes between the small and the large one, for results of the source's own size.</summary>
    /// <param name="keys">The source at the size wanted.</param>
    /// <param name="width">Columns of the small clip.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public VariationLift(SpaceTimeVolume keys, int width, int height, int threads, CancellationToken cancellation)
        : this(keys, (width, height), (width, height), (keys?.Width ?? 0, keys?.Height ?? 0), threads, cancellation)
    {
    }

    /// <summary>Prepares the sizes between the small and the large one.</summary>
    /// <param name="keys">The source at the size wanted.</param>
    /// <param name="smallKeys">Size of the source on which the result was made.</param>
    /// <param name="small">Size at which the result was made.</param>
    /// <param name="large">Size of the result that is wanted; enlarged as the source is.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public VariationLift(
        SpaceTimeVolume keys, (int Width, int Height) smallKeys, (int Width, int Height) small, (int Width, int Height) large, int threads,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(keys);
        (_smallKeys, _small) = (smallKeys, small);
        List<(SpaceTimeVolume Keys, int Width, int Height)> levels = [(keys, large.Width, large.Height)];
        (int w, int h) = (keys.Width, keys.Height);
        (int resultW, int resultH) = large;
        while ((w + 1) / 2 >= smallKeys.Width && (h + 1) / 2 >= smallKeys.Height && (w > 2 * smallKeys.Width || h > 2 * smallKeys.Height))
        {
            (w, h, resultW, resultH) = ((w + 1) / 2, (h + 1) / 2, (resultW + 1) / 2, (resultH + 1) / 2);
            levels.Add((keys.Resize(w, h, keys.Frames, threads, cancellation), resultW, resultH));
        }

        levels.Reverse();
        _levels = [.. levels];
    }

    /// <summary>Memory it holds.</summary>
    public long Bytes => _levels.Sum(level => (long)level.Keys.Bytes.Length);

    /// <summary>Lifts one frame.</summary>
    /// <param name="map">The small frame's map: index of a pixel of the small source (frame, row, column) per pixel.</param>
    /// <param name="seed">Draws of the search.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellation">Asked once per row.</param>
    /// <returns>The same at the large size: index of a pixel of the keys per pixel.</returns>
    public int[] Lift(ReadOnlySpan<int> map, ulong seed, int threads, CancellationToken cancellation)
    {
        if (map.Length != _small.Width * _small.Height)
            throw new ArgumentException($"a map of {map.Length} does not fill {_small.Width}×{_small.Height} pixels", nameof(map));
        PatchWork work = new(threads, cancellation);
        Step step = new(_small.Width, _small.Height, _smallKeys.Width, _smallKeys.Height);
        int[] current = map.ToArray();
        for (int level = 0; level < _levels.Length; level++)
        {
            (SpaceTimeVolume keys, int width, int height) = _levels[level];
            if (keys.Width == step.KeyWidth && keys.Height == step.KeyHeight && width == step.Width && height == step.Height) continue;
            current = Fit(current, step, keys, width, height, DeterministicRandom.Hash(seed, level), work);
            step = new Step(width, height, keys.Width, keys.Height);
        }

        return current;
    }

    private static int[] Fit(int[] map, Step from, SpaceTimeVolume keys, int width, int height, ulong seed, PatchWork work)
    {
        PatchShape patch = new PatchShape(1, PatchSide).Within(Math.Min(keys.Width, width), Math.Min(keys.Height, height), 1);
        SpaceTimeVolume guess = new(width, height, 1);
        SpaceTimeField field = new(width, height, 1, patch);
        int radius = patch.Side / 2, lastX = keys.Width - patch.Side, lastY = keys.Height - patch.Side;
        for (int y = 0; y < field.Height; y++)
        {
            for (int x = 0; x < field.Width; x++)
            {
                (int frame, int row, int column) = Enlarged(map, from, keys, width, height, x + radius, y + radius);
                field.Places[y * field.Width + x] =
                    SpaceTimeField.Pack(frame, Math.Clamp(row - radius, 0, lastY), Math.Clamp(column - radius, 0, lastX));
            }
        }

        new SpaceTimeVote(field, keys, guess, VoteKind.Median, work).Run();
        new SpaceTimeSearch(guess, keys, field, null, PatchKernelKind.Auto, work).Run(new SearchEffort(2, RadiusMax), seed);
        int[] result = new int[width * height];
        new SpaceTimeVote(field, keys, guess, VoteKind.Median, work).Run(result);
        return result;
    }

    /// <summary>Where a pixel of an enlarged frame comes from: its small pixel's displacement, enlarged.</summary>
    private static (int Frame, int Row, int Column) Enlarged(int[] map, Step small, SpaceTimeVolume keys, int width, int height, int x, int y)
    {
        int smallX = (int)((long)x * small.Width / width), smallY = (int)((long)y * small.Height / height), at = map[smallY * small.Width + smallX];
        int row = Carried(y, smallY, at / small.KeyWidth % small.KeyHeight, (height, small.Height), (keys.Height, small.KeyHeight));
        int column = Carried(x, smallX, at % small.KeyWidth, (width, small.Width), (keys.Width, small.KeyWidth));
        return (at / (small.KeyWidth * small.KeyHeight), row, column);
    }

    /// <summary>Where along one axis a place of a large result comes from, when the small place it lies on comes from a small key.</summary>
    /// <param name="at">Place in the large result.</param>
    /// <param name="smallAt">Place of the small result that it lies on.</param>
    /// <param name="key">Where in the small source that one comes from.</param>
    /// <param name="result">Sizes of the large and the small result.</param>
    /// <param name="source">Sizes of the large and the small source.</param>
    public static int Carried(int at, int smallAt, int key, (int Large, int Small) result, (int Large, int Small) source)
    {
        if (result == source) return Moved(at, key - smallAt, source.Large, source.Small);
        double moved = (double)key * source.Large / source.Small - (double)smallAt * result.Large / result.Small;
        return Math.Clamp(at + (int)Math.Floor(moved + 0.5), 0, source.Large - 1);
    }

    /// <summary>A position moved by a displacement that was measured on a smaller grid.</summary>
    public static int Moved(int at, int displacement, int size, int smallSize) =>
        Math.Clamp(at + (int)Math.Floor((double)displacement * size / smallSize + 0.5), 0, size - 1);

    /// <summary>Sizes of result and source at one step.</summary>
    private readonly record struct Step(int Width, int Height, int KeyWidth, int KeyHeight);
}
