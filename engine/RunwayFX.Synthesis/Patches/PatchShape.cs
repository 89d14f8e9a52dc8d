namespace RunwayFX.Synthesis.Patches;

/// <summary>Frames, rows and columns of a patch; all odd.</summary>
/// <param name="Frames">Frames: 1 or 3.</param>
/// <param name="Side">Rows and columns: 1, 3, 5 or 7.</param>
internal readonly record struct PatchShape(int Frames, int Side)
{
    /// <summary>Widest patch: its rows fit one 32-byte load.</summary>
    public const int SideMax = 7;

    /// <summary>Pixels of a patch.</summary>
    public int Voxels => Frames * Side * Side;

    /// <summary>The largest patch up to this one that fits a clip.</summary>
    public PatchShape Within(int width, int height, int frames) =>
        new(Odd(Math.Min(Frames, frames)), Odd(Math.Min(Side, Math.Min(width, height))));

    private static int Odd(int count) => count - 1 + count % 2;
}
