using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Smooth noise over a plane: which of two things comes first at a place. The same on every machine.</summary>
/// <param name="side">Distance of the places that draw for themselves, in pixels.</param>
/// <param name="seed">Draws.</param>
internal readonly struct PlaceNoise(int side, ulong seed)
{
    /// <summary>The noise at a pixel, −1 to 1.</summary>
    public float At(int x, int y)
    {
        int column = x / side, row = y / side;
        float right = Smooth((x - column * side) / (float)side), below = Smooth((y - row * side) / (float)side);
        float top = Draw(column, row) * (1 - right) + Draw(column + 1, row) * right;
        float bottom = Draw(column, row + 1) * (1 - right) + Draw(column + 1, row + 1) * right;
        return top * (1 - below) + bottom * below;
    }

    private float Draw(int column, int row) => (DeterministicRandom.Hash(seed, column, row) >> 40) / (float)(1 << 23) - 1;

    private static float Smooth(float share) => share * share * (3 - 2 * share);
}
