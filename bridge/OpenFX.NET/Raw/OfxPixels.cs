using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary><c>OfxRGBAColourB</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBAColourB(byte r, byte g, byte b, byte a);

/// <summary><c>OfxRGBAColourS</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBAColourS(ushort r, ushort g, ushort b, ushort a);

/// <summary><c>OfxRGBAColourF</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBAColourF(float r, float g, float b, float a);

/// <summary><c>OfxRGBAColourD</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBAColourD(double r, double g, double b, double a);

/// <summary><c>OfxRGBColourB</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBColourB(byte r, byte g, byte b);

/// <summary><c>OfxRGBColourS</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBColourS(ushort r, ushort g, ushort b);

/// <summary><c>OfxRGBColourF</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBColourF(float r, float g, float b);

/// <summary><c>OfxRGBColourD</c> (ofxPixels.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRGBColourD(double r, double g, double b);

/// <summary><c>OfxYUVAColourB</c> (ofxOld.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxYUVAColourB(byte y, byte u, byte v, byte a);

/// <summary><c>OfxYUVAColourS</c> (ofxOld.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxYUVAColourS(ushort y, ushort u, ushort v, ushort a);

/// <summary><c>OfxYUVAColourF</c> (ofxOld.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxYUVAColourF(float y, float u, float v, float a);
