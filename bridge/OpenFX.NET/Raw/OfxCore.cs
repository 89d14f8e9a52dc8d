using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary><c>OfxHost</c> (ofxCore.h): what a plug-in gets through <c>setHost</c>. 16 bytes on every 64-bit target.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxHost
{
    // The host's own properties.
    public OfxPropertySetHandle host;

    // fetchSuite(host, suiteName, suiteVersion)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void*> fetchSuite;
}

/// <summary><c>OfxPlugin</c> (ofxCore.h): what <c>OfxGetPlugin</c> returns. 48 bytes on every 64-bit target; the plug-in owns it
/// until it is unloaded.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxPlugin
{
    public byte* pluginApi;
    public int apiVersion;
    public byte* pluginIdentifier;
    public uint pluginVersionMajor;
    public uint pluginVersionMinor;

    // setHost(host): only stores the pointer; calling the host from here is forbidden by the standard.
    public delegate* unmanaged[Cdecl]<OfxHost*, void> setHost;

    // mainEntry(action, handle, inArgs, outArgs)
    public delegate* unmanaged[Cdecl]<byte*, void*, OfxPropertySetHandle, OfxPropertySetHandle, OfxStatus> mainEntry;
}

/// <summary><c>OfxRangeI</c> (ofxCore.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRangeI(int min, int max);

/// <summary><c>OfxRangeD</c> (ofxCore.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRangeD(double min, double max);

/// <summary><c>OfxPointI</c> (ofxCore.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxPointI(int x, int y);

/// <summary><c>OfxPointD</c> (ofxCore.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxPointD(double x, double y);

/// <summary><c>OfxRectI</c> (ofxCore.h): a pixel rectangle, y up, x2 and y2 excluded.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRectI(int x1, int y1, int x2, int y2);

/// <summary><c>OfxRectD</c> (ofxCore.h): a rectangle in canonical coordinates, y up.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct OfxRectD(double x1, double y1, double x2, double y2);

/// <summary><c>OfxBytes</c> (ofxParam.h): the value of a bytes parameter; the host owns the data.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxBytes
{
    public byte* data;
    public nuint length;
}
