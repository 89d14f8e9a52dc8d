using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>Properties of parameters, by kind.</summary>
internal static class ParameterTables
{
    public static PropertySet Descriptor(HostCore host, HostedParameterKind kind, string name)
    {
        var set = new PropertySet(host, PropertySetKind.Param, $"parameter '{name}'");
        PropertyTables.Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeParameter));
        PropertyTables.Fixed(set, kOfxParamPropType, ParameterKinds.TypeName(kind));
        PropertyTables.Fixed(set, kOfxPropName, name);
        PropertyTables.Labels(set, name);
        set.DefineTexts(kOfxParamPropHint, 1, true, "");
        set.DefineTexts(kOfxParamPropScriptName, 1, true, name);
        set.DefineTexts(kOfxParamPropParent, 1, true, "");
        set.DefineTexts(kOfxPropIcon, 2, true, "", "");
        set.DefinePointer(kOfxParamPropDataPtr, true);
        PropertyTables.Integer(set, kOfxParamPropSecret, 0);
        PropertyTables.Integer(set, kOfxParamPropEnabled, 1);
        set.DefinePointer(kOfxParamPropInteractV1, true);
        set.DefineNumbers(kOfxParamPropInteractSize, PropertyType.Double, 2, true, 0, 0);
        set.DefineNumbers(kOfxParamPropInteractSizeAspect, PropertyType.Double, 1, true, 1);
        set.DefineNumbers(kOfxParamPropInteractMinimumSize, PropertyType.Double, 2, true, 10, 10);
        set.DefineNumbers(kOfxParamPropInteractPreferedSize, PropertyType.Integer, 2, true, 10, 10);
        PropertyTables.Integer(set, kOfxParamPropHasHostOverlayHandle, 0);
        PropertyTables.Integer(set, kOfxParamPropUseHostOverlayHandle, 0);
        switch (kind)
        {
            case HostedParameterKind.Group:
                PropertyTables.Integer(set, kOfxParamPropGroupOpen, 1);
                break;
            case HostedParameterKind.Page:
                set.DefineTexts(kOfxParamPropPageChild, 0, true);
                break;
            case HostedParameterKind.PushButton:
                break;
            default:
                Value(set, host, kind);
                break;
        }

        return set;
    }

    public static PropertySet Instance(HostCore host, HostedParameter descriptor)
    {
        var set = new PropertySet(host, PropertySetKind.Param, $"parameter '{descriptor.Name}'");
        set.CopyFrom(descriptor.Properties);
        PropertyTables.Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeParameterInstance));
        return set;
    }

    private static void Value(PropertySet set, HostCore host, HostedParameterKind kind)
    {
        bool animates = kind switch
        {
            HostedParameterKind.Boolean or HostedParameterKind.Choice or HostedParameterKind.StrChoice => host.Profile.ChoiceAnimation,
            HostedParameterKind.String or HostedParameterKind.Custom => host.Profile.StringAnimation,
            HostedParameterKind.Bytes or HostedParameterKind.Parametric => false,
            _ => true,
        };
        PropertyTables.Integer(set, kOfxParamPropAnimates, animates ? 1 : 0);
        PropertyTables.Fixed(set, kOfxParamPropIsAnimating, 0);
        PropertyTables.Fixed(set, kOfxParamPropIsAutoKeying, 0);
        PropertyTables.Integer(set, kOfxParamPropPersistant, 1);
        PropertyTables.Integer(set, kOfxParamPropEvaluateOnChange, 1);
        PropertyTables.Integer(set, kOfxParamPropPluginMayWrite, 0);
        PropertyTables.Integer(set, kOfxParamPropCanUndo, 1);
        set.DefineTexts(kOfxParamPropCacheInvalidation, 1, true, OfxText.Of(kOfxParamInvalidateValueChange));
        Default(set, kind);
        if (ParameterKinds.HasRange(kind)) Range(set, kind);
        switch (kind)
        {
            case HostedParameterKind.Choice:
                set.DefineTexts(kOfxParamPropChoiceOption, 0, true);
                set.DefineTexts(kOfxParamPropChoiceEnum, 0, true); // The standard has it on string choices alone; Natron's plug-ins set it here too.
                set.DefineNumbers(kOfxParamPropChoiceOrder, PropertyType.Integer, 0, true);
                break;
            case HostedParameterKind.StrChoice:
                set.DefineTexts(kOfxParamPropChoiceOption, 0, true);
                set.DefineTexts(kOfxParamPropChoiceEnum, 0, true);
                set.DefineNumbers(kOfxParamPropChoiceOrder, PropertyType.Integer, 0, true);
                break;
            case HostedParameterKind.String:
                set.DefineTexts(kOfxParamPropStringMode, 1, true, OfxText.Of(kOfxParamStringIsSingleLine));
                PropertyTables.Integer(set, kOfxParamPropStringFilePathExists, 1);
                break;
            case HostedParameterKind.Custom:
                set.DefinePointer(kOfxParamPropCustomInterpCallbackV1, true);
                break;
            case HostedParameterKind.Parametric:
                PropertyTables.Integer(set, kOfxParamPropParametricDimension, 1);
                set.DefineNumbers(kOfxParamPropParametricUIColour, PropertyType.Double, 0, true);
                set.DefinePointer(kOfxParamPropParametricInteractBackground, true);
                set.DefineNumbers(kOfxParamPropParametricRange, PropertyType.Double, 2, true, 0, 1);
                break;
        }
    }

    private static void Default(PropertySet set, HostedParameterKind kind)
    {
        int dimension = ParameterKinds.Dimension(kind);
        if (dimension > 0)
        {
            Span<double> zeros = stackalloc double[dimension];
            zeros.Clear();
            set.DefineNumbers(kOfxParamPropDefault, ParameterKinds.IsInteger(kind) ? PropertyType.Integer : PropertyType.Double, dimension, true,
                zeros);
        }
        else if (kind is HostedParameterKind.Bytes)
        {
            set.DefinePointer(kOfxParamPropDefault, true);
        }
        else if (kind is not HostedParameterKind.Parametric)
        {
            set.DefineTexts(kOfxParamPropDefault, 1, true, "");
        }
    }

    private static void Range(PropertySet set, HostedParameterKind kind)
    {
        int dimension = ParameterKinds.Dimension(kind);
        bool integer = ParameterKinds.IsInteger(kind);
        PropertyType type = integer ? PropertyType.Integer : PropertyType.Double;
        double low = integer ? int.MinValue : -double.MaxValue, high = integer ? int.MaxValue : double.MaxValue;
        double[] lows = [.. Enumerable.Repeat(low, dimension)], highs = [.. Enumerable.Repeat(high, dimension)];
        bool colour = ParameterKinds.IsColour(kind);
        set.DefineNumbers(kOfxParamPropMin, type, dimension, true, lows);
        set.DefineNumbers(kOfxParamPropMax, type, dimension, true, highs);
        set.DefineNumbers(kOfxParamPropDisplayMin, type, dimension, true, colour ? [.. Enumerable.Repeat(0.0, dimension)] : lows);
        set.DefineNumbers(kOfxParamPropDisplayMax, type, dimension, true, colour ? [.. Enumerable.Repeat(1.0, dimension)] : highs);
        if (dimension > 1)
        {
            string[] labels = colour ? ["r", "g", "b", "a"] : ["x", "y", "z"];
            set.DefineTexts(kOfxParamPropDimensionLabel, dimension, true, labels.AsSpan(0, dimension));
        }

        if (integer) return;
        set.DefineNumbers(kOfxParamPropIncrement, PropertyType.Double, 1, true, 1);
        PropertyTables.Integer(set, kOfxParamPropDigits, 2);
        if (colour) return;
        set.DefineTexts(kOfxParamPropDoubleType, 1, true, OfxText.Of(kOfxParamDoubleTypePlain));
        set.DefineTexts(kOfxParamPropDefaultCoordinateSystem, 1, true, OfxText.Of(kOfxParamCoordinatesCanonical));
        PropertyTables.Integer(set, kOfxParamPropShowTimeMarker, 0);
    }
}
