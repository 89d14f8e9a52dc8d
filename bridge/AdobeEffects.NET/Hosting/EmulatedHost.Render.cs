using System.Runtime.InteropServices;
using AdobeEffects.Raw;

namespace AdobeEffects.Hosting;

// How the two programs render.
public sealed unsafe partial class EmulatedHost
{
    /// <summary>Renders one frame or field of an instance; may be called on several threads for several instances.</summary>
    /// <param name="instance">Which instance.</param>
    /// <param name="settings">What is asked for.</param>
    /// <param name="into">A picture of all lines to render a field into; null makes one.</param>
    internal RenderOutcome Render(HostedInstance instance, RenderSettings settings, HostPicture? into)
    {
        using HostSession session = new(this, instance, settings);
        byte[] before = _memory.Bytes(instance.Sequence);
        RenderOutcome outcome = Options.Kind == HostKind.Premiere ? RenderPlain(session, into) : RenderSmart(session);
        // A render must not write what the instance remembers.
        if (!before.AsSpan().SequenceEqual(_memory.Bytes(instance.Sequence))) Counters.Add(HostCounters.Count.RulesBroken);
        if (outcome.Output != null) Check(outcome.Output);
        return outcome;
    }

    private RenderOutcome RenderPlain(HostSession session, HostPicture? into)
    {
        RenderSettings settings = session.Settings;
        (int width, int height) = session.Size;
        HostPicture output = into ?? new HostPicture(settings.Format, width, height, Has(HostFaults.UpsideDown));
        HostPicture? input = Has(HostFaults.NoInput) ? null : Paint(0, settings.Frame, settings.Format, width, height, settings.Downsample);
        PF_LayerDef world = Spoil(Describe(output, settings.Field));
        int count = _parameters.Count + 1;
        PF_ParamDef* values = (PF_ParamDef*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(PF_ParamDef));
        PF_ParamDef** parameters = (PF_ParamDef**)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(void*));
        try
        {
            if (input != null) values[0].u.ld = Describe(input, settings.Field);
            for (int index = 0; index < count; index++)
            {
                if (index > 0) values[index] = session.Instance!.At(index, settings.Frame);
                parameters[index] = values + index;
            }

            PF_ParamDef** given = Has(HostFaults.NoParameters) ? null : parameters;
            PF_OutData answer = default;
            _ = Call(PF_Cmd.PF_Cmd_FRAME_SETUP, session, given, null, null, &answer);
            PF_Err error = Call(PF_Cmd.PF_Cmd_RENDER, session, given, Has(HostFaults.NoOutput) ? null : &world, null, &answer);
            if (answer.sequence_data != null) Counters.Add(HostCounters.Count.RulesBroken);
            string message = Message(&answer);
            _ = Call(PF_Cmd.PF_Cmd_FRAME_SETDOWN, session, given, null, null, &answer);
            return new RenderOutcome(error, message, output, session.Progress, default);
        }
        finally
        {
            if (input != null) Forget(input);
            NativeMemory.Free(values);
            NativeMemory.Free(parameters);
        }
    }

    private RenderOutcome RenderSmart(HostSession session)
    {
        RenderSettings settings = session.Settings;
        short depth = settings.Format switch
        {
            PF_PixelFormat.PF_PixelFormat_ARGB128 => 32,
            PF_PixelFormat.PF_PixelFormat_ARGB64 => 16,
            _ => 8,
        };
        PF_RenderRequest request = default;
        request.rect = settings.Request ?? new PF_LRect(0, 0, session.Size.Width, session.Size.Height);
        request.field = settings.Field;
        request.channel_mask = PF_ChannelMask.PF_ChannelMask_ARGB;

        PF_PreRenderInput planInput = new() { output_request = request, bitdepth = depth };
        PF_PreRenderOutput plan = default;
        PF_PreRenderCallbacks planCallbacks = default;
        HostCallbacks.Fill(&planCallbacks);
        PF_PreRenderExtra planExtra = new() { input = &planInput, output = &plan, cb = &planCallbacks };
        PF_OutData answer = default;
        session.IsPlanning = true;
        PF_Err error = Call(PF_Cmd.PF_Cmd_SMART_PRE_RENDER, session, null, null, &planExtra, &answer);
        session.IsPlanning = false;
        if (plan.pre_render_data != null) Counters.Add(HostCounters.Count.PlansTaken);
        try
        {
            if (error != PF_Err.PF_Err_NONE || settings.PlansOnly) return new RenderOutcome(error, Message(&answer), null, session.Progress, plan.result_rect);
            return RenderPlanned(session, request, depth, &plan);
        }
        finally
        {
            // The host owns the plan, rendered or not.
            if (plan.pre_render_data != null && plan.delete_pre_render_data_func != null)
            {
                plan.delete_pre_render_data_func(plan.pre_render_data);
                Counters.Add(HostCounters.Count.PlansDeleted);
            }
        }
    }

    private RenderOutcome RenderPlanned(HostSession session, PF_RenderRequest request, short depth, PF_PreRenderOutput* plan)
    {
        RenderSettings settings = session.Settings;
        PF_LRect result = plan->result_rect;
        bool isInside = result.left >= request.rect.left && result.top >= request.rect.top && result.right <= request.rect.right && result.bottom <= request.rect.bottom;
        bool isEmpty = result.left >= result.right || result.top >= result.bottom;
        if (!isInside && !isEmpty) Counters.Add(HostCounters.Count.RulesBroken);
        if (isEmpty) return new RenderOutcome(PF_Err.PF_Err_NONE, "", null, session.Progress, result);

        long foreign = 0x1122334455667788;
        HostPicture output = new(settings.Format, result.right - result.left, result.bottom - result.top, Has(HostFaults.UpsideDown));
        PF_LayerDef world = Spoil(Describe(output, PF_Field.PF_Field_FRAME));
        session.Output = &world;
        PF_SmartRenderInput input = new() { output_request = request, bitdepth = depth, pre_render_data = Has(HostFaults.ForeignPlan) ? &foreign : plan->pre_render_data };
        PF_SmartRenderCallbacks callbacks = default;
        HostCallbacks.Fill(&callbacks);
        PF_SmartRenderExtra extra = new() { input = &input, cb = &callbacks };
        PF_OutData answer = default;
        PF_Err error = Call(PF_Cmd.PF_Cmd_SMART_RENDER, session, null, null, &extra, &answer);
        if (answer.sequence_data != null) Counters.Add(HostCounters.Count.RulesBroken);
        session.Output = null;
        return new RenderOutcome(error, Message(&answer), output, session.Progress, result);
    }

    /// <summary>Makes a description lie where the options say so.</summary>
    private PF_LayerDef Spoil(PF_LayerDef world)
    {
        if (Has(HostFaults.HugeWidth)) world.width = 40000;
        if (Has(HostFaults.SmallStep)) world.rowbytes = 3;
        if (Has(HostFaults.NegativeHeight)) world.height = -1;
        return world;
    }
}
