using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>A parameter that the user changed, or a button he pressed. Here, and nowhere else, values and sequence data may be written.</summary>
public sealed unsafe class ParameterChange
{
    private readonly HostCall _call;

    internal ParameterChange(HostCall call, string key)
    {
        _call = call;
        Key = key;
        Parameters = new ParameterValues(call);
        Sequence = SequenceHandle.Read(call, false);
    }

    /// <summary>Which parameter.</summary>
    public string Key { get; }

    /// <summary>All values, the changed one included.</summary>
    public ParameterValues Parameters { get; }

    /// <summary>What the instance keeps in the project; another object set here is kept, and frames are made again.</summary>
    public SequenceData Sequence { get; set; }

    /// <summary>Changes a slider; the user can undo it.</summary>
    /// <returns>False where the host takes no changes.</returns>
    public bool SetNumber(string key, double value) => Set(key, PF_ParamType.PF_Param_FLOAT_SLIDER, value);

    /// <summary>Turns a check box on or off.</summary>
    public bool SetChecked(string key, bool isOn) => Set(key, PF_ParamType.PF_Param_CHECKBOX, isOn ? 1 : 0);

    /// <summary>Picks a popup's entry, from 0.</summary>
    public bool SetChoice(string key, int index) => Set(key, PF_ParamType.PF_Param_POPUP, index);

    /// <summary>Shows a message in the host.</summary>
    public void ShowMessage(string text) => HostCall.SetMessage(_call.Out, text, false);

    private bool Set(string key, PF_ParamType type, double value)
    {
        int index = _call.Definition.IndexOf(key);
        PF_ParamDef* parameter = Parameters.Direct(index);
        if (parameter == null || parameter->param_type != type) return false;
        double right = _call.Definition.Parameters[index - 1].Sanitize(value);
        if (type == PF_ParamType.PF_Param_FLOAT_SLIDER) parameter->u.fs_d.value = right;
        else if (type == PF_ParamType.PF_Param_CHECKBOX) parameter->u.bd.value = (int)right;
        else parameter->u.pd.value = (int)right + 1;
        parameter->uu.change_flags |= PF_ChangeFlags.PF_ChangeFlag_CHANGED_VALUE;
        return true;
    }
}

/// <summary>The host redraws the panel: what shall be shown, hidden, enabled, named.</summary>
public sealed unsafe class PanelUpdate
{
    private readonly HostCall _call;

    internal PanelUpdate(HostCall call)
    {
        _call = call;
        Parameters = new ParameterValues(call);
        Sequence = SequenceHandle.Read(call, false);
    }

    /// <summary>The values.</summary>
    public ParameterValues Parameters { get; }

    /// <summary>What the instance keeps in the project.</summary>
    public SequenceData Sequence { get; }

    /// <summary>Greys a parameter out or brings it back.</summary>
    /// <returns>False where the host cannot.</returns>
    public bool SetEnabled(string key, bool isEnabled) => SetFlag(key, PF_ParamUIFlags.PF_PUI_DISABLED, !isEnabled, null);

    /// <summary>Hides a parameter or brings it back.</summary>
    public bool SetShown(string key, bool isShown) => SetFlag(key, PF_ParamUIFlags.PF_PUI_INVISIBLE, !isShown, null);

    /// <summary>Changes what the user reads beside a parameter.</summary>
    public bool SetLabel(string key, string label) => SetFlag(key, PF_ParamUIFlags.PF_PUI_NONE, false, label);

    private bool SetFlag(string key, PF_ParamUIFlags flag, bool isOn, string? label)
    {
        int index = _call.Definition.IndexOf(key);
        PF_ParamDef* parameter = Parameters.Direct(index);
        PF_ParamUtilsSuite3* suite = _call.Suite<PF_ParamUtilsSuite3>(SuiteNames.ParamUtils, SuiteNames.ParamUtilsVersion);
        if (parameter == null || suite == null || suite->PF_UpdateParamUI == null) return false;
        // The host wants a copy; its own record stays as it is.
        PF_ParamDef copy = *parameter;
        PF_ParamUIFlags before = copy.ui_flags;
        copy.ui_flags = isOn ? before | flag : before & ~flag;
        if (label != null)
        {
            Span<byte> room = new(copy.name, PF_Version.PF_MAX_EFFECT_PARAM_NAME_LEN + 1);
            room.Clear();
            HostCall.Utf8(label, room[..PF_Version.PF_MAX_EFFECT_PARAM_NAME_LEN]);
        }

        // Nothing changed: a host that redraws for every update would do so for ever.
        int nameBytes = PF_Version.PF_MAX_EFFECT_PARAM_NAME_LEN + 1;
        if (copy.ui_flags == before && new ReadOnlySpan<byte>(copy.name, nameBytes).SequenceEqual(new ReadOnlySpan<byte>(parameter->name, nameBytes))) return true;
        return suite->PF_UpdateParamUI(_call.In->effect_ref, index, &copy) == PF_Err.PF_Err_NONE;
    }
}
