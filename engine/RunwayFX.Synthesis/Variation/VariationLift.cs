using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Variation;

/// <summary>Brings a result that was made small up to a larger size, frame by frame: the small map says where each part comes from, a short search
/// per doubling fits the parts to each other.</summary>
/// <remarks>Memory: 4/3 of the keys' bytes, and about 40 bytes per pixel of one frame while it works. Thread-safe; the same bits for any number of
/// threads.</remarks>
public sealed class VariationLift
{
    private const int RadiusMax = 2, PatchSide = 7;

    private readonly SpaceTimeVolume[] _keys;
    private readonly int _width;
    private readonly int _height;

    /// <summary>Prepares the sizes between the small and the large one.</summary>
    /// <param name="keys">The source at the size wanted.</param>
    /// <param name="width">Columns of the small clip.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public VariationLift(SpaceTimeVolume keys, int width, int height, int threads, CancellationToken cancellation)
    {
        (_width, _height) = (width, height);
        List<SpaceTimeVolume> levels = [keys];
        (int w, int h) = (keys.Width, keys.Height);
        while ((w + 1) / 2 >= width && (h + 1) / 2 >= height && (w > 2 * width || h > 2 * height))
        {
            (w, h) = ((w + 1) / 2, (h + 1) / 2);
            levels.Add(keys.Resize(w, h, keys.Frames, threads, cancellation));
        }

        levels.Reverse();
        _keys = [.. levels];
    }

    /// <summary>Memory it holds.</summary>
    public long Bytes => _keys.Sum(level => (long)level.Bytes.Length);

    /// <summary>Lifts one frame.</summary>
    /// <param name="map">The small frame's map: index of a pixel of the small source (frame, row, column) per pixel.</param>
    /// <param name="seed">Draws of the search.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="cancellation">Asked once per row.</param>
    /// <returns>The same at the keys' size: index of a pixel of the keys per pixel.</returns>
    public int[] Lift(ReadOnlySpan<int> map, ulong seed, int threads, CancellationToken cancellation)
    {
        if (map.Length != _width * _height) throw new ArgumentException($"a map of {map.Length} does not fill {_width}×{_height} pixels", nameof(map));
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellation };
        (int width, int height) = (_width, _height);
        int[] current = map.ToArray();
        for (int level = 0; level < _keys.Length; level++)
        {
            SpaceTimeVolume keys = _keys[level];
            if (keys.Width == width && keys.Height == height) continue;
            current = Fit(current, width, height, keys, DeterministicRandom.Hash(seed, level), parallel);
            (width, height) = (keys.Width, keys.Height);
        }

        return current;
    }

    private static int[] Fit(int[] map, int width, int height, SpaceTimeVolume keys, ulong seed, ParallelOptions parallel)
    {
        PatchShape patch = new PatchShape(1, PatchSide).Within(keys.Width, keys.Height, 1);
        SpaceTimeVolume guess = new(keys.Width, keys.Height, 1);
        SpaceTimeField field = new(keys.Width, keys.Height, 1, patch);
        int radius = patch.Side / 2, lastX = keys.Width - patch.Side, lastY = keys.Height - patch.Side;
        for (int y = 0; y < field.Height; y++)
        {
            for (int x = 0; x < field.Width; x++)
            {
                (int frame, int row, int column) = Enlarged(map, width, height, keys, x + radius, y + radius);
                field.Places[y * field.Width + x] =
                    SpaceTimeField.Pack(frame, Math.Clamp(row - radius, 0, lastY), Math.Clamp(column - radius, 0, lastX));
            }
        }

        new SpaceTimeVote(field, keys, guess, VoteKind.Median, parallel).Run();
        new SpaceTimeSearch(guess, keys, field, null, SpaceTimeKernelKind.Auto, parallel).Run(new SearchEffort(2, RadiusMax), seed);
        int[] result = new int[keys.Width * keys.Height];
        new SpaceTimeVote(field, keys, guess, VoteKind.Median, parallel).Run(result);
        return result;
    }

    /// <summary>Where a pixel of an enlarged frame comes from: its small pixel's displacement, enlarged.</summary>
    /// <param name="map">Index of a pixel of the small source per small pixel.</param>
    /// <param name="width">Columns of the small clip.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="large">Size of the large clip.</param>
    /// <param name="x">Column in the large frame.</param>
    /// <param name="y">Row in the large frame.</param>
    private static (int Frame, int Row, int Column) Enlarged(int[] map, int width, int height, SpaceTimeVolume large, int x, int y)
    {
        int smallX = (int)((long)x * width / large.Width), smallY = (int)((long)y * height / large.Height);
        int at = map[smallY * width + smallX], frame = at / (width * height);
        return (frame, Moved(y, at / width % height - smallY, large.Height, height), Moved(x, at % width - smallX, large.Width, width));
    }

    /// <summary>A position moved by a displacement that was measured on a smaller grid.</summary>
    public static int Moved(int at, int displacement, int size, int smallSize) =>
        Math.Clamp(at + (int)Math.Floor((double)displacement * size / smallSize + 0.5), 0, size - 1);
}
