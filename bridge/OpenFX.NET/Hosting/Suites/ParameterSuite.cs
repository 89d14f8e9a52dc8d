#pragma warning disable CA1031 // An exception that leaves a function called by C ends the process: each is caught, recorded and answered as a status.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the parameter suite; its variadic functions are in <see cref="VariadicSuites"/>.</summary>
internal static unsafe class ParameterSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("paramDefine", (delegate* unmanaged[Cdecl]<OfxParamSetHandle, byte*, byte*, OfxPropertySetHandle*, OfxStatus>)&Define);
        table.Add("paramGetHandle", (delegate* unmanaged[Cdecl]<OfxParamSetHandle, byte*, OfxParamHandle*, OfxPropertySetHandle*,
            OfxStatus>)&GetHandle);
        table.Add("paramSetGetPropertySet", (delegate* unmanaged[Cdecl]<OfxParamSetHandle, OfxPropertySetHandle*, OfxStatus>)&SetGetPropertySet);
        table.Add("paramGetPropertySet", (delegate* unmanaged[Cdecl]<OfxParamHandle, OfxPropertySetHandle*, OfxStatus>)&GetPropertySet);
        table.Add("paramGetValue", VariadicCallee.ParamGetValue);
        table.Add("paramGetValueAtTime", VariadicCallee.ParamGetValueAtTime);
        table.Add("paramGetDerivative", VariadicCallee.ParamGetDerivative);
        table.Add("paramGetIntegral", VariadicCallee.ParamGetIntegral);
        table.Add("paramSetValue", VariadicCallee.ParamSetValue);
        table.Add("paramSetValueAtTime", VariadicCallee.ParamSetValueAtTime);
        table.Add("paramGetNumKeys", (delegate* unmanaged[Cdecl]<OfxParamHandle, uint*, OfxStatus>)&GetNumKeys);
        table.Add("paramGetKeyTime", (delegate* unmanaged[Cdecl]<OfxParamHandle, uint, double*, OfxStatus>)&GetKeyTime);
        table.Add("paramGetKeyIndex", (delegate* unmanaged[Cdecl]<OfxParamHandle, double, int, int*, OfxStatus>)&GetKeyIndex);
        table.Add("paramDeleteKey", (delegate* unmanaged[Cdecl]<OfxParamHandle, double, OfxStatus>)&DeleteKey);
        table.Add("paramDeleteAllKeys", (delegate* unmanaged[Cdecl]<OfxParamHandle, OfxStatus>)&DeleteAllKeys);
        table.Add("paramCopy", (delegate* unmanaged[Cdecl]<OfxParamHandle, OfxParamHandle, double, OfxRangeD*, OfxStatus>)&Copy);
        table.Add("paramEditBegin", (delegate* unmanaged[Cdecl]<OfxParamSetHandle, byte*, OfxStatus>)&EditBegin);
        table.Add("paramEditEnd", (delegate* unmanaged[Cdecl]<OfxParamSetHandle, OfxStatus>)&EditEnd);
    }

    /// <summary>Finds a parameter and enters a function on it.</summary>
    public static OfxStatus Enter(string function, OfxParamHandle handle, out HostedParameter? parameter)
    {
        parameter = HandleTable.Get<HostedParameter>(handle.Value);
        return parameter is null ? OfxStatus.kOfxStatErrBadHandle : parameter.Host.Enter(function);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Define(OfxParamSetHandle handle, byte* type, byte* name, OfxPropertySetHandle* result)
    {
        if (HandleTable.Get<ParameterSetNode>(handle.Value) is not { } set) return OfxStatus.kOfxStatErrBadHandle;
        HostCore host = set.Effect.Host;
        try
        {
            OfxStatus status = host.Enter("paramDefine");
            if (status != OfxStatus.kOfxStatOK) return status;
            if (type is null || name is null) return OfxStatus.kOfxStatErrValue;
            if (set.Effect.Instance is not null || set.Effect.Context is null) return OfxStatus.kOfxStatErrUnsupported;
            status = set.Effect.DefineParameter(NativeText.Read(type)!, NativeText.Read(name)!, out PropertySet? properties);
            if (result is not null) *result = properties?.Handle ?? default;
            return status;
        }
        catch (Exception e)
        {
            return host.Escaped("paramDefine", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetHandle(OfxParamSetHandle handle, byte* name, OfxParamHandle* parameter, OfxPropertySetHandle* properties)
    {
        if (HandleTable.Get<ParameterSetNode>(handle.Value) is not { } set) return OfxStatus.kOfxStatErrBadHandle;
        HostCore host = set.Effect.Host;
        try
        {
            OfxStatus status = host.Enter("paramGetHandle");
            if (status != OfxStatus.kOfxStatOK) return status;
            if (name is null || set.Effect.FindParameter(NativeText.Bytes(name)) is not { } found) return OfxStatus.kOfxStatErrUnknown;
            if (parameter is not null) *parameter = found.Handle;
            if (properties is not null) *properties = found.Properties.Handle;
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return host.Escaped("paramGetHandle", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetGetPropertySet(OfxParamSetHandle handle, OfxPropertySetHandle* result)
    {
        if (HandleTable.Get<ParameterSetNode>(handle.Value) is not { } set || result is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = set.Effect.Host.Enter("paramSetGetPropertySet");
        if (status == OfxStatus.kOfxStatOK) *result = set.Effect.ParameterProperties.Handle;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetPropertySet(OfxParamHandle handle, OfxPropertySetHandle* result)
    {
        OfxStatus status = Enter("paramGetPropertySet", handle, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        if (result is null) return OfxStatus.kOfxStatErrBadHandle;
        *result = parameter!.Properties.Handle;
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetNumKeys(OfxParamHandle handle, uint* count)
    {
        OfxStatus status = Enter("paramGetNumKeys", handle, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        if (count is null) return OfxStatus.kOfxStatErrValue;
        *count = (uint)parameter!.KeyCount;
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetKeyTime(OfxParamHandle handle, uint index, double* time)
    {
        OfxStatus status = Enter("paramGetKeyTime", handle, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        var times = parameter!.KeyTimes;
        if (time is null || index >= times.Length) return OfxStatus.kOfxStatErrBadIndex;
        *time = times[(int)index];
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetKeyIndex(OfxParamHandle handle, double time, int direction, int* index)
    {
        OfxStatus status = Enter("paramGetKeyIndex", handle, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        double[] times = [.. parameter!.KeyTimes];
        int found = direction switch
        {
            < 0 => Array.FindLastIndex(times, key => key < time),
            > 0 => Array.FindIndex(times, key => key > time),
            _ => Array.FindIndex(times, key => key == time),
        };
        if (index is null || found < 0) return OfxStatus.kOfxStatFailed;
        *index = found;
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus DeleteKey(OfxParamHandle handle, double time)
    {
        OfxStatus status = Enter("paramDeleteKey", handle, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        return parameter!.DeleteKey(time) ? OfxStatus.kOfxStatOK : OfxStatus.kOfxStatErrBadIndex;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus DeleteAllKeys(OfxParamHandle handle)
    {
        OfxStatus status = Enter("paramDeleteAllKeys", handle, out HostedParameter? parameter);
        if (status == OfxStatus.kOfxStatOK) parameter!.DeleteAllKeys();
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Copy(OfxParamHandle to, OfxParamHandle from, double offset, OfxRangeD* range)
    {
        OfxStatus status = Enter("paramCopy", to, out HostedParameter? target);
        if (status != OfxStatus.kOfxStatOK) return status;
        try
        {
            if (HandleTable.Get<HostedParameter>(from.Value) is not { } source) return OfxStatus.kOfxStatErrBadHandle;
            if (source.Kind != target!.Kind || !double.IsFinite(offset)) return OfxStatus.kOfxStatErrValue;
            if (!target.Host.Profile.ParamCopyDoesNothing) target.CopyValuesFrom(source, offset, range is null ? null : *range);
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return target!.Host.Escaped("paramCopy", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus EditBegin(OfxParamSetHandle handle, byte* name)
    {
        if (HandleTable.Get<ParameterSetNode>(handle.Value) is not { } set) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = set.Effect.Host.Enter("paramEditBegin");
        if (status == OfxStatus.kOfxStatOK) set.Effect.Instance?.BeginUndoStep(NativeText.Read(name) ?? "");
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus EditEnd(OfxParamSetHandle handle)
    {
        if (HandleTable.Get<ParameterSetNode>(handle.Value) is not { } set) return OfxStatus.kOfxStatErrBadHandle;
        set.Effect.Instance?.EndUndoStep(); // A step ends whatever the emulated host would answer.
        return set.Effect.Host.Enter("paramEditEnd");
    }
}
