using System.Numerics;
using System.Runtime.InteropServices;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Weighted sums of latents. The destination may be one of the operands; nothing is allocated.</summary>
internal static class LatentMath
{
    /// <summary>destination = a·x.</summary>
    public static void Scale(Span<float> destination, double a, ReadOnlySpan<float> x)
    {
        float fa = (float)a;
        Span<Vector<float>> vd = Vectors(destination);
        ReadOnlySpan<Vector<float>> vx = Vectors(x);
        for (int i = 0; i < vd.Length; i++) vd[i] = vx[i] * fa;
        for (int i = vd.Length * Vector<float>.Count; i < destination.Length; i++) destination[i] = x[i] * fa;
    }

    /// <summary>destination = a·x + b·y.</summary>
    public static void Combine(Span<float> destination, double a, ReadOnlySpan<float> x, double b, ReadOnlySpan<float> y)
    {
        var (fa, fb) = ((float)a, (float)b);
        Span<Vector<float>> vd = Vectors(destination);
        ReadOnlySpan<Vector<float>> vx = Vectors(x);
        ReadOnlySpan<Vector<float>> vy = Vectors(y);
        for (int i = 0; i < vd.Length; i++) vd[i] = vx[i] * fa + vy[i] * fb;
        for (int i = vd.Length * Vector<float>.Count; i < destination.Length; i++) destination[i] = x[i] * fa + y[i] * fb;
    }

    /// <summary>destination = a·x + b·y + c·z.</summary>
    public static void Combine(Span<float> destination, double a, ReadOnlySpan<float> x, double b, ReadOnlySpan<float> y, double c, ReadOnlySpan<float> z)
    {
        var (fa, fb, fc) = ((float)a, (float)b, (float)c);
        Span<Vector<float>> vd = Vectors(destination);
        ReadOnlySpan<Vector<float>> vx = Vectors(x);
        ReadOnlySpan<Vector<float>> vy = Vectors(y);
        ReadOnlySpan<Vector<float>> vz = Vectors(z);
        for (int i = 0; i < vd.Length; i++) vd[i] = vx[i] * fa + vy[i] * fb + vz[i] * fc;
        for (int i = vd.Length * Vector<float>.Count; i < destination.Length; i++) destination[i] = x[i] * fa + y[i] * fb + z[i] * fc;
    }

    /// <summary>destination += a·x.</summary>
    public static void Add(Span<float> destination, double a, ReadOnlySpan<float> x) => Combine(destination, 1, destination, a, x);

    /// <summary>Limits every value to −limit..limit.</summary>
    public static void Clamp(Span<float> values, float limit)
    {
        foreach (ref float value in values) value = Math.Clamp(value, -limit, limit);
    }

    private static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);
}
