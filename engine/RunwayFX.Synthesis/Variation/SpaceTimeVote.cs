using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Variation;

/// <summary>How the patches that cover a pixel agree on its value.</summary>
internal enum VoteKind
{
    /// <summary>The lower median of each channel: keeps edges.</summary>
    Median,

    /// <summary>The mean, rounded.</summary>
    Mean,
}

/// <summary>Rebuilds a clip from its match field: each pixel asks all patches that cover it.</summary>
/// <remarks>Whole numbers in a fixed order: the same bits for any number of threads and any vector width.</remarks>
internal sealed unsafe class SpaceTimeVote
{
    private const int SamplesMax = 3 * PatchShape.SideMax * PatchShape.SideMax;

    private readonly SpaceTimeField _field;
    private readonly SpaceTimeVolume _source;
    private readonly SpaceTimeVolume _target;
    private readonly VoteKind _kind;
    private readonly PatchWork _work;
    private readonly int[] _addresses;
    private readonly int[] _offsets;

    /// <param name="field">Places of the source's patches.</param>
    /// <param name="source">Where values come from.</param>
    /// <param name="target">Overwritten.</param>
    /// <param name="kind">How patches agree.</param>
    /// <param name="work">Threads and cancellation.</param>
    public SpaceTimeVote(SpaceTimeField field, SpaceTimeVolume source, SpaceTimeVolume target, VoteKind kind, PatchWork work)
    {
        (_field, _source, _target, _kind, _work) = (field, source, target, kind, work);
        _addresses = new int[field.Places.Length];
        for (int i = 0; i < _addresses.Length; i++)
        {
            (int t, int y, int x) = SpaceTimeField.Unpack(field.Places[i]);
            _addresses[i] = (t * source.Height + y) * source.Width + x;
        }

        PatchShape patch = field.Patch;
        _offsets = new int[patch.Voxels];
        for (int i = 0; i < _offsets.Length; i++)
        {
            int dt = i / (patch.Side * patch.Side), dy = i / patch.Side % patch.Side, dx = i % patch.Side;
            _offsets[i] = (dt * source.Height + dy) * source.Width + dx;
        }
    }

    /// <summary>Votes; with a map also says which source pixel comes nearest to each result.</summary>
    /// <param name="map">One index into the source's pixels per pixel of the target, overwritten; null where it is not wanted.</param>
    public void Run(int[]? map = null) => _work.ForRows(_target.Frames * _target.Height, 1 + (long)_target.Width * _field.Patch.Voxels / 8, row =>
    {
        fixed (byte* source = _source.Bytes, target = _target.Bytes) Row(row / _target.Height, row % _target.Height, (uint*)source, (uint*)target, map);
    });

    private void Row(int t, int y, uint* source, uint* target, int[]? map)
    {
        uint* samples = stackalloc uint[SamplesMax * 8];
        int* indices = stackalloc int[SamplesMax];
        int width = _target.Width, side = _field.Patch.Side, rowStart = (t * _target.Height + y) * width;
        int x = 0;
        bool isVector = _kind == VoteKind.Median && Vector128.IsHardwareAccelerated;
        while (x < width)
        {
            if (isVector && x >= side - 1 && x + 8 <= _field.Width)
            {
                int rows = Gather8(t, y, x, source, samples);
                Median8(samples, rows, target + rowStart + x);
                if (map is not null)
                {
                    for (int lane = 0; lane < 8; lane++)
                    {
                        int count = Gather(t, y, x + lane, source, samples, indices);
                        map[rowStart + x + lane] = indices[Nearest(samples, count, target[rowStart + x + lane])];
                    }
                }

                x += 8;
                continue;
            }

            int found = Gather(t, y, x, source, samples, indices);
            target[rowStart + x] = _kind == VoteKind.Mean ? Mean(samples, found) : Median(samples, found);
            if (map is not null) map[rowStart + x] = indices[Nearest(samples, found, target[rowStart + x])];
            x++;
        }
    }

    /// <summary>The values that all covering patches give a pixel.</summary>
    private int Gather(int t, int y, int x, uint* source, uint* samples, int* indices)
    {
        PatchShape patch = _field.Patch;
        int count = 0;
        for (int dt = Math.Max(0, t - _field.Frames + 1); dt <= Math.Min(t, patch.Frames - 1); dt++)
        {
            for (int dy = Math.Max(0, y - _field.Height + 1); dy <= Math.Min(y, patch.Side - 1); dy++)
            {
                int corners = ((t - dt) * _field.Height + y - dy) * _field.Width + x, offsets = (dt * patch.Side + dy) * patch.Side;
                for (int dx = Math.Max(0, x - _field.Width + 1); dx <= Math.Min(x, patch.Side - 1); dx++)
                {
                    int at = _addresses[corners - dx] + _offsets[offsets + dx];
                    indices[count] = at;
                    samples[count++] = source[at];
                }
            }
        }

        return count;
    }

    /// <summary>The same for eight neighbouring pixels that no left or right border touches; rows of eight values.</summary>
    private int Gather8(int t, int y, int x, uint* source, uint* samples)
    {
        PatchShape patch = _field.Patch;
        int count = 0;
        fixed (int* addresses = _addresses)
        {
            for (int dt = Math.Max(0, t - _field.Frames + 1); dt <= Math.Min(t, patch.Frames - 1); dt++)
            {
                for (int dy = Math.Max(0, y - _field.Height + 1); dy <= Math.Min(y, patch.Side - 1); dy++)
                {
                    int* corners = addresses + ((t - dt) * _field.Height + y - dy) * _field.Width + x;
                    int offsets = (dt * patch.Side + dy) * patch.Side;
                    for (int dx = 0; dx < patch.Side; dx++, count++)
                    {
                        uint* from = source + _offsets[offsets + dx];
                        int* corner = corners - dx;
                        uint* to = samples + count * 8;
                        for (int lane = 0; lane < 8; lane++) to[lane] = from[corner[lane]];
                    }
                }
            }
        }

        return count;
    }

    /// <summary>The lower median of each byte, found bit by bit from the top: the largest value that at most half of the samples are below.</summary>
    private static void Median8(uint* samples, int count, uint* result)
    {
        int rank = (count - 1) / 2;
        Vector128<byte> low = Vector128<byte>.Zero, high = Vector128<byte>.Zero, limit = Vector128.Create((byte)rank);
        for (int bit = 7; bit >= 0; bit--)
        {
            Vector128<byte> one = Vector128.Create((byte)(1 << bit)), tryLow = low | one, tryHigh = high | one;
            Vector128<byte> belowLow = Vector128<byte>.Zero, belowHigh = Vector128<byte>.Zero;
            byte* row = (byte*)samples;
            for (int i = 0; i < count; i++, row += 32)
            {
                belowLow -= Vector128.LessThan(Vector128.Load(row), tryLow);
                belowHigh -= Vector128.LessThan(Vector128.Load(row + 16), tryHigh);
            }

            low = Vector128.ConditionalSelect(Vector128.LessThanOrEqual(belowLow, limit), tryLow, low);
            high = Vector128.ConditionalSelect(Vector128.LessThanOrEqual(belowHigh, limit), tryHigh, high);
        }

        low.Store((byte*)result);
        high.Store((byte*)result + 16);
    }

    private static uint Median(uint* samples, int count)
    {
        int rank = (count - 1) / 2;
        uint result = 0;
        for (int shift = 0; shift < 32; shift += 8)
        {
            uint value = 0;
            for (int bit = 7; bit >= 0; bit--)
            {
                uint attempt = value | 1u << bit;
                int below = 0;
                for (int i = 0; i < count; i++)
                {
                    if ((samples[i] >> shift & 0xFF) < attempt) below++;
                }

                if (below <= rank) value = attempt;
            }

            result |= value << shift;
        }

        return result;
    }

    private static uint Mean(uint* samples, int count)
    {
        const uint Pairs = 0x00FF_00FF;
        uint even = 0, odd = 0;
        for (int i = 0; i < count; i++)
        {
            even += samples[i] & Pairs;
            odd += samples[i] >> 8 & Pairs;
        }

        uint half = (uint)count / 2, total = (uint)count;
        return ((even & 0xFFFF) + half) / total | ((odd & 0xFFFF) + half) / total << 8
            | ((even >> 16) + half) / total << 16 | ((odd >> 16) + half) / total << 24;
    }

    /// <summary>The sample whose bytes differ least in sum; the first of several.</summary>
    private static int Nearest(uint* samples, int count, uint wanted)
    {
        int best = 0;
        uint least = uint.MaxValue;
        for (int i = 0; i < count && least > 0; i++)
        {
            uint difference = Distance(samples[i], wanted);
            if (difference >= least) continue;
            least = difference;
            best = i;
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Distance(uint a, uint b) =>
        (uint)(Math.Abs((int)(a & 0xFF) - (int)(b & 0xFF)) + Math.Abs((int)(a >> 8 & 0xFF) - (int)(b >> 8 & 0xFF))
            + Math.Abs((int)(a >> 16 & 0xFF) - (int)(b >> 16 & 0xFF)) + Math.Abs((int)(a >> 24) - (int)(b >> 24)));
}
