using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>One frame or field to make. Valid within <see cref="Effect.Render"/> only.</summary>
public sealed unsafe class RenderFrame : RenderMoment
{
    private const int ProgressSteps = 1000;

    private readonly PF_SmartRenderCallbacks* _smart;
    private readonly PlanBlock* _plan;
    private readonly int _bitDepth;
    private readonly Dictionary<(int Parameter, int Time), Picture?> _known = [];
    private bool _isAborted;

    internal RenderFrame(HostCall call, Picture input, Picture output, PF_SmartRenderCallbacks* smart, PlanBlock* plan, int bitDepth)
        : base(call)
    {
        _smart = smart;
        _plan = plan;
        _bitDepth = bitDepth;
        Input = input;
        Output = output;
        _known[(0, call.In->current_time)] = input;
    }

    /// <summary>The input at the current frame.</summary>
    public Picture Input { get; }

    /// <summary>Where the result goes; every pixel of it is written.</summary>
    public Picture Output { get; }

    /// <summary>Whether other frames can be had: in Premiere always, in After Effects where the plan covers them.</summary>
    public bool HasOtherFrames => _plan == null ? IsPremiere : _plan->CoversOtherFrames != 0;

    /// <summary>Whether the user wants it to stop. The host is asked each time.</summary>
    public bool IsAborted
    {
        get
        {
            if (!_isAborted && Call.In->inter.abort != null) _isAborted = Call.In->inter.abort(Call.In->effect_ref) != PF_Err.PF_Err_NONE;
            return _isAborted;
        }
    }

    /// <summary>Ends the render where the user wants it to stop.</summary>
    /// <exception cref="OperationCanceledException">He does; the host gets <c>PF_Interrupt_CANCEL</c>.</exception>
    public void ThrowIfAborted()
    {
        if (IsAborted) throw new OperationCanceledException();
    }

    /// <summary>Shows how far the work is.</summary>
    /// <param name="fraction">0 to 1; anything else is brought there.</param>
    /// <returns>False when the user wants it to stop.</returns>
    public bool Report(double fraction)
    {
        int step = (int)(Math.Clamp(double.IsNaN(fraction) ? 0 : fraction, 0, 1) * ProgressSteps);
        if (Call.In->inter.progress != null && Call.In->inter.progress(Call.In->effect_ref, step, ProgressSteps) != PF_Err.PF_Err_NONE) _isAborted = true;
        return !_isAborted;
    }

    /// <summary>The input some frames from now; null where there is none. In After Effects it must stand in the plan.</summary>
    /// <remarks>Size and layout may differ from <see cref="Input"/>: Premiere hands other frames over in 8-bit ARGB unless it was asked not to.</remarks>
    public Picture? FindFrame(double frameOffset) => Find(0, frameOffset);

    /// <summary>Another layer some frames from now; null where nothing is connected or there.</summary>
    public Picture? FindLayer(string key, double frameOffset = 0) => Find(Call.Definition.IndexOf(key), frameOffset);

    private Picture? Find(int parameter, double frameOffset)
    {
        if (Call.TimeAt(frameOffset) is not { } time) return null;
        if (_known.TryGetValue((parameter, time), out Picture? known)) return known;
        Picture? found = _plan != null ? FromPlan(parameter, time) : FromCheckout(parameter, time);
        _known[(parameter, time)] = found;
        return found;
    }

    private Picture? FromPlan(int parameter, int time)
    {
        for (int index = 0; index < _plan->Count; index++)
        {
            PlanLayer layer = _plan->Layers[index];
            if (layer.Parameter != parameter || layer.Time != time) continue;
            PF_LayerDef* world = Call.CheckoutPixels(_smart, layer.Id);
            return world == null || world->data == null ? null : Wrap(world, layer.Place.left, layer.Place.top, $"Layer {parameter} at {time}");
        }

        return null;
    }

    private Picture? FromCheckout(int parameter, int time)
    {
        PF_ParamDef* borrowed = Call.Checkout(parameter, time);
        if (borrowed == null) return null;
        if (borrowed->param_type == PF_ParamType.PF_Param_LAYER && borrowed->u.ld.data != null) return Wrap(&borrowed->u.ld, 0, 0, $"Layer {parameter} at {time}");
        Call.Return(borrowed);
        return null;
    }

    private Picture Wrap(PF_LayerDef* world, int left, int top, string what) => Call.Wrap(world, Call.LayoutOf(world, _bitDepth, what), left, top, what);
}
