using System.Runtime.InteropServices;

namespace RunwayFX.Inference.Sessions;

/// <summary>A dense array in memory that both C# and the runtime see: what is written here is what a run reads, without a copy.</summary>
/// <remarks>Row-major; the memory is the tensor's own, aligned to 64 bytes and zero at first. Not thread-safe. Dispose it after every binding that
/// names it.</remarks>
public sealed unsafe class Tensor : IDisposable
{
    /// <summary>Most dimensions.</summary>
    public const int RankMax = 8;

    /// <summary>Most bytes of one tensor: what a span can reach.</summary>
    public const long BytesMax = int.MaxValue;

    private const nuint Alignment = 64;

    private readonly OnnxRuntime _runtime;
    private readonly long[] _shape;
    private void* _data;

    /// <summary>Creates a tensor of zeros.</summary>
    /// <exception cref="InferenceException">The shape is too large.</exception>
    public Tensor(OnnxRuntime runtime, ElementType type, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _runtime = runtime;
        _shape = shape.ToArray();
        Type = type;
        long length = Count(shape);
        ByteLength = checked((int)Math.Min(BytesMax, length * type.Bytes()));
        if (length * type.Bytes() > BytesMax)
            throw new InferenceException(InferenceError.SettingUnsupported, $"a tensor of {Describe(shape)} {type} is over {BytesMax} bytes");
        Length = (int)length;
        nuint bytes = (nuint)Math.Max(ByteLength, 1);
        _data = NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(_data, bytes);
        nint value;
        fixed (long* dimensions = _shape)
        {
            nint status = runtime.Api.CreateTensorWithDataAsOrtValue(runtime.CpuMemory, _data, (nuint)ByteLength, dimensions, (nuint)_shape.Length, (int)type, &value);
            if (status != 0)
            {
                Free();
                throw runtime.Failure(status, $"creating a tensor of {Describe(shape)} {type}", InferenceError.RunFailed);
            }
        }

        Handle = value;
        GC.AddMemoryPressure(ByteLength + 1);
    }

    ~Tensor() => Release();

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Sizes, outermost first.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Bytes of all elements.</summary>
    public int ByteLength { get; }

    /// <summary>The elements' memory.</summary>
    public Span<byte> Bytes => new(Data, ByteLength);

    internal nint Handle { get; private set; }

    private void* Data => _data is null ? throw new ObjectDisposedException(nameof(Tensor)) : _data;

    /// <summary>A tensor of zeros for a port of a model, in the port's type.</summary>
    /// <exception cref="InferenceException">The port is of a type that holds no numbers; the message names model and port.</exception>
    public static Tensor For(ModelSession session, TensorDescription port, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(port);
        return ElementConversion.Holds(port.Type) ? new Tensor(session.Runtime, port.Type, shape)
            : throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' port '{port.Name}': expected numbers {Describe(shape)}, found {port}");
    }

    /// <summary>A tensor with the numbers given, written in its element type.</summary>
    public static Tensor From(OnnxRuntime runtime, ElementType type, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        Tensor tensor = new(runtime, type, shape);
        tensor.Write(values);
        return tensor;
    }

    /// <summary>The elements as C# sees them; <typeparamref name="T"/> must have their size.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (sizeof(T) != Type.Bytes()) throw new ArgumentException($"An element of {Type} is no {typeof(T).Name}.");
        return new Span<T>(Data, Length);
    }

    /// <summary>Writes all numbers, rounded to the element type. Allocates nothing.</summary>
    public void Write(ReadOnlySpan<float> values) => ElementConversion.FromFloat(values, Bytes, Type);

    /// <summary>Reads all numbers. Allocates nothing.</summary>
    public void Read(Span<float> values) => ElementConversion.ToFloat(Bytes, values, Type);

    /// <summary>Writes whole numbers, token ids for instance, in the element type.</summary>
    public void Write(ReadOnlySpan<int> values)
    {
        if (values.Length != Length) throw new ArgumentException($"{values.Length} numbers do not fill a tensor of {Length}.", nameof(values));
        switch (Type)
        {
            case ElementType.Int32: values.CopyTo(AsSpan<int>()); break;
            case ElementType.Int64: for (int index = 0; index < values.Length; index++) AsSpan<long>()[index] = values[index]; break;
            default: for (int index = 0; index < values.Length; index++) ElementConversion.FromFloat([values[index]], Bytes.Slice(index * Type.Bytes(), Type.Bytes()), Type); break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_data is not null) GC.RemoveMemoryPressure(ByteLength + 1);
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>A shape as text, such as [1,4,64,64]; free dimensions stand as ?.</summary>
    internal static string Describe(ReadOnlySpan<long> shape)
    {
        string text = "[";
        for (int index = 0; index < shape.Length; index++) text += $"{(index > 0 ? "," : "")}{(shape[index] < 0 ? "?" : shape[index])}";
        return text + "]";
    }

    private static long Count(ReadOnlySpan<long> shape)
    {
        if (shape.Length > RankMax) throw new InferenceException(InferenceError.SettingUnsupported, $"a tensor of {shape.Length} dimensions is over {RankMax}");
        long length = 1;
        foreach (long side in shape)
        {
            if (side < 0) throw new ArgumentOutOfRangeException(nameof(shape), side, "a dimension is negative");
            if (side > 0 && length > BytesMax / side) throw new InferenceException(InferenceError.SettingUnsupported, $"a tensor of {Describe(shape)} is over {BytesMax} elements");
            length *= side;
        }

        return length;
    }

    private void Release()
    {
        if (Handle != 0) _runtime.Api.ReleaseValue(Handle);
        Handle = 0;
        Free();
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
