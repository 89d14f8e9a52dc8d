using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>Answers <c>PF_Cmd_PARAMS_SETUP</c>.</summary>
internal static unsafe class ParameterSetup
{
    /// <summary>Texts that hosts may go on reading as long as the library is there.</summary>
    private static readonly ConcurrentDictionary<string, nint> Texts = new();

    public static PF_Err Run(HostCall call)
    {
        if (call.In->inter.add_param == null) return PF_Err.PF_Err_INVALID_CALLBACK;
        foreach (ParameterDefinition parameter in call.Definition.Parameters)
        {
            PF_ParamDef native = Native(parameter);
            PF_Err error = call.In->inter.add_param(call.In->effect_ref, -1, &native);
            if (error != PF_Err.PF_Err_NONE) return error;
        }

        call.Out->num_params = call.Definition.Parameters.Length + 1;
        return PF_Err.PF_Err_NONE;
    }

    internal static PF_ParamDef Native(ParameterDefinition parameter)
    {
        PF_ParamDef native = default;
        native.uu.id = parameter.Id;
        HostCall.Utf8(parameter.Label, new Span<byte>(native.name, PF_Version.PF_MAX_EFFECT_PARAM_NAME_LEN));
        if (parameter.IsSupervised || parameter.Kind == ParameterKind.Button) native.flags |= PF_ParamFlags.PF_ParamFlag_SUPERVISE;
        if (!parameter.Animates) native.flags |= PF_ParamFlags.PF_ParamFlag_CANNOT_TIME_VARY;
        if (parameter.IsHidden) native.ui_flags |= PF_ParamUIFlags.PF_PUI_INVISIBLE;
        switch (parameter.Kind)
        {
            case ParameterKind.Slider:
                native.param_type = PF_ParamType.PF_Param_FLOAT_SLIDER;
                native.u.fs_d.value = parameter.Default;
                native.u.fs_d.dephault = (float)parameter.Default;
                native.u.fs_d.valid_min = (float)parameter.Minimum;
                native.u.fs_d.valid_max = (float)parameter.Maximum;
                native.u.fs_d.slider_min = (float)parameter.DisplayMinimum;
                native.u.fs_d.slider_max = (float)parameter.DisplayMaximum;
                native.u.fs_d.precision = (PF_Precision)parameter.Digits;
                break;
            case ParameterKind.Checkbox:
                native.param_type = PF_ParamType.PF_Param_CHECKBOX;
                native.u.bd.value = (int)parameter.Default;
                native.u.bd.dephault = (byte)parameter.Default;
                native.u.bd.nameptr = Text(parameter.Caption);
                break;
            case ParameterKind.Popup:
                native.param_type = PF_ParamType.PF_Param_POPUP;
                native.u.pd.value = (int)parameter.Default + 1;
                native.u.pd.dephault = (short)(parameter.Default + 1);
                native.u.pd.num_choices = (short)parameter.Options.Length;
                native.u.pd.namesptr = Text(string.Join('|', parameter.Options));
                break;
            case ParameterKind.Colour:
                native.param_type = PF_ParamType.PF_Param_COLOR;
                native.u.cd.value = parameter.DefaultColour;
                native.u.cd.dephault = parameter.DefaultColour;
                break;
            case ParameterKind.Button:
                native.param_type = PF_ParamType.PF_Param_BUTTON;
                native.u.button_d.namesptr = Text(parameter.Caption);
                break;
            case ParameterKind.GroupStart:
                native.param_type = PF_ParamType.PF_Param_GROUP_START;
                break;
            case ParameterKind.GroupEnd:
                native.param_type = PF_ParamType.PF_Param_GROUP_END;
                break;
            case ParameterKind.Layer:
                native.param_type = PF_ParamType.PF_Param_LAYER;
                break;
            default:
                throw new InvalidOperationException($"{parameter.Key}: kind {parameter.Kind}.");
        }

        return native;
    }

    private static byte* Text(string text) => (byte*)Texts.GetOrAdd(text, static made =>
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(made), 0];
        void* memory = NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(memory, bytes.Length));
        return (nint)memory;
    });
}
