namespace OpenFX.Raw;

/// <summary>One argument behind the <c>...</c> of a C function: an <c>int</c>, a <c>double</c> or a pointer.</summary>
public readonly unsafe struct VariadicValue
{
    private VariadicValue(nint bits, bool isDouble)
    {
        Bits = bits;
        IsDouble = isDouble;
    }

    /// <summary>The argument's 64 bits; an <c>int</c> is sign-extended.</summary>
    public nint Bits { get; }

    /// <summary>Whether C passes it as a <c>double</c>.</summary>
    public bool IsDouble { get; }

    /// <summary>The argument as a <c>double</c>; only where <see cref="IsDouble"/>.</summary>
    public double Number => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>An <c>int</c>.</summary>
    public static VariadicValue From(int value) => new(value, false);

    /// <summary>A <c>double</c>.</summary>
    public static VariadicValue From(double value) => new((nint)BitConverter.DoubleToInt64Bits(value), true);

    /// <summary>A pointer.</summary>
    public static VariadicValue From(void* value) => new((nint)value, false);
}
