using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxParameterSuite</c>, version 1 (ofxParam.h).</summary>
/// <remarks>Field order is the ABI: 18 slots, 144 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxParameterSuiteV1
{
    // paramDefine(paramSet, paramType, name, propertySet)
    public delegate* unmanaged[Cdecl]<OfxParamSetHandle, byte*, byte*, OfxPropertySetHandle*, OfxStatus> paramDefine;

    // paramGetHandle(paramSet, name, param, propertySet)
    public delegate* unmanaged[Cdecl]<OfxParamSetHandle, byte*, OfxParamHandle*, OfxPropertySetHandle*, OfxStatus> paramGetHandle;

    // paramSetGetPropertySet(paramSet, propHandle)
    public delegate* unmanaged[Cdecl]<OfxParamSetHandle, OfxPropertySetHandle*, OfxStatus> paramSetGetPropertySet;

    // paramGetPropertySet(param, propHandle)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, OfxPropertySetHandle*, OfxStatus> paramGetPropertySet;

    // paramGetValue(paramHandle, ...): variadic, called only through VariadicCaller.
    public void* paramGetValue;

    // paramGetValueAtTime(paramHandle, time, ...): variadic, called only through VariadicCaller.
    public void* paramGetValueAtTime;

    // paramGetDerivative(paramHandle, time, ...): variadic, called only through VariadicCaller.
    public void* paramGetDerivative;

    // paramGetIntegral(paramHandle, time1, time2, ...): variadic, called only through VariadicCaller.
    public void* paramGetIntegral;

    // paramSetValue(paramHandle, ...): variadic, called only through VariadicCaller.
    public void* paramSetValue;

    // paramSetValueAtTime(paramHandle, time, ...): variadic, called only through VariadicCaller.
    public void* paramSetValueAtTime;

    // paramGetNumKeys(paramHandle, numberOfKeys)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, uint*, OfxStatus> paramGetNumKeys;

    // paramGetKeyTime(paramHandle, nthKey, time)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, uint, double*, OfxStatus> paramGetKeyTime;

    // paramGetKeyIndex(paramHandle, time, direction, index)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, double, int, int*, OfxStatus> paramGetKeyIndex;

    // paramDeleteKey(paramHandle, time)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, double, OfxStatus> paramDeleteKey;

    // paramDeleteAllKeys(paramHandle)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, OfxStatus> paramDeleteAllKeys;

    // paramCopy(paramTo, paramFrom, dstOffset, frameRange)
    public delegate* unmanaged[Cdecl]<OfxParamHandle, OfxParamHandle, double, OfxRangeD*, OfxStatus> paramCopy;

    // paramEditBegin(paramSet, name)
    public delegate* unmanaged[Cdecl]<OfxParamSetHandle, byte*, OfxStatus> paramEditBegin;

    // paramEditEnd(paramSet)
    public delegate* unmanaged[Cdecl]<OfxParamSetHandle, OfxStatus> paramEditEnd;
}
