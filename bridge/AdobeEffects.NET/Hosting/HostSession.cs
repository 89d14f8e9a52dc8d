using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AdobeEffects.Raw;

namespace AdobeEffects.Hosting;

/// <summary>One command, or the two of a smart render, as the host's callbacks see it: they find it by <c>effect_ref</c>.</summary>
internal sealed unsafe class HostSession : IDisposable
{
    private static readonly ConcurrentDictionary<nint, HostSession> All = new();

    private readonly void* _reference;
    private readonly Dictionary<nint, HostPicture?> _checkouts = [];
    private int _aborts;

    public HostSession(EmulatedHost host, HostedInstance? instance, RenderSettings settings)
    {
        Host = host;
        Instance = instance;
        Settings = settings;
        _reference = NativeMemory.AllocZeroed(16);
        All[(nint)_reference] = this;
    }

    public EmulatedHost Host { get; }

    public HostedInstance? Instance { get; }

    public RenderSettings Settings { get; }

    public void* Reference => _reference;

    public List<double> Progress { get; } = [];

    /// <summary>What was asked for in a plan, by its id.</summary>
    public Dictionary<int, SmartLayer> Layers { get; } = [];

    /// <summary>The output of a smart render, as it stands in memory.</summary>
    public PF_LayerDef* Output { get; set; }

    public bool IsPlanning { get; set; }

    public static HostSession? Of(void* reference) => All.TryGetValue((nint)reference, out HostSession? session) ? session : null;

    /// <summary>Width and height that the settings ask for, all lines.</summary>
    public (int Width, int Height) Size =>
        ((Host.Options.Width + Settings.Downsample - 1) / Settings.Downsample, (Host.Options.Height + Settings.Downsample - 1) / Settings.Downsample);

    public PF_Err Checkout(int index, int time, PF_ParamDef* parameter)
    {
        if (Host.Has(HostFaults.FailingCheckouts) || parameter == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        if (index < 0 || index > Host.Parameters.Count || Instance == null) return PF_Err.PF_Err_INVALID_INDEX;
        int frame = (int)Math.Floor((double)time / Host.TimeStep);
        HostPicture? picture = null;
        if (index == 0 || Host.Parameters[index - 1].param_type == PF_ParamType.PF_Param_LAYER)
        {
            *parameter = default;
            parameter->param_type = PF_ParamType.PF_Param_LAYER;
            bool isMatched = Host.Options.MatchesCheckouts && Host.WantsMatch;
            PF_PixelFormat format = Host.Options.Kind == HostKind.Premiere && !isMatched ? PF_PixelFormat.PF_PixelFormat_ARGB32 : Settings.Format;
            picture = Host.Paint(index, frame, format, Size.Width, Size.Height, Settings.Downsample);
            if (picture != null) parameter->u.ld = Host.Describe(picture, Settings.Field);
        }
        else
        {
            *parameter = Instance.At(index, frame);
        }

        lock (_checkouts) _checkouts[(nint)parameter] = picture;
        Host.Counters.Add(HostCounters.Count.Checkouts);
        return PF_Err.PF_Err_NONE;
    }

    public PF_Err Checkin(PF_ParamDef* parameter)
    {
        HostPicture? picture;
        bool isKnown;
        lock (_checkouts) isKnown = _checkouts.Remove((nint)parameter, out picture);
        Host.Counters.Add(isKnown ? HostCounters.Count.Checkins : HostCounters.Count.RulesBroken);
        if (picture != null) Host.Forget(picture);
        return isKnown ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_BAD_CALLBACK_PARAM;
    }

    public PF_Err Abort() => Settings.Cancellation.IsCancellationRequested || (Settings.AbortAfter >= 0 && _aborts++ >= Settings.AbortAfter)
        ? PF_Err.PF_Interrupt_CANCEL
        : PF_Err.PF_Err_NONE;

    public PF_Err Report(int current, int total)
    {
        if (total <= 0 || current < 0 || current > total) Host.Counters.Add(HostCounters.Count.RulesBroken);
        Progress.Add((double)current / total);
        return Settings.StopAfterReports >= 0 && Progress.Count > Settings.StopAfterReports ? PF_Err.PF_Interrupt_CANCEL : PF_Err.PF_Err_NONE;
    }

    public PF_Err PlanLayer(int index, int id, PF_RenderRequest* request, int time, PF_CheckoutResult* result)
    {
        bool isLegal = IsPlanning && id > 0 && request != null && result != null && !Layers.ContainsKey(id);
        if (!isLegal) Host.Counters.Add(HostCounters.Count.RulesBroken);
        if (!isLegal || Host.Has(HostFaults.FailingCheckouts)) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        *result = default;
        int frame = (int)Math.Floor((double)time / Host.TimeStep);
        bool isThere = Host.IsThere(index, frame);
        if (isThere) result->max_result_rect = new PF_LRect(0, 0, Size.Width, Size.Height);
        PF_LRect wanted = request->rect, all = result->max_result_rect;
        PF_LRect place = new(Math.Max(wanted.left, all.left), Math.Max(wanted.top, all.top), Math.Min(wanted.right, all.right), Math.Min(wanted.bottom, all.bottom));
        bool isEmpty = place.left >= place.right || place.top >= place.bottom;
        if (!isEmpty) result->result_rect = place;
        result->ref_width = Host.Options.Width;
        result->ref_height = Host.Options.Height;
        Layers[id] = new SmartLayer(index, frame, isEmpty ? default : place);
        return PF_Err.PF_Err_NONE;
    }

    public PF_Err HandOver(int id, PF_LayerDef** pixels)
    {
        if (IsPlanning || pixels == null || !Layers.TryGetValue(id, out SmartLayer? layer) || layer.Picture != null)
        {
            Host.Counters.Add(HostCounters.Count.RulesBroken);
            return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        }

        PF_LRect place = layer.Place;
        layer.Picture = Host.Paint(layer.Index, layer.Frame, Settings.Format, place.right - place.left, place.bottom - place.top, Settings.Downsample, place.left, place.top);
        layer.World = (PF_LayerDef*)NativeMemory.AllocZeroed((nuint)sizeof(PF_LayerDef));
        if (layer.Picture != null && !Host.Has(HostFaults.NoInput)) *layer.World = Host.Describe(layer.Picture, PF_Field.PF_Field_FRAME);
        *pixels = layer.World;
        Host.Counters.Add(HostCounters.Count.LayerCheckouts);
        return PF_Err.PF_Err_NONE;
    }

    public PF_Err TakeBack(int id)
    {
        if (!Layers.TryGetValue(id, out SmartLayer? layer) || layer.World == null || layer.IsReturned)
        {
            Host.Counters.Add(HostCounters.Count.RulesBroken);
            return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        }

        layer.IsReturned = true;
        Host.Counters.Add(HostCounters.Count.LayerCheckins);
        return PF_Err.PF_Err_NONE;
    }

    public PF_Err HandOverOutput(PF_LayerDef** output)
    {
        // Inputs first: that is how After Effects saves memory.
        if (IsPlanning || output == null || Layers.Values.All(layer => layer.World == null)) Host.Counters.Add(HostCounters.Count.RulesBroken);
        if (output == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        *output = Host.Has(HostFaults.NoOutput) ? null : Output;
        return PF_Err.PF_Err_NONE;
    }

    public void Dispose()
    {
        foreach (HostPicture? picture in _checkouts.Values.Concat(Layers.Values.Select(layer => layer.Picture)))
        {
            if (picture != null) Host.Forget(picture);
        }

        foreach (SmartLayer layer in Layers.Values) NativeMemory.Free(layer.World);
        _ = All.TryRemove((nint)_reference, out _);
        NativeMemory.Free(_reference);
    }

    /// <summary>A layer that an effect asked for.</summary>
    internal sealed class SmartLayer(int index, int frame, PF_LRect place)
    {
        public int Index => index;

        public int Frame => frame;

        public PF_LRect Place => place;

        public HostPicture? Picture { get; set; }

        public PF_LayerDef* World { get; set; }

        public bool IsReturned { get; set; }
    }
}
