using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxParametricParameterSuite</c>, version 1 (ofxParametricParam.h).</summary>
/// <remarks>Field order is the ABI: 7 slots, 56 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxParametricParameterSuiteV1
{
    // parametricParamGetValue(param, curveIndex, time, parametricPosition, returnValue)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, double, double*, OfxStatus> parametricParamGetValue;

    // parametricParamGetNControlPoints(param, curveIndex, time, returnValue)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, int*, OfxStatus> parametricParamGetNControlPoints;

    // parametricParamGetNthControlPoint(param, curveIndex, time, nthCtl, key, value)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, int, double*, double*, OfxStatus> parametricParamGetNthControlPoint;

    // parametricParamSetNthControlPoint(param, curveIndex, time, nthCtl, key, value, addAnimationKey)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, int, double, double, byte, OfxStatus> parametricParamSetNthControlPoint;

    // parametricParamAddControlPoint(param, curveIndex, time, key, value, addAnimationKey)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, double, double, byte, OfxStatus> parametricParamAddControlPoint;

    // parametricParamDeleteControlPoint(param, curveIndex, nthCtl)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, int, OfxStatus> parametricParamDeleteControlPoint;

    // parametricParamDeleteAllControlPoints(param, curveIndex)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, int, OfxStatus> parametricParamDeleteAllControlPoints;
}
