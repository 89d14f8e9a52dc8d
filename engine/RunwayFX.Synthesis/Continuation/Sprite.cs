namespace RunwayFX.Synthesis.Continuation;

/// <summary>Where an object of the clip is seen in one frame: a mask in a box, in the last frame's reduced coordinates.</summary>
/// <param name="Frame">Index in the clip.</param>
/// <param name="Left">First column of the box.</param>
/// <param name="Top">First row of the box.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Mask">1 = object, shape (Height, Width).</param>
/// <param name="Core">1 = object beyond doubt, of the same shape.</param>
public sealed record SpriteFrame(int Frame, int Left, int Top, int Width, int Height, byte[] Mask, byte[] Core);

/// <summary>An object that is in the picture at the join and goes on moving: its last frames again and again, carried along by what it moves in that
/// time. Never backwards.</summary>
public sealed record Sprite
{
    /// <summary>The frames of one cycle, the last of them next to the join.</summary>
    public required IReadOnlyList<SpriteFrame> Frames { get; init; }

    /// <summary>Reduced pixels to the right per cycle.</summary>
    public required double ShiftX { get; init; }

    /// <summary>Reduced pixels downwards per cycle.</summary>
    public required double ShiftY { get; init; }

    /// <summary>Column of the place on which it stands in the last frame.</summary>
    public required double FootX { get; init; }

    /// <summary>Row of that place.</summary>
    public required double FootY { get; init; }

    /// <summary>Frames after which it has dissolved; 0 for never. Objects that are cut by the picture's border and come in have nothing to continue with.</summary>
    public int FadeFrames { get; init; }

    /// <summary>What is seen a number of frames after the join, from 1, and by how many cycles it is carried along.</summary>
    public (SpriteFrame Frame, int Cycles) At(int step)
    {
        int cycles = (step + Frames.Count - 1) / Frames.Count;
        return (Frames[step - 1 - (cycles - 1) * Frames.Count], cycles);
    }
}
