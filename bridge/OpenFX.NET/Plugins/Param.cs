using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>A parameter of an instance.</summary>
/// <remarks>Reading is allowed on any thread; writing only on the host's main thread, never while rendering. Every call may fail.</remarks>
public readonly unsafe struct Param(HostInfo host, OfxParamHandle handle, OfxPropertySetHandle properties)
{
    private readonly HostInfo _host = host;

    /// <summary>The parameter's properties; often null in hosts that do not hand them out.</summary>
    public PropertySet Properties => new(_host, properties);

    /// <summary>Reads a number.</summary>
    public bool TryGetDouble(double time, out double value)
    {
        double read = 0;
        bool isRead = TryGet(time, &read) && !double.IsNaN(read);
        value = isRead ? read : 0;
        return isRead;
    }

    /// <summary>Reads an integer, a flag or the index of a choice.</summary>
    public bool TryGetInt(double time, out int value)
    {
        int read = 0;
        bool isRead = TryGet(time, &read);
        value = isRead ? read : 0;
        return isRead;
    }

    /// <summary>Reads a text, which is copied: the host keeps its own only until the next call.</summary>
    public bool TryGetString(double time, out string value)
    {
        return TryGetString(time, "", out value);
    }

    /// <summary>As <see cref="TryGetString(double, out string)"/>, for a text that is most often the same as before.</summary>
    /// <param name="time">Time in frames.</param>
    /// <param name="known">What it was; the same object comes back where the text is still that.</param>
    /// <param name="value">The text; empty where there is none.</param>
    public bool TryGetString(double time, string known, out string value)
    {
        byte* read = null;
        bool isRead = TryGet(time, &read) && read != null;
        value = isRead ? NativeText.Read(read, known) ?? "" : "";
        return isRead;
    }

    /// <summary>Writes a number; false where the host refuses.</summary>
    public bool TrySet(double value) => TrySet(VariadicValue.From(value));

    /// <summary>Writes an integer, a flag or the index of a choice; false where the host refuses.</summary>
    public bool TrySet(int value) => TrySet(VariadicValue.From(value));

    /// <summary>Writes a text; false where the host refuses.</summary>
    public bool TrySet(string value)
    {
        fixed (byte* text = NativeText.Terminated(default, value, stackalloc byte[NativeText.NameBytes]))
        {
            return TrySet(VariadicValue.From(text));
        }
    }

    private bool TrySet(VariadicValue value) =>
        _host.Parameters != null && VariadicCaller.SetValue(_host.Parameters->paramSetValue, handle, [value]) == OfxStatus.kOfxStatOK;

    private bool TryGet(double time, void* value)
    {
        OfxParameterSuiteV1* suite = _host.Parameters;
        if (suite == null) return false;
        if (VariadicCaller.GetValueAtTime(suite->paramGetValueAtTime, handle, time, value) == OfxStatus.kOfxStatOK) return true;
        return VariadicCaller.GetValue(suite->paramGetValue, handle, value) == OfxStatus.kOfxStatOK;
    }
}

/// <summary>The parameters of an instance, by name.</summary>
public readonly unsafe struct ParamSet(HostInfo host, OfxParamSetHandle handle)
{
    private readonly HostInfo _host = host;

    /// <summary>Finds a parameter; false where the host refused it when it was described, or has no parameter suite.</summary>
    public bool TryGet(string name, out Param param)
    {
        param = default;
        OfxParameterSuiteV1* suite = _host.Parameters;
        if (suite == null || suite->paramGetHandle == null || handle.IsNull) return false;
        OfxParamHandle found = default;
        OfxPropertySetHandle properties = default;
        fixed (byte* text = NativeText.Terminated(default, name, stackalloc byte[NativeText.NameBytes]))
        {
            if (suite->paramGetHandle(handle, text, &found, &properties) != OfxStatus.kOfxStatOK || found.IsNull) return false;
        }

        param = new Param(_host, found, properties);
        return true;
    }

    /// <summary>Begins changes that the user undoes as one; dispose the answer to end them. Only while the host tells of a change (<see cref="EffectInstance.InstanceChanged"/>).
    /// </summary>
    /// <param name="name">What the host calls the step.</param>
    public ParamEdit Edit(string name)
    {
        OfxParameterSuiteV1* suite = _host.Parameters;
        if (suite == null || suite->paramEditBegin == null || suite->paramEditEnd == null || handle.IsNull) return default;
        fixed (byte* text = NativeText.Terminated(default, name, stackalloc byte[NativeText.NameBytes]))
        {
            return suite->paramEditBegin(handle, text) == OfxStatus.kOfxStatOK ? new ParamEdit(_host, handle) : default;
        }
    }
}

/// <summary>Changes of parameters that the user undoes as one; ends when disposed. Does nothing in hosts that know no such thing.</summary>
public readonly unsafe ref struct ParamEdit
{
    private readonly HostInfo? _host;
    private readonly OfxParamSetHandle _handle;

    internal ParamEdit(HostInfo host, OfxParamSetHandle handle)
    {
        _host = host;
        _handle = handle;
    }

    /// <summary>Ends the changes.</summary>
    public void Dispose()
    {
        if (_host is not null) _ = _host.Parameters->paramEditEnd(_handle);
    }
}
