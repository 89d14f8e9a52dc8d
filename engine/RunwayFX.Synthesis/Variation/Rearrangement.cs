using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Variation;

/// <summary>A first guess at a new layout: the source carried along by a random flow that neither spreads nor gathers, so that everything keeps the share
/// of the picture that it had.</summary>
/// <remarks>The flow is the curl of smooth noise, the same in every frame: what stands still goes on standing still. Places outside the source are
/// mirrored in. Depends on size, seed and distance alone.</remarks>
internal sealed class Rearrangement
{
    /// <summary>The noise's cell, in heights of the frame.</summary>
    private const double CellShare = 0.5;

    private const int Steps = 8, CellsMax = 64;

    private readonly int _width;
    private readonly int _height;
    private readonly double _cell;
    private readonly ulong _seed;
    private readonly double[] _noise = new double[CellsMax * CellsMax];

    /// <param name="width">Columns of a frame.</param>
    /// <param name="height">Rows of a frame.</param>
    /// <param name="seed">Draws.</param>
    public Rearrangement(int width, int height, ulong seed)
    {
        (_width, _height, _seed) = (width, height, seed);
        _cell = Math.Max(Math.Max(CellShare * Math.Min(width, height), Math.Max(width, height) / (CellsMax - 4.0)), 2);
        for (int i = 0; i < _noise.Length; i++) _noise[i] = Normal(i);
    }

    /// <summary>For each pixel of a frame the pixel (row · width + column) that comes to lie there.</summary>
    /// <param name="distance">Root mean square of the way, in pixels.</param>
    public int[] Map(double distance)
    {
        int[] map = new int[_width * _height];
        double sum = 0;
        for (int i = 0; i < map.Length; i++)
        {
            (double x, double y) = Velocity(i % _width, i / _width);
            sum += x * x + y * y;
        }

        double step = sum > 0 ? distance / Math.Sqrt(sum / map.Length) / Steps : 0;
        for (int i = 0; i < map.Length; i++)
        {
            (double x, double y) = (i % _width, i / _width);
            for (int walked = 0; walked < Steps; walked++)
            {
                (double alongX, double alongY) = Velocity(x, y);
                (x, y) = (x + step * alongX, y + step * alongY);
            }

            map[i] = Inside((int)Math.Floor(y + 0.5), _height) * _width + Inside((int)Math.Floor(x + 0.5), _width);
        }

        return map;
    }

    /// <summary>Mirrors a coordinate in.</summary>
    private static int Inside(int at, int count)
    {
        if (count == 1) return 0;
        int period = 2 * count - 2, folded = Math.Abs(at) % period;
        return folded < count ? folded : period - folded;
    }

    private (double X, double Y) Velocity(double x, double y) =>
        (Potential(x, y + 0.5) - Potential(x, y - 0.5), Potential(x - 0.5, y) - Potential(x + 0.5, y));

    private double Potential(double x, double y)
    {
        double column = Math.Clamp(x / _cell + 1.5, 0, CellsMax - 1.001), row = Math.Clamp(y / _cell + 1.5, 0, CellsMax - 1.001);
        int left = (int)column, top = (int)row;
        double right = Smooth(column - left), bottom = Smooth(row - top);
        double above = At(left, top) * (1 - right) + At(left + 1, top) * right;
        double below = At(left, top + 1) * (1 - right) + At(left + 1, top + 1) * right;
        return above * (1 - bottom) + below * bottom;
    }

    private double At(int column, int row) => _noise[row * CellsMax + column];

    private static double Smooth(double share) => share * share * (3 - 2 * share);

    /// <summary>A nearly normal number: the sum of four even ones.</summary>
    private double Normal(int index)
    {
        ulong bits = DeterministicRandom.Hash(_seed, index, 3);
        return ((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)) / 65536.0 - 2;
    }
}
