using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the parametric parameter suite.</summary>
internal static unsafe class ParametricSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("parametricParamGetValue", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, double, double*, OfxStatus>)&GetValue);
        table.Add("parametricParamGetNControlPoints", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, int*, OfxStatus>)&GetNControlPoints);
        table.Add("parametricParamGetNthControlPoint", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, int, double*, double*,
            OfxStatus>)&GetNthControlPoint);
        table.Add("parametricParamSetNthControlPoint", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, int, double, double, byte,
            OfxStatus>)&SetNthControlPoint);
        table.Add("parametricParamAddControlPoint", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, double, double, double, byte,
            OfxStatus>)&AddControlPoint);
        table.Add("parametricParamDeleteControlPoint", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, int, OfxStatus>)&DeleteControlPoint);
        table.Add("parametricParamDeleteAllControlPoints", (delegate* unmanaged[Cdecl]<OfxParamHandle, int, OfxStatus>)&DeleteAllControlPoints);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetValue(OfxParamHandle handle, int curve, double time, double position, double* value)
    {
        OfxStatus status = Enter("parametricParamGetValue", handle, value, out ParametricCurves? curves);
        return status == OfxStatus.kOfxStatOK ? curves!.Value(curve, position, out *value) : status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetNControlPoints(OfxParamHandle handle, int curve, double time, int* count)
    {
        OfxStatus status = Enter("parametricParamGetNControlPoints", handle, count, out ParametricCurves? curves);
        return status == OfxStatus.kOfxStatOK ? curves!.Count(curve, out *count) : status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetNthControlPoint(OfxParamHandle handle, int curve, double time, int index, double* key, double* value)
    {
        OfxStatus status = Enter("parametricParamGetNthControlPoint", handle, key, out ParametricCurves? curves);
        if (status != OfxStatus.kOfxStatOK || value is null) return status == OfxStatus.kOfxStatOK ? OfxStatus.kOfxStatErrValue : status;
        return curves!.Get(curve, index, out *key, out *value);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus SetNthControlPoint(OfxParamHandle handle, int curve, double time, int index, double key, double value,
        byte addAnimationKey)
    {
        OfxStatus status = Enter("parametricParamSetNthControlPoint", handle, &key, out ParametricCurves? curves);
        return status == OfxStatus.kOfxStatOK ? curves!.Set(curve, index, key, value) : status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus AddControlPoint(OfxParamHandle handle, int curve, double time, double key, double value, byte addAnimationKey)
    {
        OfxStatus status = Enter("parametricParamAddControlPoint", handle, &key, out ParametricCurves? curves);
        return status == OfxStatus.kOfxStatOK ? curves!.Add(curve, key, value) : status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus DeleteControlPoint(OfxParamHandle handle, int curve, int index)
    {
        OfxStatus status = Enter("parametricParamDeleteControlPoint", handle, &index, out ParametricCurves? curves);
        return status == OfxStatus.kOfxStatOK ? curves!.Delete(curve, index) : status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus DeleteAllControlPoints(OfxParamHandle handle, int curve)
    {
        OfxStatus status = Enter("parametricParamDeleteAllControlPoints", handle, &curve, out ParametricCurves? curves);
        return status == OfxStatus.kOfxStatOK ? curves!.Clear(curve) : status;
    }

    private static OfxStatus Enter(string function, OfxParamHandle handle, void* target, out ParametricCurves? curves)
    {
        curves = null;
        OfxStatus status = ParameterSuite.Enter(function, handle, out HostedParameter? parameter);
        if (status != OfxStatus.kOfxStatOK) return status;
        curves = parameter!.Curves;
        if (curves is null) return OfxStatus.kOfxStatErrUnsupported;
        return target is null ? OfxStatus.kOfxStatErrValue : OfxStatus.kOfxStatOK;
    }
}
