using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>Asks the plug-in for the value of a custom parameter between two keys, where it gave a callback.</summary>
internal static unsafe class CustomInterpolation
{
    public static ParameterValue At(
        HostedParameter parameter, double time, double amount, (double Time, ParameterValue Value) before, (double Time, ParameterValue Value) after)
    {
        var callback = (delegate* unmanaged[Cdecl]<OfxParamSetHandle, OfxPropertySetHandle, OfxPropertySetHandle, OfxStatus>)
            parameter.Properties.Pointer(kOfxParamPropCustomInterpCallbackV1);
        if (callback == null) return before.Value;
        using PropertySet input = PropertyTables.Arguments(parameter.Host, kOfxParamPropCustomInterpCallbackV1);
        using PropertySet output = PropertyTables.Arguments(parameter.Host, kOfxParamPropCustomInterpCallbackV1);
        PropertyTables.Fixed(input, kOfxPropName, parameter.Name);
        PropertyTables.Fixed(input, kOfxPropTime, PropertyType.Double, time);
        input.DefineTexts(kOfxParamPropCustomValue, 2, false, before.Value.Text, after.Value.Text);
        input.PutTexts(kOfxParamPropCustomValue, before.Value.Text, after.Value.Text);
        PropertyTables.Fixed(input, kOfxParamPropInterpolationTime, PropertyType.Double, before.Time, after.Time);
        PropertyTables.Fixed(input, kOfxParamPropInterpolationAmount, PropertyType.Double, amount);
        output.DefineTexts(kOfxParamPropCustomValue, 1, true, before.Value.Text);
        OfxStatus status = callback(parameter.Owner.ParameterSet.Handle, input.Handle, output.Handle);
        return status == OfxStatus.kOfxStatOK ? ParameterValue.Of(output.Text(kOfxParamPropCustomValue)) : before.Value;
    }
}
