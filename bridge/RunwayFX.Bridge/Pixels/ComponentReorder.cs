using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Bridge;

/// <summary>Turns pixels of four components from one order into another. Between the four orders there are five ways.</summary>
/// <remarks>By shifts and fixed shuffles alone: the plug-in is compiled for processors without a byte shuffle, where a variable one costs twenty times as
/// much.</remarks>
internal static unsafe class ComponentReorder
{
    private const int BlockBytes = 16;

    /// <summary>Reorders a row.</summary>
    /// <param name="from">Pixels.</param>
    /// <param name="to">Their place; must not overlap.</param>
    /// <param name="bytes">Size of the row, a multiple of the pixel's.</param>
    /// <param name="componentBytes">1, 2 or 4.</param>
    /// <param name="positions">For each byte, lowest first: which component of the source stands there.</param>
    /// <param name="isStreamed">Whether to write past the caches; <paramref name="to"/> is aligned to 16 bytes then.</param>
    public static void Run(byte* from, byte* to, long bytes, int componentBytes, uint positions, bool isStreamed)
    {
        switch (positions)
        {
            case 0x03_00_01_02:
                Run<SwapEven>(from, to, bytes, componentBytes, isStreamed);
                break;
            case 0x01_02_03_00:
                Run<SwapOdd>(from, to, bytes, componentBytes, isStreamed);
                break;
            case 0x02_01_00_03:
                Run<RotateUp>(from, to, bytes, componentBytes, isStreamed);
                break;
            case 0x00_03_02_01:
                Run<RotateDown>(from, to, bytes, componentBytes, isStreamed);
                break;
            case 0x00_01_02_03:
                Run<Reverse>(from, to, bytes, componentBytes, isStreamed);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(positions), positions, $"0x{positions:X8} is no way between two orders");
        }
    }

    private static void Run<TWay>(byte* from, byte* to, long bytes, int componentBytes, bool isStreamed)
        where TWay : struct, IWay
    {
        byte* end = to + bytes;
        for (; end - to >= BlockBytes; from += BlockBytes, to += BlockBytes)
        {
            Vector128<byte> block = Apply<TWay>(Vector128.Load(from), componentBytes);
            if (isStreamed) block.StoreAlignedNonTemporal(to);
            else block.Store(to);
        }

        if (end == to) return;
        byte* rest = stackalloc byte[BlockBytes];
        long left = end - to;
        Buffer.MemoryCopy(from, rest, BlockBytes, left);
        Apply<TWay>(Vector128.Load(rest), componentBytes).Store(rest);
        Buffer.MemoryCopy(rest, to, left, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Apply<TWay>(Vector128<byte> block, int componentBytes)
        where TWay : struct, IWay => componentBytes switch
        {
            1 => TWay.Bytes(block.AsUInt32()).AsByte(),
            2 => TWay.Shorts(block.AsUInt64()).AsByte(),
            _ => TWay.Floats(block.AsUInt32()).AsByte(),
        };

    /// <summary>One way, for four pixels of bytes, two of 16 bits or one of 32 bits at a time.</summary>
    private interface IWay
    {
        static abstract Vector128<uint> Bytes(Vector128<uint> pixels);

        static abstract Vector128<ulong> Shorts(Vector128<ulong> pixels);

        static abstract Vector128<uint> Floats(Vector128<uint> pixel);
    }

    /// <summary>Components 0 and 2 change places: RGBA and BGRA.</summary>
    private readonly struct SwapEven : IWay
    {
        public static Vector128<uint> Bytes(Vector128<uint> p) =>
            p & Vector128.Create(0xFF00_FF00u) | (p & Vector128.Create(0xFFu)) << 16 | p >>> 16 & Vector128.Create(0xFFu);

        public static Vector128<ulong> Shorts(Vector128<ulong> p) =>
            p & Vector128.Create(0xFFFF_0000_FFFF_0000ul) | (p & Vector128.Create(0xFFFFul)) << 32 | p >>> 32 & Vector128.Create(0xFFFFul);

        public static Vector128<uint> Floats(Vector128<uint> p) => Vector128.Shuffle(p, Vector128.Create(2u, 1, 0, 3));
    }

    /// <summary>Components 1 and 3 change places: ARGB and ABGR.</summary>
    private readonly struct SwapOdd : IWay
    {
        public static Vector128<uint> Bytes(Vector128<uint> p) =>
            p & Vector128.Create(0x00FF_00FFu) | (p & Vector128.Create(0xFF00u)) << 16 | p >>> 16 & Vector128.Create(0xFF00u);

        public static Vector128<ulong> Shorts(Vector128<ulong> p) =>
            p & Vector128.Create(0x0000_FFFF_0000_FFFFul) | (p & Vector128.Create(0xFFFF_0000ul)) << 32 | p >>> 32 & Vector128.Create(0xFFFF_0000ul);

        public static Vector128<uint> Floats(Vector128<uint> p) => Vector128.Shuffle(p, Vector128.Create(0u, 3, 2, 1));
    }

    /// <summary>The last component becomes the first: RGBA to ARGB.</summary>
    private readonly struct RotateUp : IWay
    {
        public static Vector128<uint> Bytes(Vector128<uint> p) => p << 8 | p >>> 24;

        public static Vector128<ulong> Shorts(Vector128<ulong> p) => p << 16 | p >>> 48;

        public static Vector128<uint> Floats(Vector128<uint> p) => Vector128.Shuffle(p, Vector128.Create(3u, 0, 1, 2));
    }

    /// <summary>The first component becomes the last: ARGB to RGBA.</summary>
    private readonly struct RotateDown : IWay
    {
        public static Vector128<uint> Bytes(Vector128<uint> p) => p >>> 8 | p << 24;

        public static Vector128<ulong> Shorts(Vector128<ulong> p) => p >>> 16 | p << 48;

        public static Vector128<uint> Floats(Vector128<uint> p) => Vector128.Shuffle(p, Vector128.Create(1u, 2, 3, 0));
    }

    /// <summary>Last to first: RGBA and ABGR, BGRA and ARGB.</summary>
    private readonly struct Reverse : IWay
    {
        public static Vector128<uint> Bytes(Vector128<uint> p)
        {
            Vector128<uint> turned = p << 16 | p >>> 16, low = Vector128.Create(0x00FF_00FFu);
            return (turned & low) << 8 | turned >>> 8 & low;
        }

        public static Vector128<ulong> Shorts(Vector128<ulong> p)
        {
            Vector128<ulong> turned = p << 32 | p >>> 32, low = Vector128.Create(0x0000_FFFF_0000_FFFFul);
            return (turned & low) << 16 | turned >>> 16 & low;
        }

        public static Vector128<uint> Floats(Vector128<uint> p) => Vector128.Shuffle(p, Vector128.Create(3u, 2, 1, 0));
    }
}
