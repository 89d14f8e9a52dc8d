using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>Answers the commands that make pictures.</summary>
internal static unsafe class FrameRenderer
{
    /// <summary>Premiere, and hosts without smart rendering: input and output come with the command.</summary>
    public static PF_Err Render(HostCall call)
    {
        if (call.Params == null || call.In->num_params < 1 || call.Params[0] == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        Picture output = call.Wrap(call.Output, call.LayoutOf(call.Output, 0, "Output"), 0, 0, "Output");
        PF_LayerDef* world = &call.Params[0]->u.ld;
        if (world->data == null)
        {
            Clear(output);
            return PF_Err.PF_Err_NONE;
        }

        Picture input = call.Wrap(world, call.LayoutOf(world, 0, "Input"), 0, 0, "Input");
        return Run(call, new RenderFrame(call, input, output, null, null, 0));
    }

    /// <summary>After Effects asks what will be wanted.</summary>
    public static PF_Err Plan(HostCall call, PF_PreRenderExtra* extra)
    {
        if (extra == null || extra->input == null || extra->output == null || extra->cb == null || extra->cb->checkout_layer == null)
            return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        PlanBlock* block = PlanBlock.New();
        try
        {
            RenderPlan plan = new(call, extra, block);
            bool isThere = plan.Need(0, 0, out PF_LRect largest);
            PF_LRect result = RenderPlan.Intersection(extra->input->output_request.rect, largest);
            if (isThere && !RenderPlan.IsEmpty(result)) call.Effect.PlanRender(plan);
            else block->Count = 0;
            block->Result = result;
            extra->output->result_rect = result;
            extra->output->max_result_rect = largest;
            extra->output->solid = 0;
            extra->output->pre_render_data = block;
            extra->output->delete_pre_render_data_func = PlanBlock.Deleter;
            block = null;
            return PF_Err.PF_Err_NONE;
        }
        finally
        {
            // Still ours where something was thrown on the way.
            if (block != null) PlanBlock.Free(block);
        }
    }

    /// <summary>After Effects wants what it asked about.</summary>
    public static PF_Err RenderSmart(HostCall call, PF_SmartRenderExtra* extra)
    {
        if (extra == null || extra->input == null || extra->cb == null || extra->cb->checkout_output == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        PlanBlock* plan = PlanBlock.Of(extra->input->pre_render_data);
        if (plan == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        if (RenderPlan.IsEmpty(plan->Result)) return PF_Err.PF_Err_NONE;

        int depth = extra->input->bitdepth;
        // Inputs come before the output: After Effects hands it over only then.
        PF_LayerDef* world = plan->Count > 0 && plan->Layers[0].Parameter == 0 ? call.CheckoutPixels(extra->cb, plan->Layers[0].Id) : null;
        PF_LayerDef* target = null;
        PF_Err error = extra->cb->checkout_output(call.In->effect_ref, &target);
        if (error != PF_Err.PF_Err_NONE) return error;
        Picture output = call.Wrap(target, call.LayoutOf(target, depth, "Output"), plan->Result.left, plan->Result.top, "Output");
        if (world == null || world->data == null)
        {
            Clear(output);
            return PF_Err.PF_Err_NONE;
        }

        PF_LRect place = plan->Layers[0].Place;
        Picture input = call.Wrap(world, call.LayoutOf(world, depth, "Input"), place.left, place.top, "Input");
        return Run(call, new RenderFrame(call, input, output, extra->cb, plan, depth));
    }

    private static PF_Err Run(HostCall call, RenderFrame frame)
    {
        if (frame.IsAborted) return PF_Err.PF_Interrupt_CANCEL;
        call.Effect.Render(frame);
        return frame.IsAborted ? PF_Err.PF_Interrupt_CANCEL : PF_Err.PF_Err_NONE;
    }

    /// <summary>Without an input there is nothing: transparent black.</summary>
    private static void Clear(Picture picture)
    {
        for (int y = 0; y < picture.Height; y++) picture.Row(y).Clear();
    }
}
