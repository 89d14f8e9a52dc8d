namespace RunwayFX.Inference.Sessions;

/// <summary>An input or output as the model describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements; <see cref="ElementType.Undefined"/> where it is no tensor.</param>
/// <param name="Dimensions">Sizes; −1 where free.</param>
/// <param name="Symbols">Names of free sizes; empty where there is none.</param>
public sealed record TensorDescription(string Name, ElementType Type, IReadOnlyList<long> Dimensions, IReadOnlyList<string> Symbols)
{
    /// <summary>Count of dimensions.</summary>
    public int Rank => Dimensions.Count;

    /// <summary>Whether a shape fits: equal rank, and equal sizes wherever the model fixes them.</summary>
    public bool Accepts(ReadOnlySpan<long> shape)
    {
        if (shape.Length != Rank) return false;
        for (int index = 0; index < Rank; index++)
        {
            if (Dimensions[index] >= 0 && Dimensions[index] != shape[index]) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string> sizes = Dimensions.Select((size, index) => size >= 0 ? $"{size}" : Symbols[index].Length > 0 ? Symbols[index] : "?");
        return $"{Name} {Type}[{string.Join(",", sizes)}]";
    }
}
