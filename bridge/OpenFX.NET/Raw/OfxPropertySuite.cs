using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxPropertySuite</c>, version 1 (ofxProperty.h).</summary>
/// <remarks>Field order is the ABI: 18 slots, 144 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxPropertySuiteV1
{
    // propSetPointer(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void*, OfxStatus> propSetPointer;

    // propSetString(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte*, OfxStatus> propSetString;

    // propSetDouble(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double, OfxStatus> propSetDouble;

    // propSetInt(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int, OfxStatus> propSetInt;

    // propSetPointerN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void**, OfxStatus> propSetPointerN;

    // propSetStringN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte**, OfxStatus> propSetStringN;

    // propSetDoubleN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double*, OfxStatus> propSetDoubleN;

    // propSetIntN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int*, OfxStatus> propSetIntN;

    // propGetPointer(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void**, OfxStatus> propGetPointer;

    // propGetString(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte**, OfxStatus> propGetString;

    // propGetDouble(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double*, OfxStatus> propGetDouble;

    // propGetInt(properties, property, index, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int*, OfxStatus> propGetInt;

    // propGetPointerN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void**, OfxStatus> propGetPointerN;

    // propGetStringN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte**, OfxStatus> propGetStringN;

    // propGetDoubleN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double*, OfxStatus> propGetDoubleN;

    // propGetIntN(properties, property, count, value)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int*, OfxStatus> propGetIntN;

    // propReset(properties, property)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, OfxStatus> propReset;

    // propGetDimension(properties, property, count)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int*, OfxStatus> propGetDimension;
}
