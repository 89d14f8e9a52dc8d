using System.Buffers.Binary;
using System.Text.Json;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Weights;

/// <summary>A tensor in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements; <see cref="ElementType.Undefined"/> where this version reads none of them.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Start">First byte in the file.</param>
/// <param name="Bytes">Count of bytes.</param>
public sealed record SafetensorsEntry(string Name, ElementType Type, IReadOnlyList<long> Shape, long Start, long Bytes);

/// <summary>Reads safetensors files, the form in which LoRAs are given away: a JSON header, then the numbers. Nothing in the file is trusted.</summary>
public sealed class SafetensorsFile
{
    /// <summary>Longest header that is read.</summary>
    public const int HeaderBytesMax = 64 << 20;

    /// <summary>Most tensors of a file.</summary>
    public const int EntriesMax = 200_000;

    private const int LengthBytes = 8, DepthMax = 8;

    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);

    private SafetensorsFile(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>Reads a file's header.</summary>
    /// <exception cref="InferenceException">The file is missing or no safetensors file; the message names what is wrong.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceError.ModelUnreadable, $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads the header at the beginning of a stream that can say how long it is.</summary>
    /// <exception cref="InferenceException">It is no safetensors file.</exception>
    internal static SafetensorsFile Read(Stream stream, string path)
    {
        SafetensorsFile file = new(path);
        try
        {
            Span<byte> prefix = stackalloc byte[LengthBytes];
            if (stream.ReadAtLeast(prefix, LengthBytes, throwOnEndOfStream: false) < LengthBytes) throw file.Broken($"{stream.Length} bytes are too few for a header");
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (length > HeaderBytesMax) throw file.Broken($"a header of {length} bytes is over {HeaderBytesMax}");
            if ((long)length > stream.Length - LengthBytes) throw file.Broken($"a header of {length} bytes does not fit into a file of {stream.Length}");
            byte[] header = new byte[length];
            stream.ReadExactly(header);
            file.Read(header, LengthBytes + (long)length, stream.Length);
            return file;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException) // The last: a string that is no UTF-8.
        {
            throw file.Broken($"its header is no JSON of tensors: {e.Message}");
        }
    }

    /// <summary>The numbers of a tensor.</summary>
    /// <exception cref="InferenceException">There is no such tensor, it is of a type that is not read, or the file changed meanwhile.</exception>
    public float[] Values(string name)
    {
        SafetensorsEntry entry = _entries.TryGetValue(name, out SafetensorsEntry? found) ? found : throw Broken($"it has no tensor '{name}'");
        if (!entry.Type.IsFloating()) throw Broken($"tensor '{name}' has a type that is not read");
        byte[] bytes = new byte[checked((int)entry.Bytes)];
        try
        {
            using FileStream stream = File.OpenRead(Path);
            stream.Position = entry.Start;
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceError.ModelUnreadable, $"'{Path}' cannot be read: {e.Message}", e);
        }

        float[] values = new float[bytes.Length / entry.Type.Bytes()];
        ElementConversion.ToFloat(bytes, values, entry.Type);
        return values;
    }

    private void Read(byte[] header, long dataStart, long fileLength)
    {
        using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = DepthMax });
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw Broken("its header is no object");
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Name == "__metadata__") continue;
            if (_entries.Count == EntriesMax) throw Broken($"it has more than {EntriesMax} tensors");
            if (!_entries.TryAdd(property.Name, Entry(property.Name, property.Value, dataStart, fileLength))) throw Broken($"tensor '{property.Name}' stands twice");
        }

        long end = dataStart;
        foreach (SafetensorsEntry entry in _entries.Values.OrderBy(entry => entry.Start).ThenBy(entry => entry.Bytes))
        {
            if (entry.Start < end) throw Broken($"tensor '{entry.Name}' lies over another");
            end = entry.Start + entry.Bytes;
        }
    }

    private SafetensorsEntry Entry(string name, JsonElement value, long dataStart, long fileLength)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() > Tensor.RankMax
            || !value.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
        {
            throw Broken($"tensor '{name}' has no dtype, shape of at most {Tensor.RankMax} sizes and two data_offsets");
        }

        long start = Whole(name, offsets[0]), end = Whole(name, offsets[1]), count = 1;
        long[] sizes = [.. shape.EnumerateArray().Select(size => Whole(name, size))];
        if (start > end || end > fileLength - dataStart) throw Broken($"tensor '{name}' lies at {start}..{end} of {fileLength - dataStart} bytes");
        foreach (long size in sizes)
        {
            if (size > 0 && count > int.MaxValue / size) throw Broken($"tensor '{name}' of {Tensor.Describe(sizes)} is over {int.MaxValue} elements");
            count *= size;
        }

        (ElementType type, int each) = dtype.GetString() switch
        {
            "F64" => (ElementType.Float64, 8), "F32" => (ElementType.Float32, 4), "F16" => (ElementType.Float16, 2), "BF16" => (ElementType.BFloat16, 2),
            "I64" => (ElementType.Int64, 8), "I32" => (ElementType.Int32, 4), "U8" => (ElementType.UInt8, 1), "I8" => (ElementType.Int8, 1), "BOOL" => (ElementType.Bool, 1),
            _ => (ElementType.Undefined, 0),
        };
        if (each > 0 && count * each != end - start) throw Broken($"tensor '{name}' of {Tensor.Describe(sizes)} {dtype} takes {count * each} bytes and has {end - start}");
        return new SafetensorsEntry(name, type, sizes, dataStart + start, end - start);
    }

    private long Whole(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 ? number
        : throw Broken($"tensor '{name}' has a size or offset of {value}");

    private InferenceException Broken(string what) => new(InferenceError.PackageBroken, $"'{Path}' is no safetensors file: {what}");
}
