using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxDrawSuite</c>, version 1 (ofxDrawSuite.h).</summary>
/// <remarks>Field order is the ABI: 6 slots, 48 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxDrawSuiteV1
{
    // getColour(context, std_colour, colour)
    public delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxStandardColour, OfxRGBAColourF*, OfxStatus> getColour;

    // setColour(context, colour)
    public delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxRGBAColourF*, OfxStatus> setColour;

    // setLineWidth(context, width)
    public delegate* unmanaged[Cdecl]<OfxDrawContextHandle, float, OfxStatus> setLineWidth;

    // setLineStipple(context, pattern)
    public delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxDrawLineStipplePattern, OfxStatus> setLineStipple;

    // draw(context, primitive, points, point_count)
    public delegate* unmanaged[Cdecl]<OfxDrawContextHandle, OfxDrawPrimitive, OfxPointD*, int, OfxStatus> draw;

    // drawText(context, text, pos, alignment)
    public delegate* unmanaged[Cdecl]<OfxDrawContextHandle, byte*, OfxPointD*, int, OfxStatus> drawText;
}

/// <summary><c>OfxStandardColour</c> of ofxDrawSuite.h.</summary>
public enum OfxStandardColour
{
    kOfxStandardColourOverlayBackground = 0,
    kOfxStandardColourOverlayActive = 1,
    kOfxStandardColourOverlaySelected = 2,
    kOfxStandardColourOverlayDeselected = 3,
    kOfxStandardColourOverlayMarqueeFG = 4,
    kOfxStandardColourOverlayMarqueeBG = 5,
    kOfxStandardColourOverlayText = 6,
}

/// <summary><c>OfxDrawLineStipplePattern</c> of ofxDrawSuite.h.</summary>
public enum OfxDrawLineStipplePattern
{
    kOfxDrawLineStipplePatternSolid = 0,
    kOfxDrawLineStipplePatternDot = 1,
    kOfxDrawLineStipplePatternDash = 2,
    kOfxDrawLineStipplePatternAltDash = 3,
    kOfxDrawLineStipplePatternDotDash = 4,
}

/// <summary><c>OfxDrawPrimitive</c> of ofxDrawSuite.h.</summary>
public enum OfxDrawPrimitive
{
    kOfxDrawPrimitiveLines = 0,
    kOfxDrawPrimitiveLineStrip = 1,
    kOfxDrawPrimitiveLineLoop = 2,
    kOfxDrawPrimitiveRectangle = 3,
    kOfxDrawPrimitivePolygon = 4,
    kOfxDrawPrimitiveEllipse = 5,
}

/// <summary><c>OfxDrawTextAlignment</c> of ofxDrawSuite.h.</summary>
[Flags]
public enum OfxDrawTextAlignment
{
    None = 0,
    kOfxDrawTextAlignmentLeft = 0x0001,
    kOfxDrawTextAlignmentRight = 0x0002,
    kOfxDrawTextAlignmentTop = 0x0004,
    kOfxDrawTextAlignmentBottom = 0x0008,
    kOfxDrawTextAlignmentBaseline = 0x0010,
    kOfxDrawTextAlignmentCenterH = kOfxDrawTextAlignmentLeft | kOfxDrawTextAlignmentRight,
    kOfxDrawTextAlignmentCenterV = kOfxDrawTextAlignmentTop | kOfxDrawTextAlignmentBaseline,
}
