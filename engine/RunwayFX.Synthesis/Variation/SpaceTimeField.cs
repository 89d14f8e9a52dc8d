using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Variation;

/// <summary>For every patch of a clip the place of a patch in another one. Patches are named by their first corner (least frame, row, column); a
/// place is packed as frame · 2²⁴ + row · 2¹² + column.</summary>
internal sealed class SpaceTimeField
{
    private const int RowShift = 12, FrameShift = 24, Mask = 0xFFF;

    public SpaceTimeField(int width, int height, int frames, PatchShape patch)
    {
        Patch = patch;
        (Width, Height, Frames) = (width - patch.Side + 1, height - patch.Side + 1, frames - patch.Frames + 1);
        Places = new int[Width * Height * Frames];
        Costs = new int[Places.Length];
    }

    public PatchShape Patch { get; }

    /// <summary>Columns of patches.</summary>
    public int Width { get; }

    /// <summary>Rows of patches.</summary>
    public int Height { get; }

    /// <summary>Frames of patches.</summary>
    public int Frames { get; }

    /// <summary>Packed places, in the order (frame, row, column).</summary>
    public int[] Places { get; }

    /// <summary>Distances to them.</summary>
    public int[] Costs { get; }

    public static int Pack(int frame, int row, int column) => frame << FrameShift | row << RowShift | column;

    public static (int Frame, int Row, int Column) Unpack(int place) => ((int)((uint)place >> FrameShift), place >> RowShift & Mask, place & Mask);

    /// <summary>A field for a larger clip that keeps this one's displacements, scaled.</summary>
    /// <param name="query">Clip that the new field belongs to.</param>
    /// <param name="keys">Clip that it points into.</param>
    /// <param name="patch">Its patch.</param>
    /// <param name="oldQuery">Size of the clip that this field belongs to.</param>
    /// <param name="oldKeys">Size of the clip that this field points into.</param>
    public SpaceTimeField Resize(SpaceTimeVolume query, SpaceTimeVolume keys, PatchShape patch, SpaceTimeVolume oldQuery, SpaceTimeVolume oldKeys)
    {
        SpaceTimeField result = new(query.Width, query.Height, query.Frames, patch);
        Axis columns = new(result.Width, Width, patch.Side, Patch.Side, query.Width, oldQuery.Width, keys.Width, oldKeys.Width);
        Axis rows = new(result.Height, Height, patch.Side, Patch.Side, query.Height, oldQuery.Height, keys.Height, oldKeys.Height);
        Axis frames = new(result.Frames, Frames, patch.Frames, Patch.Frames, query.Frames, oldQuery.Frames, keys.Frames, oldKeys.Frames);
        int index = 0;
        for (int t = 0; t < result.Frames; t++)
        {
            int fromT = frames.Old[t];
            for (int y = 0; y < result.Height; y++)
            {
                int fromRow = (fromT * Height + rows.Old[y]) * Width;
                for (int x = 0; x < result.Width; x++)
                {
                    (int frame, int row, int column) = Unpack(Places[fromRow + columns.Old[x]]);
                    result.Places[index++] = Pack(frames.Map(t, frame), rows.Map(y, row), columns.Map(x, column));
                }
            }
        }

        return result;
    }

    /// <summary>One axis of a change of size. Positions are those of patch centres, so that patches of different sizes stay in place.</summary>
    private sealed class Axis
    {
        private readonly double _keyRatio;
        private readonly double[] _fraction;
        private readonly double _centre;
        private readonly double _oldCentre;
        private readonly int _last;

        public Axis(int count, int oldCount, int side, int oldSide, int query, int oldQuery, int keys, int oldKeys)
        {
            _keyRatio = (double)keys / oldKeys;
            _centre = side * 0.5;
            _oldCentre = oldSide * 0.5;
            _last = keys - side;
            Old = new int[count];
            _fraction = new double[count];
            double queryRatio = (double)oldQuery / query;
            for (int i = 0; i < count; i++)
            {
                double wanted = (i + _centre) * queryRatio - _oldCentre;
                Old[i] = Math.Clamp((int)Math.Floor(wanted + 0.5), 0, oldCount - 1);
                _fraction[i] = Math.Clamp(wanted - Old[i], -0.5, 0.5);
            }
        }

        public int[] Old { get; }

        public int Map(int index, int oldKey) =>
            Math.Clamp((int)Math.Floor((oldKey + _oldCentre + _fraction[index]) * _keyRatio - _centre + 0.5), 0, _last);
    }
}
