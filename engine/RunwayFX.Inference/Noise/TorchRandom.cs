namespace RunwayFX.Inference.Noise;

/// <summary>The random numbers of PyTorch's CPU generator, so that a seed gives the latents that other tools give.</summary>
/// <remarks>
/// MT19937 seeded with the low 32 bits of the seed. Uniform numbers take 24 bits of one draw. Normal numbers follow PyTorch's two ways: 16 numbers and
/// more are made in place by paired Box–Muller in blocks of 16 in single precision (the last block is drawn anew when the count is no multiple of 16);
/// fewer come one by one in double precision, two to a pair of 53-bit uniforms, and the second of a pair waits for the next short request.
/// A tensor must therefore be filled by one call: two calls of 8 are not one call of 16. The sequence follows PyTorch's; the last bit of a normal
/// number may differ from it, as it does between PyTorch's own builds, because logarithm and cosine are the platform's. Not thread-safe.
/// </remarks>
public sealed class TorchRandom
{
    private const int StateLength = 624;
    private const int StateOffset = 397;
    private const int Block = 16;
    private const int HalfBlock = Block / 2;
    private const float UniformStep = 1f / (1 << 24);
    private const double DoubleStep = 1.0 / (1L << 53);

    private readonly uint[] _state = new uint[StateLength];
    private int _next;
    private double _pending;
    private bool _hasPending;

    /// <summary>Creates a generator as <c>torch.Generator().manual_seed(seed)</c> does. Of the seed only the low 32 bits count.</summary>
    public TorchRandom(ulong seed) => Seed(seed);

    /// <summary>Starts over with another seed.</summary>
    public void Seed(ulong seed)
    {
        uint value = (uint)seed;
        _state[0] = value;
        for (int i = 1; i < StateLength; i++)
        {
            value = 1812433253u * (value ^ (value >> 30)) + (uint)i;
            _state[i] = value;
        }

        _next = StateLength;
        _hasPending = false;
    }

    /// <summary>Fills a tensor with uniform numbers in [0, 1), in memory order, as <c>torch.rand</c> does.</summary>
    public void FillUniform(Span<float> values)
    {
        foreach (ref float value in values) value = NextUniform();
    }

    /// <summary>Fills a whole tensor with standard normal numbers, in memory order, as <c>torch.randn</c> does.</summary>
    public void FillNormal(Span<float> values)
    {
        if (values.Length < Block)
        {
            foreach (ref float value in values) value = (float)NextNormal();
            return;
        }

        FillUniform(values);
        int whole = values.Length - values.Length % Block;
        for (int start = 0; start < whole; start += Block) ToNormal(values.Slice(start, Block));
        if (whole == values.Length) return;
        Span<float> last = values[^Block..];
        FillUniform(last);
        ToNormal(last);
    }

    /// <summary>32 random bits.</summary>
    internal uint NextBits()
    {
        if (_next == StateLength) Advance();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private static void ToNormal(Span<float> block)
    {
        for (int j = 0; j < HalfBlock; j++)
        {
            float radius = MathF.Sqrt(-2f * MathF.Log(1f - block[j]));
            float angle = 2f * MathF.PI * block[j + HalfBlock];
            block[j] = radius * MathF.Cos(angle);
            block[j + HalfBlock] = radius * MathF.Sin(angle);
        }
    }

    private float NextUniform() => (NextBits() & 0xff_ffff) * UniformStep;

    private double NextUniformDouble()
    {
        ulong high = NextBits();
        ulong bits = (high << 32) | NextBits();
        return (bits & ((1UL << 53) - 1)) * DoubleStep;
    }

    private double NextNormal()
    {
        if (_hasPending)
        {
            _hasPending = false;
            return _pending;
        }

        double angle = 2 * Math.PI * NextUniformDouble();
        double radius = Math.Sqrt(-2 * LogOfOneMinus(NextUniformDouble()));
        _pending = radius * Math.Sin(angle);
        _hasPending = true;
        return radius * Math.Cos(angle);
    }

    /// <summary>ln(1 − u) without losing the small u: the first terms of its series stand in where 1 − u would round.</summary>
    private static double LogOfOneMinus(double u) => u < 1e-5 ? -u * (1 + u * (0.5 + u * (1.0 / 3 + u * 0.25))) : Math.Log(1 - u);

    private void Advance()
    {
        for (int i = 0; i < StateLength; i++)
        {
            uint y = (_state[i] & 0x8000_0000u) | (_state[(i + 1) % StateLength] & 0x7fff_ffffu);
            uint next = _state[(i + StateOffset) % StateLength] ^ (y >> 1);
            _state[i] = (y & 1) != 0 ? next ^ 0x9908_b0dfu : next;
        }

        _next = 0;
    }
}
