using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>An instance's parameters during one command. Whatever a host answers, the value is in range; where it refuses, the default holds.</summary>
public sealed unsafe class ParameterValues
{
    private readonly HostCall _call;

    internal ParameterValues(HostCall call) => _call = call;

    /// <summary>A slider's number.</summary>
    /// <param name="key">As in the definition.</param>
    /// <param name="frameOffset">Frames from the current one.</param>
    public double Number(string key, double frameOffset = 0)
    {
        ParameterDefinition parameter = Definition(key);
        return TryRead(key, frameOffset, PF_ParamType.PF_Param_FLOAT_SLIDER, out PF_ParamDefUnion value) ? parameter.Sanitize(value.fs_d.value) : parameter.Default;
    }

    /// <summary>Whether a check box is on.</summary>
    public bool IsChecked(string key, double frameOffset = 0) =>
        TryRead(key, frameOffset, PF_ParamType.PF_Param_CHECKBOX, out PF_ParamDefUnion value) ? value.bd.value != 0 : Definition(key).Default != 0;

    /// <summary>A popup's index, from 0.</summary>
    public int Choice(string key, double frameOffset = 0)
    {
        ParameterDefinition parameter = Definition(key);
        return (int)(TryRead(key, frameOffset, PF_ParamType.PF_Param_POPUP, out PF_ParamDefUnion value) ? parameter.Sanitize(value.pd.value - 1.0) : parameter.Default);
    }

    /// <summary>A colour.</summary>
    public PF_Pixel Colour(string key, double frameOffset = 0) =>
        TryRead(key, frameOffset, PF_ParamType.PF_Param_COLOR, out PF_ParamDefUnion value) ? value.cd.value : Definition(key).DefaultColour;

    /// <summary>The host's own record of a parameter in the command's array; null where there is none.</summary>
    internal PF_ParamDef* Direct(int index) =>
        _call.Params != null && index > 0 && index < _call.In->num_params && index <= _call.Definition.Parameters.Length ? _call.Params[index] : null;

    private ParameterDefinition Definition(string key) => _call.Definition.Parameters[_call.Definition.IndexOf(key) - 1];

    private bool TryRead(string key, double frameOffset, PF_ParamType type, out PF_ParamDefUnion value)
    {
        int index = _call.Definition.IndexOf(key);
        PF_ParamDef* direct = frameOffset == 0 ? Direct(index) : null;
        if (direct != null && direct->param_type == type)
        {
            value = direct->u;
            return true;
        }

        value = default;
        if (_call.TimeAt(frameOffset) is not { } time) return false;
        PF_ParamDef* borrowed = _call.Checkout(index, time);
        if (borrowed == null) return false;
        bool isRight = borrowed->param_type == type;
        if (isRight) value = borrowed->u;
        _call.Return(borrowed);
        return isRight;
    }
}
