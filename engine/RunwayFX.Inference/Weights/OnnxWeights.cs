using System.Globalization;
using System.Text;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Weights;

/// <summary>A weight of a model's file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Sizes, outermost first.</param>
internal sealed record OnnxWeight(string Name, ElementType Type, long[] Shape)
{
    /// <summary>First byte of its numbers in the model's file; −1 where they lie elsewhere.</summary>
    public int Start { get; init; } = -1;

    /// <summary>Bytes of its numbers.</summary>
    public long Bytes { get; init; }

    /// <summary>The file beside the model that holds its numbers.</summary>
    public string? ExternalFile { get; init; }

    /// <summary>First byte there.</summary>
    public long ExternalStart { get; init; }

    /// <summary>Elements; more than any tensor holds where the sizes are nonsense.</summary>
    public long Length => Shape.Aggregate(1L, (product, size) => size > 0 && product > Tensor.BytesMax / size ? Tensor.BytesMax + 1 : product * size);
}

/// <summary>A layer that a LoRA can change: a product with a weight.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="IsTransposed">Whether the weight has shape (in, out) instead of (out, in, …).</param>
internal readonly record struct OnnxLayer(OnnxWeight Weight, bool IsTransposed);

/// <summary>Finds weights and layers in a model's file, as far as it takes to change them. Nothing in the file is trusted.</summary>
internal sealed class OnnxWeights
{
    private const int NodesMax = 2_000_000;

    private readonly Dictionary<string, OnnxWeight> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxLayer> _layers = new(StringComparer.Ordinal);

    /// <summary>Weights by name.</summary>
    public IReadOnlyDictionary<string, OnnxWeight> Weights => _weights;

    /// <summary>Layers by the path of their module, with _ between its parts.</summary>
    public IReadOnlyDictionary<string, OnnxLayer> Layers => _layers;

    /// <summary>Reads a model.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="path">The file, for messages and for the folder of external data.</param>
    /// <exception cref="InferenceException">The file is damaged.</exception>
    public static OnnxWeights Read(ReadOnlySpan<byte> model, string path)
    {
        OnnxWeights result = new();
        try
        {
            ProtobufReader root = new(model);
            while (root.Next())
            {
                if (root.Field == 7) result.Graph(root.Bytes, root.Position, path);
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or DecoderFallbackException)
        {
            throw new InferenceException(InferenceError.ModelUnreadable, $"'{path}' is damaged: {e.Message}", e);
        }

        return result;
    }

    /// <summary>The path of a module with _ between its parts, however it was written.</summary>
    public static string Normal(string module) => module.Replace('.', '_').Replace('/', '_').Trim('_');

    private void Graph(ReadOnlySpan<byte> graph, int origin, string path)
    {
        ProtobufReader reader = new(graph, origin);
        while (reader.Next())
        {
            if (reader.Field == 5 && Weight(reader.Bytes, reader.Position, path) is { } weight) _weights[weight.Name] = weight;
        }

        Dictionary<string, string> turned = new(StringComparer.Ordinal);
        int nodes = 0;
        reader = new(graph, origin);
        while (reader.Next())
        {
            if (reader.Field != 1) continue;
            if (++nodes > NodesMax) throw new FormatException($"more than {NodesMax} nodes");
            Node(reader.Bytes, turned);
        }
    }

    private static OnnxWeight? Weight(ReadOnlySpan<byte> tensor, int origin, string path)
    {
        List<long> shape = [];
        (string name, int type, int start, long bytes) = ("", 0, -1, 0);
        (string? file, long at, long length) = (null, 0, 0);
        ProtobufReader reader = new(tensor, origin);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when reader.Bytes.IsEmpty: shape.Add((long)reader.Number); break;
                case 1: shape.AddRange(Packed(reader.Bytes)); break;
                case 2: type = (int)Math.Min(reader.Number, int.MaxValue); break;
                case 4 or 9: (start, bytes) = (reader.Position, reader.Bytes.Length); break;
                case 8: name = Encoding.UTF8.GetString(reader.Bytes); break;
                case 13:
                    (string key, string value) = Pair(reader.Bytes);
                    if (key == "location") file = value;
                    else if (key == "offset") at = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    else if (key == "length") length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
            }
        }

        if (shape.Count > Tensor.RankMax || shape.Any(size => size < 0) || name.Length == 0) return null;
        if (file is not null && (Path.IsPathRooted(file) || file.Split('/', '\\').Contains("..")))
            throw new FormatException($"weight '{name}' of '{path}' lies outside its folder: '{file}'");
        return new OnnxWeight(name, (ElementType)type, [.. shape]) { Start = file is null ? start : -1, Bytes = file is null ? bytes : length, ExternalFile = file, ExternalStart = at };
    }

    private static List<long> Packed(ReadOnlySpan<byte> bytes)
    {
        List<long> numbers = [];
        ulong value = 0;
        int shift = 0;
        foreach (byte next in bytes)
        {
            if (shift > 63) throw new FormatException("a size of more than ten bytes");
            value |= (ulong)(next & 127) << shift;
            shift += 7;
            if (next >= 128) continue;
            numbers.Add((long)value);
            (value, shift) = (0, 0);
        }

        return numbers;
    }

    private static (string Key, string Value) Pair(ReadOnlySpan<byte> entry)
    {
        (string key, string value) = ("", "");
        ProtobufReader reader = new(entry);
        while (reader.Next())
        {
            if (reader.Field == 1) key = Encoding.UTF8.GetString(reader.Bytes);
            else if (reader.Field == 2) value = Encoding.UTF8.GetString(reader.Bytes);
        }

        return (key, value);
    }

    private void Node(ReadOnlySpan<byte> node, Dictionary<string, string> turned)
    {
        List<string> inputs = [], outputs = [];
        (string name, string operation, bool turnsB) = ("", "", false);
        ProtobufReader reader = new(node);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: inputs.Add(Encoding.UTF8.GetString(reader.Bytes)); break;
                case 2: outputs.Add(Encoding.UTF8.GetString(reader.Bytes)); break;
                case 3: name = Encoding.UTF8.GetString(reader.Bytes); break;
                case 4: operation = Encoding.UTF8.GetString(reader.Bytes); break;
                case 5: turnsB |= IsSet(reader.Bytes, "transB"u8); break;
            }
        }

        if (operation == "Transpose" && inputs.Count == 1 && outputs.Count == 1 && _weights.TryGetValue(inputs[0], out OnnxWeight? source) && source.Shape.Length == 2)
            turned[outputs[0]] = inputs[0];
        if (operation is not ("MatMul" or "Gemm" or "Conv") || inputs.Count < 2) return;
        bool isTurned = turned.TryGetValue(inputs[1], out string? original);
        if (!_weights.TryGetValue(original ?? inputs[1], out OnnxWeight? weight)) return;
        OnnxLayer layer = new(weight, IsTransposed: operation == "MatMul" ? !isTurned : operation == "Gemm" && turnsB == isTurned);
        foreach (string module in new[] { ModuleOfNode(name, operation), ModuleOfWeight(weight.Name) })
        {
            if (module.Length > 0) _layers.TryAdd(module, layer);
        }
    }

    /// <summary>/down_blocks.0/attentions.0/to_q/MatMul_1 names the module down_blocks_0_attentions_0_to_q.</summary>
    private static string ModuleOfNode(string node, string operation)
    {
        int at = node.LastIndexOf($"/{operation}", StringComparison.Ordinal);
        return at > 0 ? Normal(node[..at]) : "";
    }

    private static string ModuleOfWeight(string weight)
    {
        const string Suffix = ".weight";
        return weight.EndsWith(Suffix, StringComparison.Ordinal) ? Normal(weight[..^Suffix.Length]) : "";
    }

    private static bool IsSet(ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> wanted)
    {
        bool isNamed = false, isSet = false;
        ProtobufReader reader = new(attribute);
        while (reader.Next())
        {
            if (reader.Field == 1) isNamed = reader.Bytes.SequenceEqual(wanted);
            else if (reader.Field == 3) isSet = reader.Number != 0;
        }

        return isNamed && isSet;
    }
}
