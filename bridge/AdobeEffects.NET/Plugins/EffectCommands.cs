using System.Text;
using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>What each command does.</summary>
internal static unsafe class EffectCommands
{
    private const int AllFiles = 1;
    private const int MissingFiles = 2;

    public static PF_Err Run(HostCall call, PF_Cmd command, void* extra)
    {
        switch (command)
        {
            case PF_Cmd.PF_Cmd_ABOUT:
                HostCall.SetMessage(call.Out, $"{call.Definition.Name}\n{call.Definition.SupportUrl}".TrimEnd(), false);
                return PF_Err.PF_Err_NONE;
            case PF_Cmd.PF_Cmd_GLOBAL_SETUP:
                return SetUp(call);
            case PF_Cmd.PF_Cmd_PARAMS_SETUP:
                return ParameterSetup.Run(call);
            case PF_Cmd.PF_Cmd_SEQUENCE_SETUP:
                return SequenceHandle.Write(call, SequenceData.Empty(call.Definition.SequenceVersion)) ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_OUT_OF_MEMORY;
            case PF_Cmd.PF_Cmd_SEQUENCE_RESETUP:
                return SetUpAgain(call);
            case PF_Cmd.PF_Cmd_SEQUENCE_FLATTEN:
                // It is flat at all times.
                call.Out->sequence_data = call.In->sequence_data;
                return PF_Err.PF_Err_NONE;
            case PF_Cmd.PF_Cmd_GET_FLATTENED_SEQUENCE_DATA:
                return Flattened(call);
            case PF_Cmd.PF_Cmd_SEQUENCE_SETDOWN:
                call.Handles.Dispose(call.In->sequence_data);
                call.Out->sequence_data = null;
                return PF_Err.PF_Err_NONE;
            case PF_Cmd.PF_Cmd_RENDER:
                return FrameRenderer.Render(call);
            case PF_Cmd.PF_Cmd_SMART_PRE_RENDER:
                return FrameRenderer.Plan(call, (PF_PreRenderExtra*)extra);
            case PF_Cmd.PF_Cmd_SMART_RENDER:
                return FrameRenderer.RenderSmart(call, (PF_SmartRenderExtra*)extra);
            case PF_Cmd.PF_Cmd_USER_CHANGED_PARAM:
                return Changed(call, (PF_UserChangedParamExtra*)extra);
            case PF_Cmd.PF_Cmd_UPDATE_PARAMS_UI:
                call.Effect.UpdatePanel(new PanelUpdate(call));
                return PF_Err.PF_Err_NONE;
            case PF_Cmd.PF_Cmd_GET_EXTERNAL_DEPENDENCIES:
                return Files(call, (PF_ExtDependenciesExtra*)extra);
            default:
                return PF_Err.PF_Err_NONE;
        }
    }

    private static PF_Err SetUp(HostCall call)
    {
        EffectDefinition definition = call.Definition;
        call.Out->my_version = definition.Version;
        call.Out->out_flags = definition.OutFlags;
        call.Out->out_flags2 = definition.OutFlags2;
        if (!call.IsPremiere) return PF_Err.PF_Err_NONE;
        void* effect = call.In->effect_ref;
        PF_PixelFormatSuite1* formats = call.Suite<PF_PixelFormatSuite1>(SuiteNames.PixelFormat, SuiteNames.PixelFormatVersion);
        // Without the suite Premiere hands everything over in 8-bit ARGB, which is taken too.
        if (formats == null || formats->AddSupportedPixelFormat == null) return PF_Err.PF_Err_NONE;
        if (formats->ClearSupportedPixelFormats != null) _ = formats->ClearSupportedPixelFormats(effect);
        foreach (PF_PixelFormat format in definition.PremiereFormats) _ = formats->AddSupportedPixelFormat(effect, format);

        // Frames at other times shall come in the format of the render. The slot stands at one place in all these versions.
        for (int version = SuiteNames.UtilityVersionMax; version >= SuiteNames.UtilityVersionMin; version--)
        {
            PF_UtilitySuite* utility = call.Suite<PF_UtilitySuite>(SuiteNames.Utility, version);
            if (utility == null) continue;
            if (utility->EffectWantsCheckedOutFramesToMatchRenderPixelFormat != null) _ = utility->EffectWantsCheckedOutFramesToMatchRenderPixelFormat(effect);
            break;
        }

        return PF_Err.PF_Err_NONE;
    }

    private static PF_Err SetUpAgain(HostCall call)
    {
        call.Out->sequence_data = call.In->sequence_data;
        bool isRead = SequenceHandle.TryRead(call, call.In->sequence_data, out SequenceData data);
        ushort version = call.Definition.SequenceVersion;
        // Data of a later version stay as they are: their keys are read as far as they are known.
        if (isRead && data.Version >= version) return PF_Err.PF_Err_NONE;
        SequenceData right = isRead ? call.Effect.Upgrade(data).WithVersion(version) : SequenceData.Empty(version);
        return SequenceHandle.Write(call, right) ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_OUT_OF_MEMORY;
    }

    private static PF_Err Flattened(HostCall call)
    {
        // A copy; the host goes on with the one it has.
        _ = SequenceHandle.TryRead(call, call.In->sequence_data, out SequenceData data);
        call.Out->sequence_data = call.Handles.New(data.ToBytes());
        return call.Out->sequence_data != null ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_OUT_OF_MEMORY;
    }

    private static PF_Err Changed(HostCall call, PF_UserChangedParamExtra* extra)
    {
        if (extra == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        int index = extra->param_index;
        if (index < 1 || index > call.Definition.Parameters.Length) return PF_Err.PF_Err_INVALID_INDEX;
        ParameterChange change = new(call, call.Definition.Parameters[index - 1].Key);
        SequenceData before = change.Sequence;
        call.Effect.ParameterChanged(change);
        if (ReferenceEquals(before, change.Sequence)) return PF_Err.PF_Err_NONE;
        if (!SequenceHandle.Write(call, change.Sequence)) return PF_Err.PF_Err_OUT_OF_MEMORY;
        call.Out->out_flags |= PF_OutFlags.PF_OutFlag_FORCE_RERENDER | PF_OutFlags.PF_OutFlag_REFRESH_UI;
        return PF_Err.PF_Err_NONE;
    }

    private static PF_Err Files(HostCall call, PF_ExtDependenciesExtra* extra)
    {
        if (extra == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        extra->dependencies_strH = null;
        if (extra->check_type is not (AllFiles or MissingFiles)) return PF_Err.PF_Err_NONE;
        _ = SequenceHandle.TryRead(call, call.In->sequence_data, out SequenceData data);
        string[] files = [.. call.Effect.ExternalFiles(data).Where(file => extra->check_type == AllFiles || !File.Exists(file))];
        if (files.Length == 0) return PF_Err.PF_Err_NONE;
        extra->dependencies_strH = call.Handles.New([.. Encoding.UTF8.GetBytes(string.Join('\n', files)), 0]);
        return extra->dependencies_strH != null ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_OUT_OF_MEMORY;
    }
}
