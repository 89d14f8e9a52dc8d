using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace RunwayFX.TestModels;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>The file's bytes.</summary>
    public static byte[] Write(IEnumerable<(string Name, float[] Values, long[] Shape)> tensors, OnnxType type = OnnxType.Float)
    {
        MemoryStream data = new();
        Dictionary<string, object> header = new() { ["__metadata__"] = new Dictionary<string, string> { ["format"] = "pt" } };
        string dtype = type switch { OnnxType.Half => "F16", OnnxType.BFloat16 => "BF16", _ => "F32" };
        foreach ((string name, float[] values, long[] shape) in tensors)
        {
            long start = data.Length;
            data.Write(OnnxGraph.Encode(values, type));
            header[name] = new Dictionary<string, object> { ["dtype"] = dtype, ["shape"] = shape, ["data_offsets"] = new[] { start, data.Length } };
        }

        return Join(JsonSerializer.Serialize(header), data.ToArray());
    }

    /// <summary>A file of any header.</summary>
    public static byte[] Join(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
