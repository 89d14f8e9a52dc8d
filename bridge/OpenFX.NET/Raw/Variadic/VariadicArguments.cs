namespace OpenFX.Raw;

/// <summary>Reads the arguments behind the <c>...</c> of a call that came from C, in order, as <c>va_arg</c> would.</summary>
/// <remarks>Valid only while the call lasts. The reader trusts the caller's types, as C does: asking for a double where an int was passed gives
/// nonsense. Past the last slot that was carried over it gives zero.</remarks>
public unsafe ref struct VariadicArguments
{
    /// <summary>Stack slots that are carried over for messages; texts with more arguments are cut there.</summary>
    public const int StackSlotsMax = 12;

    private readonly ReadOnlySpan<nint> _integers;
    private readonly ReadOnlySpan<double> _doubles;
    private readonly ReadOnlySpan<nint> _stack;
    private readonly bool _doublesAreBits;
    private int _integersRead;
    private int _doublesRead;
    private int _stackRead;

    /// <summary>System V: registers of two kinds, then the stack in common.</summary>
    internal VariadicArguments(ReadOnlySpan<nint> integers, ReadOnlySpan<double> doubles, ReadOnlySpan<nint> stack)
    {
        _integers = integers;
        _doubles = doubles;
        _stack = stack;
    }

    /// <summary>Windows x64 and Apple arm64: one row of 64-bit slots.</summary>
    internal VariadicArguments(ReadOnlySpan<nint> slots)
    {
        _integers = slots;
        _doublesAreBits = true;
    }

    /// <summary>Whether an integer or pointer is left.</summary>
    public readonly bool HasInteger => _integersRead < _integers.Length || _stackRead < _stack.Length;

    /// <summary>Whether a double is left.</summary>
    public readonly bool HasDouble => _doublesAreBits ? HasInteger : _doublesRead < _doubles.Length || _stackRead < _stack.Length;

    /// <summary>The next argument as 64 bits.</summary>
    public nint NextInteger()
    {
        if (_integersRead < _integers.Length) return _integers[_integersRead++];
        return _stackRead < _stack.Length ? _stack[_stackRead++] : 0;
    }

    /// <summary>The next argument as a C <c>int</c>; the upper half of its slot is undefined and ignored.</summary>
    public int NextInt32() => unchecked((int)NextInteger());

    /// <summary>The next argument as a pointer.</summary>
    public void* NextPointer() => (void*)NextInteger();

    /// <summary>The next argument as a C <c>double</c> (or a <c>float</c>, which C widens).</summary>
    public double NextDouble()
    {
        if (_doublesAreBits) return BitConverter.Int64BitsToDouble(NextInteger());
        if (_doublesRead < _doubles.Length) return _doubles[_doublesRead++];
        return _stackRead < _stack.Length ? BitConverter.Int64BitsToDouble(_stack[_stackRead++]) : 0;
    }
}
