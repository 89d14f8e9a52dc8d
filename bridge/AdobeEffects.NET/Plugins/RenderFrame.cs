using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>One frame or field to make. Valid within <see cref="Effect.Render"/> only.</summary>
public sealed unsafe class RenderFrame
{
    private const int ProgressSteps = 1000;

    private readonly HostCall _call;
    private readonly PF_SmartRenderCallbacks* _smart;
    private readonly PlanBlock* _plan;
    private readonly int _bitDepth;
    private readonly Dictionary<(int Parameter, int Time), Picture?> _known = [];
    private bool _isAborted;

    internal RenderFrame(HostCall call, Picture input, Picture output, PF_SmartRenderCallbacks* smart, PlanBlock* plan, int bitDepth)
    {
        _call = call;
        _smart = smart;
        _plan = plan;
        _bitDepth = bitDepth;
        Input = input;
        Output = output;
        Parameters = new ParameterValues(call);
        Sequence = SequenceHandle.Read(call, true);
        _known[(0, call.In->current_time)] = input;
    }

    /// <summary>The input at the current frame.</summary>
    public Picture Input { get; }

    /// <summary>Where the result goes; every pixel of it is written.</summary>
    public Picture Output { get; }

    /// <summary>The parameters.</summary>
    public ParameterValues Parameters { get; }

    /// <summary>What the instance keeps in the project.</summary>
    public SequenceData Sequence { get; }

    /// <summary>Whether the host is Premiere, Media Encoder included.</summary>
    public bool IsPremiere => _call.IsPremiere;

    /// <summary>The current frame's number within the layer, with a fraction where the host renders between frames.</summary>
    public double Frame => _call.In->time_step == 0 ? 0 : (double)_call.In->current_time / _call.In->time_step;

    /// <summary>Frames a second; 0 where the host does not say.</summary>
    public double FrameRate => _call.In->time_step == 0 ? 0 : (double)_call.In->time_scale / _call.In->time_step;

    /// <summary>Frames of the layer; 0 where the host does not say.</summary>
    public double FrameCount => _call.In->time_step == 0 ? 0 : (double)_call.In->total_time / _call.In->time_step;

    /// <summary>Which field this is. In Premiere the pictures then have its lines only; in After Effects they have all.</summary>
    public PF_Field Field => _call.In->field;

    /// <summary>Whether the pictures have the lines of one field only.</summary>
    public bool IsOneField => IsPremiere && Field is PF_Field.PF_Field_UPPER or PF_Field.PF_Field_LOWER;

    /// <summary>Factor from full size to these pictures, 1 or less (a quarter of each side: 0.25).</summary>
    public (double X, double Y) Downsample => (Factor(_call.In->downsample_x), Factor(_call.In->downsample_y));

    /// <summary>Width of a pixel over its height.</summary>
    public double PixelAspect => Ratio(_call.In->pixel_aspect_ratio);

    /// <summary>Size of the layer at full resolution and with all lines.</summary>
    public (int Width, int Height) LayerSize => (_call.In->width, _call.In->height);

    /// <summary>Whether the host wants it quick rather than good.</summary>
    public bool IsDraft => _call.In->quality == PF_Quality.PF_Quality_LO;

    /// <summary>Whether the user wants it to stop. The host is asked each time.</summary>
    public bool IsAborted
    {
        get
        {
            if (!_isAborted && _call.In->inter.abort != null) _isAborted = _call.In->inter.abort(_call.In->effect_ref) != PF_Err.PF_Err_NONE;
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
        if (_call.In->inter.progress != null && _call.In->inter.progress(_call.In->effect_ref, step, ProgressSteps) != PF_Err.PF_Err_NONE) _isAborted = true;
        return !_isAborted;
    }

    /// <summary>The input some frames from now; null where there is none. In After Effects it must stand in the plan.</summary>
    /// <remarks>Size and layout may differ from <see cref="Input"/>: Premiere hands other frames over in 8-bit ARGB unless it was asked not to.</remarks>
    public Picture? FindFrame(double frameOffset) => Find(0, frameOffset);

    /// <summary>Another layer some frames from now; null where nothing is connected or there.</summary>
    public Picture? FindLayer(string key, double frameOffset = 0) => Find(_call.Definition.IndexOf(key), frameOffset);

    private Picture? Find(int parameter, double frameOffset)
    {
        if (_call.TimeAt(frameOffset) is not { } time) return null;
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
            PF_LayerDef* world = _call.CheckoutPixels(_smart, layer.Id);
            return world == null || world->data == null ? null : Wrap(world, layer.Place.left, layer.Place.top, $"Layer {parameter} at {time}");
        }

        return null;
    }

    private Picture? FromCheckout(int parameter, int time)
    {
        PF_ParamDef* borrowed = _call.Checkout(parameter, time);
        if (borrowed == null) return null;
        if (borrowed->param_type == PF_ParamType.PF_Param_LAYER && borrowed->u.ld.data != null) return Wrap(&borrowed->u.ld, 0, 0, $"Layer {parameter} at {time}");
        _call.Return(borrowed);
        return null;
    }

    private Picture Wrap(PF_LayerDef* world, int left, int top, string what) => _call.Wrap(world, _call.LayoutOf(world, _bitDepth, what), left, top, what);

    private static double Ratio(PF_RationalScale scale) => scale.num > 0 && scale.den > 0 ? (double)scale.num / scale.den : 1;

    private static double Factor(PF_RationalScale scale) => Math.Min(1, Ratio(scale));
}
