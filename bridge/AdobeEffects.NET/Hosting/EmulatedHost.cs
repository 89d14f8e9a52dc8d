using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;
using unsafe EntryPoint = delegate* unmanaged[Cdecl]<AdobeEffects.Raw.PF_Cmd, AdobeEffects.Raw.PF_InData*, AdobeEffects.Raw.PF_OutData*,
    AdobeEffects.Raw.PF_ParamDef**, AdobeEffects.Raw.PF_LayerDef*, void*, AdobeEffects.Raw.PF_Err>;

namespace AdobeEffects.Hosting;

/// <summary>Premiere or After Effects as far as an effect sees them, for tests: commands in their order, suites, handles, checkouts; everything counted, and
/// wrong on request.</summary>
/// <remarks>Use: make one with an entry point, <see cref="Load"/>, <see cref="CreateInstance"/>, render, dispose instances and host, look at <see cref="Counters"/>.</remarks>
public sealed unsafe partial class EmulatedHost : IDisposable
{
    private readonly EntryPoint _entry;
    private readonly FramePainter _painter;
    private readonly HostMemory _memory;
    private readonly PF_UtilCallbacks* _utilities;
    private readonly SPBasicSuite* _basic;
    private readonly Dictionary<string, nint> _suites = [];
    private readonly List<PF_ParamDef> _parameters = [];
    private readonly List<PF_PixelFormat> _formats = [];
    private readonly ConcurrentDictionary<nint, PF_PixelFormat> _pictures = new();

    /// <summary>Makes a host for one effect.</summary>
    /// <param name="options">What it is like.</param>
    /// <param name="entry">The effect's entry point.</param>
    /// <param name="painter">What is in its layers.</param>
    public EmulatedHost(HostOptions options, EntryPoint entry, FramePainter painter)
    {
        Options = options;
        _entry = entry;
        _painter = painter;
        _memory = new HostMemory(Counters);
        _utilities = (PF_UtilCallbacks*)NativeMemory.AllocZeroed((nuint)sizeof(PF_UtilCallbacks));
        HostCallbacks.FillUtilities(_utilities);
        _basic = (SPBasicSuite*)NativeMemory.AllocZeroed((nuint)sizeof(SPBasicSuite));
        HostCallbacks.Fill(_basic);
        MakeSuites();
    }

    /// <summary>The host whose command runs on this thread.</summary>
    [field: ThreadStatic]
    internal static EmulatedHost? Current { get; private set; }

    /// <summary>What it is like.</summary>
    public HostOptions Options { get; }

    /// <summary>What was borrowed and given back.</summary>
    public HostCounters Counters { get; } = new();

    /// <summary>The effect's parameters as it defined them.</summary>
    public IReadOnlyList<PF_ParamDef> Parameters => _parameters;

    /// <summary>Formats the effect offered to Premiere, best first.</summary>
    public IReadOnlyList<PF_PixelFormat> Formats => _formats;

    /// <summary>What the effect said of itself at <c>PF_Cmd_GLOBAL_SETUP</c>.</summary>
    public PF_OutFlags OutFlags { get; private set; }

    /// <summary>What the effect said of itself at <c>PF_Cmd_GLOBAL_SETUP</c>.</summary>
    public PF_OutFlags2 OutFlags2 { get; private set; }

    /// <summary>The effect's version.</summary>
    public uint Version { get; private set; }

    internal bool WantsMatch { get; set; }

    internal int TimeStep => Options.Kind == HostKind.Premiere ? 1001 : 100;

    internal HostMemory Memory => _memory;

    private uint TimeScale => Options.Kind == HostKind.Premiere ? 60000u : 2997u;

    /// <summary>Starts the effect: <c>PF_Cmd_GLOBAL_SETUP</c> and <c>PF_Cmd_PARAMS_SETUP</c>.</summary>
    /// <returns>The first refusal, else none.</returns>
    public PF_Err Load()
    {
        using HostSession session = new(this, null, new RenderSettings());
        PF_OutData answer = default;
        PF_Err error = Call(PF_Cmd.PF_Cmd_GLOBAL_SETUP, session, null, null, null, &answer);
        if (error != PF_Err.PF_Err_NONE) return error;
        (OutFlags, OutFlags2, Version) = (answer.out_flags, answer.out_flags2, answer.my_version);
        error = Call(PF_Cmd.PF_Cmd_PARAMS_SETUP, session, null, null, null, &answer);
        if (error == PF_Err.PF_Err_NONE && answer.num_params != _parameters.Count + 1) Counters.Add(HostCounters.Count.RulesBroken);
        return error;
    }

    /// <summary>The format in which the program renders a source of so many bits a channel. After Effects has one for each depth; Premiere has none of 16
    /// bits and takes the first of 32 that the effect offers.</summary>
    public PF_PixelFormat FormatFor(int bits)
    {
        if (Options.Kind == HostKind.AfterEffects)
            return bits > 16 ? PF_PixelFormat.PF_PixelFormat_ARGB128 : bits > 8 ? PF_PixelFormat.PF_PixelFormat_ARGB64 : PF_PixelFormat.PF_PixelFormat_ARGB32;
        int wanted = bits > 8 ? 32 : 8;
        foreach (PF_PixelFormat format in _formats)
        {
            if (Picture.LayoutOf(format) is { } layout && Picture.BytesOf(layout) * 2 == wanted) return format;
        }

        return PF_PixelFormat.PF_PixelFormat_ARGB32;
    }

    /// <summary>Puts the effect on a layer: <c>PF_Cmd_SEQUENCE_SETUP</c>.</summary>
    public HostedInstance CreateInstance()
    {
        HostedInstance instance = new(this);
        instance.Start(PF_Cmd.PF_Cmd_SEQUENCE_SETUP, null);
        return instance;
    }

    /// <summary>Opens a saved instance: <c>PF_Cmd_SEQUENCE_RESETUP</c>.</summary>
    /// <param name="saved">What <see cref="HostedInstance.Save"/> gave, or anything else.</param>
    public HostedInstance OpenInstance(byte[] saved)
    {
        HostedInstance instance = new(this);
        instance.Start(PF_Cmd.PF_Cmd_SEQUENCE_RESETUP, saved);
        return instance;
    }

    /// <summary>Asks the effect who it is.</summary>
    public string About()
    {
        using HostSession session = new(this, null, new RenderSettings());
        PF_OutData answer = default;
        _ = Call(PF_Cmd.PF_Cmd_ABOUT, session, null, null, null, &answer);
        return Message(&answer);
    }

    /// <summary>Sends a command without anything that belongs to it.</summary>
    public PF_Err Send(PF_Cmd command)
    {
        using HostSession session = new(this, null, new RenderSettings());
        PF_OutData answer = default;
        return Call(command, session, null, null, null, &answer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Send(PF_Cmd.PF_Cmd_GLOBAL_SETDOWN);
        _memory.Dispose();
        foreach (nint suite in _suites.Values) NativeMemory.Free((void*)suite);
        NativeMemory.Free(_utilities);
        NativeMemory.Free(_basic);
    }

    internal bool Has(HostFaults fault) => (Options.Faults & fault) != 0;

    internal void AddParameter(in PF_ParamDef parameter) => _parameters.Add(parameter);

    internal void AddFormat(PF_PixelFormat format) => _formats.Add(format);

    internal void ClearFormats() => _formats.Clear();

    internal PF_PixelFormat? FormatAt(nint data) => _pictures.TryGetValue(data, out PF_PixelFormat format) ? format : null;

    internal bool IsThere(int layer, int frame) =>
        frame >= 0 && frame < Options.FrameCount && (layer == 0 || (layer <= _parameters.Count && _parameters[layer - 1].param_type == PF_ParamType.PF_Param_LAYER));

    /// <summary>Makes a layer's picture; null where the layer has none at that frame.</summary>
    internal HostPicture? Paint(int layer, int frame, PF_PixelFormat format, int width, int height, int downsample, int left = 0, int top = 0)
    {
        if (!IsThere(layer, frame) || width < 1 || height < 1) return null;
        HostPicture picture = new(format, width, height, Has(HostFaults.UpsideDown));
        Span<float> pixel = stackalloc float[4];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                _painter(layer, frame, (left + x) * downsample, (top + y) * downsample, pixel);
                picture.SetPixel(x, y, pixel);
            }
        }

        return picture;
    }

    /// <summary>A picture as the effect gets it; from here on the suites know its format.</summary>
    internal PF_LayerDef Describe(HostPicture picture, PF_Field field)
    {
        PF_LayerDef world = picture.World(Options.Kind == HostKind.Premiere ? field : PF_Field.PF_Field_FRAME);
        _pictures[(nint)world.data] = picture.Format;
        return world;
    }

    /// <summary>Ends a picture that the effect had, and looks at the bytes around it.</summary>
    internal void Forget(HostPicture picture)
    {
        Check(picture);
        picture.Dispose();
    }

    internal void Check(HostPicture picture)
    {
        foreach (PF_Field field in (PF_Field[])[PF_Field.PF_Field_FRAME, PF_Field.PF_Field_LOWER]) _ = _pictures.TryRemove((nint)picture.World(field).data, out _);
        if (picture.WrittenOutside() != 0) Counters.Add(HostCounters.Count.PixelsOutside);
    }

    internal int Acquire(byte* name, int version, void** suite)
    {
        if (Has(HostFaults.NoSuites) || suite == null || name == null) return 1;
        string key = $"{Marshal.PtrToStringUTF8((nint)name)} {version}";
        if (!_suites.TryGetValue(key, out nint table)) return 1;
        *suite = (void*)table;
        Counters.Add(HostCounters.Count.SuitesAcquired);
        return 0;
    }

    /// <summary>Sends a command as the host would, whatever comes of it.</summary>
    internal PF_Err Call(PF_Cmd command, HostSession session, PF_ParamDef** parameters, PF_LayerDef* output, void* extra, PF_OutData* answer)
    {
        EmulatedHost? before = Current;
        HostMemory? memoryBefore = HostMemory.Current;
        Current = this;
        HostMemory.Current = _memory;
        try
        {
            *answer = default;
            PF_InData told = Tell(command, session, parameters != null);
            void** sequence = told.sequence_data;
            if (Has(HostFaults.MovingHandles)) _memory.Move(sequence);
            return _entry(command, &told, answer, parameters, output, Has(HostFaults.NoExtra) ? null : extra);
        }
        finally
        {
            Current = before;
            HostMemory.Current = memoryBefore;
        }
    }

    internal static string Message(PF_OutData* answer) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(answer->return_msg));

    private PF_InData Tell(PF_Cmd command, HostSession session, bool hasParameters)
    {
        RenderSettings settings = session.Settings;
        bool hasTimes = !Has(HostFaults.ZeroTimes);
        // Data are read through a suite while several frames render at once.
        bool isApart = Options.Kind == HostKind.AfterEffects && command is PF_Cmd.PF_Cmd_SMART_PRE_RENDER or PF_Cmd.PF_Cmd_SMART_RENDER
            && (OutFlags2 & PF_OutFlags2.PF_OutFlag2_SUPPORTS_THREADED_RENDERING) != 0 && !Has(HostFaults.NoSuites | HostFaults.EmptySuites | HostFaults.NoBasicSuite);
        return new PF_InData
        {
            inter = HostCallbacks.Interaction(!Has(HostFaults.NoInteraction)),
            utils = Has(HostFaults.NoUtilities) ? null : _utilities,
            effect_ref = session.Reference,
            quality = PF_Quality.PF_Quality_HI,
            version = new PF_SpecVersion(PF_Version.PF_PLUG_IN_VERSION, PF_Version.PF_PLUG_IN_SUBVERS),
            appl_id = Options.Kind == HostKind.Premiere ? PF_ApplicationId.Premiere : PF_ApplicationId.AfterEffects,
            num_params = hasParameters ? _parameters.Count + 1 : 1,
            current_time = settings.Frame * TimeStep,
            time_step = hasTimes ? TimeStep : 0,
            total_time = Options.FrameCount * TimeStep,
            time_scale = hasTimes ? TimeScale : 0,
            field = settings.Field,
            width = Options.Width,
            height = Options.Height,
            extent_hint = new PF_LRect(0, 0, session.Size.Width, session.Size.Height),
            downsample_x = new PF_RationalScale(1, hasTimes ? (uint)settings.Downsample : 0),
            downsample_y = new PF_RationalScale(1, hasTimes ? (uint)settings.Downsample : 0),
            pixel_aspect_ratio = new PF_RationalScale(1, hasTimes ? 1u : 0),
            sequence_data = isApart || session.Instance == null ? null : session.Instance.Sequence,
            pica_basicP = Has(HostFaults.NoBasicSuite) ? null : _basic,
        };
    }

    private void MakeSuites()
    {
        bool isFilled = !Has(HostFaults.EmptySuites);
        PF_HandleSuite1* handles = Suite<PF_HandleSuite1>(SuiteNames.Handle, SuiteNames.HandleVersion);
        PF_ParamUtilsSuite3* utilities = Suite<PF_ParamUtilsSuite3>(SuiteNames.ParamUtils, SuiteNames.ParamUtilsVersion);
        if (isFilled) HostCallbacks.Fill(handles);
        if (isFilled) HostCallbacks.Fill(utilities);
        if (Options.Kind == HostKind.Premiere)
        {
            PF_PixelFormatSuite1* formats = Suite<PF_PixelFormatSuite1>(SuiteNames.PixelFormat, SuiteNames.PixelFormatVersion);
            PF_UtilitySuite* utility = Suite<PF_UtilitySuite>(SuiteNames.Utility, SuiteNames.UtilityVersionMax - 1);
            if (isFilled) HostCallbacks.Fill(formats);
            if (isFilled) HostCallbacks.Fill(utility);
        }
        else
        {
            PF_WorldSuite2* worlds = Suite<PF_WorldSuite2>(SuiteNames.World, SuiteNames.WorldVersion);
            PF_EffectSequenceDataSuite1* sequence = Suite<PF_EffectSequenceDataSuite1>(SuiteNames.EffectSequenceData, SuiteNames.EffectSequenceDataVersion);
            if (isFilled) HostCallbacks.Fill(worlds);
            if (isFilled) HostCallbacks.Fill(sequence);
        }
    }

    private T* Suite<T>(ReadOnlySpan<byte> name, int version)
        where T : unmanaged
    {
        T* table = (T*)NativeMemory.AllocZeroed((nuint)sizeof(T));
        _suites[$"{Encoding.UTF8.GetString(name)} {version}"] = (nint)table;
        return table;
    }
}
