using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>Makes a <see cref="JobKey"/> from the calls with which a clip's frames are rendered: the same settings give the same key on every machine, and a
/// change of anything that matters gives another. Needs no engine.</summary>
/// <remarks>Render scale, interactivity, mode and the calls' own job keys do not enter. Call <see cref="Add"/> with every frame of the clip in order, at render scale 1: animated values
/// enter frame by frame. Not thread-safe.</remarks>
/// <param name="algorithmVersion">The effect's own, of the catalogue.</param>
/// <param name="matters">By parameter index, whether the parameter's value matters for what is kept.</param>
public sealed class JobKeyHash(int algorithmVersion, IReadOnlyList<bool> matters)
{
    private readonly XxHash128 _hash = new();
    private bool _hasBegun;

    /// <summary>Adds a frame.</summary>
    /// <exception cref="BridgeException">The call has another number of parameters than the table.</exception>
    public void Add(in RenderCall call)
    {
        if (call.Numbers.Length != matters.Count || call.Texts.Length != matters.Count)
        {
            throw new BridgeException(
                BridgeError.OutOfRange, $"a call with {call.Numbers.Length} numbers and {call.Texts.Length} texts came for {matters.Count} parameters");
        }

        if (!_hasBegun) Begin(call);
        _hasBegun = true;
        Append(call.Time);
        for (int index = 0; index < matters.Count; index++)
        {
            if (matters[index]) Append(call.Numbers[index]);
        }
    }

    /// <summary>The key of what was added.</summary>
    public JobKey Finish()
    {
        UInt128 value = _hash.GetCurrentHashAsUInt128();
        JobKey key = new((long)(ulong)(value >> 64), (long)(ulong)value);
        return key.IsNone ? new JobKey(0, 1) : key;
    }

    private void Begin(in RenderCall call)
    {
        FrameDescription output = call.Output;
        ReadOnlySpan<int> whole =
        [
            call.EffectWireId, algorithmVersion, output.X1, output.Y1, output.Width, output.Height, (int)output.Premultiplication, (int)output.Field,
            call.HasTemporalAccess ? 1 : 0,
        ];
        _hash.Append(MemoryMarshal.AsBytes(whole));
        Append(call.FrameRate);
        Append(output.PixelAspect);
        for (int index = 0; index < matters.Count; index++)
        {
            if (!matters[index]) continue;
            string text = call.Texts[index];
            ReadOnlySpan<int> length = [text.Length];
            _hash.Append(MemoryMarshal.AsBytes(length));
            _hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private void Append(double value)
    {
        ReadOnlySpan<double> one = [value + 0.0]; // −0 and 0 are the same setting.
        _hash.Append(MemoryMarshal.AsBytes(one));
    }
}
