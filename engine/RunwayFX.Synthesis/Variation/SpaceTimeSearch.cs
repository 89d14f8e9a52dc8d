using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Variation;

/// <summary>How long a <see cref="SpaceTimeSearch"/> looks.</summary>
/// <param name="Passes">Passes over the field; directions alternate.</param>
/// <param name="RadiusMax">Largest distance of a random sample from the best match so far, in pixels.</param>
internal readonly record struct SearchEffort(int Passes, int RadiusMax);

/// <summary>Finds for each patch of a query clip its nearest patch among the keys: good matches spread to neighbours, random samples look further.</summary>
/// <remarks>Works in tiles of <see cref="TileRows"/> rows of one frame. Inside a tile the scan sees what it has just found; across tiles it sees the
/// state before the pass. Draws depend on place and seed, distances are whole numbers: the same bits for any number of threads and any
/// instruction set. A normaliser turns the distance D into D / (α + the key's own least distance to any query), which makes every key wanted
/// once (Granot et al. 2022).</remarks>
internal sealed unsafe class SpaceTimeSearch
{
    /// <summary>Rows per tile.</summary>
    public const int TileRows = 32;

    /// <summary>Pairs of patches up to which all are compared.</summary>
    public const long ExhaustivePairsMax = 2_000_000;

    /// <summary>Most places that a patch tries in one pass: its neighbours', and random ones.</summary>
    private const int FollowedMax = 5, DrawsMax = 12;

    private readonly SpaceTimeVolume _query;
    private readonly SpaceTimeVolume _keys;
    private readonly SpaceTimeField _field;
    private readonly PixelPatchDistance _distance;
    private readonly long[]? _normaliser;
    private readonly int _lastX;
    private readonly int _lastY;
    private readonly int _lastT;
    private readonly PatchWork _work;
    private readonly long _patchUnits;

    /// <param name="query">Clip whose patches look for matches.</param>
    /// <param name="keys">Clip in which they look.</param>
    /// <param name="field">Improved in place; its places must be valid.</param>
    /// <param name="normaliser">α + least distance of each key patch in the order of a field; null compares plain distances.</param>
    /// <param name="kernel">Implementation of the distance.</param>
    /// <param name="work">Threads and cancellation.</param>
    public SpaceTimeSearch(
        SpaceTimeVolume query, SpaceTimeVolume keys, SpaceTimeField field, long[]? normaliser, PatchKernelKind kernel, PatchWork work)
    {
        (_query, _keys, _field, _normaliser, _work) = (query, keys, field, normaliser, work);
        _distance = new PixelPatchDistance(field.Patch, (query.Width, query.Height), (keys.Width, keys.Height), kernel);
        _patchUnits = 1 + field.Patch.Voxels * SpaceTimeVolume.Channels / PatchWork.UnitBytes;
        _lastX = keys.Width - field.Patch.Side;
        _lastY = keys.Height - field.Patch.Side;
        _lastT = keys.Frames - field.Patch.Frames;
    }

    private int KeyPatches => (_lastX + 1) * (_lastY + 1) * (_lastT + 1);

    /// <summary>Whether all pairs may be compared.</summary>
    public bool IsSmall => (long)_field.Places.Length * KeyPatches <= ExhaustivePairsMax;

    /// <summary>Gives every patch a random place.</summary>
    public void Scatter(ulong seed)
    {
        for (int i = 0; i < _field.Places.Length; i++)
        {
            DeterministicRandom random = DeterministicRandom.At(seed, i);
            _field.Places[i] = SpaceTimeField.Pack(random.Next(_lastT + 1), random.Next(_lastY + 1), random.Next(_lastX + 1));
        }
    }

    /// <summary>Searches: all pairs where they are few, else by the effort given.</summary>
    public void Run(SearchEffort effort, ulong seed)
    {
        Rows((pointers, t, y) =>
        {
            for (int x = 0; x < _field.Width; x++)
            {
                int index = (t * _field.Height + y) * _field.Width + x;
                _field.Costs[index] = _distance.Of(pointers.Query(t, y, x), pointers.Key(_field.Places[index]), int.MaxValue);
            }
        });
        if (IsSmall)
        {
            Rows(Exhaust);
            return;
        }

        int[] before = new int[_field.Places.Length];
        int bands = (_field.Height + TileRows - 1) / TileRows;
        for (int pass = 0; pass < effort.Passes; pass++)
        {
            _field.Places.CopyTo(before, 0);
            int number = pass;
            _work.Run(1, _ => _field.Frames * bands, (_, tile) =>
            {
                fixed (byte* query = _query.Bytes, keys = _keys.Bytes)
                {
                    Tile work = new(this, new Pointers(_query, _keys, query, keys), before, effort.RadiusMax, DeterministicRandom.Hash(seed, number));
                    int first = tile % bands * TileRows;
                    work.Scan(tile / bands, first, Math.Min(first + TileRows, _field.Height), (number & 1) == 0);
                }
            });
        }
    }

    private void Rows(Action<Pointers, int, int> row) => _work.ForRows(_field.Frames * _field.Height, _field.Width * _patchUnits, index =>
    {
        fixed (byte* query = _query.Bytes, keys = _keys.Bytes) row(new Pointers(_query, _keys, query, keys), index / _field.Height, index % _field.Height);
    });

    private void Exhaust(Pointers pointers, int t, int y)
    {
        for (int x = 0; x < _field.Width; x++)
        {
            _work.Check(KeyPatches * _patchUnits);
            int index = (t * _field.Height + y) * _field.Width + x;
            Best best = new(this, pointers.Query(t, y, x), _field.Places[index], _field.Costs[index]);
            for (int keyT = 0; keyT <= _lastT; keyT++)
            {
                for (int keyY = 0; keyY <= _lastY; keyY++)
                {
                    for (int keyX = 0; keyX <= _lastX; keyX++) best.Try(pointers, keyT, keyY, keyX);
                }
            }

            (_field.Places[index], _field.Costs[index]) = (best.Place, best.Cost);
        }
    }

    /// <summary>The clips, pinned.</summary>
    private readonly struct Pointers(SpaceTimeVolume queryClip, SpaceTimeVolume keyClip, byte* query, byte* keys)
    {
        private readonly nint _queryWidth = queryClip.Width;
        private readonly nint _queryHeight = queryClip.Height;
        private readonly nint _keyWidth = keyClip.Width;
        private readonly nint _keyHeight = keyClip.Height;

        public byte* Query(int t, int y, int x) => query + ((t * _queryHeight + y) * _queryWidth + x) * SpaceTimeVolume.Channels;

        public byte* Key(int t, int y, int x) => keys + ((t * _keyHeight + y) * _keyWidth + x) * SpaceTimeVolume.Channels;

        public byte* Key(int place)
        {
            (int t, int y, int x) = SpaceTimeField.Unpack(place);
            return Key(t, y, x);
        }
    }

    /// <summary>The best match of one patch so far.</summary>
    private ref struct Best(SpaceTimeSearch search, byte* query, int place, int cost)
    {
        public int Place { get; private set; } = place;

        public int Cost { get; private set; } = cost;

        /// <summary>Takes a place inside the keys if it is nearer.</summary>
        public void Try(in Pointers pointers, int t, int y, int x)
        {
            int limit = Cost;
            if (search._normaliser is { } normaliser)
            {
                long own = normaliser[search.KeyIndex(Place)], other = normaliser[(t * (search._lastY + 1) + y) * (search._lastX + 1) + x];
                limit = (int)Math.Min((Cost * other + own - 1) / own, int.MaxValue);
            }

            int distance = search._distance.Of(query, pointers.Key(t, y, x), limit);
            if (distance >= limit) return;
            Place = SpaceTimeField.Pack(t, y, x);
            Cost = distance;
        }
    }

    private int KeyIndex(int place)
    {
        (int t, int y, int x) = SpaceTimeField.Unpack(place);
        return (t * (_lastY + 1) + y) * (_lastX + 1) + x;
    }

    /// <summary>One pass over one tile.</summary>
    private readonly ref struct Tile(SpaceTimeSearch search, Pointers pointers, int[] before, int radiusMax, ulong seed)
    {
        private readonly Pointers _pointers = pointers;

        public void Scan(int t, int first, int end, bool forward)
        {
            int step = forward ? -1 : 1, width = search._field.Width;
            for (int row = first; row < end; row++)
            {
                search._work.Check(width * (FollowedMax + DrawsMax) * search._patchUnits);
                int y = forward ? row : first + end - 1 - row;
                for (int column = 0; column < width; column++)
                {
                    int x = forward ? column : width - 1 - column;
                    Improve(t, y, x, step, y + step >= first && y + step < end);
                }
            }
        }

        private void Improve(int t, int y, int x, int step, bool isRowHere)
        {
            SpaceTimeField field = search._field;
            int index = (t * field.Height + y) * field.Width + x;
            int frameSize = field.Width * field.Height;
            Best best = new(search, _pointers.Query(t, y, x), field.Places[index], field.Costs[index]);
            if (best.Cost == 0) return;
            if ((uint)(x + step) < (uint)field.Width) Follow(ref best, field.Places[index + step], 0, 0, -step);
            if ((uint)(y + step) < (uint)field.Height)
                Follow(ref best, (isRowHere ? field.Places : before)[index + step * field.Width], 0, -step, 0);
            if ((uint)(x + 4 * step) < (uint)field.Width) Follow(ref best, field.Places[index + 4 * step], 0, 0, -4 * step);
            if (t > 0) Follow(ref best, before[index - frameSize], 1, 0, 0);
            if (t + 1 < field.Frames) Follow(ref best, before[index + frameSize], -1, 0, 0);
            for (int radius = radiusMax, draw = 0; radius >= 1; radius >>= 1, draw++) Sample(ref best, radius, DeterministicRandom.Hash(seed, index, draw));
            (field.Places[index], field.Costs[index]) = (best.Place, best.Cost);
        }

        private void Follow(ref Best best, int place, int dt, int dy, int dx)
        {
            (int t, int y, int x) = SpaceTimeField.Unpack(place);
            (t, y, x) = (t + dt, y + dy, x + dx);
            if ((uint)t > (uint)search._lastT || (uint)y > (uint)search._lastY || (uint)x > (uint)search._lastX) return;
            if (SpaceTimeField.Pack(t, y, x) != best.Place) best.Try(_pointers, t, y, x);
        }

        private void Sample(ref Best best, int radius, ulong bits)
        {
            (int t, int y, int x) = SpaceTimeField.Unpack(best.Place);
            x = Draw(x, radius, search._lastX, (uint)(bits & 0xFFFF));
            y = Draw(y, radius, search._lastY, (uint)(bits >> 16 & 0xFFFF));
            t = Draw(t, radius, search._lastT, (uint)(bits >> 32 & 0xFFFF));
            if (SpaceTimeField.Pack(t, y, x) != best.Place) best.Try(_pointers, t, y, x);
        }

        private static int Draw(int at, int radius, int last, uint bits)
        {
            int low = Math.Max(at - radius, 0), high = Math.Min(at + radius, last);
            return low + (int)(bits * (uint)(high - low + 1) >> 16);
        }
    }
}
