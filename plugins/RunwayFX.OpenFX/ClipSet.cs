using OpenFX.Plugins;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>The input clips of an instance during one render, by their index in the catalogue.</summary>
/// <remarks>An optional clip counts only while its toggle is on, because some hosts claim that every clip is connected; whether it then has a picture
/// shows when it is asked for one.</remarks>
internal sealed class ClipSet
{
    private readonly EffectDefinition _effect;
    private readonly Clip?[] _clips;

    public ClipSet(EffectDefinition effect)
    {
        _effect = effect;
        _clips = new Clip?[effect.Clips.Length];
    }

    /// <summary>Finds the clips of an instance.</summary>
    public void Find(InstanceContext context, InstanceParameters parameters)
    {
        for (int index = 0; index < _clips.Length; index++)
        {
            ClipDefinition definition = _effect.Clips[index];
            bool isOn = definition.ToggleParameter is null || parameters.Number(definition.ToggleParameter) != 0;
            _clips[index] = isOn ? context.FindClip(definition.Name) : null;
        }
    }

    /// <summary>Forgets them.</summary>
    public void Clear() => Array.Clear(_clips);

    /// <summary>The main input; null in a host that has none.</summary>
    public Clip? Source => _clips[0];

    /// <summary>How many of the first clips are worth sending along: all up to the first that is off.</summary>
    public int InitialCount
    {
        get
        {
            int missing = Array.IndexOf(_clips, null, 1);
            return missing < 0 ? _clips.Length : missing;
        }
    }

    /// <summary>A clip by index; null where it is off, unknown to the host, or no such index.</summary>
    public Clip? Find(int index) => (uint)index < (uint)_clips.Length ? _clips[index] : null;
}
