namespace RunwayFX.Bridge;

/// <summary>Copies pixels from one layout to another in a single pass over memory: depth, order of components and direction of rows change on the
/// way.</summary>
/// <remarks>Pixels of different depth go through a tile that stays in the first-level cache. Allocates nothing.</remarks>
internal readonly unsafe struct PixelConverter
{
    private const int TilePixels = 64;
    private const int ComponentsMax = 4;
    private const int BlockBytes = 16;

    private readonly HostLayout _from;
    private readonly HostLayout _to;
    private readonly uint _positions;
    private readonly bool _isReordered;
    private readonly int _components;

    /// <summary>Prepares the way between two layouts.</summary>
    /// <exception cref="ArgumentException">One is none of ours, or they have different components.</exception>
    public PixelConverter(HostLayout from, HostLayout to)
    {
        if (!from.IsKnown || !to.IsKnown || from.Components != to.Components) throw new ArgumentException($"there is no way from {from} to {to}");
        _from = from;
        _to = to;
        _components = from.PixelBytes / from.ComponentBytes;
        for (int component = 0; component < _components; component++)
        {
            int source = from.PositionOf(component), target = to.PositionOf(component);
            _positions |= (uint)source << 8 * target;
            _isReordered |= source != target;
        }
    }

    /// <summary>Converts a picture; each row pointer is that of the first row, and its row bytes (of either sign) lead to the next.</summary>
    public void Run(byte* from, long fromRowBytes, byte* to, long toRowBytes, int width, int height)
    {
        bool hasSameDepth = _from.Depth == _to.Depth;
        if (hasSameDepth && !_isReordered)
        {
            PixelTransfer.CopyRows(from, fromRowBytes, to, toRowBytes, (long)width * _from.PixelBytes, height);
            return;
        }

        if (fromRowBytes < 0)
        {
            // What is read runs upwards in memory, for the processor fetches ahead in that direction.
            from += (height - 1) * fromRowBytes;
            to += (height - 1) * toRowBytes;
            fromRowBytes = -fromRowBytes;
            toRowBytes = -toRowBytes;
        }

        bool isStreamed = (long)width * height * _to.PixelBytes >= PixelTransfer.StreamBytesMin;
        for (int y = 0; y < height; y++, from += fromRowBytes, to += toRowBytes)
        {
            if (hasSameDepth) Reorder(from, to, width, isStreamed && ((nint)to & (BlockBytes - 1)) == 0);
            else ConvertRow(from, to, width);
        }

        if (isStreamed) PixelTransfer.Fence();
    }

    private int SourceOf(int target) => (int)(_positions >> 8 * target & 0xFF);

    private void ConvertRow(byte* from, byte* to, int width)
    {
        byte* reordered = stackalloc byte[TilePixels * ComponentsMax * sizeof(float)];
        float* values = stackalloc float[TilePixels * ComponentsMax];
        for (int left = width; left > 0; left -= TilePixels)
        {
            int pixels = Math.Min(left, TilePixels), count = pixels * _components;
            byte* source = from;
            if (_isReordered)
            {
                Reorder(from, reordered, pixels, isStreamed: false);
                source = reordered;
            }

            ComponentCodec.Decode(source, _from.Depth, values, count);
            ComponentCodec.Encode(values, to, _to.Depth, count);
            from += pixels * _from.PixelBytes;
            to += pixels * _to.PixelBytes;
        }
    }

    private void Reorder(byte* from, byte* to, int width, bool isStreamed)
    {
        int component = _from.ComponentBytes, pixel = _from.PixelBytes;
        if (_components == ComponentsMax)
        {
            ComponentReorder.Run(from, to, (long)width * pixel, component, _positions, isStreamed);
            return;
        }

        byte* end = to + (long)width * pixel;
        for (; to < end; from += pixel, to += pixel)
        {
            for (int target = 0; target < _components; target++)
            {
                byte* source = from + SourceOf(target) * component;
                for (int index = 0; index < component; index++) to[target * component + index] = source[index];
            }
        }
    }
}
