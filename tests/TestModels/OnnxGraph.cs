using System.Runtime.InteropServices;

namespace RunwayFX.TestModels;

/// <summary>Numbers of ONNX's element types (<c>TensorProto.DataType</c>).</summary>
public enum OnnxType
{
    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>32-bit integer.</summary>
    Int32 = 6,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,

    /// <summary>Truth value.</summary>
    Bool = 9,

    /// <summary>16-bit float.</summary>
    Half = 10,

    /// <summary>Upper half of a 32-bit float.</summary>
    BFloat16 = 16,
}

/// <summary>Builds an ONNX graph node by node: enough of the format for the models that tests author.</summary>
/// <remarks>Field numbers follow the ONNX IR specification. Constants of <see cref="ElementType"/> are stored in that type, so one description gives a
/// model in 32-bit, 16-bit and bfloat16.</remarks>
public sealed class OnnxGraph(string name, OnnxType elementType = OnnxType.Float)
{
    private const int IrVersion = 8;

    private readonly List<ProtobufWriter> _nodes = [], _constants = [], _inputs = [], _outputs = [];
    private readonly MemoryStream _external = new();
    private int _count;

    /// <summary>Type of floating-point constants, and of ports declared with <see cref="Input(string, object[])"/>.</summary>
    public OnnxType ElementType { get; } = elementType;

    /// <summary>File name for the constants' data; null keeps them inside the model.</summary>
    public string? ExternalFile { get; init; }

    /// <summary>Where in <see cref="ExternalFile"/> the constants' data begins.</summary>
    public long ExternalStart { get; init; }

    /// <summary>The constants' data where <see cref="ExternalFile"/> names a file; it belongs at <see cref="ExternalStart"/>.</summary>
    public byte[] ExternalData => _external.ToArray();

    /// <summary>Declares an input of the graph's own type; sizes are numbers, or names where they are free.</summary>
    public string Input(string port, params object[] sizes) => Input(port, ElementType, sizes);

    /// <summary>Declares an input.</summary>
    public string Input(string port, OnnxType type, params object[] sizes)
    {
        _inputs.Add(Port(port, type, sizes));
        return port;
    }

    /// <summary>Declares an output of the graph's own type.</summary>
    public void Output(string port, params object[] sizes) => Output(port, ElementType, sizes);

    /// <summary>Declares an output.</summary>
    public void Output(string port, OnnxType type, params object[] sizes) => _outputs.Add(Port(port, type, sizes));

    /// <summary>A constant of the graph's own floating-point type.</summary>
    public string Constant(ReadOnlySpan<float> values, params long[] shape) => Weight($"c{_count++}", values, shape);

    /// <summary>A named constant of the graph's own floating-point type: one that a test replaces.</summary>
    public string Weight(string weight, ReadOnlySpan<float> values, params long[] shape) => Store(weight, ElementType, Encode(values, ElementType), shape);

    /// <summary>A constant of 32-bit floats whatever the graph's type.</summary>
    public string Float32(ReadOnlySpan<float> values, params long[] shape) => Store($"c{_count++}", OnnxType.Float, Encode(values, OnnxType.Float), shape);

    /// <summary>A named constant of 32-bit floats whatever the graph's type.</summary>
    public string Float32Weight(string weight, ReadOnlySpan<float> values, params long[] shape) => Store(weight, OnnxType.Float, Encode(values, OnnxType.Float), shape);

    /// <summary>A constant of whole numbers, as shapes and axes are.</summary>
    public string Integers(params long[] values) => Store($"c{_count++}", OnnxType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length], isInside: true);

    /// <summary>Name of the next node, such as exporters give it; null numbers it.</summary>
    public string? NextName { get; set; }

    /// <summary>Adds a node with one output.</summary>
    /// <returns>The output's name.</returns>
    public string Node(string operation, string[] inputs, string? output = null, params (string Name, object Value)[] attributes)
    {
        output ??= $"t{_count++}";
        NodeOf(operation, inputs, [output], attributes);
        return output;
    }

    /// <summary>Adds a node with several outputs.</summary>
    public void NodeOf(string operation, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        ProtobufWriter node = new();
        foreach (string input in inputs) node.Text(1, input);
        foreach (string output in outputs) node.Text(2, output);
        node.Text(3, NextName ?? $"{operation}_{_count++}").Text(4, operation);
        NextName = null;
        foreach ((string attribute, object value) in attributes) node.Message(5, Attribute(attribute, value));
        _nodes.Add(node);
    }

    /// <summary>The model's bytes.</summary>
    public byte[] ToModel(int opset = 17)
    {
        ProtobufWriter graph = new();
        foreach (ProtobufWriter node in _nodes) graph.Message(1, node);
        graph.Text(2, name);
        foreach (ProtobufWriter constant in _constants) graph.Message(5, constant);
        foreach (ProtobufWriter input in _inputs) graph.Message(11, input);
        foreach (ProtobufWriter output in _outputs) graph.Message(12, output);
        return new ProtobufWriter().Integer(1, IrVersion).Text(2, "RunwayFX.TestModels").Message(7, graph)
            .Message(8, new ProtobufWriter().Text(1, "").Integer(2, opset)).ToArray();
    }

    /// <summary>Floats in the bytes of a type.</summary>
    public static byte[] Encode(ReadOnlySpan<float> values, OnnxType type)
    {
        switch (type)
        {
            case OnnxType.Float: return MemoryMarshal.AsBytes(values).ToArray();
            case OnnxType.Half:
                Half[] halves = new Half[values.Length];
                for (int i = 0; i < halves.Length; i++) halves[i] = (Half)values[i];
                return MemoryMarshal.AsBytes(halves.AsSpan()).ToArray();
            case OnnxType.BFloat16:
                ushort[] upper = new ushort[values.Length];
                for (int i = 0; i < upper.Length; i++)
                {
                    uint bits = BitConverter.SingleToUInt32Bits(values[i]);
                    upper[i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
                }

                return MemoryMarshal.AsBytes(upper.AsSpan()).ToArray();
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "no floating-point type");
        }
    }

    private static ProtobufWriter Port(string port, OnnxType type, object[] sizes)
    {
        ProtobufWriter shape = new();
        foreach (object size in sizes)
            shape.Message(1, size is string symbol ? new ProtobufWriter().Text(2, symbol) : new ProtobufWriter().Integer(1, Convert.ToInt64(size, null)));
        ProtobufWriter tensor = new ProtobufWriter().Integer(1, (int)type).Message(2, shape);
        return new ProtobufWriter().Text(1, port).Message(2, new ProtobufWriter().Message(1, tensor));
    }

    private static ProtobufWriter Attribute(string attribute, object value)
    {
        ProtobufWriter written = new ProtobufWriter().Text(1, attribute);
        switch (value)
        {
            case int or long: return written.Integer(3, Convert.ToInt64(value, null)).Integer(20, 2);
            case float number: return written.Float(2, number).Integer(20, 1);
            case string text: return written.Text(4, text).Integer(20, 3);
            case long[] numbers:
                foreach (long number in numbers) written.Integer(8, number);
                return written.Integer(20, 7);
            default: throw new ArgumentException($"attribute {attribute} has a value of type {value.GetType()}", nameof(value));
        }
    }

    private string Store(string constant, OnnxType type, ReadOnlySpan<byte> data, long[] shape, bool isInside = false)
    {
        ProtobufWriter written = new();
        foreach (long size in shape) written.Integer(1, size);
        written.Integer(2, (int)type).Text(8, constant);
        if (ExternalFile is null || isInside)
        {
            written.Bytes(9, data);
        }
        else
        {
            long offset = ExternalStart + _external.Length;
            _external.Write(data);
            written.Message(13, Entry("location", ExternalFile)).Message(13, Entry("offset", $"{offset}")).Message(13, Entry("length", $"{data.Length}")).Integer(14, 1);
        }

        _constants.Add(written);
        return constant;

        static ProtobufWriter Entry(string key, string value) => new ProtobufWriter().Text(1, key).Text(2, value);
    }
}
