using System.Runtime.InteropServices;
using OpenFX.Hosting;

namespace OpenFX.Tests.Hosting;

/// <summary>Pictures in every stored form.</summary>
internal sealed class HostImageTests
{
    [TestCase(PixelDepth.Byte, 256)]
    [TestCase(PixelDepth.Short, 65_536)]
    [TestCase(PixelDepth.Half, 65_536)]
    public void EveryStoredValue_SurvivesFloat(PixelDepth depth, int count)
    {
        HostImageFormat format = new() { Bounds = new(0, 0, count / 4, 1), Depth = depth, Components = PixelComponents.Rgba };
        using HostImage image = new(format);
        for (int i = 0; i < count; i++)
        {
            if (depth == PixelDepth.Byte) image.Row(0)[i] = (byte)i;
            else image.Row<ushort>(0)[i] = depth == PixelDepth.Half && Half.IsNaN(BitConverter.UInt16BitsToHalf((ushort)i)) ? (ushort)0x7C00
                : (ushort)i;
        }

        using HostImage wide = HostImageConversion.Convert(image, format with { Depth = PixelDepth.Float });
        using HostImage back = HostImageConversion.Convert(wide, format);
        Assert.That(back.Row(0).SequenceEqual(image.Row(0)), Is.True);
    }

    [Test]
    public void FloatSpecials_SurviveConversionOfOrderAndWindow()
    {
        float[] values = [float.NaN, float.PositiveInfinity, -0f, -3e38f];
        using HostImage image = HostImageConversion.FromRgbaTopDown(values,
            new HostImageFormat { Bounds = new(-1, -1, 0, 0), Depth = PixelDepth.Float, Components = PixelComponents.Rgba });
        using HostImage other = HostImageConversion
            .Convert(image, image.Format with { RowOrder = RowOrder.TopDown, Bounds = new(-2, -2, 1, 1), RowPadding = 12 });
        Assert.That(MemoryMarshal.AsBytes(other.Row<float>(-1)[4..8]).SequenceEqual(MemoryMarshal.AsBytes(values.AsSpan())), Is.True);
        Assert.That(other.Row<float>(0).ToArray(), Is.All.Zero);
    }

    [Test]
    public void TopDownStorage_HasNegativeRowBytesAndTheBottomRowLast()
    {
        using HostImage image = new(new HostImageFormat { Bounds = new(0, 0, 2, 3), Depth = PixelDepth.Byte, Components = PixelComponents.Rgba,
            RowOrder = RowOrder.TopDown });
        image.Row(0)[0] = 9;
        Assert.That(image.RowBytes, Is.EqualTo(-8));
        Assert.That(Marshal.ReadByte(image.Data), Is.EqualTo(9));
        Assert.That(Marshal.ReadByte(image.Data - 16), Is.Zero);
    }

    [Test]
    public void StrayWrites_AreFound([Values(-1, 8, 12, 36)] int offset)
    {
        using HostImage image = new(new HostImageFormat { Bounds = new(0, 0, 2, 3), Depth = PixelDepth.Byte, Components = PixelComponents.Rgba,
            RowPadding = 4 });
        Assert.That(image.GuardsIntact(), Is.True);
        Marshal.WriteByte(image.Data + offset, 1);
        Assert.That(image.GuardsIntact(), Is.EqualTo(offset == 12), "12 is the first byte of the second row");
    }

    [TestCase(HostImage.SideMax, 1, true)]
    [TestCase(HostImage.SideMax + 1, 1, false)]
    [TestCase(0, 5, false)]
    [TestCase(HostImage.SideMax, HostImage.SideMax, false)]
    public void Size_AtTheLimitAndPastIt(int width, int height, bool fits)
    {
        HostImageFormat format = new() { Bounds = new(0, 0, width, height), Depth = PixelDepth.Float, Components = PixelComponents.Rgba };
        if (fits) Assert.DoesNotThrow(() => new HostImage(format).Dispose());
        else Assert.That(() => new HostImage(format),
            Throws.TypeOf<HostingException>().With.Property(nameof(HostingException.Code)).EqualTo(HostingError.TooLarge));
    }

    [Test]
    public void DisposedImage_CannotBeRead()
    {
        HostImage image = new(new HostImageFormat { Bounds = new(0, 0, 1, 1), Depth = PixelDepth.Byte, Components = PixelComponents.Alpha });
        image.Dispose();
        Assert.That(() => image.Row(0), Throws.TypeOf<ObjectDisposedException>());
    }
}
