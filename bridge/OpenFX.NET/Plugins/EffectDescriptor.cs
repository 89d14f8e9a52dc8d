using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>What an effect tells about itself in <c>kOfxActionDescribe</c> and <c>kOfxImageEffectActionDescribeInContext</c>.</summary>
/// <remarks>Every line may be refused: a property or parameter that a host does not know must never keep an effect from loading.</remarks>
public sealed unsafe class EffectDescriptor
{
    private readonly OfxImageEffectHandle _handle;

    internal EffectDescriptor(HostInfo host, OfxImageEffectHandle handle)
    {
        Host = host;
        _handle = handle;
        OfxPropertySetHandle properties = default;
        if (host.Effects->getPropertySet != null) _ = host.Effects->getPropertySet(handle, &properties);
        Properties = new PropertySet(host, properties);
        OfxParamSetHandle parameters = default;
        if (host.Effects->getParamSet != null) _ = host.Effects->getParamSet(handle, &parameters);
        Parameters = new ParamDescriptors(host, parameters);
    }

    /// <summary>Who asks.</summary>
    public HostInfo Host { get; }

    /// <summary>The effect's properties.</summary>
    public PropertySet Properties { get; }

    /// <summary>Where parameters are defined; in the context action only.</summary>
    public ParamDescriptors Parameters { get; }

    /// <summary>Names the effect for people.</summary>
    public void SetLabels(string label, string grouping, string description)
    {
        _ = Properties.TrySet(OfxConstants.kOfxPropLabel, label);
        _ = Properties.TrySet(OfxConstants.kOfxPropShortLabel, label);
        _ = Properties.TrySet(OfxConstants.kOfxPropLongLabel, label);
        _ = Properties.TrySet(OfxConstants.kOfxImageEffectPluginPropGrouping, grouping);
        _ = Properties.TrySet(OfxConstants.kOfxPropPluginDescription, description);
    }

    /// <summary>Adds a context; call in the order of preference.</summary>
    public bool AddContext(ReadOnlySpan<byte> context)
    {
        int next = Properties.Dimension(OfxConstants.kOfxImageEffectPropSupportedContexts);
        return Properties.TrySet(OfxConstants.kOfxImageEffectPropSupportedContexts, context, next);
    }

    /// <summary>Lists the depths the effect renders.</summary>
    public void SetDepths(ReadOnlySpan<BitDepth> depths)
    {
        for (int index = 0; index < depths.Length; index++)
        {
            _ = Properties.TrySet(OfxConstants.kOfxImageEffectPropSupportedPixelDepths, depths[index].Name(), index);
        }
    }

    /// <summary>Defines a clip; null where the host refuses.</summary>
    public PropertySet? DefineClip(string name, ReadOnlySpan<ImageComponents> components)
    {
        if (Host.Effects->clipDefine == null) return null;
        byte[] bytes = new byte[NativeText.BytesMax(name)];
        NativeText.Write(name, bytes);
        OfxPropertySetHandle handle = default;
        fixed (byte* text = bytes)
        {
            if (Host.Effects->clipDefine(_handle, text, &handle) != OfxStatus.kOfxStatOK) return null;
        }

        PropertySet clip = new(Host, handle);
        for (int index = 0; index < components.Length; index++)
        {
            _ = clip.TrySet(OfxConstants.kOfxImageEffectPropSupportedComponents, components[index].Name(), index);
        }

        return clip;
    }
}

/// <summary>Defines parameters. Each method is false where the host refuses the type or the name; go on with the next one then.</summary>
public readonly unsafe struct ParamDescriptors(HostInfo host, OfxParamSetHandle handle)
{
    private readonly HostInfo _host = host;

    /// <summary>Defines a parameter of any type.</summary>
    public bool TryDefine(ReadOnlySpan<byte> type, string name, out PropertySet properties)
    {
        properties = default;
        OfxParameterSuiteV1* suite = _host.Parameters;
        if (suite == null || suite->paramDefine == null || handle.IsNull) return false;
        byte[] bytes = new byte[NativeText.BytesMax(name)];
        NativeText.Write(name, bytes);
        OfxPropertySetHandle defined = default;
        fixed (byte* typeText = type, nameText = bytes)
        {
            if (suite->paramDefine(handle, typeText, nameText, &defined) != OfxStatus.kOfxStatOK) return false;
        }

        properties = new PropertySet(_host, defined);
        return true;
    }

    /// <summary>Defines a number. Range and display range are always given: hosts clamp to surprising defaults without them.</summary>
    public bool DefineDouble(in ParamText text, in ParamRange range, double value)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypeDouble, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDoubleType, OfxConstants.kOfxParamDoubleTypePlain);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDefault, value);
        _ = properties.TrySet(OfxConstants.kOfxParamPropMin, range.Minimum);
        _ = properties.TrySet(OfxConstants.kOfxParamPropMax, range.Maximum);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDisplayMin, range.DisplayMinimum);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDisplayMax, range.DisplayMaximum);
        return true;
    }

    /// <summary>Defines an integer, with both ranges.</summary>
    public bool DefineInteger(in ParamText text, in ParamRange range, int value)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypeInteger, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDefault, value);
        _ = properties.TrySet(OfxConstants.kOfxParamPropMin, (int)range.Minimum);
        _ = properties.TrySet(OfxConstants.kOfxParamPropMax, (int)range.Maximum);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDisplayMin, (int)range.DisplayMinimum);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDisplayMax, (int)range.DisplayMaximum);
        return true;
    }

    /// <summary>Defines a check box.</summary>
    public bool DefineBoolean(in ParamText text, bool value)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypeBoolean, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDefault, value);
        return true;
    }

    /// <summary>Defines a menu whose value is the index of an option.</summary>
    public bool DefineChoice(in ParamText text, ReadOnlySpan<string> options, int value)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypeChoice, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        for (int index = 0; index < options.Length; index++) _ = properties.TrySet(OfxConstants.kOfxParamPropChoiceOption, options[index], index);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDefault, value);
        return true;
    }

    /// <summary>Defines a text of the given mode, for example <see cref="OfxConstants.kOfxParamStringIsFilePath"/>.</summary>
    public bool DefineString(in ParamText text, ReadOnlySpan<byte> mode, string value)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypeString, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        _ = properties.TrySet(OfxConstants.kOfxParamPropStringMode, mode);
        _ = properties.TrySet(OfxConstants.kOfxParamPropDefault, value);
        return true;
    }

    /// <summary>Defines a heading under which parameters stand that name it as their parent.</summary>
    public bool DefineGroup(in ParamText text, bool isOpen)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypeGroup, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        _ = properties.TrySet(OfxConstants.kOfxParamPropGroupOpen, isOpen);
        return true;
    }

    /// <summary>Defines a page with its parameters in order, for hosts that lay controls out in pages.</summary>
    public bool DefinePage(in ParamText text, ReadOnlySpan<string> parameters)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypePage, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        for (int index = 0; index < parameters.Length; index++) _ = properties.TrySet(OfxConstants.kOfxParamPropPageChild, parameters[index], index);
        return true;
    }

    /// <summary>Defines a push button.</summary>
    public bool DefinePushButton(in ParamText text)
    {
        if (!TryDefine(OfxConstants.kOfxParamTypePushButton, text.Name, out PropertySet properties)) return false;
        text.WriteTo(properties);
        return true;
    }
}

/// <summary>What a person reads of a parameter, and whether it may change over time.</summary>
/// <param name="Name">Name in projects and scripts.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Hint">Explanation for people.</param>
/// <param name="Animates">Whether it may change over time.</param>
/// <param name="Parent">Name of the group it stands in; empty for none.</param>
public readonly record struct ParamText(string Name, string Label, string Hint, bool Animates = true, string Parent = "")
{
    /// <summary>Whether it is kept from people: state that a project remembers.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether people may only read it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether no picture depends on it, so that a change is no reason to render.</summary>
    public bool ChangesNoPicture { get; init; }

    internal void WriteTo(PropertySet properties)
    {
        _ = properties.TrySet(OfxConstants.kOfxPropLabel, Label);
        _ = properties.TrySet(OfxConstants.kOfxPropShortLabel, Label);
        _ = properties.TrySet(OfxConstants.kOfxPropLongLabel, Label);
        _ = properties.TrySet(OfxConstants.kOfxParamPropHint, Hint);
        _ = properties.TrySet(OfxConstants.kOfxParamPropScriptName, Name);
        _ = properties.TrySet(OfxConstants.kOfxParamPropAnimates, Animates);
        if (Parent.Length > 0) _ = properties.TrySet(OfxConstants.kOfxParamPropParent, Parent);
        if (IsSecret) _ = properties.TrySet(OfxConstants.kOfxParamPropSecret, true);
        if (IsReadOnly) _ = properties.TrySet(OfxConstants.kOfxParamPropEnabled, false);
        if (ChangesNoPicture) _ = properties.TrySet(OfxConstants.kOfxParamPropEvaluateOnChange, false);
    }
}

/// <summary>What a number may be, and what its slider shows.</summary>
public readonly record struct ParamRange(double Minimum, double Maximum, double DisplayMinimum, double DisplayMaximum);
