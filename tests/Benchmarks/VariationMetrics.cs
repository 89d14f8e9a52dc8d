using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RunwayFX.Imaging;

namespace RunwayFX.Benchmarks;

/// <summary>How new and how true to its source a generated clip is. Independent of the generator: it sees nothing but two clips of 8-bit RGB.</summary>
/// <remarks>
/// <para>A patch is 3 frames × 7 rows × 7 columns × 3 channels = 441 values; only patches wholly inside count.</para>
/// <para><b>Coherence</b> = mean over output patches of min over source patches of (Σ (a − b)² / 441). <see cref="ExactCoherence"/> compares with all
/// source patches, for a fixed sample of output patches; <see cref="FindField"/> gives an upper bound for all of them.</para>
/// <para><b>SWD</b> = mean over 128 directions of unit length (normal draws, seed 1) of the mean |a − b| over the sorted projections of all output and
/// all source patches, in 8-bit steps.</para>
/// <para><b>NNFDIV</b> = length of the zlib stream (level 6) of the field's displacements (frame, row, column; one byte each, modulo 256; in the order
/// frame plane, row plane, column plane) ÷ number of values (3 per patch). The identity's is about 0.001, zlib's own limit. Added noise of σ = 10 moves
/// only matches whose rivals differ by less than the noise, so its diversity says something about the clip: next to nothing where every place is unlike every
/// other (0.002 for the waves, exact search), much where places repeat over time or are flat (0.10 for vtest.avi, 0.2 for Megamind.avi at 96×54, exact search;
/// 0.45 was measured on the published clips). <see cref="ExactDiversity"/> tells whether the search misses any of it.</para>
/// </remarks>
internal sealed unsafe class VariationMetrics
{
    private const int Side = 7, Depth = 3, Channels = 3, Values = Side * Side * Depth * Channels, Directions = 128, RowBytes = Side * Channels;

    private readonly RgbClip _output;
    private readonly RgbClip _source;
    private readonly Vector256<byte> _mask;

    public VariationMetrics(RgbClip output, RgbClip source)
    {
        (_output, _source) = (output, source);
        Span<byte> mask = stackalloc byte[32];
        mask[..RowBytes].Fill(0xFF);
        _mask = Vector256.Create<byte>(mask);
    }

    /// <summary>Exact mean distance of every n-th output patch to its nearest source patch.</summary>
    public double ExactCoherence(int samples)
    {
        (int width, int height, int frames) = Grid(_output);
        (int keyWidth, int keyHeight, int keyFrames) = Grid(_source);
        long all = (long)width * height * frames;
        int count = (int)Math.Min(samples, all);
        long[] distances = new long[count];
        Parallel.For(0, count, sample =>
        {
            long index = (2L * sample + 1) * all / (2 * count);
            int x = (int)(index % width), y = (int)(index / width % height), t = (int)(index / width / height);
            fixed (byte* output = _output.Bytes, source = _source.Bytes)
            {
                byte* query = output + _output.Offset(t, y, x);
                // Its own place first: a low limit ends the others early.
                int best = int.MaxValue;
                if (t < keyFrames && y < keyHeight && x < keyWidth) best = Distance(query, source + _source.Offset(t, y, x), best);
                for (int keyT = 0; keyT < keyFrames; keyT++)
                {
                    for (int keyY = 0; keyY < keyHeight; keyY++)
                    {
                        byte* at = source + _source.Offset(keyT, keyY, 0);
                        for (int keyX = 0; keyX < keyWidth; keyX++, at += Channels) best = Math.Min(best, Distance(query, at, best));
                    }
                }

                distances[sample] = best;
            }
        });
        return distances.Sum() / ((double)Values * count);
    }

    /// <summary>A near-exact field of all output patches and its mean distance.</summary>
    public (double Coherence, double Diversity) FindField()
    {
        const int Passes = 10;
        (int width, int height, int frames) = Grid(_output);
        int[] places = new int[width * height * frames], costs = new int[places.Length];
        (int keyWidth, int keyHeight, int keyFrames) = Grid(_source);
        for (int i = 0; i < places.Length; i++)
        {
            int x = i % width, y = i / width % height, t = i / width / height;
            places[i] = (Math.Min(t, keyFrames - 1) * keyHeight + Math.Min(y, keyHeight - 1)) * keyWidth + Math.Min(x, keyWidth - 1);
            costs[i] = int.MaxValue;
        }

        for (int pass = 0; pass < Passes; pass++)
        {
            int[] before = (int[])places.Clone();
            int number = pass;
            Parallel.For(0, frames, t => Scan(places, costs, before, t, number));
        }

        return (costs.Sum(cost => (double)cost) / ((double)Values * costs.Length), Diversity(places));
    }

    /// <summary>The diversity of the exact field, every output patch compared with every source patch; for small clips.</summary>
    public double ExactDiversity()
    {
        (int width, int height, int frames) = Grid(_output);
        (int keyWidth, int keyHeight, int keyFrames) = Grid(_source);
        int[] places = new int[width * height * frames];
        Parallel.For(0, places.Length, index =>
        {
            int x = index % width, y = index / width % height, t = index / width / height, best = int.MaxValue;
            fixed (byte* output = _output.Bytes, source = _source.Bytes)
            {
                byte* query = output + _output.Offset(t, y, x);
                Take((Math.Min(t, keyFrames - 1) * keyHeight + Math.Min(y, keyHeight - 1)) * keyWidth + Math.Min(x, keyWidth - 1), source);
                for (int place = 0; place < keyWidth * keyHeight * keyFrames; place++) Take(place, source);

                void Take(int place, byte* keys)
                {
                    byte* key = keys + _source.Offset(place / keyWidth / keyHeight, place / keyWidth % keyHeight, place % keyWidth);
                    int distance = Distance(query, key, best);
                    if (distance >= best) return;
                    (best, places[index]) = (distance, place);
                }
            }
        });
        return Diversity(places);
    }

    /// <summary>Sliced Wasserstein distance.</summary>
    public double SlicedDistance()
    {
        double[] distances = new double[Directions];
        float[] output = Planes(_output), source = Planes(_source);
        Parallel.For(0, Directions, direction =>
        {
            DeterministicRandom random = DeterministicRandom.At(1, direction);
            float[] weights = new float[Values];
            double length = 0;
            for (int i = 0; i < Values; i++)
            {
                double sum = -6;
                for (int draw = 0; draw < 12; draw++) sum += random.NextSingle();
                weights[i] = (float)sum;
                length += sum * sum;
            }

            for (int i = 0; i < Values; i++) weights[i] /= (float)Math.Sqrt(length);
            float[] a = Projected(output, _output, weights), b = Projected(source, _source, weights);
            double total = 0;
            int count = Math.Max(a.Length, b.Length);
            for (int i = 0; i < count; i++) total += Math.Abs(a[(int)((long)i * a.Length / count)] - b[(int)((long)i * b.Length / count)]);
            distances[direction] = total / count;
        });
        return distances.Average();
    }

    private static (int Width, int Height, int Frames) Grid(RgbClip clip) => (clip.Width - Side + 1, clip.Height - Side + 1, clip.Frames - Depth + 1);

    private void Scan(int[] places, int[] costs, int[] before, int t, int pass)
    {
        (int width, int height, int frames) = Grid(_output);
        (int keyWidth, int keyHeight, int keyFrames) = Grid(_source);
        int step = (pass & 1) == 0 ? -1 : 1;
        fixed (byte* output = _output.Bytes, source = _source.Bytes)
        {
            byte* keys = source;
            for (int i = 0; i < width * height; i++)
            {
                int at = step < 0 ? i : width * height - 1 - i, x = at % width, y = at / width, index = t * width * height + at;
                byte* query = output + _output.Offset(t, y, x);
                if (costs[index] == int.MaxValue) Try(places[index] / keyWidth / keyHeight, places[index] / keyWidth % keyHeight, places[index] % keyWidth);
                if (x + step >= 0 && x + step < width) Follow(places[index + step], 0, 0, -step);
                if (y + step >= 0 && y + step < height) Follow(places[index + step * width], 0, -step, 0);
                if (t > 0) Follow(before[index - width * height], 1, 0, 0);
                if (t + 1 < frames) Follow(before[index + width * height], -1, 0, 0);
                // What stands still looks alike at all times.
                for (int keyT = 0; keyT < keyFrames && pass % 3 == 0; keyT++) Try(keyT, places[index] / keyWidth % keyHeight, places[index] % keyWidth);
                DeterministicRandom random = DeterministicRandom.At(7, index, pass);
                for (int radius = Math.Max(keyWidth, keyHeight); radius >= 1; radius /= 2)
                {
                    int place = places[index];
                    Try(
                        Math.Clamp(place / keyWidth / keyHeight + random.Between(-radius, radius) % keyFrames, 0, keyFrames - 1),
                        Math.Clamp(place / keyWidth % keyHeight + random.Between(-radius, radius), 0, keyHeight - 1),
                        Math.Clamp(place % keyWidth + random.Between(-radius, radius), 0, keyWidth - 1));
                }

                void Follow(int place, int dt, int dy, int dx)
                {
                    (int keyT, int keyY, int keyX) = (place / keyWidth / keyHeight + dt, place / keyWidth % keyHeight + dy, place % keyWidth + dx);
                    if (keyT >= 0 && keyT < keyFrames && keyY >= 0 && keyY < keyHeight && keyX >= 0 && keyX < keyWidth) Try(keyT, keyY, keyX);
                }

                void Try(int keyT, int keyY, int keyX)
                {
                    int distance = Distance(query, keys + _source.Offset(keyT, keyY, keyX), costs[index]);
                    if (distance >= costs[index]) return;
                    costs[index] = distance;
                    places[index] = (keyT * keyHeight + keyY) * keyWidth + keyX;
                }
            }
        }
    }

    private double Diversity(int[] places)
    {
        (int width, int height, _) = Grid(_output);
        (int keyWidth, int keyHeight, _) = Grid(_source);
        byte[] field = new byte[places.Length * 3];
        for (int i = 0; i < places.Length; i++)
        {
            field[i] = unchecked((byte)(places[i] / keyWidth / keyHeight - i / width / height));
            field[places.Length + i] = unchecked((byte)(places[i] / keyWidth % keyHeight - i / width % height));
            field[2 * places.Length + i] = unchecked((byte)(places[i] % keyWidth - i % width));
        }

        using MemoryStream packed = new();
        // zlib's level 6: .NET's Optimal.
        using (ZLibStream stream = new(packed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(field);
        return (double)packed.Length / field.Length;
    }

    /// <summary>The projections of all patches on one direction, sorted.</summary>
    private static float[] Projected(float[] planes, RgbClip clip, float[] weights)
    {
        (int width, int height, int frames) = Grid(clip);
        float[] result = new float[width * height * frames];
        int planeSize = clip.Width * clip.Height * clip.Frames;
        for (int row = 0; row < frames * height; row++)
        {
            Span<float> to = result.AsSpan(row * width, width);
            for (int i = 0; i < Values; i++)
            {
                int channel = i % Channels, dx = i / Channels % Side, dy = i / RowBytes % Side, dt = i / RowBytes / Side;
                int from = channel * planeSize + ((row / height + dt) * clip.Height + row % height + dy) * clip.Width + dx;
                AddScaled(planes.AsSpan(from, width), weights[i], to);
            }
        }

        Array.Sort(result);
        return result;
    }

    private static void AddScaled(ReadOnlySpan<float> from, float weight, Span<float> to)
    {
        int x = 0;
        for (; x + 8 <= to.Length; x += 8)
            (Vector256.Create(to[x..]) + Vector256.Create(from[x..]) * weight).CopyTo(to[x..]);
        for (; x < to.Length; x++) to[x] += from[x] * weight;
    }

    private static float[] Planes(RgbClip clip)
    {
        int size = clip.Width * clip.Height * clip.Frames;
        float[] planes = new float[size * Channels];
        for (int i = 0; i < planes.Length; i++) planes[i % Channels * size + i / Channels] = clip.Bytes[i];
        return planes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Distance(byte* a, byte* b, int limit)
    {
        Vector256<uint> sum = Vector256<uint>.Zero;
        nint rowA = _output.Width * Channels, rowB = _source.Width * Channels, frameA = rowA * _output.Height, frameB = rowB * _source.Height;
        for (int dt = 0; dt < Depth; dt++)
        {
            byte* p = a + dt * frameA, q = b + dt * frameB;
            for (int dy = 0; dy < Side; dy++, p += rowA, q += rowB)
            {
                Vector256<byte> one = Vector256.Load(p), other = Vector256.Load(q);
                Vector256<byte> difference = (Vector256.Max(one, other) - Vector256.Min(one, other)) & _mask;
                Vector256<ushort> low = Vector256.WidenLower(difference), high = Vector256.WidenUpper(difference);
                low *= low;
                high *= high;
                sum += Vector256.WidenLower(low) + Vector256.WidenUpper(low) + Vector256.WidenLower(high) + Vector256.WidenUpper(high);
            }

            if (Vector256.Sum(sum) >= (uint)limit) return int.MaxValue;
        }

        return (int)Vector256.Sum(sum);
    }
}
