namespace RunwayFX.Synthesis.Continuation;

/// <summary>What the frames beyond a join are made of.</summary>
/// <remarks>Immutable. Steps count from 1, the first frame beyond the join. Coordinates are those of <see cref="ReducedClip"/>; frames are its indices.</remarks>
public sealed class ContinuationPlan
{
    private readonly CameraStep[] _views;
    private readonly int[] _runFrames;
    private readonly byte[]?[] _shares;

    internal ContinuationPlan(MovingLayer layer, IReadOnlyList<Sprite> sprites, HeightLine heights, CameraStep[] views, int[] runFrames, byte[]?[] shares, int[] jumps, int cellSide)
    {
        (Layer, Sprites, Heights, _views, _runFrames, _shares, Jumps, CellSide) = (layer, sprites, heights, views, runFrames, shares, jumps, cellSide);
    }

    /// <summary>What moves and what stands still.</summary>
    public MovingLayer Layer { get; }

    /// <summary>Objects that are in the picture at the join and go on.</summary>
    public IReadOnlyList<Sprite> Sprites { get; }

    /// <summary>How tall objects look by where they stand.</summary>
    public HeightLine Heights { get; }

    /// <summary>Steps before which the clip's own frames are at the join again: 0, and one for every further run. The sprites start anew at each.</summary>
    public IReadOnlyList<int> Jumps { get; }

    /// <summary>Reduced pixels per cell of <see cref="Share"/>.</summary>
    public int CellSide { get; }

    /// <summary>Cells in a row.</summary>
    public int CellColumns => (Layer.Clip.Width + CellSide - 1) / CellSide;

    /// <summary>Rows of cells.</summary>
    public int CellRows => (Layer.Clip.Height + CellSide - 1) / CellSide;

    /// <summary>Frames made up.</summary>
    public int Count => _runFrames.Length;

    /// <summary>From the coordinates of a made-up frame to those of the last frame.</summary>
    public CameraStep View(int step) => _views[step - 1];

    /// <summary>The frame whose run is shown at a step; −1 for none.</summary>
    public int RunFrame(int step) => _runFrames[step - 1];

    /// <summary>How much each cell shows of the run, 0..255; null where there is none.</summary>
    public byte[]? Share(int step) => _shares[step - 1];

    /// <summary>1 for every reduced pixel at which the run shows an object that stands lower in the picture, and so nearer, than a row; null where there is
    /// none. Shape (H, W).</summary>
    public byte[]? NearerObjects(int step, double row)
    {
        if (RunFrame(step) < 0) return null;
        byte[]? nearer = null;
        foreach (Blob blob in Blobs.Find(Layer.Mask(RunFrame(step)), Layer.Clip.Width, Layer.Clip.Height))
        {
            if (blob.Bottom <= row + 1) continue;
            nearer ??= new byte[Layer.Clip.Width * Layer.Clip.Height];
            foreach (int pixel in blob.Pixels) nearer[pixel] = 1;
        }

        return nearer;
    }
}
