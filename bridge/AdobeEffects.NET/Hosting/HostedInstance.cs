using System.Runtime.InteropServices;
using System.Text;
using AdobeEffects.Raw;

namespace AdobeEffects.Hosting;

/// <summary>An effect on a layer of an emulated host: its parameters and what it remembers.</summary>
public sealed unsafe class HostedInstance : IDisposable
{
    private readonly EmulatedHost _host;
    private readonly PF_ParamDef[] _values;
    private readonly Dictionary<int, Func<int, double>> _curves = [];
    private bool _isDisposed;

    internal HostedInstance(EmulatedHost host)
    {
        _host = host;
        _values = [.. host.Parameters];
    }

    /// <summary>What the host shows of each parameter, in order.</summary>
    public IReadOnlyList<PF_ParamDef> Values => _values;

    /// <summary>The answer to the command that started it.</summary>
    public PF_Err StartError { get; private set; }

    /// <summary>What it remembers, as bytes.</summary>
    public ReadOnlyMemory<byte> SequenceBytes => _host.Memory.Bytes(Sequence);

    internal void** Sequence { get; private set; }

    /// <summary>Sets a slider.</summary>
    public void SetNumber(int index, double value) => _values[index - 1].u.fs_d.value = value;

    /// <summary>Gives a slider another value in each frame.</summary>
    public void Animate(int index, Func<int, double> curve) => _curves[index] = curve;

    /// <summary>Turns a check box on or off.</summary>
    public void SetChecked(int index, bool isOn) => _values[index - 1].u.bd.value = isOn ? 1 : 0;

    /// <summary>Picks a popup's entry as hosts count, from 1.</summary>
    public void SetChoice(int index, int value) => _values[index - 1].u.pd.value = value;

    /// <summary>Renders.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="into">A picture to render a field into; null makes one.</param>
    public RenderOutcome Render(RenderSettings settings, HostPicture? into = null) => _host.Render(this, settings, into);

    /// <summary>The user changed a parameter or pressed a button.</summary>
    /// <returns>The answer, the message, and whether frames shall be made again.</returns>
    public (PF_Err Error, string Message, bool IsRerendered) Change(int index)
    {
        PF_UserChangedParamExtra extra = new(index);
        (PF_Err error, string message, PF_OutFlags flags) = Command(PF_Cmd.PF_Cmd_USER_CHANGED_PARAM, &extra);
        return (error, message, (flags & PF_OutFlags.PF_OutFlag_FORCE_RERENDER) != 0);
    }

    /// <summary>The host redraws the panel.</summary>
    public PF_Err UpdatePanel() => Command(PF_Cmd.PF_Cmd_UPDATE_PARAMS_UI, null).Error;

    /// <summary>Files the effect says the project needs.</summary>
    public IReadOnlyList<string> Files(bool isMissingOnly)
    {
        PF_ExtDependenciesExtra extra = new() { check_type = isMissingOnly ? 2 : 1 };
        _ = Command(PF_Cmd.PF_Cmd_GET_EXTERNAL_DEPENDENCIES, &extra);
        if (extra.dependencies_strH == null) return [];
        string text = Encoding.UTF8.GetString(_host.Memory.Bytes(extra.dependencies_strH)).TrimEnd('\0');
        _host.Memory.End(extra.dependencies_strH);
        return text.Split('\n');
    }

    /// <summary>Saves it as Premiere and old hosts do: flatten in place, write, set up again.</summary>
    public byte[] Save()
    {
        _ = Command(PF_Cmd.PF_Cmd_SEQUENCE_FLATTEN, null);
        byte[] saved = _host.Memory.Bytes(Sequence);
        _ = Command(PF_Cmd.PF_Cmd_SEQUENCE_RESETUP, null);
        return saved;
    }

    /// <summary>Saves it as After Effects does today: a flat copy, while the instance goes on.</summary>
    public byte[] SaveCopy()
    {
        void** before = Sequence;
        void** copy = (void**)Run(PF_Cmd.PF_Cmd_GET_FLATTENED_SEQUENCE_DATA, null).Sequence;
        if (copy == null) return [];
        if (copy == before) _host.Counters.Add(HostCounters.Count.RulesBroken);
        byte[] saved = _host.Memory.Bytes(copy);
        if (copy != before) _host.Memory.End(copy);
        return saved;
    }

    /// <summary>Takes the effect off the layer.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        void** before = Sequence;
        Sequence = (void**)Run(PF_Cmd.PF_Cmd_SEQUENCE_SETDOWN, null).Sequence;
        // What an effect could not end for want of a function, the host ends.
        if (before != null && _host.Has(HostFaults.NoUtilities) && _host.Has(HostFaults.NoSuites | HostFaults.EmptySuites | HostFaults.NoBasicSuite)) _host.Memory.End(before);
    }

    internal void Start(PF_Cmd command, byte[]? saved)
    {
        if (saved != null) Sequence = _host.Memory.New(saved);
        StartError = Command(command, null).Error;
        if (!_host.Has(HostFaults.ForeignSequence)) return;
        if (Sequence != null) _host.Memory.End(Sequence);
        Sequence = _host.Memory.New("not what the effect wrote, and longer than a header"u8);
    }

    /// <summary>A parameter's value at a frame.</summary>
    internal PF_ParamDef At(int index, int frame)
    {
        PF_ParamDef value = _values[index - 1];
        if (_curves.TryGetValue(index, out Func<int, double>? curve)) value.u.fs_d.value = curve(frame);
        return value;
    }

    internal bool Show(int index, in PF_ParamDef parameter)
    {
        if (index < 1 || index > _values.Length) return false;
        _values[index - 1].ui_flags = parameter.ui_flags;
        parameter.CopyNameTo(ref _values[index - 1]);
        return true;
    }

    private (PF_Err Error, string Message, PF_OutFlags Flags) Command(PF_Cmd command, void* extra)
    {
        (PF_Err error, string message, PF_OutFlags flags, nint sequence) = Run(command, extra);
        bool isSequence = command is PF_Cmd.PF_Cmd_SEQUENCE_SETUP or PF_Cmd.PF_Cmd_SEQUENCE_RESETUP or PF_Cmd.PF_Cmd_SEQUENCE_FLATTEN;
        if (sequence != 0 || (isSequence && error == PF_Err.PF_Err_NONE)) Sequence = (void**)sequence;
        return (error, message, flags);
    }

    private (PF_Err Error, string Message, PF_OutFlags Flags, nint Sequence) Run(PF_Cmd command, void* extra)
    {
        using HostSession session = new(_host, this, new RenderSettings());
        int count = _values.Length + 1;
        PF_ParamDef* values = (PF_ParamDef*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(PF_ParamDef));
        PF_ParamDef** parameters = (PF_ParamDef**)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(void*));
        try
        {
            for (int index = 0; index < count; index++)
            {
                if (index > 0) values[index] = At(index, 0);
                values[index].uu.change_flags = 0;
                parameters[index] = values + index;
            }

            PF_OutData answer = default;
            PF_Err error = _host.Call(command, session, _host.Has(HostFaults.NoParameters) ? null : parameters, null, extra, &answer);
            for (int index = 1; index < count; index++)
            {
                bool isChanged = (values[index].uu.change_flags & PF_ChangeFlags.PF_ChangeFlag_CHANGED_VALUE) != 0;
                if (isChanged && command != PF_Cmd.PF_Cmd_USER_CHANGED_PARAM) _host.Counters.Add(HostCounters.Count.RulesBroken);
                if (isChanged) _values[index - 1].u = values[index].u;
            }

            return (error, EmulatedHost.Message(&answer), answer.out_flags, (nint)answer.sequence_data);
        }
        finally
        {
            NativeMemory.Free(values);
            NativeMemory.Free(parameters);
        }
    }
}
