using OpenFX.Plugins;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>What one action of a host works with: parameter values, clips, pictures and the conversation with the engine. Used for one action after
/// another, so that a frame makes nothing in the host's process. Dispose it to give it back.</summary>
internal sealed class FrameScratch : IDisposable
{
    private readonly EffectDefinition _effect;
    private readonly FrameScratchPool _pool;
    private readonly double[] _numbers;
    private readonly string[] _texts;
    private readonly Image _input = new();
    private string _keyframesText = "";
    private string _colourspace = "";
    private string _keyText = "";
    private JobKey _key;
    private StyleKeyframe[] _keyframes = [];

    public FrameScratch(EffectDefinition effect, FrameScratchPool pool)
    {
        _effect = effect;
        _pool = pool;
        _numbers = new double[effect.Parameters.Length];
        _texts = new string[effect.Parameters.Length];
        Array.Fill(_texts, "");
        Clips = new ClipSet(effect);
        Conversation = new RenderConversation(Clips, Output, _input);
    }

    /// <summary>The output picture of a render; holds none between renders.</summary>
    public Image Output { get; } = new();

    /// <summary>The input clips of a render.</summary>
    public ClipSet Clips { get; }

    /// <summary>Answers the engine during a render.</summary>
    public RenderConversation Conversation { get; }

    /// <summary>What was read last; see <see cref="Read"/>.</summary>
    public InstanceParameters Parameters { get; private set; }

    /// <summary>Reads an instance's parameters; good until the next call, or until this is given back.</summary>
    public InstanceParameters Read(ParamSet parameters, double time) => Parameters = InstanceParameters.Read(_effect, parameters, time, _numbers, _texts);

    /// <summary>The key that the project remembers of a generated clip; none where nothing was generated.</summary>
    public JobKey ReadKey(ParamSet parameters, double time)
    {
        string text = parameters.TryGet(ClipControls.KeyName, out Param param) && param.TryGetString(time, _keyText, out string read) ? read : "";
        if (text == _keyText) return _key;
        _key = ClipKey.TryParse(text, out ClipKey key) ? key.Key : JobKey.None;
        _keyText = text;
        return _key;
    }

    /// <summary>Puts the host's colour space into parameters that were just read; see <see cref="HostColour.Resolve"/>.</summary>
    public void ResolveColour(in InstanceParameters parameters, InstanceContext context) => HostColour.Resolve(_effect, parameters, context, ref _colourspace);

    /// <summary>The keyframes that a text lists, read anew only where it is another text; none where it lists them wrongly.</summary>
    public StyleKeyframe[] Keyframes(string text)
    {
        if (text == _keyframesText) return _keyframes;
        _keyframes = StyleKeyframes.Read(text, out StyleKeyframe[] keyframes) is null ? keyframes : [];
        _keyframesText = text;
        return _keyframes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        _input.Dispose();
        Conversation.End();
        Clips.Clear();
        _pool.Return(this);
    }
}

/// <summary>The scratches of one effect that no action uses at the moment. Thread-safe: hosts render on many threads and make instances for single
/// frames, so they belong to neither.</summary>
internal sealed class FrameScratchPool(EffectDefinition effect)
{
    /// <summary>Most that are kept; a host with more threads at work makes the others anew.</summary>
    public const int KeptMax = 32;

    private readonly Lock _gate = new();
    private readonly FrameScratch?[] _free = new FrameScratch?[KeptMax];
    private int _count;

    /// <summary>One for the calling thread alone.</summary>
    public FrameScratch Rent()
    {
        lock (_gate)
        {
            if (_count > 0 && _free[--_count] is { } scratch)
            {
                _free[_count] = null;
                return scratch;
            }
        }

        return new FrameScratch(effect, this);
    }

    /// <summary>Takes one back; called by <see cref="FrameScratch.Dispose"/>, once for each <see cref="Rent"/>.</summary>
    public void Return(FrameScratch scratch)
    {
        lock (_gate)
        {
            if (_count < KeptMax) _free[_count++] = scratch;
        }
    }
}
