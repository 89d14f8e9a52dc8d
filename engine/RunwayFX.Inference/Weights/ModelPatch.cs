using System.Numerics.Tensors;
using RunwayFX.Inference.Sessions;
using Tensor = RunwayFX.Inference.Sessions.Tensor;

namespace RunwayFX.Inference.Weights;

/// <summary>A model whose weights are changed before it is loaded.</summary>
/// <remarks>Weights inside the file are changed in a copy of its bytes, those beside it are given to the runtime in place of the file's: both before the
/// runtime folds anything, so that no change is lost in silence.</remarks>
public sealed class ModelPatch
{
    private readonly string _path;
    private readonly IReadOnlyList<LoraChange> _changes;

    internal ModelPatch(string path, string key, IReadOnlyList<LoraChange> changes) => (_path, Key, _changes) = (path, key, changes);

    /// <summary>Tells this model from the same file with other changes.</summary>
    public string Key { get; }

    /// <summary>Changes that are made, for tests and logs.</summary>
    public int Count => _changes.Count;

    /// <summary>Loads the changed model.</summary>
    /// <exception cref="InferenceException">A change does not fit its layer, or the model cannot be loaded.</exception>
    public ModelSession Load(OnnxRuntime runtime, SessionSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (byte[] model, OnnxWeights weights) = ReadWeights(_path);
        Dictionary<string, float[]> sums = new(StringComparer.Ordinal);
        foreach (LoraChange change in _changes)
        {
            cancellation.ThrowIfCancellationRequested();
            OnnxLayer layer = weights.Layers.TryGetValue(change.Module, out OnnxLayer found) ? found
                : throw new InferenceException(InferenceError.ModelMismatch, $"'{_path}' lost its layer '{change.Module}' while it was loaded");
            if (!sums.TryGetValue(layer.Weight.Name, out float[]? sum)) sums[layer.Weight.Name] = sum = Values(model, layer.Weight);
            Add(change, layer, sum);
        }

        Dictionary<string, Tensor> external = new(settings.ExternalWeights.AsEnumerable(), StringComparer.Ordinal);
        foreach ((string name, float[] sum) in sums)
        {
            OnnxWeight weight = weights.Weights[name];
            if (weight.ExternalFile is null) ElementConversion.FromFloat(sum, model.AsSpan(weight.Start, (int)weight.Bytes), weight.Type);
            else external[name] = Tensor.From(runtime, weight.Type, sum, weight.Shape);
        }

        return ModelSession.Load(runtime, model, _path, settings with { ExternalWeights = external, ExternalDataFolder = Path.GetDirectoryName(Path.GetFullPath(_path)) }, cancellation);
    }

    /// <summary>A model's bytes, and where its weights lie.</summary>
    internal static (byte[] Model, OnnxWeights Weights) ReadWeights(string path)
    {
        try
        {
            byte[] model = File.ReadAllBytes(path);
            return (model, OnnxWeights.Read(model, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceError.ModelUnreadable, $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    private float[] Values(byte[] model, OnnxWeight weight)
    {
        if (!weight.Type.IsFloating()) throw Unfit(weight, $"has elements of {weight.Type}");
        long bytes = weight.Length * weight.Type.Bytes();
        if (bytes > Tensor.BytesMax) throw Unfit(weight, $"of {bytes} bytes is over {Tensor.BytesMax}");
        if (weight.ExternalFile is null && (weight.Start < 0 || weight.Bytes != bytes)) throw Unfit(weight, $"has {weight.Bytes} bytes, expected {bytes}");
        float[] values = new float[weight.Length];
        if (weight.ExternalFile is null)
        {
            ElementConversion.ToFloat(model.AsSpan(weight.Start, (int)bytes), values, weight.Type);
            return values;
        }

        byte[] data = new byte[bytes];
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, weight.ExternalFile);
        try
        {
            using FileStream file = File.OpenRead(path);
            if (weight.ExternalStart < 0 || weight.ExternalStart > file.Length - bytes || (weight.Bytes != 0 && weight.Bytes != bytes))
                throw Unfit(weight, $"lies at {weight.ExternalStart} of '{weight.ExternalFile}' with {weight.Bytes} bytes, expected {bytes} within {file.Length}");
            file.Position = weight.ExternalStart;
            file.ReadExactly(data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceError.ModelUnreadable, $"'{path}', which holds '{weight.Name}' of '{_path}', cannot be read: {e.Message}", e);
        }

        ElementConversion.ToFloat(data, values, weight.Type);
        return values;
    }

    /// <summary>Adds factor · up·down, as linear layers (out, in) or convolutions (out, in, k, k) hold it.</summary>
    private static void Add(LoraChange change, OnnxLayer layer, float[] sum)
    {
        IReadOnlyList<long> down = change.File.Entries[change.Down].Shape, up = change.File.Entries[change.Up].Shape;
        long[] shape = layer.Weight.Shape;
        int rank = (int)down[0], from = (int)(layer.IsTransposed ? shape[0] : shape.Skip(1).Aggregate(1L, (a, b) => a * b)), to = (int)(layer.IsTransposed ? shape[1] : shape[0]);
        long downFrom = down.Skip(1).Aggregate(1L, (a, b) => a * b), upRank = up.Skip(1).Aggregate(1L, (a, b) => a * b);
        if (shape.Length is not (2 or 4) || up.Count < 2 || down.Count < 2 || downFrom != from || up[0] != to || upRank != rank)
        {
            throw new InferenceException(InferenceError.ModelMismatch,
                $"LoRA '{change.File.Path}': '{change.Up}' {Tensor.Describe([.. up])} times '{change.Down}' {Tensor.Describe([.. down])} does not fit '{layer.Weight.Name}' {Tensor.Describe(shape)}");
        }

        float[] left = change.File.Values(change.Up), right = change.File.Values(change.Down);
        // Rows of the weight are outputs, or inputs where it is transposed; each is a sum of rank rows of the other factor.
        (float[] factors, float[] rows, int count, int width) = layer.IsTransposed ? (Turn(right, rank, from), Turn(left, to, rank), from, to) : (left, right, to, from);
        for (int row = 0; row < count; row++)
        {
            Span<float> target = sum.AsSpan(row * width, width);
            for (int r = 0; r < rank; r++) TensorPrimitives.MultiplyAdd(rows.AsSpan(r * width, width), change.Factor * factors[row * rank + r], target, target);
        }
    }

    private static float[] Turn(float[] values, int rows, int columns)
    {
        float[] turned = new float[values.Length];
        for (int i = 0; i < values.Length; i++) turned[i % columns * rows + i / columns] = values[i];
        return turned;
    }

    private InferenceException Unfit(OnnxWeight weight, string what) => new(InferenceError.ModelMismatch, $"'{_path}' weight '{weight.Name}' {what}");
}
