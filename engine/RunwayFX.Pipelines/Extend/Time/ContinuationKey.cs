using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>Everything on which the frames beyond a join depend.</summary>
/// <param name="Join">Time of the good frame next to the frames to be made up.</param>
/// <param name="Direction">1 where the clip goes on after the join, −1 where it is led up to it.</param>
/// <param name="Good">Good frames that are looked at, the join's among them.</param>
/// <param name="Steps">Frames to make up.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Encoding">What the numbers mean.</param>
/// <param name="Window">Where the frames lie.</param>
/// <param name="Premultiplied">Their alpha state.</param>
/// <param name="JoinHash">Content of the good frame.</param>
internal readonly record struct ContinuationKey(double Join, int Direction, int Good, int Steps, double FrameRate, int Seed, ColourEncoding Encoding,
    PixelWindow Window, bool Premultiplied, UInt128 JoinHash)
{
    /// <summary>Time of a frame of the planned clip, whose last frame is the join's.</summary>
    public double TimeOf(int frame, int count) => Join - Direction * (count - 1 - frame);
}
