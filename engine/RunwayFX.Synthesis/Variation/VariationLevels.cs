namespace RunwayFX.Synthesis.Variation;

/// <summary>Size of a clip on one level of the pyramid.</summary>
internal readonly record struct LevelSize(int Width, int Height, int Frames);

/// <summary>The pyramid's sizes: space and time shrink by fixed factors until the coarsest level holds a few patches.</summary>
internal sealed class VariationLevels
{
    private const double ClipSpaceRatio = 0.82, ClipTimeRatio = 0.87, StillSpaceRatio = 0.75;
    private const int CoarsestFrames = 3, LevelsMax = 40;

    /// <summary>Plans the levels.</summary>
    /// <param name="source">Size of the source.</param>
    /// <param name="result">Size of the result.</param>
    /// <param name="coarsestSide">Shorter side of the source on the coarsest level, in pixels.</param>
    public VariationLevels(LevelSize source, LevelSize result, int coarsestSide)
    {
        bool isStill = source.Frames < CoarsestFrames || result.Frames < CoarsestFrames;
        double spaceRatio = isStill ? StillSpaceRatio : ClipSpaceRatio, space = 1, time = 1;
        int side = Math.Min(source.Width, source.Height);
        List<(LevelSize, LevelSize)> levels = [];
        while (levels.Count < LevelsMax)
        {
            levels.Add((At(source, space, time), At(result, space, time)));
            if (side * space <= coarsestSide) break;
            space = Math.Max(space * spaceRatio, (double)coarsestSide / side);
            if (!isStill) time *= ClipTimeRatio;
        }

        levels.Reverse();
        Sizes = levels;
    }

    /// <summary>Sizes of source and result, coarsest first.</summary>
    public IReadOnlyList<(LevelSize Source, LevelSize Result)> Sizes { get; }

    private static LevelSize At(LevelSize full, double space, double time) => new(
        Math.Max(1, (int)(full.Width * space + 0.5)),
        Math.Max(1, (int)(full.Height * space + 0.5)),
        Math.Max(Math.Min(full.Frames, CoarsestFrames), (int)(full.Frames * time + 0.5)));
}
