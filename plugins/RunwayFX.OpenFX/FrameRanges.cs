using OpenFX.Raw;

namespace RunwayFX.OpenFX;

/// <summary>Frames of a clip that are needed, gathered in room of the caller: cut to what the clip has, none of them twice.</summary>
internal ref struct FrameRanges(Span<OfxRangeD> room, OfxRangeD? clip)
{
    private readonly Span<OfxRangeD> _room = room;
    private int _count;

    /// <summary>What was gathered.</summary>
    public readonly ReadOnlySpan<OfxRangeD> All => _room[.._count];

    /// <summary>Adds frames; those beyond the clip, and those that the room has no place for, are left out.</summary>
    public void Add(double first, double last)
    {
        if (clip is { } range)
        {
            first = Math.Max(first, range.min);
            last = Math.Min(last, range.max);
        }

        if (!(first <= last) || _count == _room.Length) return;
        foreach (OfxRangeD known in All)
        {
            if (known.min <= first && last <= known.max) return;
        }

        _room[_count++] = new OfxRangeD(first, last);
    }
}
