using System.Runtime.InteropServices;

namespace AdobeEffects.Raw;

/// <summary><c>PF_LRect</c>, <c>PF_Rect</c>: a rectangle of pixels, y down, right and bottom excluded. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_LRect(int left, int top, int right, int bottom);

/// <summary><c>PF_Point</c>. 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_Point(int x, int y);

/// <summary><c>PF_RationalScale</c>: a factor as a fraction. 8 bytes. A careless host may send 0 below the line.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_RationalScale(int num, uint den);

/// <summary><c>PF_SpecVersion</c>: the version of the effect ABI. 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_SpecVersion(short major, short minor);

/// <summary><c>PF_Pixel</c>: a colour in 8 bits. 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_Pixel(byte alpha, byte red, byte green, byte blue);

/// <summary><c>PF_Pixel16</c>: a colour from 0 to 32768. 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_Pixel16(ushort alpha, ushort red, ushort green, ushort blue);

/// <summary><c>PF_PixelFloat</c>: a colour of which 1 is white; values below and above are legal. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_PixelFloat(float alpha, float red, float green, float blue);

/// <summary><c>PF_LayerDef</c>, also named <c>PF_EffectWorld</c>: a picture in memory. 120 bytes.</summary>
/// <remarks>The host owns the pixels. <c>rowbytes</c> may be larger than a row, differ between input and output, and be negative.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_LayerDef
{
    public void* reserved0;
    public void* reserved1;
    public PF_WorldFlags world_flags;
    public void* data;
    public int rowbytes;
    public int width;
    public int height;
    public PF_LRect extent_hint;
    public void* platform_ref;
    public int reserved_long1;
    public void* reserved_long4;
    public PF_RationalScale pix_aspect_ratio;
    public void* reserved_long2;
    public int origin_x;
    public int origin_y;
    public int reserved_long3;
    public int dephault;
}

/// <summary><c>PF_SoundFormatInfo</c>. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_SoundFormatInfo(double rateF, short num_channels, short format, short sample_size);

/// <summary><c>PF_SoundWorld</c>: sound, which this library passes over. 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_SoundWorld
{
    public PF_SoundFormatInfo fi;
    public int num_samples;
    public void* dataP;
}
