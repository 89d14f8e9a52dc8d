using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Frames of the source and of one other clip that a render needs, gathered in room of the caller; none of them twice.</summary>
/// <param name="sourceRoom">Takes the source's.</param>
/// <param name="otherRoom">Takes the other clip's; may be empty where there is none.</param>
/// <param name="source">The frames that the source has, to which its needs are cut; null where they are not.</param>
internal ref struct FrameRanges(Span<OfxRangeD> sourceRoom, Span<OfxRangeD> otherRoom, OfxRangeD? source = null) : INeededFrames
{
    private readonly Span<OfxRangeD> _sourceRoom = sourceRoom, _otherRoom = otherRoom;
    private int _sourceCount, _otherCount, _otherClip;

    /// <summary>Adds frames; those that the source does not have, and those that the room has no place for, are left out.</summary>
    public void Add(int clip, double first, double last)
    {
        if (clip > 0)
        {
            _otherClip = clip;
            Add(_otherRoom, ref _otherCount, first, last);
            return;
        }

        if (source is { } range)
        {
            first = Math.Max(first, range.min);
            last = Math.Min(last, range.max);
        }

        Add(_sourceRoom, ref _sourceCount, first, last);
    }

    /// <summary>Tells the host.</summary>
    /// <param name="effect">The catalogue's table.</param>
    /// <param name="frames">The host's list.</param>
    /// <param name="hasSource">Whether there is a source to tell of.</param>
    /// <returns>Whether there was something to tell.</returns>
    public readonly bool Tell(EffectDefinition effect, FramesNeeded frames, bool hasSource)
    {
        bool isTold = hasSource && _sourceCount > 0 && frames.Set(EffectDefinition.SourceClipName, _sourceRoom[.._sourceCount]);
        return _otherCount == 0 ? isTold : isTold | frames.Set(effect.Clips[_otherClip].Name, _otherRoom[.._otherCount]);
    }

    private static void Add(Span<OfxRangeD> room, ref int count, double first, double last)
    {
        if (!(first <= last) || count == room.Length) return;
        foreach (OfxRangeD known in room[..count])
        {
            if (known.min <= first && last <= known.max) return;
        }

        room[count++] = new OfxRangeD(first, last);
    }
}
