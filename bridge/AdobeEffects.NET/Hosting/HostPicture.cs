using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;

namespace AdobeEffects.Hosting;

/// <summary>A picture of an emulated host: all lines of a frame, in a format, with bytes around every row that nobody may write.</summary>
public sealed unsafe class HostPicture : IDisposable
{
    private const byte Untouched = 0xCD;
    private const int GuardBytes = 256;
    private const int PaddingBytes = 48;

    private readonly byte* _memory;
    private readonly int _step;
    private readonly bool _isUpsideDown;
    private bool _isDisposed;

    /// <summary>Makes one; every byte holds a mark.</summary>
    public HostPicture(PF_PixelFormat format, int width, int height, bool isUpsideDown)
    {
        Format = format;
        Width = width;
        Height = height;
        Layout = Picture.LayoutOf(format) ?? throw new ArgumentException($"Format 0x{(uint)format:X8} is not emulated.", nameof(format));
        PixelBytes = Picture.BytesOf(Layout);
        _step = width * PixelBytes + PaddingBytes;
        _isUpsideDown = isUpsideDown;
        _memory = (byte*)NativeMemory.Alloc((nuint)AllBytes);
        new Span<byte>(_memory, AllBytes).Fill(Untouched);
    }

    /// <summary>How pixels lie.</summary>
    public PF_PixelFormat Format { get; }

    /// <summary>The same as effects see it.</summary>
    public PixelLayout Layout { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows of both fields.</summary>
    public int Height { get; }

    /// <summary>Bytes of one pixel.</summary>
    public int PixelBytes { get; }

    private int AllBytes => GuardBytes * 2 + _step * Height;

    /// <summary>The bytes of a row, from the top.</summary>
    public Span<byte> Row(int y)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new Span<byte>(Address(y), Width * PixelBytes);
    }

    /// <summary>Whether no byte of a row was written.</summary>
    public bool IsUntouched(int y) => !Row(y).ContainsAnyExcept(Untouched);

    /// <summary>A pixel as red, green, blue, alpha, 1 being white.</summary>
    public (float Red, float Green, float Blue, float Alpha) GetPixel(int x, int y)
    {
        PF_LayerDef world = World(PF_Field.PF_Field_FRAME);
        return Picture.Wrap(&world, Layout, 0, 0, out _)!.GetPixel(x, y);
    }

    /// <summary>Writes a pixel given as red, green, blue, alpha.</summary>
    public void SetPixel(int x, int y, ReadOnlySpan<float> pixel)
    {
        bool isBlueFirst = Layout is PixelLayout.Bgra8 or PixelLayout.BgraFloat or PixelLayout.BgraFloatLinear;
        ReadOnlySpan<float> ordered = isBlueFirst ? [pixel[2], pixel[1], pixel[0], pixel[3]] : [pixel[3], pixel[0], pixel[1], pixel[2]];
        Span<byte> place = Row(y).Slice(x * PixelBytes, PixelBytes);
        for (int channel = 0; channel < 4; channel++)
        {
            float value = ordered[channel];
            if (PixelBytes == 4) place[channel] = (byte)MathF.Round(Math.Clamp(value, 0, 1) * 255);
            else if (PixelBytes == 8) Unsafe.WriteUnaligned(ref place[channel * 2], (ushort)MathF.Round(Math.Clamp(value, 0, 1) * PF_Version.PF_MAX_CHAN16));
            else Unsafe.WriteUnaligned(ref place[channel * 4], value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        NativeMemory.Free(_memory);
    }

    /// <summary>The picture as a host describes it: for a field every other line, half the height and twice the step.</summary>
    internal PF_LayerDef World(PF_Field field)
    {
        int first = field == PF_Field.PF_Field_LOWER ? 1 : 0, lines = field == PF_Field.PF_Field_FRAME ? 1 : 2;
        return new PF_LayerDef
        {
            world_flags = PF_WorldFlags.PF_WorldFlag_WRITEABLE | (PixelBytes == 8 ? PF_WorldFlags.PF_WorldFlag_DEEP : 0),
            data = Address(first),
            rowbytes = (_isUpsideDown ? -_step : _step) * lines,
            width = Width,
            height = Height / lines,
            extent_hint = new PF_LRect(0, 0, Width, Height / lines),
            pix_aspect_ratio = new PF_RationalScale(1, 1),
        };
    }

    /// <summary>How many bytes around the rows were written.</summary>
    internal int WrittenOutside()
    {
        int written = 0;
        ReadOnlySpan<byte> all = new(_memory, AllBytes);
        written += Written(all[..GuardBytes]) + Written(all[^GuardBytes..]);
        for (int row = 0; row < Height; row++) written += Written(all.Slice(GuardBytes + row * _step + Width * PixelBytes, PaddingBytes));
        return written;
    }

    private static int Written(ReadOnlySpan<byte> bytes) => bytes.Length - bytes.Count(Untouched);

    private byte* Address(int y) => _memory + GuardBytes + (nint)_step * (_isUpsideDown ? Height - 1 - y : y);
}
