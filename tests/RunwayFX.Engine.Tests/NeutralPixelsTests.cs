using System.Buffers.Binary;
using RunwayFX.Bridge;

namespace RunwayFX.Engine.Tests;

/// <summary>A pixel that no pipeline touched comes back as the bits it was, whatever they mean.</summary>
[CancelAfter(30_000)]
public sealed class NeutralPixelsTests
{
    private static byte[] RoundTrip(Bridge.PixelDepth depth, Bridge.PixelComponents components, byte[] values)
    {
        PixelFormat format = new(depth, components);
        const int width = 64;
        int height = (values.Length + width * format.PixelBytes - 1) / (width * format.PixelBytes);
        Array.Resize(ref values, width * height * format.PixelBytes);
        FrameDescription description = new(-9, 4, width, height, format, Bridge.Premultiplication.Premultiplied);
        using EngineRig rig = new(FakePipeline.Neutral);
        FakeHost host = EngineRig.Host(description, values);
        rig.Client.Render(EngineRig.Call(description), host);
        Assert.That(host.Result.AsSpan().SequenceEqual(values), Is.True, $"{depth} {components}");
        return host.Result;
    }

    private static byte[] Every16Bits()
    {
        byte[] bytes = new byte[65536 * 2];
        for (int value = 0; value < 65536; value++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * value), (ushort)value);
        return bytes;
    }

    [Test]
    public void Byte_EveryValue_ComesBack([Values] Bridge.PixelComponents components) =>
        RoundTrip(Bridge.PixelDepth.Byte, components, [.. Enumerable.Range(0, 256).Select(value => (byte)value)]);

    [Test]
    public void Short_EveryValue_ComesBack([Values] Bridge.PixelComponents components) => RoundTrip(Bridge.PixelDepth.Short, components, Every16Bits());

    [Test]
    public void Half_EveryBitPattern_ComesBack_NaNsIncluded([Values] Bridge.PixelComponents components) =>
        RoundTrip(Bridge.PixelDepth.Half, components, Every16Bits());

    [Test]
    public void Float_SpecialAndRandomBitPatterns_ComeBack_NaNsIncluded([Values] Bridge.PixelComponents components)
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        byte[] bytes = new byte[64 * 48 * 4];
        random.NextBytes(bytes);
        uint[] special = [0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001, 0xFFFF_FFFF, 1, 0x8000_0001, 0x3F80_0001, 0x7F7F_FFFF];
        for (int index = 0; index < special.Length; index++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * index), special[index]);
        RoundTrip(Bridge.PixelDepth.Float, components, bytes);
    }

    [Test]
    public void Float_ColourUnderAlphaZero_ComesBack()
    {
        byte[] bytes = new byte[16 * 64];
        for (int pixel = 0; pixel < 64; pixel++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(16 * pixel), 0.1f * pixel);
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(16 * pixel + 4), -3);
        }

        Assert.That(RoundTrip(Bridge.PixelDepth.Float, Bridge.PixelComponents.Rgba, bytes), Is.EqualTo(bytes));
    }

    [Test]
    public void LargeFrame_InBands_ComesBack()
    {
        byte[] bytes = new byte[1031 * 64 * 8 * 4];
        new Random(1).NextBytes(bytes);
        RoundTrip(Bridge.PixelDepth.Byte, Bridge.PixelComponents.Rgba, bytes);
    }
}
