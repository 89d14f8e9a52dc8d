using System.Runtime.Intrinsics;

namespace RunwayFX.Synthesis.Completion;

/// <summary>A smooth correction u over the holes of a mask, four values a pixel: it minimises Σ (u(q) − u(p) − step(p, q))² + u² / width² over
/// neighbouring pixels, with u given at known
/// pixels.</summary>
/// <remarks>A screened Poisson equation, solved by red-black relaxation in a fixed order: same bits for any number of threads.</remarks>
internal sealed class Membrane
{
    private const int SweepsMax = 96;

    private const float OverRelaxationMax = 1.94f;

    private readonly int _width;
    private readonly int _height;
    private readonly HoleMask _mask;
    private readonly float _screening;
    private readonly float _overRelaxation;
    private readonly int _sweeps;
    private readonly ParallelOptions _parallel;

    /// <summary>A membrane without steps that is 0 everywhere.</summary>
    /// <param name="mask">The holes.</param>
    /// <param name="width">Distance over which a correction fades, pixels, above 0.</param>
    /// <param name="threadsMax">Most threads used.</param>
    public Membrane(HoleMask mask, double width, int threadsMax)
    {
        (_width, _height, _mask, _screening) = (mask.Width, mask.Height, mask, (float)(1 / (width * width)));
        _sweeps = Math.Clamp((int)(3 * width), 16, SweepsMax);

        // Near the best value for so wide a correction: with a smaller one it would end long before its width.
        _overRelaxation = (float)Math.Min(OverRelaxationMax, 2 / (1 + 1 / width));
        _parallel = new() { MaxDegreeOfParallelism = threadsMax };
        Correction = new Vector128<float>[_width * _height];
        Steps = new Vector128<float>[_width * _height];
    }

    /// <summary>The correction: given at known pixels, solved for in holes.</summary>
    public Vector128<float>[] Correction { get; }

    /// <summary>Per hole pixel, the sum over its neighbours of how much the correction has to rise towards them.</summary>
    public Vector128<float>[] Steps { get; }

    /// <summary>Solves for the correction in the holes.</summary>
    public void Solve(CancellationToken cancellation)
    {
        for (int sweep = 0; sweep < 2 * _sweeps; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            int odd = sweep & 1;
            Parallel.For(0, _height, _parallel, y => SweepRow(y, odd));
        }
    }

    /// <summary>Replaces the correction in the holes by its mean over a square around each pixel, as far as that lies in the holes: for pieces that fade into
    /// each other over such a square.</summary>
    /// <param name="radius">Half the square's side.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public void Soften(int radius, CancellationToken cancellation)
    {
        Vector128<float>[] before = [.. Correction];
        Parallel.For(0, _height, _parallel, y =>
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < _width; x++)
            {
                if (!_mask[x, y]) continue;
                Vector128<float> sum = Vector128<float>.Zero;
                int count = 0;
                for (int v = Math.Max(0, y - radius); v <= Math.Min(_height - 1, y + radius); v++)
                {
                    for (int u = Math.Max(0, x - radius); u <= Math.Min(_width - 1, x + radius); u++)
                    {
                        if (!_mask[u, v]) continue;
                        (sum, count) = (sum + before[v * _width + u], count + 1);
                    }
                }

                Correction[y * _width + x] = sum / count;
            }
        });
    }

    private void SweepRow(int y, int odd)
    {
        ReadOnlySpan<bool> holes = _mask.Holes.Slice(y * _width, _width);
        for (int x = (y + odd) & 1; x < _width; x += 2)
        {
            if (!holes[x]) continue;
            int p = y * _width + x;
            Vector128<float> sum = -Steps[p];
            float degree = _screening;
            if (x > 0) (sum, degree) = (sum + Correction[p - 1], degree + 1);
            if (x < _width - 1) (sum, degree) = (sum + Correction[p + 1], degree + 1);
            if (y > 0) (sum, degree) = (sum + Correction[p - _width], degree + 1);
            if (y < _height - 1) (sum, degree) = (sum + Correction[p + _width], degree + 1);
            Correction[p] += (sum / degree - Correction[p]) * _overRelaxation;
        }
    }
}
