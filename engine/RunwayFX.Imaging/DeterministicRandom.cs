using System.Runtime.CompilerServices;

namespace RunwayFX.Imaging;

/// <summary>Random numbers that depend on a seed and a counter only, never on the order or the thread in which they are asked for.</summary>
/// <remarks>SplitMix64's finaliser over a Weyl sequence. Statistical, not cryptographic. A value: pass it on, or derive one per pixel or tile with
/// <see cref="At"/>.</remarks>
public struct DeterministicRandom(ulong seed) : IEquatable<DeterministicRandom>
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;
    private ulong _state = Mix(seed + Step);

    /// <summary>An independent stream for a place, such as (iteration, y, x).</summary>
    public static DeterministicRandom At(ulong seed, int a, int b = 0, int c = 0) => new(Hash(seed, a, b, c));

    /// <summary>64 well-mixed bits of a seed and three numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ulong seed, int a, int b = 0, int c = 0)
    {
        ulong hash = Mix(seed + Step * (uint)a);
        hash = Mix(hash + Step + ((ulong)(uint)b << 32 | (uint)c));
        return hash;
    }

    /// <summary>The next 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextBits()
    {
        _state += Step;
        return Mix(_state);
    }

    /// <summary>A whole number in [0, count); the bias is below count / 2³².</summary>
    /// <param name="count">At least 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int count) => (int)((NextBits() >> 32) * (ulong)(uint)count >> 32);

    /// <summary>A whole number in [minimum, maximum].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Between(int minimum, int maximum) => minimum + Next(maximum - minimum + 1);

    /// <summary>A number in [0, 1) with 24 bits.</summary>
    public float NextSingle() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <inheritdoc/>
    public readonly bool Equals(DeterministicRandom other) => _state == other._state;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is DeterministicRandom other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => _state.GetHashCode();

    /// <summary>Whether both will give the same numbers.</summary>
    public static bool operator ==(DeterministicRandom left, DeterministicRandom right) => left.Equals(right);

    /// <summary>Whether both will give different numbers.</summary>
    public static bool operator !=(DeterministicRandom left, DeterministicRandom right) => !left.Equals(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ value >> 27) * 0x94D0_49BB_1331_11EB;
        return value ^ value >> 31;
    }
}
