using System.Runtime.InteropServices;
using CsCheck;
using RunwayFX.Testing;

namespace RunwayFX.Imaging.Tests;

public sealed class PixelConversionTests
{
    private static readonly PixelDepth[] Depths = [PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float];
    private static readonly PixelComponents[] AllComponents = [PixelComponents.Rgba, PixelComponents.Rgb, PixelComponents.Alpha];

    [Test]
    public void EveryByte_ThereAndBack_IsTheSameByte()
    {
        byte[] values = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        byte[] back = ThereAndBack(values, PixelDepth.Byte);

        Assert.That(back, Is.EqualTo(values));
    }

    [TestCase(PixelDepth.Short)]
    [TestCase(PixelDepth.Half)]
    public void EverySixteenBitValue_ThereAndBack_IsTheSameBits(PixelDepth depth)
    {
        ushort[] values = [.. Enumerable.Range(0, 65536).Select(value => (ushort)value)];

        byte[] back = ThereAndBack(MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), depth);

        Assert.That(MemoryMarshal.Cast<byte, ushort>(back).ToArray(), Is.EqualTo(values));
    }

    [Test]
    public void AnyFloatBits_ThereAndBack_AreTheSameBits() =>
        Gen.UInt.Array[Gen.Const(16)].Sample(bits =>
        {
            byte[] values = MemoryMarshal.AsBytes(bits.AsSpan()).ToArray();
            return ThereAndBack(values, PixelDepth.Float).AsSpan().SequenceEqual(values);
        });

    [Test]
    public void EveryHalf_ToFloat_HasTheValueOfTheHalf()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsNaN(half)) continue;
            uint actual = ChannelConversion.HalfBitsToFloatBits((ushort)bits);
            if (actual != BitConverter.SingleToUInt32Bits((float)half)) Assert.Fail($"half 0x{bits:X4} became 0x{actual:X8}");
        }
    }

    [Test]
    public void AnyFloat_ToHalf_IsRoundedToNearestEven() =>
        Gen.UInt.Sample(bits =>
        {
            float value = BitConverter.UInt32BitsToSingle(bits);
            ushort actual = ChannelConversion.FloatBitsToHalfBits(bits);
            return float.IsNaN(value)
                ? Half.IsNaN(BitConverter.UInt16BitsToHalf(actual))
                : actual == BitConverter.HalfToUInt16Bits((Half)value);
        }, iter: 200_000);

    [Test]
    public void FloatsBetweenTwoHalves_ToHalf_TieToEven()
    {
        for (int bits = 0; bits < 0x7BFF; bits++)
        {
            double low = (double)BitConverter.UInt16BitsToHalf((ushort)bits), high = (double)BitConverter.UInt16BitsToHalf((ushort)(bits + 1));
            ushort actual = ChannelConversion.FloatBitsToHalfBits(BitConverter.SingleToUInt32Bits((float)((low + high) / 2)));
            if (actual != bits + (bits & 1)) Assert.Fail($"the middle above half 0x{bits:X4} became 0x{actual:X4}");
        }
    }

    [TestCase(PixelDepth.Byte, 255)]
    [TestCase(PixelDepth.Short, 65535)]
    public void OutOfRangeFloats_ToInteger_AreClampedAndNaNIsZero(PixelDepth depth, int one)
    {
        // 19 values: a vector's worth and a scalar rest.
        float[] values = [-1, float.NegativeInfinity, -0f, float.NaN, 0, 1, 1.5f, float.PositiveInfinity, float.MaxValue, float.MinValue, 0.5f,
            float.Epsilon, 2, -2, 1, 0,
            float.NaN, 7, -7];
        int[] expected = [0, 0, 0, 0, 0, one, one, one, one, 0, (one + 1) / 2, 0, one, 0, one, 0, 0, one, 0];
        byte[] packed = new byte[values.Length * (depth == PixelDepth.Byte ? 1 : 2)];

        ChannelConversion.FromFloat(values, depth, packed);

        int[] actual = depth == PixelDepth.Byte
            ? [.. packed.Select(value => (int)value)]
            : [.. MemoryMarshal.Cast<byte, ushort>(packed).ToArray().Select(value => (int)value)];
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void RandomPictures_InEveryLayout_SurviveThereAndBack()
    {
        Gen<(int Width, int Height, int Padding, bool BottomUp, int Seed)> generator = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 9], Gen.Int[0, 7],
            Gen.Bool, Gen.Int);
        foreach (PixelDepth depth in Depths)
        {
            foreach (PixelComponents components in AllComponents)
            {
                PixelFormat format = new(depth, components);
                generator.Sample(shape => Survives(format, shape.Width, shape.Height, shape.Padding, shape.BottomUp, shape.Seed), iter: 40);
            }
        }
    }

    [Test]
    public void NegativeRowBytes_StartAtTheBottomRow()
    {
        byte[] buffer = [1, 2, 3, 4, 0, 5, 6, 7, 8, 0];
        Frame frame = new(1, 2);

        PixelConversion.ToFrame(buffer, new(PixelDepth.Byte, PixelComponents.Rgba), -5, frame);

        Assert.That(frame.Pixels.Select(value => (int)MathF.Round(value * 255)), Is.EqualTo(new[] { 5, 6, 7, 8, 1, 2, 3, 4 }));
    }

    [Test]
    public void Rgb_GetsAlphaOne_AndAlphaGetsColourZero()
    {
        Frame rgb = new(1, 1), alpha = new(1, 1, [9, 9, 9, 9]);

        PixelConversion.ToFrame([255, 0, 255], new(PixelDepth.Byte, PixelComponents.Rgb), 3, rgb);
        PixelConversion.ToFrame([255], new(PixelDepth.Byte, PixelComponents.Alpha), 1, alpha);

        Assert.That(rgb.Pixels, Is.EqualTo(new float[] { 1, 0, 1, 1 }));
        Assert.That(alpha.Pixels, Is.EqualTo(new float[] { 0, 0, 0, 1 }));
    }

    [Test]
    public void Buffer_OfExactlyTheRequiredBytes_IsAccepted_AndOneByteLessIsRefused()
    {
        PixelFormat format = new(PixelDepth.Short, PixelComponents.Rgb);
        Frame frame = new(5, 3);
        int required = (int)PixelConversion.RequiredBytes(5, 3, format, 33);
        Assert.That(required, Is.EqualTo(2 * 33 + 30));

        Assert.DoesNotThrow(() => PixelConversion.ToFrame(new byte[required], format, 33, frame));
        Assert.DoesNotThrow(() => PixelConversion.FromFrame(frame, new byte[required], format, -33));
        Assert.Throws<ArgumentException>(() => PixelConversion.ToFrame(new byte[required - 1], format, 33, frame));
        Assert.Throws<ArgumentException>(() => PixelConversion.FromFrame(frame, new byte[required - 1], format, -33));
    }

    [Test]
    public void RowBytes_ShorterThanARow_AreRefused()
    {
        PixelFormat format = PixelFormat.FloatRgba;

        Assert.DoesNotThrow(() => PixelConversion.RequiredBytes(4, 2, format, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelConversion.RequiredBytes(4, 2, format, 63));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelConversion.RequiredBytes(4, 2, format, -63));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelConversion.RequiredBytes(4, 2, format, 0));
    }

    [TestCase(0, 1)]
    [TestCase(Frame.SideMax + 1, 1)]
    [TestCase(1, 0)]
    [TestCase(1, Frame.SideMax + 1)]
    public void Sides_OutsideTheLimit_AreRefused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelConversion.RequiredBytes(width, height, PixelFormat.FloatRgba, 1 << 20));

    [Test]
    public void Sides_AtTheLimit_AreAccepted() =>
        Assert.That(PixelConversion.RequiredBytes(Frame.SideMax, Frame.SideMax, new(PixelDepth.Byte, PixelComponents.Alpha), Frame.SideMax),
            Is.EqualTo((long)Frame.SideMax * Frame.SideMax));

    [Test]
    public void UnknownFormat_IsRefused()
    {
        Assert.That(new PixelFormat((PixelDepth)5, PixelComponents.Rgba).IsValid, Is.False);
        Assert.That(new PixelFormat(PixelDepth.Byte, 0).IsValid, Is.False);
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelConversion.RequiredBytes(1, 1, new((PixelDepth)9, PixelComponents.Rgba), 64));
    }

    [Test]
    public void Rows_ConvertedInParts_EqualTheWhole()
    {
        PixelFormat format = new(PixelDepth.Half, PixelComponents.Rgb);
        byte[] buffer = TestPictures.RandomBytes(7, 100 * 50);
        Frame whole = new(13, 50), parts = new(13, 50);

        PixelConversion.ToFrame(buffer, format, 100, whole);
        PixelConversion.ToRows(buffer, format, 100, parts, 0, 20);
        PixelConversion.ToRows(buffer, format, 100, parts, 20, 30);

        Assert.That(FrameComparison.AreBitEqual(parts, whole));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelConversion.ToRows(buffer, format, 100, parts, 21, 30));
    }

    private static bool Survives(PixelFormat format, int width, int height, int padding, bool bottomUp, int seed)
    {
        int stride = width * format.BytesPerPixel + padding;
        int rowBytes = bottomUp ? -stride : stride;
        byte[] buffer = TestPictures.RandomBytes(seed, stride * height);
        Frame frame = new(width, height);
        PixelConversion.ToFrame(buffer, format, rowBytes, frame);

        // Whatever the padding holds must still be there.
        byte[] back = (byte[])buffer.Clone();
        for (int y = 0; y < height; y++) back.AsSpan(y * stride, stride - padding).Fill(0x5A);
        PixelConversion.FromFrame(frame, back, format, rowBytes);
        return back.AsSpan().SequenceEqual(buffer);
    }

    private static byte[] ThereAndBack(byte[] values, PixelDepth depth)
    {
        int count = values.Length / new PixelFormat(depth, PixelComponents.Alpha).BytesPerChannel;
        float[] floats = new float[count];
        byte[] back = new byte[values.Length];
        ChannelConversion.ToFloat(values, depth, floats);
        ChannelConversion.FromFloat(floats, depth, back);
        return back;
    }
}
