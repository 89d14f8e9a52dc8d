namespace RunwayFX.Inference.Schedulers;

/// <summary>The latest tensors of a multistep method, in buffers that are used again.</summary>
internal sealed class OutputHistory(int capacity)
{
    private readonly float[][] _buffers = new float[capacity][];
    private int _newest;

    /// <summary>How many are kept, at most the capacity.</summary>
    public int Count { get; private set; }

    /// <summary>A tensor by age; 0 is the newest.</summary>
    public float[] this[int age] => age < Count
        ? _buffers[(_newest - age + capacity) % capacity]
        : throw new ArgumentOutOfRangeException(nameof(age), age, $"{Count} tensors are kept");

    /// <summary>Makes room for tensors of a length and forgets all.</summary>
    public void Resize(int length)
    {
        for (int i = 0; i < capacity; i++)
        {
            if (_buffers[i]?.Length != length) _buffers[i] = new float[length];
        }

        Clear();
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Count = 0;

    /// <summary>Keeps a copy as the newest; the oldest goes.</summary>
    public void Add(ReadOnlySpan<float> values) => values.CopyTo(Next());

    /// <summary>The newest, to be written.</summary>
    public Span<float> Next()
    {
        _newest = (_newest + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
        return _buffers[_newest];
    }
}
