#pragma warning disable CA1031 // An exception that leaves a function called by C ends the process: each is caught, recorded and answered as a status.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the property suite.</summary>
internal static unsafe class PropertySuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("propSetPointer", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void*, OfxStatus>)&SetPointer);
        table.Add("propSetString", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte*, OfxStatus>)&SetString);
        table.Add("propSetDouble", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double, OfxStatus>)&SetDouble);
        table.Add("propSetInt", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int, OfxStatus>)&SetInt);
        table.Add("propSetPointerN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void**, OfxStatus>)&SetPointerN);
        table.Add("propSetStringN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte**, OfxStatus>)&SetStringN);
        table.Add("propSetDoubleN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double*, OfxStatus>)&SetDoubleN);
        table.Add("propSetIntN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int*, OfxStatus>)&SetIntN);
        table.Add("propGetPointer", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void**, OfxStatus>)&GetPointer);
        table.Add("propGetString", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte**, OfxStatus>)&GetString);
        table.Add("propGetDouble", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double*, OfxStatus>)&GetDouble);
        table.Add("propGetInt", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int*, OfxStatus>)&GetInt);
        table.Add("propGetPointerN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void**, OfxStatus>)&GetPointerN);
        table.Add("propGetStringN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, byte**, OfxStatus>)&GetStringN);
        table.Add("propGetDoubleN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, double*, OfxStatus>)&GetDoubleN);
        table.Add("propGetIntN", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, int*, OfxStatus>)&GetIntN);
        table.Add("propReset", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, OfxStatus>)&Reset);
        table.Add("propGetDimension", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int*, OfxStatus>)&GetDimension);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetPointer(OfxPropertySetHandle handle, byte* name, int index, void* value) =>
        Write("propSetPointer", handle, name, PropertyType.Pointer, index, PropertyValue.Of((nint)value));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetString(OfxPropertySetHandle handle, byte* name, int index, byte* value) =>
        value is null ? OfxStatus.kOfxStatErrValue : Write("propSetString", handle, name, PropertyType.Text, index,
            PropertyValue.Of(NativeText.Read(value)!));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetDouble(OfxPropertySetHandle handle, byte* name, int index, double value) =>
        Write("propSetDouble", handle, name, PropertyType.Double, index, PropertyValue.Of(value));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetInt(OfxPropertySetHandle handle, byte* name, int index, int value) =>
        Write("propSetInt", handle, name, PropertyType.Integer, index, PropertyValue.Of((double)value));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetPointerN(OfxPropertySetHandle handle, byte* name, int count, void** values) =>
        WriteAll("propSetPointerN", handle, name, PropertyType.Pointer, count, values, static (at, i) => PropertyValue.Of(((nint*)at)[i]));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetStringN(OfxPropertySetHandle handle, byte* name, int count, byte** values) =>
        WriteAll("propSetStringN", handle, name, PropertyType.Text, count, values, static (at, i) =>
            PropertyValue.Of(NativeText.Read(((byte**)at)[i]) ?? ""));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetDoubleN(OfxPropertySetHandle handle, byte* name, int count, double* values) =>
        WriteAll("propSetDoubleN", handle, name, PropertyType.Double, count, values, static (at, i) => PropertyValue.Of(((double*)at)[i]));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetIntN(OfxPropertySetHandle handle, byte* name, int count, int* values) =>
        WriteAll("propSetIntN", handle, name, PropertyType.Integer, count, values, static (at, i) => PropertyValue.Of((double)((int*)at)[i]));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetPointer(OfxPropertySetHandle handle, byte* name, int index, void** value) =>
        Read("propGetPointer", handle, name, PropertyType.Pointer, index, 1, value, static (set, at, i, found) => ((nint*)at)[i] = found.Pointer);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetString(OfxPropertySetHandle handle, byte* name, int index, byte** value) =>
        Read("propGetString", handle, name, PropertyType.Text, index, 1, value, static (set, at, i, found) => ((byte**)at)[i] = set.Lend(found.Text));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetDouble(OfxPropertySetHandle handle, byte* name, int index, double* value) =>
        Read("propGetDouble", handle, name, PropertyType.Double, index, 1, value, static (set, at, i, found) => ((double*)at)[i] = found.Number);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetInt(OfxPropertySetHandle handle, byte* name, int index, int* value) =>
        Read("propGetInt", handle, name, PropertyType.Integer, index, 1, value, static (set, at, i, found) => ((int*)at)[i] = ToInt32(found.Number));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetPointerN(OfxPropertySetHandle handle, byte* name, int count, void** values) =>
        Read("propGetPointerN", handle, name, PropertyType.Pointer, 0, count, values, static (set, at, i, found) => ((nint*)at)[i] = found.Pointer);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetStringN(OfxPropertySetHandle handle, byte* name, int count, byte** values) =>
        Read("propGetStringN", handle, name, PropertyType.Text, 0, count, values, static (set, at, i, found) =>
            ((byte**)at)[i] = set.Lend(found.Text));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetDoubleN(OfxPropertySetHandle handle, byte* name, int count, double* values) =>
        Read("propGetDoubleN", handle, name, PropertyType.Double, 0, count, values, static (set, at, i, found) => ((double*)at)[i] = found.Number);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetIntN(OfxPropertySetHandle handle, byte* name, int count, int* values) =>
        Read("propGetIntN", handle, name, PropertyType.Integer, 0, count, values, static (set, at, i, found) =>
            ((int*)at)[i] = ToInt32(found.Number));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Reset(OfxPropertySetHandle handle, byte* name)
    {
        OfxStatus status = Enter("propReset", handle, name, out PropertySet? set);
        if (status != OfxStatus.kOfxStatOK) return status;
        try
        {
            return set!.Reset(NativeText.Bytes(name));
        }
        catch (Exception e)
        {
            return set!.Host.Escaped("propReset", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetDimension(OfxPropertySetHandle handle, byte* name, int* count)
    {
        if (count is null) return OfxStatus.kOfxStatErrValue;
        OfxStatus status = Enter("propGetDimension", handle, name, out PropertySet? set);
        if (status != OfxStatus.kOfxStatOK) return status;
        try
        {
            status = set!.Dimension(NativeText.Bytes(name), out int found);
            if (status == OfxStatus.kOfxStatOK) *count = found;
            return status;
        }
        catch (Exception e)
        {
            return set!.Host.Escaped("propGetDimension", e);
        }
    }

    private static int ToInt32(double value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static OfxStatus Enter(string function, OfxPropertySetHandle handle, byte* name, out PropertySet? set)
    {
        set = HandleTable.Get<PropertySet>(handle.Value);
        if (set is null) return OfxStatus.kOfxStatErrBadHandle;
        return name is null ? OfxStatus.kOfxStatErrUnknown : set.Host.Enter(function);
    }

    private static OfxStatus Write(string function, OfxPropertySetHandle handle, byte* name, PropertyType type, int index, PropertyValue value)
    {
        OfxStatus status = Enter(function, handle, name, out PropertySet? set);
        if (status != OfxStatus.kOfxStatOK) return status;
        try
        {
            return set!.Write(NativeText.Bytes(name), type, index, value);
        }
        catch (Exception e)
        {
            return set!.Host.Escaped(function, e);
        }
    }

    private static OfxStatus WriteAll(
        string function, OfxPropertySetHandle handle, byte* name, PropertyType type, int count, void* source, Func<nint, int, PropertyValue> read)
    {
        if (source is null && count > 0) return OfxStatus.kOfxStatErrValue;
        if (count is < 0 or > Property.ValuesMax) return OfxStatus.kOfxStatErrBadIndex;
        OfxStatus status = Enter(function, handle, name, out PropertySet? set);
        if (status != OfxStatus.kOfxStatOK) return status;
        try
        {
            var values = new PropertyValue[count];
            for (int i = 0; i < count; i++) values[i] = read((nint)source, i);
            return set!.WriteAll(NativeText.Bytes(name), type, values);
        }
        catch (Exception e)
        {
            return set!.Host.Escaped(function, e);
        }
    }

    private static OfxStatus Read(
        string function, OfxPropertySetHandle handle, byte* name, PropertyType type, int index, int count, void* target, Action<PropertySet, nint,
            int, PropertyValue> write)
    {
        if (target is null) return OfxStatus.kOfxStatErrValue;
        if (count is < 0 or > Property.ValuesMax) return OfxStatus.kOfxStatErrBadIndex;
        OfxStatus status = Enter(function, handle, name, out PropertySet? set);
        if (status != OfxStatus.kOfxStatOK) return status;
        try
        {
            var values = new PropertyValue[count];
            status = set!.Read(NativeText.Bytes(name), type, index, values);
            if (status != OfxStatus.kOfxStatOK) return status;
            for (int i = 0; i < count; i++) write(set, (nint)target, i, values[i]);
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return set!.Host.Escaped(function, e);
        }
    }
}
