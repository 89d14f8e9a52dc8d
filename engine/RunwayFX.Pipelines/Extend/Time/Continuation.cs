using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>What is worked out once for all frames beyond a join: the plan, and the still picture behind at full size.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Behind">What stands still, in the join frame's coordinates, as large as all made-up frames together see.</param>
/// <param name="OriginX">Column of <paramref name="Behind"/> at which the join frame begins.</param>
/// <param name="OriginY">Row of <paramref name="Behind"/> at which the join frame begins.</param>
/// <param name="Shifts">What each sprite moves in a cycle, in pixels at full size.</param>
internal sealed record Continuation(ContinuationPlan Plan, Frame Behind, int OriginX, int OriginY, IReadOnlyList<(int X, int Y)> Shifts)
{
    /// <summary>Bytes held.</summary>
    public long Bytes
    {
        get
        {
            ReducedClip clip = Plan.Layer.Clip;
            long pixels = (long)clip.Width * clip.Height;
            return Behind.Pixels.Length * (long)sizeof(float) + pixels * clip.Count * 8 + (long)Plan.Count * Plan.CellColumns * Plan.CellRows;
        }
    }
}
