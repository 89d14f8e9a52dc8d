using System.Globalization;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>The ControlNets of a job: each looks at the noisy sample and its picture, and what they say is added up for the denoiser, port by port.</summary>
/// <remarks>Their outputs (<c>down_block_res_samples.N</c>, <c>mid_block_res_sample</c>, <c>controlnet_block_samples.N</c> and the like) meet the denoiser's
/// inputs (<c>down_block_additional_residual_N</c>, <c>mid_block_additional_residual</c>, …) by kind and number. Not thread-safe: one per job.</remarks>
internal sealed class ControlNets : IDisposable
{
    private readonly IReadOnlyList<ControlInput> _controls;
    private readonly ControlNet[] _nets;
    private readonly Denoiser _denoiser;
    private readonly ModelSession _session;
    private readonly Dictionary<string, (string Port, Tensor? Tensor, float[] Sum)> _residuals = new(StringComparer.Ordinal);
    private readonly Tensor? _mergedScales;
    private readonly float[] _scales;

    /// <summary>Prepares the ControlNets of a job.</summary>
    /// <param name="controls">What steers.</param>
    /// <param name="sessions">Their networks, as many; null where the denoiser holds them.</param>
    /// <param name="session">The denoiser's network.</param>
    /// <param name="denoiser">The denoiser.</param>
    /// <param name="shape">What a job looks like to them.</param>
    public ControlNets(IReadOnlyList<ControlInput> controls, IReadOnlyList<ModelSession?> sessions, ModelSession session, Denoiser denoiser, ControlShape shape)
    {
        (_controls, _denoiser, _session, _scales) = (controls, denoiser, session, new float[controls.Count]);
        _nets = new ControlNet[sessions.Any(each => each is not null) ? controls.Count : 0];
        try
        {
            foreach (TensorDescription port in session.Inputs)
            {
                if (Kind(port.Name) is { } kind) _residuals[kind] = (port.Name, null, []);
            }

            for (int index = 0; index < controls.Count; index++)
            {
                if (_nets.Length == 0) break;
                _nets[index] = new ControlNet(sessions[index] ?? throw Mixed(), controls[index], shape, index);
            }

            if (_nets.Length == 0) _mergedScales = Merge(shape);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Writes what the denoiser needs for a call.</summary>
    public void Apply(JobRun job, ReadOnlySpan<float> scaled, float time, int call, int calls)
    {
        for (int index = 0; index < _controls.Count; index++) _scales[index] = _controls[index].ScaleAt(call, calls);
        if (_mergedScales is not null)
        {
            _mergedScales.Write(_scales);
            return;
        }

        foreach ((string _, Tensor? _, float[] sum) in _residuals.Values) Array.Clear(sum);
        for (int index = 0; index < _nets.Length; index++)
        {
            // The first call learns the residuals' sizes even where nothing steers yet.
            if (_scales[index] == 0 && _residuals.Values.All(residual => residual.Tensor is not null)) continue;
            foreach ((string kind, RunResult residual, float factor) in _nets[index].Run(job, scaled, time, _scales[index])) Add(_nets[index], kind, residual, factor);
        }

        foreach ((string port, Tensor? tensor, float[] sum) in _residuals.Values)
        {
            if (tensor is null) throw Mismatch($"takes '{port}', which none of the ControlNets gives");
            tensor.Write(sum);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ControlNet? net in _nets) net?.Dispose();
    }

    /// <summary>Which residual a port carries; null where it carries none.</summary>
    internal static string? Kind(string port)
    {
        if (!port.Contains("res", StringComparison.OrdinalIgnoreCase) && !port.Contains("block", StringComparison.OrdinalIgnoreCase)) return null;
        int digits = port.Length;
        while (digits > 0 && char.IsAsciiDigit(port[digits - 1])) digits--;
        string number = digits < port.Length && int.TryParse(port.AsSpan(digits), CultureInfo.InvariantCulture, out int value) ? value.ToString(CultureInfo.InvariantCulture) : "";
        if (port.StartsWith("mid", StringComparison.OrdinalIgnoreCase)) return "mid";
        if (number.Length == 0) return null;
        if (port.StartsWith("down", StringComparison.OrdinalIgnoreCase)) return $"down {number}";
        if (port.Contains("single", StringComparison.OrdinalIgnoreCase)) return $"single {number}";
        return port.Contains("controlnet", StringComparison.OrdinalIgnoreCase) ? $"block {number}" : null;
    }

    private void Add(ControlNet net, string kind, RunResult residual, float factor)
    {
        if (!_residuals.TryGetValue(kind, out (string Port, Tensor? Tensor, float[] Sum) target))
            throw Mismatch($"has no input for what '{net.Name}' gives as '{kind}'; it has: {string.Join("; ", _session.Inputs)}");
        if (target.Tensor is null) _residuals[kind] = target = (target.Port, _denoiser.BindStepInput(target.Port, residual.Shape), new float[residual.Values.Length]);
        if (target.Sum.Length != residual.Values.Length)
            throw Mismatch($"input '{target.Port}': expected {Tensor.Describe(target.Tensor!.Shape)} from every ControlNet, found {Tensor.Describe(residual.Shape)} from '{net.Name}'");
        if (factor == 0) return;
        for (int i = 0; i < target.Sum.Length; i++) target.Sum[i] += factor * residual.Values[i];
    }

    /// <summary>A denoiser exported together with its ControlNets takes all pictures in one input and their scales in another.</summary>
    private Tensor Merge(ControlShape shape)
    {
        const string Pictures = "controlnet_conds", Scales = "conditioning_scales";
        if (_session.FindInput(Pictures) is not { Rank: 5 } pictures || _session.FindInput(Scales) is not { } scales)
            throw Mismatch($"has no ControlNet built in: expected inputs {Pictures} and {Scales}, found {string.Join("; ", _session.Inputs)}");
        if (pictures.Dimensions[0] > 0 && pictures.Dimensions[0] != _controls.Count)
            throw Mismatch($"has {pictures.Dimensions[0]} ControlNets built in and {_controls.Count} controls were given");
        long[] sizes = [_controls.Count, _denoiser.Items, 3, shape.PictureHeight, shape.PictureWidth];
        Tensor planes = _denoiser.BindStepInput(Pictures, sizes);
        planes.Write([.. _controls.SelectMany(control => Enumerable.Repeat(shape.Planes(control.Picture), _denoiser.Items).SelectMany(each => each))]);
        return _denoiser.BindStepInput(Scales, scales.Rank == 1 ? [_controls.Count] : [_controls.Count, 1]);
    }

    private InferenceException Mismatch(string what) => new(InferenceError.ModelMismatch, $"'{_session.Name}' {what}");

    private static InferenceException Mixed() => new(InferenceError.SettingUnsupported, "controls with a package and controls without one cannot be mixed");
}
