using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Paints the new area around shots whose camera moves: a block of frames shares one panorama, so that what was painted moves with the picture.</summary>
/// <remarks>Time is cut into blocks of <see cref="TemporalBlocks.FramesMax"/> frames anchored at time 0. A block's panorama shows what its frames show, then what the
/// block before made up, within epochs of <see cref="EpochFrames"/> frames, and is painted where neither reaches. The first frames of a block fade from the block
/// before. So a picture never depends on the order of requests. Thread-safe.</remarks>
internal sealed class MovingPaintings
{
    private const long CacheBytesMax = 512L << 20;

    /// <summary>Frames over which painted areas are handed on from block to block.</summary>
    private const double EpochFrames = TemporalBlocks.FramesMax * 8;

    private readonly SharedResults<(ExtendRecipe Recipe, UInt128 Maker, double Start), PaintedBlock> _blocks = new(CacheBytesMax);

    /// <summary>The filled canvas; null where the clip says nothing about the frame.</summary>
    /// <param name="request">The frame.</param>
    /// <param name="maker">Identity of what paints.</param>
    /// <param name="paint">Fills holes of a picture in the source's encoding.</param>
    public Frame? TryFill(ExtendRequest request, UInt128 maker, Func<Frame, bool[], Frame> paint)
    {
        double start = TemporalBlocks.Start(request.Time), into = request.Time - start;
        if (!(Math.Abs(start) < int.MaxValue) || Block(request, maker, paint, start).TryRender(request) is not { } current) return null;
        if (into < TemporalBlocks.OverlapFrames && PaintedBlock.TryFetch(request, start - 1) is not null
            && Block(request, maker, paint, start - TemporalBlocks.FramesMax).TryRender(request) is { } before)
        {
            float weight = (float)((into + 1) / (TemporalBlocks.OverlapFrames + 1));
            for (int p = 0; p < current.Left.Length; p++)
            {
                if (current.Left[p] || before.Left[p]) continue;
                for (int i = 4 * p; i < 4 * p + 4; i++) current.Filled.Pixels[i] = before.Filled.Pixels[i] + (current.Filled.Pixels[i] - before.Filled.Pixels[i]) * weight;
            }
        }

        // What the panorama has no room for, such as the far end of a fast pan, is painted for the frame alone.
        return current.Left.Contains(true) ? paint(current.Filled, current.Left) : current.Filled;
    }

    private PaintedBlock Block(ExtendRequest request, UInt128 maker, Func<Frame, bool[], Frame> paint, double start)
    {
        (ExtendRecipe, UInt128, double) key = (request.Recipe, maker, start);
        while (true)
        {
            bool isNew = false;
            PaintedBlock block = _blocks.GetOrCompute(key, () =>
            {
                isNew = true;
                double before = start - TemporalBlocks.FramesMax;
                bool isFirst = before < Math.Floor(start / EpochFrames) * EpochFrames;
                PaintedBlock made = PaintedBlock.Create(request, start, paint, () => isFirst ? null : Block(request, maker, paint, before));
                return (made, made.Bytes);
            }, request.Cancellation);
            if (isNew || block.IsStillTrue(request)) return block;
            _blocks.Forget(key, block);
        }
    }
}
