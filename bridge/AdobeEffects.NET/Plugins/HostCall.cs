using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>One command of a host: what came with it, and a ledger of what was borrowed, so that all of it goes back on every path.</summary>
internal sealed unsafe class HostCall : IDisposable
{
    /// <summary>Things borrowed within one command.</summary>
    public const int BorrowedMax = 4096;

    private readonly List<nint> _parameters = [];
    private readonly List<(nint Callbacks, int Id)> _layers = [];
    private readonly List<Picture> _pictures = [];
    private readonly List<(nint Name, int Version, nint Table)> _suites = [];

    public HostCall(Effect effect, PF_InData* inData, PF_OutData* outData, PF_ParamDef** parameters, PF_LayerDef* output)
    {
        Effect = effect;
        In = inData;
        Out = outData;
        Params = parameters;
        Output = output;
        Handles = new HostHandles(this);
    }

    public Effect Effect { get; }

    public EffectDefinition Definition => Effect.Definition;

    public PF_InData* In { get; }

    public PF_OutData* Out { get; }

    public PF_ParamDef** Params { get; }

    public PF_LayerDef* Output { get; }

    public HostHandles Handles { get; }

    public bool IsPremiere => In->appl_id == PF_ApplicationId.Premiere;

    /// <summary>Asks for a suite; null where the host has none. Asked once for each command, given back at its end.</summary>
    public T* Suite<T>(ReadOnlySpan<byte> name, int version)
        where T : unmanaged
    {
        // Names are literals: they lie in read-only data and end with a zero.
        nint key = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name));
        foreach ((nint Name, int Version, nint Table) known in _suites)
        {
            if (known.Name == key && known.Version == version) return (T*)known.Table;
        }

        SPBasicSuite* basic = In->pica_basicP;
        void* table = null;
        if (basic == null || basic->AcquireSuite == null || basic->AcquireSuite((byte*)key, version, &table) != 0) table = null;
        _suites.Add((key, version, (nint)table));
        return (T*)table;
    }

    /// <summary>Borrows a parameter at a time; null where the host refuses. Stays valid until <see cref="Return"/> or the command's end.</summary>
    public PF_ParamDef* Checkout(int index, int time)
    {
        if (In->inter.checkout_param == null || _parameters.Count == BorrowedMax) return null;
        PF_ParamDef* parameter = (PF_ParamDef*)NativeMemory.AllocZeroed((nuint)sizeof(PF_ParamDef));
        if (In->inter.checkout_param(In->effect_ref, index, time, In->time_step, In->time_scale, parameter) != PF_Err.PF_Err_NONE)
        {
            NativeMemory.Free(parameter);
            return null;
        }

        _parameters.Add((nint)parameter);
        return parameter;
    }

    /// <summary>Gives a borrowed parameter back.</summary>
    public void Return(PF_ParamDef* parameter)
    {
        if (!_parameters.Remove((nint)parameter)) return;
        if (In->inter.checkin_param != null) _ = In->inter.checkin_param(In->effect_ref, parameter);
        NativeMemory.Free(parameter);
    }

    /// <summary>Borrows the pixels of a layer that was asked for in the plan; null where the host refuses.</summary>
    public PF_LayerDef* CheckoutPixels(PF_SmartRenderCallbacks* callbacks, int id)
    {
        PF_LayerDef* world = null;
        if (callbacks->checkout_layer_pixels == null || _layers.Count == BorrowedMax) return null;
        if (callbacks->checkout_layer_pixels(In->effect_ref, id, &world) != PF_Err.PF_Err_NONE) return null;
        _layers.Add(((nint)callbacks, id));
        return world;
    }

    /// <summary>Wraps a host's picture and remembers to end it with the command.</summary>
    /// <exception cref="EffectException">Its sizes or format make no sense; the message says what and where.</exception>
    public Picture Wrap(PF_LayerDef* world, PixelLayout layout, int left, int top, string what)
    {
        Picture picture = Picture.Wrap(world, layout, left, top, out string why) ?? throw new EffectException($"{what}: {why}.");
        _pictures.Add(picture);
        return picture;
    }

    /// <summary>How the pixels of a host's picture lie.</summary>
    /// <param name="world">The picture.</param>
    /// <param name="bitDepth">What a smart render was asked for; 0 where nothing says.</param>
    /// <param name="what">For the message.</param>
    /// <exception cref="EffectException">The format is none that effects here take.</exception>
    public PixelLayout LayoutOf(PF_LayerDef* world, int bitDepth, string what)
    {
        if (world == null) throw new EffectException($"{what}: the host gave no picture.");
        PF_PixelFormat format = PF_PixelFormat.PF_PixelFormat_NONE;
        if (IsPremiere)
        {
            PF_PixelFormatSuite1* suite = Suite<PF_PixelFormatSuite1>(SuiteNames.PixelFormat, SuiteNames.PixelFormatVersion);
            if (suite != null && suite->GetPixelFormat != null && suite->GetPixelFormat(world, &format) != PF_Err.PF_Err_NONE)
                format = PF_PixelFormat.PF_PixelFormat_NONE;
        }
        else
        {
            PF_WorldSuite2* suite = Suite<PF_WorldSuite2>(SuiteNames.World, SuiteNames.WorldVersion);
            if (suite != null && suite->PF_GetPixelFormat != null && suite->PF_GetPixelFormat(world, &format) != PF_Err.PF_Err_NONE)
                format = PF_PixelFormat.PF_PixelFormat_NONE;
        }

        if (format != PF_PixelFormat.PF_PixelFormat_NONE)
            return Picture.LayoutOf(format) ?? throw new EffectException($"{what}: pixel format 0x{(uint)format:X8} is not supported.");
        return bitDepth switch
        {
            8 => PixelLayout.Argb8,
            16 => PixelLayout.Argb16,
            32 => PixelLayout.ArgbFloat,
            _ => (world->world_flags & PF_WorldFlags.PF_WorldFlag_DEEP) != 0 ? PixelLayout.Argb16 : PixelLayout.Argb8,
        };
    }

    /// <summary>A moment some frames from now, in the host's units; null where it does not fit them.</summary>
    public int? TimeAt(double frameOffset)
    {
        double time = In->current_time + Math.Round(frameOffset * In->time_step);
        return time >= int.MinValue && time <= int.MaxValue ? (int)time : null;
    }

    /// <summary>Hands a text to the host; it is cut where the host's room ends.</summary>
    public static void SetMessage(PF_OutData* outData, string message, bool isError)
    {
        Span<byte> room = new(outData->return_msg, PF_Version.PF_MAX_EFFECT_MSG_LEN + 1);
        room.Clear();
        Utf8(message, room[..PF_Version.PF_MAX_EFFECT_MSG_LEN]);
        if (isError) outData->out_flags |= PF_OutFlags.PF_OutFlag_DISPLAY_ERROR_MESSAGE;
    }

    /// <summary>Writes as many whole characters as fit.</summary>
    public static void Utf8(string text, Span<byte> room)
    {
        Encoder encoder = Encoding.UTF8.GetEncoder();
        encoder.Convert(text, room, true, out _, out _, out _);
    }

    public void Dispose()
    {
        foreach (Picture picture in _pictures) picture.Return();
        foreach ((nint callbacks, int id) in _layers)
        {
            PF_SmartRenderCallbacks* table = (PF_SmartRenderCallbacks*)callbacks;
            if (table->checkin_layer_pixels != null) _ = table->checkin_layer_pixels(In->effect_ref, id);
        }

        _layers.Clear();
        while (_parameters.Count > 0) Return((PF_ParamDef*)_parameters[^1]);
        SPBasicSuite* basic = In->pica_basicP;
        foreach ((nint name, int version, nint table) in _suites)
        {
            if (table != 0 && basic != null && basic->ReleaseSuite != null) _ = basic->ReleaseSuite((byte*)name, version);
        }

        _suites.Clear();
    }
}
