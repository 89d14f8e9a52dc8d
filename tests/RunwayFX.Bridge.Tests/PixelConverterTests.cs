using System.Buffers.Binary;
using CsCheck;

namespace RunwayFX.Bridge.Tests;

/// <summary>Copies that change depth, order and direction at once, against a reference that takes one component at a time.</summary>
public sealed unsafe class PixelConverterTests
{
    private const int GuardBytes = 64;
    private const byte Guard = 0xA5;
    private static readonly HostDepth[] Depths = Enum.GetValues<HostDepth>();

    private static IEnumerable<TestCaseData> Ways()
    {
        foreach (HostDepth from in Depths)
        {
            foreach (PixelDepth to in Enum.GetValues<PixelDepth>()) yield return new TestCaseData(from, to).SetArgDisplayNames($"{from}", $"{to}");
        }
    }

    [TestCaseSource(nameof(Ways))]
    public void EveryOrderAndDirectionAtAnyWidth_AsTheReferenceHasIt(HostDepth host, PixelDepth slot)
    {
        (PixelComponents Components, ComponentOrder Order)[] orders = Orders();
        Gen<(int Width, int Height, int Padding, bool IsUp, HostLayout Layout, int Seed)> pictures = Gen.Select(
            Gen.Int[1, 150], Gen.Int[1, 5], Gen.Int[0, 9], Gen.Bool, Gen.Int[0, orders.Length - 1], Gen.Int,
            (width, height, padding, isUp, order, seed) =>
                (width, height, padding, isUp, new HostLayout(host, orders[order].Components, orders[order].Order), seed));
        pictures.Sample(
            picture => Check(picture.Width, picture.Height, picture.Padding, picture.IsUp, picture.Layout, slot, picture.Seed), iter: 150);
    }

    /// <summary>The sizes from which on pictures are written past the caches, with rows that are and are not aligned.</summary>
    [TestCase(1024, 1025)]
    [TestCase(1023, 1031)]
    public void LargePicture_AsTheReferenceHasIt(int width, int height)
    {
        Check(width, height, 3, true, new HostLayout(HostDepth.Float, PixelComponents.Rgba, ComponentOrder.Bgra), PixelDepth.Float, 1);
        Check(width, height, 0, false, new HostLayout(HostDepth.Float, PixelComponents.Rgba), PixelDepth.Float, 2);
        Check(width, height, 0, true, new HostLayout(HostDepth.Float, PixelComponents.Rgba), PixelDepth.Float, 3);
        Check(width, height, 5, true, new HostLayout(HostDepth.Float, PixelComponents.Rgb), PixelDepth.Float, 4);
    }

    [TestCase(HostDepth.Byte, PixelDepth.Short, 255)]
    [TestCase(HostDepth.Byte, PixelDepth.Half, 255)]
    [TestCase(HostDepth.Byte, PixelDepth.Float, 255)]
    [TestCase(HostDepth.Short15, PixelDepth.Short, 32768)]
    [TestCase(HostDepth.Short15, PixelDepth.Float, 32768)]
    [TestCase(HostDepth.Short, PixelDepth.Float, 65535)]
    [TestCase(HostDepth.Half, PixelDepth.Float, 65535)]
    public void EveryValueOfASmallerDepth_SurvivesALargerOne(HostDepth host, PixelDepth slot, int largest)
    {
        int count = largest + 1;
        byte[] values = new byte[count * 2], back = new byte[count * 2];
        for (int value = 0; value < count; value++)
        {
            if (host == HostDepth.Byte) values[value] = (byte)value;
            else BinaryPrimitives.WriteUInt16LittleEndian(values.AsSpan(2 * value), (ushort)value);
        }

        var layout = new HostLayout(host, PixelComponents.Alpha);
        const int width = 16_384;
        for (int first = 0; first < count; first += width)
        {
            using var held = new Slot(Math.Min(width, count - first), 1, new PixelFormat(slot, PixelComponents.Alpha));
            fixed (byte* from = values, to = back)
            {
                int offset = first * layout.ComponentBytes;
                held.View.CopyFromHost(from + offset, 0, layout);
                held.View.CopyToHost(to + offset, 0, layout);
            }
        }

        Assert.That(back.AsSpan().SequenceEqual(values), Is.True);
    }

    [Test]
    public void LayoutsThatDoNotGoTogether_AreRefused()
    {
        using var slot = new Slot(3, 2, new PixelFormat(PixelDepth.Byte, PixelComponents.Rgb));
        byte* nothing = stackalloc byte[64];
        Assert.That(() => slot.View.CopyFromHost(nothing, 12, new HostLayout(HostDepth.Byte, PixelComponents.Rgba)), Throws.ArgumentException);
        Assert.That(
            () => slot.View.CopyFromHost(nothing, 12, new HostLayout(HostDepth.Byte, PixelComponents.Rgb, ComponentOrder.Argb)), Throws.ArgumentException);
        Assert.That(() => slot.View.CopyToHost(nothing, 12, new HostLayout((HostDepth)6, PixelComponents.Rgb)), Throws.ArgumentException);
    }

    private static (PixelComponents Components, ComponentOrder Order)[] Orders() =>
    [
        .. Enum.GetValues<ComponentOrder>().Select(order => (PixelComponents.Rgba, order)),
        (PixelComponents.Rgb, ComponentOrder.Rgba), (PixelComponents.Rgb, ComponentOrder.Bgra), (PixelComponents.Alpha, ComponentOrder.Rgba),
    ];

    private static void Check(int width, int height, int padding, bool isUp, HostLayout layout, PixelDepth depth, int seed)
    {
        using var slot = new Slot(width, height, new PixelFormat(depth, layout.Components));
        HostLayout own = HostLayout.Of(slot.View.Format);
        int row = width * layout.PixelBytes, stride = row + padding, bytes = (height - 1) * stride + row;
        byte[] host = Picture(bytes, seed), back = new byte[bytes + 2 * GuardBytes];
        back.AsSpan().Fill(Guard);
        // OpenFX's lowest row comes first in memory where rows lead upwards, and last where they lead downwards.
        int lowest = isUp ? 0 : (height - 1) * stride, lead = isUp ? stride : -stride;
        fixed (byte* from = host, to = back)
        {
            slot.View.CopyFromHost(from + lowest, lead, layout);
            slot.View.CopyToHost(to + GuardBytes + lowest, lead, layout);
        }

        for (int y = 0; y < height; y++)
        {
            int line = lowest + (height - 1 - y) * lead;
            Span<byte> stored = slot.View.Row(y);
            byte[] expected = Convert(host.AsSpan(line, row), layout, own, width);
            if (!stored.SequenceEqual(expected)) Assert.Fail($"row {y} of the slot differs ({width}x{height}, {layout} to {depth}, lead {lead})");
            byte[] returned = Convert(stored, own, layout, width);
            if (!back.AsSpan(GuardBytes + line, row).SequenceEqual(returned)) Assert.Fail($"row {y} of the host differs ({width}x{height}, {layout}, lead {lead})");
            back.AsSpan(GuardBytes + line, row).Fill(Guard);
        }

        if (back.AsSpan().ContainsAnyExcept(Guard)) Assert.Fail($"bytes between or outside of the rows were written ({width}x{height}, {layout}, lead {lead})");
    }

    /// <summary>Random bits, and among them what is special in any of the depths.</summary>
    private static byte[] Picture(int bytes, int seed)
    {
        byte[] picture = new byte[bytes];
        var random = new Random(seed);
        random.NextBytes(picture);
        uint[] special =
        [
            0, 0x8000_0000, 0x3F80_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0001, 0x7F80_0001, 0x3F00_0000, 0x4780_0000, 0x477F_F000, 0x3880_0000, 0x387F_FFFF,
            0x3300_0000, 0x3300_0001, 0x7C01_7BFF, 0xFC00_03FF, 0xFFFF_8000, 0x8001_7FFF,
        ];
        for (int offset = 0; offset + 4 <= bytes; offset += 4)
        {
            switch (random.Next(3))
            {
                case 0:
                    BinaryPrimitives.WriteUInt32LittleEndian(picture.AsSpan(offset), special[random.Next(special.Length)]);
                    break;
                case 1:
                    BinaryPrimitives.WriteSingleLittleEndian(picture.AsSpan(offset), (float)(random.NextDouble() * 1.2 - 0.1));
                    break;
            }
        }

        return picture;
    }

    private static byte[] Convert(ReadOnlySpan<byte> from, HostLayout source, HostLayout target, int width)
    {
        byte[] to = new byte[width * target.PixelBytes];
        int components = source.PixelBytes / source.ComponentBytes;
        for (int x = 0; x < width; x++)
        {
            for (int component = 0; component < components; component++)
            {
                ReadOnlySpan<byte> value = from[(x * source.PixelBytes + Position(source.Order, component) * source.ComponentBytes)..];
                Span<byte> result = to.AsSpan(x * target.PixelBytes + Position(target.Order, component) * target.ComponentBytes);
                if (source.Depth == target.Depth) value[..source.ComponentBytes].CopyTo(result);
                else Write(Read(value, source.Depth), target.Depth, result);
            }
        }

        return to;
    }

    private static int Position(ComponentOrder order, int component) => order switch
    {
        ComponentOrder.Bgra => "bgra".IndexOf("rgba"[component], StringComparison.Ordinal),
        ComponentOrder.Argb => "argb".IndexOf("rgba"[component], StringComparison.Ordinal),
        ComponentOrder.Abgr => "abgr".IndexOf("rgba"[component], StringComparison.Ordinal),
        _ => component,
    };

    private static float Read(ReadOnlySpan<byte> value, HostDepth depth) => depth switch
    {
        HostDepth.Byte => value[0] / 255f,
        HostDepth.Short => BinaryPrimitives.ReadUInt16LittleEndian(value) / 65535f,
        HostDepth.Short15 => BinaryPrimitives.ReadUInt16LittleEndian(value) / 32768f,
        HostDepth.Half => FromHalf(BinaryPrimitives.ReadUInt16LittleEndian(value)),
        _ => BinaryPrimitives.ReadSingleLittleEndian(value),
    };

    private static void Write(float value, HostDepth depth, Span<byte> result)
    {
        switch (depth)
        {
            case HostDepth.Byte:
                result[0] = (byte)Round(value, 255);
                break;
            case HostDepth.Short:
                BinaryPrimitives.WriteUInt16LittleEndian(result, (ushort)Round(value, 65535));
                break;
            case HostDepth.Short15:
                BinaryPrimitives.WriteUInt16LittleEndian(result, (ushort)Round(value, 32768));
                break;
            case HostDepth.Half:
                BinaryPrimitives.WriteUInt16LittleEndian(result, ToHalf(value));
                break;
            default:
                BinaryPrimitives.WriteSingleLittleEndian(result, value);
                break;
        }
    }

    private static int Round(float value, float white) => float.IsNaN(value) ? 0 : (int)(Math.Clamp(value, 0f, 1f) * white + 0.5f);

    private static float FromHalf(ushort bits)
    {
        if ((bits & 0x7C00) != 0x7C00) return (float)BitConverter.UInt16BitsToHalf(bits);
        return BitConverter.UInt32BitsToSingle((uint)(bits & 0x8000) << 16 | 0x7F80_0000u | (uint)(bits & 0x3FF) << 13);
    }

    private static ushort ToHalf(float value)
    {
        if (!float.IsNaN(value)) return BitConverter.HalfToUInt16Bits((Half)value);
        uint bits = BitConverter.SingleToUInt32Bits(value), payload = bits >> 13 & 0x3FF;
        return (ushort)(bits >> 16 & 0x8000 | 0x7C00 | (payload == 0 ? 0x200 : payload));
    }

    /// <summary>A slot in memory of its own.</summary>
    private sealed class Slot : IDisposable
    {
        private readonly PrivateMemory _memory;
        private readonly ClientSlot _slot;

        public Slot(int width, int height, PixelFormat format)
        {
            _memory = new PrivateMemory((long)width * height * format.PixelBytes);
            _slot = new ClientSlot(FrameSlot.Inline, _memory);
            _slot.LayOut(width, height, format, 1);
        }

        public SlotView View => _slot.View;

        public void Dispose() => _memory.Release();
    }
}
