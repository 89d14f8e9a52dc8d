using System.Numerics;
using System.Runtime.InteropServices;

namespace RunwayFX.Imaging;

/// <summary>Element-wise arithmetic on runs of values. Every element is computed on its own, so the vector width never shows in the result.</summary>
public static class PlaneMath
{
    /// <summary>destination[i] += source[i] × factor, with a rounding after each of the two operations.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> destination)
    {
        if (source.Length != destination.Length) throw new ArgumentException($"{source.Length} values do not go onto {destination.Length}.",
            nameof(source));
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(source);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(destination);
        for (int i = 0; i < from.Length; i++) to[i] += from[i] * factor;
        for (int i = from.Length * Vector<float>.Count; i < source.Length; i++) destination[i] += source[i] * factor;
    }
}
