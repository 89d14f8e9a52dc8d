namespace RunwayFX.Inference.Sessions;

/// <summary>Types of a tensor's elements; numbers as in ONNX (<c>TensorProto.DataType</c>) and in the runtime.</summary>
public enum ElementType
{
    /// <summary>Not a tensor, or unknown.</summary>
    Undefined = 0,

    /// <summary>32-bit IEEE.</summary>
    Float32 = 1,

    /// <summary>8 bits, 0–255.</summary>
    UInt8 = 2,

    /// <summary>8 bits, signed.</summary>
    Int8 = 3,

    /// <summary>32 bits, signed.</summary>
    Int32 = 6,

    /// <summary>64 bits, signed.</summary>
    Int64 = 7,

    /// <summary>A byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>16-bit IEEE (<see cref="Half"/>).</summary>
    Float16 = 10,

    /// <summary>64-bit IEEE.</summary>
    Float64 = 11,

    /// <summary>The upper half of a 32-bit IEEE number.</summary>
    BFloat16 = 16,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    /// <exception cref="InferenceException">The type is none that this room moves.</exception>
    public static int Bytes(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float64 or ElementType.Int64 => 8,
        _ => throw new InferenceException(InferenceError.ModelMismatch, $"tensors of element type {(int)type} are not supported"),
    };

    /// <summary>Whether a type holds fractions.</summary>
    public static bool IsFloating(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float64;
}
